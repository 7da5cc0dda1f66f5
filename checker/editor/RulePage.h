// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the page of a rule is for somebody who clicks on a finding.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace coroguard::editor {

/// Address of the page of the rule called `name` (without `async-`): under COROGUARD_DOCS_URL if the build set one, else the
/// page that is installed beside this program, which needs no network. Empty when there is no such page.
std::string rulePage(llvm::StringRef name);

} // namespace coroguard::editor
