// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lexer that knows just enough of C++ to tell words and directives from comments, literals and the rest.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

namespace coroguard::driver {

struct SourceText;

/// Fills in everything of `result` but `words` and `async`; hands each identifier and keyword to `word`, again for each
/// time it is met, `called` if a parenthesis follows. A string that mentions this program's annotations counts as a
/// word.
void scanText(llvm::StringRef text, SourceText &result,
              llvm::function_ref<void(llvm::StringRef word, bool called)> word);

} // namespace coroguard::driver
