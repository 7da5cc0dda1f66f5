// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Markdown tables and escapes.
#include "rules/rulegen/Markdown.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::rulegen {

namespace {
std::string cell(llvm::StringRef text) {
  std::string result;
  for (char c : text)
    result += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  return result;
}
} // namespace

std::string markdownTable(llvm::ArrayRef<TableRow> rows) {
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    text += "|";
    for (const std::string &one : rows[i])
      text += " " + cell(one) + " |";
    text += "\n";
    if (i == 0) {
      text += "|";
      for (size_t column = 0; column < rows[0].size(); ++column)
        text += "---|";
      text += "\n";
    }
  }
  return text;
}

std::string code(llvm::StringRef text) {
  return text.empty() ? std::string() : "`" + text.str() + "`";
}

std::string prose(llvm::StringRef text) {
  std::string result;
  bool inCode = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    inCode ^= c == '`';
    // Inside a word an underscore is no markup.
    const bool inWord = i > 0 && i + 1 < text.size() && llvm::isAlnum(text[i - 1]) && llvm::isAlnum(text[i + 1]);
    if (!inCode && (c == '<' || c == '*' || (c == '_' && !inWord))) result += '\\';
    result += c;
  }
  return result;
}

std::string link(llvm::StringRef text, llvm::StringRef target) {
  return target.empty() ? text.str() : "[" + text.str() + "](" + target.str() + ")";
}

} // namespace coroguard::rulegen
