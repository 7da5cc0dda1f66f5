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
    if (speakerOf(borrow) == BorrowSpeaker::DanglingClosure && (strict() || !borrow.unproven))
      reportBorrow(borrow, unit);
}

static std::string text(const DanglingBorrow &borrow, Unit &unit) {
  const bool local = borrow.storage.kind == Storage::Kind::Local;
  if (borrow.unproven && !borrow.callee)
    return message::returned(borrow.name);
  if (borrow.unproven)
    return message::given(unit.callees().nameForPeople(borrow.call), borrow.name);
  if (!isa_and_nonnull<LambdaExpr>(borrow.argument))
    return local ? message::local(borrow.name) : message::temporary(borrow.name);
  return borrow.destination.kind == Destination::Kind::Stored
             ? message::handler(unit.callees().nameForPeople(borrow.call), borrow.name)
             : message::continuation(unit.names().forPeople(borrow.callee), borrow.name);
}

void DanglingClosureCheck::reportBorrow(const DanglingBorrow &borrow, Unit &unit) {
  FindingBuilder finding = report(borrow.body, placeOf(borrow), text(borrow, unit));
  if (borrow.unproven)
    finding.precision(catalog::Precision::Medium).severity(catalog::Severity::Warning);
  if (borrow.storage.kind == Storage::Kind::Local)
    finding.step(borrow.storage.variable->getLocation(), message::lambdaHere());
  addSteps(finding, borrow,
           {message::heldHere, message::storedHere, message::returnedHere, message::detachedHere, message::awaitedHere});
}

} // namespace coroguard::rules
