// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Markdown tables and escapes for the generated parts of the docs.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace coroguard::rulegen {

using TableRow = std::vector<std::string>;

/// A table; the first row is the head. Cells are markdown, `|` and line ends in them are escaped.
std::string markdownTable(llvm::ArrayRef<TableRow> rows);
/// `text` in code quotes.
std::string code(llvm::StringRef text);
/// Text that comes from YAML: what markdown would take for markup is escaped, code in backquotes is left alone.
std::string prose(llvm::StringRef text);
std::string link(llvm::StringRef text, llvm::StringRef target);

} // namespace coroguard::rulegen
