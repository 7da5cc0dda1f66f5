// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each flag of the object from where it is tested to where it is set.
#include "checker/flow/LateMarks.h"

#include "checker/flow/SharedState.h"

#include "llvm/ADT/SetVector.h"

using namespace clang;

namespace coroguard {
namespace {

enum Phase : unsigned { Unknown, Tested, Suspended };

/// A pointer, or a class that says whether there is something in it.
bool mayBeUnset(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return type->isPointerType() || (record && record->hasDefinition() && llvm::any_of(record->getDefinition()->getVisibleConversionFunctions(), [](const NamedDecl *each) {
                                     const auto *conversion = dyn_cast<CXXConversionDecl>(each->getUnderlyingDecl());
                                     return conversion && conversion->getConversionType()->isBooleanType();
                                   }));
}

/// `peer_ = found`: the member that is given something; null if it is none that may be unset.
const ValueDecl *filledBy(const Stmt *node) {
  const auto *binary = dyn_cast<BinaryOperator>(node);
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(node);
  const bool assigns = binary ? binary->getOpcode() == BO_Assign : operation && operation->getOperator() == OO_Equal && operation->getNumArgs() == 2;
  const Expr *target = !assigns ? nullptr : binary ? binary->getLHS() : operation->getArg(0);
  const Expr *value = !assigns ? nullptr : binary ? binary->getRHS() : operation->getArg(1);
  return target && mayBeUnset(target->getType()) && !isEmptyValue(value) ? sharedNamedBy(target) : nullptr;
}

/// `flag = true`, `++count`, `count += n`, `peer_ = found`: what it marks; null for anything else.
const ValueDecl *markedBy(const Stmt *node) {
  if (const ValueDecl *filled = filledBy(node))
    return filled;
  const auto *unary = dyn_cast<UnaryOperator>(node);
  const auto *binary = dyn_cast<BinaryOperator>(node);
  const Expr *target = unary && unary->isIncrementOp()                       ? unary->getSubExpr()
                       : binary && binary->getOpcode() == BO_AddAssign       ? binary->getLHS()
                       : binary && binary->getOpcode() == BO_Assign && binary->getType()->isBooleanType() ? binary->getLHS()
                                                                                                           : nullptr;
  const auto *constant = binary && binary->getOpcode() == BO_Assign ? dyn_cast<CXXBoolLiteralExpr>(binary->getRHS()->IgnoreParenImpCasts()) : nullptr;
  if (!target || !target->getType()->isArithmeticType() || (binary && binary->getOpcode() == BO_Assign && !(constant && constant->getValue())))
    return nullptr;
  return sharedNamedBy(target);
}

/// `peer_.operator bool()`, `peer_.has_value()`: the object that is asked; else the expression itself.
const Expr *askedObject(const Expr *condition) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(condition);
  const bool asks = call && call->getMethodDecl() && (isa<CXXConversionDecl>(call->getMethodDecl()) || nameOf(call->getMethodDecl()) == "has_value");
  return asks ? call->getImplicitObjectArgument() : condition;
}

/// Does the condition being `truth` say that the mark is not set, or that the count has room?
bool saysUnset(const Expr *condition, const ValueDecl *mark, bool truth) {
  condition = condition->IgnoreParenImpCasts();
  while (const auto *negation = dyn_cast<UnaryOperator>(condition)) {
    if (negation->getOpcode() != UO_LNot)
      return false;
    truth = !truth;
    condition = negation->getSubExpr()->IgnoreParenImpCasts();
  }
  if (sharedNamedBy(askedObject(condition)) == mark)
    return (mark->getType()->isBooleanType() || mayBeUnset(mark->getType())) && !truth;
  const auto *comparison = dyn_cast<BinaryOperator>(condition);
  if (comparison && comparison->isEqualityOp() && isEmptyValue(comparison->getRHS()) && sharedNamedBy(comparison->getLHS()) == mark)
    return (comparison->getOpcode() == BO_EQ) == truth; // `peer_ == nullptr`
  if (!comparison || !comparison->isRelationalOp() || sharedNamedBy(comparison->getLHS()) != mark)
    return false;
  const bool below = comparison->getOpcode() == BO_LT || comparison->getOpcode() == BO_LE;
  return below == truth;
}

LateMark follow(const FlowGraph &graph, const ValueDecl *mark, Effort &effort, const ASTContext &context) {
  LateMark late{mark};
  const bool finished = walkPaths(
      graph, effort, {Unknown},
      [&](const FlowStep &step, PathFact &fact) {
        if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && fact.phase == Tested)
          fact = {Suspended, step.statement, fact.since};
        const ValueDecl *marked = step.kind == FlowStep::Kind::Statement ? markedBy(step.statement) : nullptr;
        if (!marked)
          return Way::GoesOn;
        const bool first = !late.set || context.getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), late.set->getBeginLoc());
        if (fact.phase == Suspended && marked == mark && first)
          late = {mark, fact.cause, fact.since, step.statement};
        if (fact.phase == Tested || marked == mark)
          fact = {Unknown};
        return Way::GoesOn;
      },
      [&](const FlowEdge &edge, PathFact &fact) {
        if (edge.condition && anyDescendant(edge.condition, [&](const Stmt *node) {
              const auto *expr = dyn_cast<Expr>(node);
              return expr && isa<MemberExpr, DeclRefExpr>(expr) && sharedNamedBy(expr) == mark;
            }))
          fact = saysUnset(edge.condition, mark, edge.truth) ? PathFact{Tested, edge.condition} : PathFact{Unknown};
        return Way::GoesOn;
      });
  return finished ? late : LateMark{mark};
}

} // namespace

std::vector<LateMark> lateMarks(const FlowGraph &graph, const ASTContext &context) {
  llvm::SmallSetVector<const ValueDecl *, 4> marks;
  for (const Stmt *node : graph.body().nodes)
    if (const ValueDecl *mark = markedBy(node))
      marks.insert(mark);
  std::vector<LateMark> found;
  Effort effort;
  for (const ValueDecl *mark : marks)
    if (const LateMark late = follow(graph, mark, effort, context); late.set)
      found.push_back(late);
  return found;
}

} // namespace coroguard
