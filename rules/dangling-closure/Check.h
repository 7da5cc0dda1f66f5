// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule dangling-closure: coroutine lambdas whose closure dies before their body is done.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/framework/RuleCheck.h"
#include "rules/dangling-closure/Rule.gen.h"

namespace coroguard::rules {

class DanglingClosureCheck : public RuleCheck {
public:
  DanglingClosureCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;

private:
  void reportBorrow(const DanglingBorrow &borrow, Unit &unit);
};

} // namespace coroguard::rules
