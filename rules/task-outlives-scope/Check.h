// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule task-outlives-scope: plain functions whose returned task needs locals, handlers or locks that end with them.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/framework/RuleCheck.h"
#include "rules/task-outlives-scope/Rule.gen.h"

namespace coroguard::rules {

class TaskOutlivesScopeCheck : public RuleCheck {
public:
  TaskOutlivesScopeCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;

private:
  void checkReturn(const Body &body, const clang::ReturnStmt *result, Unit &unit);
  void checkHeld(const Body &body, const clang::ReturnStmt *result, const clang::CallExpr *call, Unit &unit);
};

} // namespace coroguard::rules
