// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings as JSON and back: the one spelling used by the json and jsonl formats, between worker processes and the
// driver, and wherever findings are stored.
#pragma once

#include "checker/report/Report.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace coroguard::report {

llvm::json::Object toJson(const Finding &finding);
/// With its fingerprint: one line of the jsonl format.
llvm::json::Object toJson(const ReportedFinding &reported);
llvm::json::Object toJson(const Problem &problem);

/// The other way. A rule this build does not have, or a missing field, is an error that names it.
llvm::Expected<Finding> findingFromJson(const llvm::json::Object &object);
llvm::Expected<Problem> problemFromJson(const llvm::json::Object &object);

} // namespace coroguard::report
