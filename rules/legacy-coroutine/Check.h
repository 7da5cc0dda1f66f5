// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule legacy-coroutine: Coroutines TS headers, names and syntax. Works on tokens, since such code rarely parses.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/legacy-coroutine/Rule.gen.h"

namespace coroguard::rules {

class LegacyCoroutineCheck : public RuleCheck {
public:
  LegacyCoroutineCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void registerPPCallbacks(const clang::SourceManager &sources, clang::Preprocessor *preprocessor,
                           clang::Preprocessor *moduleExpander) override;
  void checkUnit(Unit &) override {}
  bool mayFire(const UnitWords &words, bool async) const override;
  std::vector<std::string> optionProblems() const override { return {}; }

private:
  class Directives;
  void scanTokens(clang::FileID file, llvm::ArrayRef<clang::SourceRange> skipped);
  void reportHeader(clang::CharSourceRange spelled, llvm::StringRef header);
  void reportFlag(clang::SourceLocation location);

  const clang::SourceManager *files_ = nullptr;
  const clang::LangOptions *options_ = nullptr;
};

} // namespace coroguard::rules
