// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files to be written, collected first: all or nothing, and only what changed.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>

namespace coroguard::rulegen {

/// Path relative to the output root → content. Ordered, so that two runs do the same in the same order.
using Outputs = std::map<std::string, std::string>;

/// Writes the files whose content differs from what is there, so that nothing is rebuilt in vain.
llvm::Error writeChanged(const Outputs &outputs, llvm::StringRef root);

/// The first lines of a generated C++ file.
std::string generatedHeader(llvm::StringRef purpose);

/// A C++ string literal of `text`, quotes included.
std::string literal(llvm::StringRef text);
/// A raw literal, for long texts of several lines; split where compilers limit the length.
std::string rawLiteral(llvm::StringRef text);

} // namespace coroguard::rulegen
