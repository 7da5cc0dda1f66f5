// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NOLINT comments as they are lexed.
#include "checker/driver/SuppressionComments.h"

#include "clang/Lex/Lexer.h"

namespace coroguard::driver {

bool SuppressionComments::HandleComment(clang::Preprocessor &preprocessor, clang::SourceRange range) {
  const clang::SourceManager &sources = preprocessor.getSourceManager();
  if (range.getBegin().isMacroID() || sources.isInSystemHeader(range.getBegin()))
    return false;
  llvm::StringRef text = clang::Lexer::getSourceText(clang::CharSourceRange::getCharRange(range), sources,
                                                     preprocessor.getLangOpts());
  for (size_t at = text.find("NOLINT"); at != llvm::StringRef::npos; at = text.find("NOLINT", at + 1)) {
    clang::SourceLocation place = range.getBegin().getLocWithOffset(static_cast<int>(at));
    auto file = sources.getFileEntryRefForID(sources.getFileID(place));
    if (!file)
      break;
    std::string name = findings_.realName(file->getName());
    if (findings_.wantsFile(place, name))
      lines_.write("nolint", llvm::json::Object{{"file", name}, {"line", sources.getSpellingLineNumber(place)}});
  }
  return false; // nothing was put into the token stream
}

} // namespace coroguard::driver
