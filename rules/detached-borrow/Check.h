// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule detached-borrow: spawned work that refers to locals and is not waited for.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/framework/RuleCheck.h"
#include "rules/detached-borrow/Rule.gen.h"

namespace coroguard::rules {

class DetachedBorrowCheck : public RuleCheck {
public:
  DetachedBorrowCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void reportBorrow(const DanglingBorrow &borrow, Unit &unit);
  void checkReleased(const Body &body, const clang::Expr *released, Unit &unit);
  void checkSpawned(const Body &body, const clang::CXXMemberCallExpr *call, Unit &unit);
  void checkSelf(const Body &body, Unit &unit);
  void checkChain(const Body &body, Unit &unit);
  void checkHandlers(const Body &body, Unit &unit);
  void checkPointers(const Body &body, Unit &unit);

  detached_borrow::Options options_;
};

} // namespace coroguard::rules
