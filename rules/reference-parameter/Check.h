// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule reference-parameter: reference parameters that coroutines read after a suspension while some caller does not wait.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/framework/RuleCheck.h"
#include "rules/reference-parameter/Rule.gen.h"

namespace coroguard::rules {

class ReferenceParameterCheck : public RuleCheck {
public:
  ReferenceParameterCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkPlain(const Body &body, Unit &unit);
  void checkBody(const Body &body, Unit &unit);
  bool leaves(const Body &body, const clang::CallExpr *call, const clang::ParmVarDecl *parameter, Unit &unit) const;
  bool mayEndEarly(const clang::ParmVarDecl *parameter, const Body &body, Unit &unit, unsigned depth) const;
  bool hasUnseenCallers(const clang::ParmVarDecl *parameter, const Body &body, Unit &unit, unsigned depth) const;
  bool isUnprotected(const clang::ParmVarDecl *parameter, const Body &body, Unit &unit) const;
  bool nobodyCanWait(const clang::ParmVarDecl *parameter, const Body &body, Unit &unit) const;
  void checkHanded(const Body &body, const clang::ParmVarDecl *parameter, const clang::CallExpr *link, Unit &unit);
  void checkParameter(const Body &body, const clang::ParmVarDecl *parameter, Unit &unit);

  reference_parameter::Options options_;
};

} // namespace coroguard::rules
