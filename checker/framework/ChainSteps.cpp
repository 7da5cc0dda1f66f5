// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns chains into evidence.
#include "checker/framework/ChainSteps.h"

using namespace clang;

namespace coroguard {

void addSteps(FindingBuilder &finding, const LoopCall &call, llvm::ArrayRef<BlockingStep> chain, Unit &unit,
              const ChainTexts &texts) {
  for (const Body *at = call.body; at != call.where; at = at->parent)
    if (const Expr *mention = unit.contexts().calledAt(*at); mention && !isa<LambdaExpr>(mention))
      finding.step(mention->getBeginLoc(), texts.calledHere());
  if (call.context.registration)
    finding.step(call.context.registration->getBeginLoc(), texts.calledHere());
  for (const BlockingStep &step : chain) {
    const FunctionDecl *callee = step.invocation->given ? step.invocation->given : step.invocation->site.callee;
    const std::string name = unit.names().forPeople(callee);
    const SourceLocation at = step.invocation->range.getBegin();
    if (step.blocking)
      finding.step(at, texts.blocks(unit.names().forPeople(step.blocking->callee), reasonOf(*step.blocking)));
    else
      finding.step(at, texts.calls(unit.names().forPeople(step.body->function), name));
  }
}

} // namespace coroguard
