// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Paths as URI references (RFC 3986).
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace coroguard::report {

/// A relative path percent-encoded; an absolute one as `file:///…`.
std::string uriOf(llvm::StringRef path);
/// The same for a folder: ends in `/`.
std::string folderUriOf(llvm::StringRef path);

} // namespace coroguard::report
