// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated factory of rules.
#pragma once

#include "checker/framework/RuleCheck.h"

namespace coroguard {

/// Every rule of rules/ that `wanted` lets through, by id.
std::vector<std::unique_ptr<RuleCheck>> makeRules(clang::tidy::ClangTidyContext *context,
                                                  llvm::function_ref<bool(const catalog::RuleInfo &)> wanted);

} // namespace coroguard
