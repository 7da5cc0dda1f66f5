// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule generator-borrow: generators over what is gone, and views of what is gone.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/framework/RuleCheck.h"
#include "rules/generator-borrow/Rule.gen.h"

namespace coroguard::rules {

class GeneratorBorrowCheck : public RuleCheck {
public:
  GeneratorBorrowCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;

private:
  void checkYields(const Body &generator, Unit &unit);
};

} // namespace coroguard::rules
