// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule portability: correct code that some compilers translate wrongly.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/portability/Rule.gen.h"

namespace coroguard::rules {

class PortabilityCheck : public RuleCheck {
public:
  PortabilityCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;

private:
  void checkBindings(const Body &body);
  void checkConditionals(const Body &body);
  void checkCaptures(const Body &body);
};

} // namespace coroguard::rules
