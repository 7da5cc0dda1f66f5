// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that are written as a whole or not at all.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace coroguard::report {

/// Puts what `write` prints in the place of `path`, whose permissions stay; a link keeps pointing to it. On an error,
/// such as a full disk, the file is as it was before. Something that is no file, such as a pipe, is written to directly.
llvm::Error writeWholeFile(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write);

} // namespace coroguard::report
