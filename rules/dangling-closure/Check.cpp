// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which closures die too early; what dies and where the task goes is worked out in flow/Borrow.
#include "rules/dangling-closure/Check.h"

#include "checker/framework/BorrowSteps.h"

using namespace clang;

namespace coroguard::rules {

namespace message = dangling_closure::message;

DanglingClosureCheck::DanglingClosureCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, dangling_closure::info()) {}

void DanglingClosureCheck::checkUnit(Unit &unit) {
  for (const DanglingBorrow &borrow : unit.borrows().dangling())
    if (speakerOf(borrow) == BorrowSpeaker::DanglingClosure)
      reportBorrow(borrow, unit);
}

void DanglingClosureCheck::reportBorrow(const DanglingBorrow &borrow, Unit &unit) {
  std::string text = borrow.storage.kind == Storage::Kind::Local ? message::local(borrow.name) : message::temporary(borrow.name);
  if (isa_and_nonnull<LambdaExpr>(borrow.argument))
    text = borrow.destination.kind == Destination::Kind::Stored
               ? message::handler(unit.callees().nameForPeople(borrow.call), borrow.name)
               : message::continuation(unit.names().forPeople(borrow.callee), borrow.name);
  FindingBuilder finding = report(borrow.body, borrow.call->getSourceRange(), std::move(text));
  if (borrow.storage.kind == Storage::Kind::Local)
    finding.step(borrow.storage.variable->getLocation(), message::lambdaHere());
  addSteps(finding, borrow,
           {message::heldHere, message::storedHere, message::returnedHere, message::detachedHere, message::awaitedHere});
}

} // namespace coroguard::rules
