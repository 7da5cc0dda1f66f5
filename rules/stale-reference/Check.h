// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule stale-reference: what was obtained from shared storage before a suspension and is used after it.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/flow/Derivations.h"
#include "checker/framework/RuleCheck.h"
#include "rules/stale-reference/Rule.gen.h"

namespace coroguard::rules {

class StaleReferenceCheck : public RuleCheck {
public:
  StaleReferenceCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void reportStale(const Body &body, const Derivation &derivation, Unit &unit);
  void checkAwaitedInPlace(const Body &body, Unit &unit);
  void checkResults(const Body &body, Unit &unit);
  bool isAllowed(const clang::ValueDecl *owner, Unit &unit) const;

  stale_reference::Options options_;
};

} // namespace coroguard::rules
