// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which locals end before the work that was started with them; worked out in flow/Borrow.
#include "rules/detached-borrow/Check.h"

#include "checker/framework/BorrowSteps.h"
#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = detached_borrow::message;

DetachedBorrowCheck::DetachedBorrowCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, detached_borrow::info()), options_(detached_borrow::Options::read(Options)) {}

void DetachedBorrowCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void DetachedBorrowCheck::checkUnit(Unit &unit) {
  for (const DanglingBorrow &borrow : unit.borrows().dangling())
    if (speakerOf(borrow) == BorrowSpeaker::DetachedBorrow && !isExempt(options_.allowedCallees, unit.names().of(borrow.callee)))
      reportBorrow(borrow);
}

void DetachedBorrowCheck::reportBorrow(const DanglingBorrow &borrow) {
  std::string text = borrow.what == DanglingBorrow::What::Argument  ? message::argument(borrow.name)
                     : borrow.what == DanglingBorrow::What::Capture ? message::capture(borrow.name)
                                                                    : message::closure(borrow.name);
  FindingBuilder finding = report(borrow.body, borrow.call->getSourceRange(), std::move(text));
  finding.step(borrow.storage.variable->getLocation(), message::declaredHere(borrow.storage.variable->getNameAsString()));
  if (borrow.destination.at != borrow.call)
    finding.step(borrow.destination.at->getBeginLoc(), message::detachedHere());
}

} // namespace coroguard::rules
