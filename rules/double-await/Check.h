// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule double-await: single-shot tasks that are consumed twice on some path.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/framework/RuleCheck.h"
#include "rules/double-await/Rule.gen.h"

namespace coroguard::rules {

class DoubleAwaitCheck : public RuleCheck {
public:
  DoubleAwaitCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  bool mayFire(const UnitWords &words, bool async) const override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  /// Which part of a variable: fields, innermost first; null for what an owner points to.
  using Parts = llvm::SmallVector<const clang::Decl *, 3>;
  void checkPlace(const Body &body, const clang::VarDecl *variable, const Parts &parts, Unit &unit, Effort &effort);
  void checkVariable(const Body &body, const clang::VarDecl *variable, Unit &unit, Effort &effort);

  double_await::Options options_;
};

} // namespace coroguard::rules
