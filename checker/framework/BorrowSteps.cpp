// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shares borrows out among the rules, and turns destinations into evidence.
#include "checker/framework/BorrowSteps.h"

using namespace clang;

namespace coroguard {

BorrowSpeaker speakerOf(const DanglingBorrow &borrow) {
  using What = DanglingBorrow::What;
  const bool local = borrow.storage.kind == Storage::Kind::Local;
  const bool detached = borrow.destination.kind == Destination::Kind::Detached;
  if (borrow.what == What::Closure)
    return local && detached && borrow.capturesLocals ? BorrowSpeaker::DetachedBorrow : BorrowSpeaker::DanglingClosure;
  if (borrow.what == What::Capture)
    return BorrowSpeaker::DetachedBorrow;
  if (borrow.type && borrow.type->kind == AsyncType::Kind::Generator)
    return BorrowSpeaker::GeneratorBorrow;
  if (!local)
    return BorrowSpeaker::DanglingArgument;
  if (borrow.destination.kind == Destination::Kind::Returned)
    return BorrowSpeaker::TaskOutlivesScope;
  return detached ? BorrowSpeaker::DetachedBorrow : BorrowSpeaker::DanglingArgument;
}

SourceRange placeOf(const DanglingBorrow &borrow) {
  const auto *lambda = borrow.what == DanglingBorrow::What::Argument ? nullptr : dyn_cast_or_null<LambdaExpr>(borrow.argument);
  const bool inCall = lambda && (lambda == borrow.call || borrow.body->contains(borrow.call, lambda));
  if (!lambda || (borrow.what == DanglingBorrow::What::Closure && !inCall))
    return borrow.call->getSourceRange();
  const LambdaCapture *named = nullptr;
  for (const LambdaCapture &capture : lambda->explicit_captures())
    if (borrow.what == DanglingBorrow::What::Capture && capture.capturesVariable() && capture.getCapturedVar() == borrow.storage.variable)
      named = &capture;
  return {named ? named->getLocation() : lambda->getBeginLoc(), lambda->getEndLoc()};
}

void addSteps(FindingBuilder &finding, const DanglingBorrow &borrow, const BorrowTexts &texts) {
  const Destination &destination = borrow.destination;
  if (destination.holder && destination.at != borrow.call)
    finding.step(destination.holder->getLocation(), texts.held());
  if (!destination.at || destination.at == borrow.call)
    return;
  const SourceLocation at = destination.at->getBeginLoc();
  switch (destination.kind) {
  case Destination::Kind::Stored: finding.step(at, texts.stored()); break;
  case Destination::Kind::Returned: finding.step(at, texts.returned()); break;
  case Destination::Kind::Detached: finding.step(at, texts.detached()); break;
  case Destination::Kind::Awaited: finding.step(at, texts.awaited()); break;
  case Destination::Kind::Unknown: break;
  }
}

} // namespace coroguard
