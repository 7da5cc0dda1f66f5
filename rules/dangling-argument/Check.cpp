// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which arguments die too early; what dies and where the task goes is worked out in flow/Borrow.
#include "rules/dangling-argument/Check.h"

#include "checker/framework/BorrowSteps.h"
#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = dangling_argument::message;

DanglingArgumentCheck::DanglingArgumentCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, dangling_argument::info()), options_(dangling_argument::Options::read(Options)) {}

void DanglingArgumentCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void DanglingArgumentCheck::checkUnit(Unit &unit) {
  for (const DanglingBorrow &borrow : unit.borrows().dangling())
    if (speakerOf(borrow) == BorrowSpeaker::DanglingArgument && (strict() || !borrow.unproven) &&
        !isExempt(options_.allowedCallees, unit.names().of(borrow.callee)))
      reportBorrow(borrow, unit);
}

namespace {

std::string textOf(const DanglingBorrow &borrow, const std::string &callee, Unit &unit) {
  const std::string parameter = borrow.parameter && borrow.parameter->getIdentifier()
                                    ? borrow.parameter->getNameAsString()
                                    : std::to_string(borrow.parameter ? borrow.parameter->getFunctionScopeIndex() + 1 : 0);
  if (borrow.raced)
    return message::raced(callee, borrow.name, unit.names().forPeople(borrow.raced->getDirectCallee()));
  if (borrow.unproven)
    return borrow.parameter ? message::unseen(callee, parameter) : message::unseenObject(callee);
  if (borrow.storage.kind == Storage::Kind::Temporary)
    return borrow.parameter ? message::temporary(callee, parameter) : message::temporaryObject(callee);
  return borrow.parameter ? message::local(callee, borrow.name, parameter) : message::localObject(callee, borrow.name);
}

} // namespace

void DanglingArgumentCheck::reportBorrow(const DanglingBorrow &borrow, Unit &unit) {
  FindingBuilder finding =
      report(borrow.body, borrow.call->getSourceRange(), textOf(borrow, unit.names().forPeople(borrow.callee), unit));
  if (borrow.unproven)
    finding.precision(catalog::Precision::Low).severity(catalog::Severity::Warning);
  finding.step(borrow.argument->getBeginLoc(), message::argumentHere());
  addSteps(finding, borrow,
           {message::heldHere, message::storedHere, message::returnedHere, message::detachedHere, message::awaitedHere});
}

} // namespace coroguard::rules
