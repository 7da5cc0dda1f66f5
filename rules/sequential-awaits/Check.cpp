// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pairs of awaited calls whose operands share nothing that either may change.
#include "rules/sequential-awaits/Check.h"

#include "checker/semantics/Exemptions.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = sequential_awaits::message;

SequentialAwaitsCheck::SequentialAwaitsCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, sequential_awaits::info()), options_(sequential_awaits::Options::read(Options)) {}

void SequentialAwaitsCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void SequentialAwaitsCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine()) {
      checkRows(body, unit);
      checkExpressions(body, unit);
      checkLoops(body, unit);
    }
}

namespace {

/// The local, the object itself or a pointer to it, of which `await` calls a member: others have nothing to do with it.
const VarDecl *objectOf(const CoawaitExpr *await) {
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(await ? peelMoves(await->getOperand()) : nullptr);
  const Expr *object = call ? call->getImplicitObjectArgument()->IgnoreParenImpCasts() : nullptr;
  if (const auto *arrow = dyn_cast_or_null<CXXOperatorCallExpr>(object); arrow && arrow->getOperator() == OO_Arrow)
    object = arrow->getArg(0)->IgnoreParenImpCasts(); // `left->size()` of a smart pointer
  const auto *named = dyn_cast_or_null<DeclRefExpr>(object);
  const auto *variable = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
  return variable && variable->hasLocalStorage() ? variable : nullptr;
}

bool isMemberCall(const CoawaitExpr *await) { return isa_and_nonnull<CXXMemberCallExpr>(peelMoves(await->getOperand())); }

} // namespace

/// Both are independent, and not two calls of one object.
bool SequentialAwaitsCheck::areIndependent(const CoawaitExpr *first, const CoawaitExpr *second, Unit &unit) const {
  return isIndependentCall(first, unit) && isIndependentCall(second, unit) &&
         (!isMemberCall(first) || !isMemberCall(second) || objectOf(first) != objectOf(second));
}

/// The await of a task that has a result and is given nothing it may change: of a free function, or of a local object.
bool SequentialAwaitsCheck::isIndependentCall(const CoawaitExpr *await, Unit &unit) const {
  const auto *call = dyn_cast_or_null<CallExpr>(await ? peelMoves(await->getOperand()) : nullptr);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  const AsyncType *type = call ? unit.types().classify(call->getType()) : nullptr;
  if (!callee || (method && !method->isStatic() && !objectOf(await)) || !type || !type->isTask() || await->getType()->isVoidType() ||
      isExempt(options_.allowedCallees, unit.names().of(callee)))
    return false;
  for (const catalog::FunctionModel &row : unit.models().functions(unit.names().of(callee)))
    if (row.role != catalog::FunctionRole::Keeps && row.role != catalog::FunctionRole::Callback) return false; // sleeps, combinators: not work of the user's
  return llvm::none_of(callee->parameters(), [](const ParmVarDecl *parameter) {
    const QualType type = parameter->getType();
    return (type->isReferenceType() || type->isPointerType()) && !type->getPointeeType().isConstQualified();
  });
}

namespace {

llvm::SmallVector<const CoawaitExpr *, 2> awaitsIn(const Stmt *root, const Body &body) {
  llvm::SmallVector<const CoawaitExpr *, 2> awaits;
  for (const CoawaitExpr *await : body.all<CoawaitExpr>())
    if (body.contains(root, await)) awaits.push_back(await);
  return awaits;
}

/// The one variable a statement declares, if its value is nothing but one await.
const CoawaitExpr *declaredBy(const Stmt *statement, const VarDecl *&variable) {
  const auto *declaration = dyn_cast<DeclStmt>(statement);
  variable = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  return variable && variable->hasInit() ? dyn_cast_or_null<CoawaitExpr>(peel(variable->getInit())) : nullptr;
}

bool mentions(const Stmt *root, const ValueDecl *variable) {
  return anyDescendant(root, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    return reference && reference->getDecl() == variable;
  });
}

bool mentionsAny(const Stmt *root, const VarDecl *variable) {
  if (const auto *bindings = dyn_cast<DecompositionDecl>(variable))
    if (llvm::any_of(bindings->bindings(), [&](const BindingDecl *each) { return mentions(root, each); })) return true;
  return mentions(root, variable);
}

} // namespace

void SequentialAwaitsCheck::checkRows(const Body &body, Unit &unit) {
  for (const CompoundStmt *block : body.all<CompoundStmt>()) {
    const Stmt *before = nullptr;
    for (const Stmt *statement : block->body()) {
      const VarDecl *firstVariable = nullptr, *secondVariable = nullptr;
      const CoawaitExpr *first = before ? declaredBy(before, firstVariable) : nullptr;
      const CoawaitExpr *second = declaredBy(statement, secondVariable);
      before = statement;
      if (first && second && areIndependent(first, second, unit) &&
          !mentionsAny(second->getOperand(), firstVariable))
        reportPair(first, second, body, unit);
    }
  }
}

void SequentialAwaitsCheck::checkExpressions(const Body &body, Unit &unit) {
  for (const BinaryOperator *operation : body.all<BinaryOperator>()) {
    if (operation->isLogicalOp() || operation->isAssignmentOp() || operation->isCommaOp()) continue;
    const auto *first = dyn_cast_or_null<CoawaitExpr>(peel(operation->getLHS()));
    const auto *second = dyn_cast_or_null<CoawaitExpr>(peel(operation->getRHS()));
    if (areIndependent(first, second, unit)) reportPair(first, second, body, unit);
  }
  // `Page{co_await title(id), co_await count(id)}`
  for (const InitListExpr *list : body.all<InitListExpr>())
    for (unsigned i = 1; i < list->getNumInits(); ++i) {
      const auto *first = dyn_cast_or_null<CoawaitExpr>(peel(list->getInit(i - 1)));
      const auto *second = dyn_cast_or_null<CoawaitExpr>(peel(list->getInit(i)));
      if (areIndependent(first, second, unit)) reportPair(first, second, body, unit);
    }
}

void SequentialAwaitsCheck::checkLoops(const Body &body, Unit &unit) {
  for (const CXXForRangeStmt *loop : body.all<CXXForRangeStmt>()) {
    const llvm::SmallVector<const CoawaitExpr *, 2> awaits = awaitsIn(loop->getBody(), body);
    if (awaits.size() != 1 || !isIndependentCall(awaits.front(), unit) ||
        (isMemberCall(awaits.front()) && objectOf(awaits.front()) != loop->getLoopVariable()))
      continue;
    const bool decides = llvm::any_of(body.nodes, [&](const Stmt *node) {
      return isa<BreakStmt, CoreturnStmt, GotoStmt, IfStmt, CXXThrowExpr, CXXTryStmt>(node) &&
             body.contains(loop->getBody(), node);
    });
    // What the turns hand on to one another: variables of the operand that the loop assigns.
    const bool chained = llvm::any_of(body.nodes, [&](const Stmt *node) {
      const auto *assignment = dyn_cast<BinaryOperator>(node);
      if (!assignment || !assignment->isAssignmentOp() || !body.contains(loop->getBody(), node)) return false;
      const auto *target = dyn_cast<DeclRefExpr>(assignment->getLHS()->IgnoreParenImpCasts());
      return !target || mentions(awaits.front()->getOperand(), target->getDecl());
    });
    if (decides || chained) continue;
    const std::string callee = unit.callees().nameForPeople(peelMoves(awaits.front()->getOperand()));
    report(&body, awaits.front()->getSourceRange(), message::loop(callee)).cure(unit.cures().text("gather", body));
  }
}

void SequentialAwaitsCheck::reportPair(const CoawaitExpr *first, const CoawaitExpr *second, const Body &body,
                                       Unit &unit) {
  report(&body, second->getSourceRange(),
         message::row(unit.callees().nameForPeople(peelMoves(second->getOperand())),
                      unit.callees().nameForPeople(peelMoves(first->getOperand()))))
      .cure(unit.cures().text("gather", body))
      .step(first->getBeginLoc(), message::firstHere());
}

} // namespace coroguard::rules
