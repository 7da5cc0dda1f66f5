// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule discarded-spawn: handles that stop or join their work when they die, and die at once.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/discarded-spawn/Rule.gen.h"

namespace coroguard::rules {

class DiscardedSpawnCheck : public RuleCheck {
public:
  DiscardedSpawnCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  bool mayFire(const UnitWords &words, bool async) const override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkDeclared(const clang::VarDecl *variable, const Body &body, Unit &unit);
  void checkLast(const clang::VarDecl *variable, const clang::DeclStmt *declaration, const Body &body, Unit &unit);
  void checkDropped(const clang::Expr *made, const Body &body, Unit &unit);

  discarded_spawn::Options options_;
};

} // namespace coroguard::rules
