// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each tested member or global along the paths from its test.
#include "rules/check-then-act/Check.h"

#include "checker/flow/LateMarks.h"
#include "checker/flow/LockTypes.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

using namespace clang;

namespace coroguard::rules {

namespace message = check_then_act::message;

CheckThenActCheck::CheckThenActCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, check_then_act::info()) {}

namespace {

enum Phase : unsigned { Unknown, Tested, Suspended };

bool calls(const Expr *tree, const ValueDecl *owner, llvm::StringRef method) {
  return anyDescendant(tree, [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    return call && nameOf(call->getMethodDecl()) == method && sharedNamedBy(call->getImplicitObjectArgument()) == owner;
  });
}

/// `table.count(key)`, `table.find(key)`: the key; null for other calls.
const Expr *keyAsked(const Expr *expr, const ValueDecl *owner) {
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(expr ? peel(expr) : nullptr);
  const bool asks = call && call->getNumArgs() >= 1 && isOneOf(nameOf(call->getMethodDecl()), {"count", "contains", "find"}) &&
                    sharedNamedBy(call->getImplicitObjectArgument()) == owner;
  return asks ? call->getArg(0) : nullptr;
}

/// The key that a test of `owner` asks for, if it does.
const Expr *keyTested(const Stmt *test, const ValueDecl *owner) {
  const Expr *key = nullptr;
  anyDescendant(test, [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    key = key ? key : keyAsked(call, owner);
    return key != nullptr;
  });
  return key;
}

bool sameKey(const Expr *a, const Expr *b, const ASTContext &context) {
  llvm::FoldingSetNodeID one, other;
  peel(a)->Profile(one, context, /*Canonical=*/true);
  peel(b)->Profile(other, context, /*Canonical=*/true);
  return one == other;
}

bool isSizeOf(const Expr *expr, const ValueDecl *owner) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(expr->IgnoreParenImpCasts());
  return call && nameOf(call->getMethodDecl()) == "size" && sharedNamedBy(call->getImplicitObjectArgument()) == owner;
}

/// `const bool known = table.contains(key); if (known)`: what was tested.
const Expr *valueOfFlag(const Expr *condition, const Body &body) {
  const VarDecl *flag = localOf(condition);
  return flag && flag->getType()->isBooleanType() ? soleValueOf(flag, body) : nullptr;
}

/// `table.count(key) > 0`, `== 0`, `== 1`: what it says of there being one.
std::optional<bool> saysCounted(const BinaryOperator *comparison, bool truth, const ASTContext &context) {
  Expr::EvalResult value;
  if (comparison->getRHS()->isValueDependent() || !comparison->getRHS()->EvaluateAsInt(value, context))
    return std::nullopt;
  const int64_t limit = value.Val.getInt().getExtValue();
  switch (comparison->getOpcode()) {
  case BO_GT:
  case BO_NE: return limit == 0 ? std::optional(truth) : std::nullopt;
  case BO_EQ: return limit == 0 ? std::optional(!truth) : truth ? std::optional(true) : std::nullopt;
  case BO_GE: return limit == 1 ? std::optional(truth) : std::nullopt;
  default: return std::nullopt;
  }
}

/// Does the condition being `truth` say that there is something in `owner`? None: it says nothing about it.
std::optional<bool> saysPresent(const Expr *condition, const ValueDecl *owner, bool truth, const Body &body, unsigned depth = 0) {
  condition = condition->IgnoreParens();
  while (const auto *negation = dyn_cast<UnaryOperator>(condition->IgnoreParenImpCasts())) {
    if (negation->getOpcode() != UO_LNot) break;
    truth = !truth;
    condition = negation->getSubExpr()->IgnoreParens();
  }
  const Expr *bare = condition->IgnoreParenImpCasts();
  if (const Expr *value = valueOfFlag(bare, body))
    return depth < 3 ? saysPresent(value, owner, truth, body, depth + 1) : std::nullopt;
  if (sharedNamedBy(bare) == owner)
    return owner->getType()->isPointerType() ? std::optional(truth) : std::nullopt;
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(bare); call && sharedNamedBy(call->getImplicitObjectArgument()) == owner) {
    const llvm::StringRef name = nameOf(call->getMethodDecl());
    if (isa_and_nonnull<CXXConversionDecl>(call->getMethodDecl()) || isOneOf(name, {"has_value", "contains", "count"}))
      return truth;
    return name == "empty" ? std::optional(!truth) : std::nullopt;
  }
  const Expr *left = nullptr, *right = nullptr;
  bool equal = false, compares = false;
  if (const auto *binary = dyn_cast<BinaryOperator>(bare); binary && binary->isComparisonOp()) {
    left = binary->getLHS(), right = binary->getRHS(), equal = binary->getOpcode() == BO_EQ, compares = binary->isEqualityOp();
  } else if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(bare); operation && operation->isComparisonOp() && operation->getNumArgs() == 2) {
    left = operation->getArg(0), right = operation->getArg(1), equal = operation->getOperator() == OO_EqualEqual;
    compares = equal || operation->getOperator() == OO_ExclaimEqual;
  } else if (const auto *rewritten = dyn_cast<CXXRewrittenBinaryOperator>(bare)) {
    left = rewritten->getLHS(), right = rewritten->getRHS(), compares = true, equal = rewritten->getOperator() == BO_EQ;
  }
  if (!left) return std::nullopt;
  if (const auto *binary = dyn_cast<BinaryOperator>(bare); binary && calls(left, owner, "count"))
    return saysCounted(binary, truth, owner->getASTContext());
  if (compares && ((sharedNamedBy(left) == owner && isEmptyValue(right)) || (sharedNamedBy(right) == owner && isEmptyValue(left)) ||
                   calls(bare, owner, "find")))
    return truth != equal;
  // `index < table.size()`; how much room there is beyond that says nothing.
  const bool sized = isSizeOf(left, owner) || isSizeOf(right, owner);
  return sized && !compares ? std::optional(true) : std::nullopt;
}

/// The key of which this node needs that it is in `owner`: `table.at(key)`, `table[key]` that is not written as a whole,
/// `auto it = table.find(key)` whose result nobody compares. Null if it is no such thing.
const Expr *keyNeeded(const Stmt *node, const ValueDecl *owner, const Body &body) {
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(node))
    return nameOf(call->getMethodDecl()) == "at" && call->getNumArgs() == 1 && sharedNamedBy(call->getImplicitObjectArgument()) == owner
               ? call->getArg(0) : nullptr;
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(node)) {
    if (operation->getOperator() != OO_Subscript || sharedNamedBy(operation->getArg(0)) != owner) return nullptr;
    const Stmt *parent = body.meaningfulParentOf(node);
    const auto *binary = dyn_cast_or_null<BinaryOperator>(parent);
    const auto *assignment = dyn_cast_or_null<CXXOperatorCallExpr>(parent);
    const bool written = (binary && binary->getOpcode() == BO_Assign && binary->getLHS()->IgnoreParens() == node) ||
                         (assignment && assignment->getOperator() == OO_Equal && assignment->getArg(0)->IgnoreParens() == node);
    return written ? nullptr : operation->getArg(1);
  }
  const auto *declaration = dyn_cast<DeclStmt>(node);
  const auto *variable = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  const Expr *key = variable ? keyAsked(variable->getInit(), owner) : nullptr;
  if (!key || !calls(variable->getInit(), owner, "find")) return nullptr;
  const bool compared = llvm::any_of(body.references(variable), [&](const DeclRefExpr *reference) {
    const Stmt *parent = body.meaningfulParentOf(reference);
    const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(parent);
    return isa_and_nonnull<CXXRewrittenBinaryOperator, BinaryOperator, CallExpr>(parent) &&
           !(operation && (operation->getOperator() == OO_Arrow || operation->getOperator() == OO_Star));
  });
  return compared || body.references(variable).empty() ? nullptr : key;
}

/// Does this node need something to be in `owner`?
bool reliesOn(const Stmt *node, const ValueDecl *owner) {
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(node)) {
    const OverloadedOperatorKind kind = operation->getOperator();
    const CXXRecordDecl *record = classOf(operation->getArg(0)->getType());
    const auto *found = dyn_cast<CXXMemberCallExpr>(operation->getArg(0)->IgnoreParenImpCasts()); // `table.find(key)->second`
    if (const auto *full = dyn_cast<MaterializeTemporaryExpr>(operation->getArg(0)->IgnoreParenImpCasts()))
      found = dyn_cast<CXXMemberCallExpr>(full->getSubExpr()->IgnoreParenImpCasts());
    if (found && (kind == OO_Arrow || kind == OO_Star) && isOneOf(nameOf(found->getMethodDecl()), {"find", "begin"}))
      return sharedNamedBy(found->getImplicitObjectArgument()) == owner;
    const bool inserts = nameOf(record).contains("map");
    return sharedNamedBy(operation->getArg(0)) == owner && (kind == OO_Arrow || (kind == OO_Star && operation->getNumArgs() == 1) ||
                                                            (kind == OO_Subscript && !inserts));
  }
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(node))
    return sharedNamedBy(call->getImplicitObjectArgument()) == owner &&
           isOneOf(nameOf(call->getMethodDecl()), {"front", "back", "top", "value", "pop", "pop_front", "pop_back"});
  if (const auto *dereference = dyn_cast<UnaryOperator>(node))
    return dereference->getOpcode() == UO_Deref && sharedNamedBy(dereference->getSubExpr()) == owner;
  const auto *member = dyn_cast<MemberExpr>(node);
  return member && member->isArrow() && sharedNamedBy(member->getBase()) == owner;
}

} // namespace

void CheckThenActCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    if (!body.isCoroutine() || llvm::none_of(body.nodes, [](const Stmt *node) { return isa<CoroutineSuspendExpr>(node); }))
      continue;
    if (strict()) checkMarks(body, unit);
    llvm::SmallSetVector<const ValueDecl *, 4> owners;
    for (const Stmt *node : body.nodes)
      if (const auto *expr = dyn_cast<Expr>(node); expr && isa<MemberExpr, DeclRefExpr>(expr))
        if (const ValueDecl *owner = sharedNamedBy(expr))
          owners.insert(owner);
    Effort effort;
    for (const ValueDecl *owner : owners)
      if (llvm::any_of(body.nodes, [&](const Stmt *node) { return reliesOn(node, owner) || keyNeeded(node, owner, body); }))
        checkState(body, owner, effort, unit);
  }
}

void CheckThenActCheck::checkState(const Body &body, const ValueDecl *owner, Effort &effort, Unit &unit) {
  const Change *change = unit.shared().empties(owner, body, /*wholly=*/false);
  const bool weak = !change && isWeakPointer(owner->getType());
  const FlowGraph *graph = change || weak ? unit.graphs().of(body) : nullptr;
  if (!graph) return;
  const Stmt *act = nullptr;
  PathFact proof;
  const bool finished = walkPaths(
      *graph, effort, {Unknown},
      [&](const FlowStep &step, PathFact &fact) {
        if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && fact.phase == Tested)
          fact = {Suspended, step.statement, fact.since};
        if (step.kind != FlowStep::Kind::Statement) return Way::GoesOn;
        auto needsTested = [&] {
          const Expr *needed = keyNeeded(step.statement, owner, body);
          const Expr *tested = needed ? keyTested(fact.cause, owner) : nullptr;
          return tested && sameKey(tested, needed, unit.ast());
        };
        if (fact.phase == Suspended && (reliesOn(step.statement, owner) || needsTested())) {
          if (!act || unit.ast().getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), act->getBeginLoc())) {
            act = step.statement;
            proof = fact;
          }
          fact = {Unknown};
        }
        const ValueDecl *changed = nullptr;
        if (const auto *expr = dyn_cast<Expr>(step.statement); expr && ((changeBy(expr, changed) && changed == owner) || asksAgain(expr, owner)))
          fact = {Unknown};
        return Way::GoesOn;
      },
      [&](const FlowEdge &edge, PathFact &fact) {
        if (!edge.condition) return Way::GoesOn;
        const Expr *flagged = valueOfFlag(edge.condition->IgnoreParenImpCasts(), body);
        if (std::optional<bool> present = saysPresent(edge.condition, owner, edge.truth, body))
          fact = *present ? PathFact{Tested, flagged ? flagged : edge.condition} : PathFact{Unknown};
        return Way::GoesOn;
      });
  if (finished && act && change && !strict() && !keyTested(proof.cause, owner))
    change = unit.shared().empties(owner, body, /*wholly=*/true);
  if (!finished || !act || (!change && !weak) || unit.shared().areSerialised(body, act, proof.cause) || isGuarded(act, proof.cause, body, unit.types()))
    return;
  const std::string name = owner->getNameAsString(), changer = change ? unit.names().forPeople(change->body->function) : "";
  FindingBuilder finding = report(&body, act->getSourceRange(), change ? message::act(name, changer) : message::weak(name));
  finding.step(proof.cause->getBeginLoc(), message::testedHere()).step(proof.since->getBeginLoc(), message::suspendedHere());
  if (change) finding.step(change->at->getBeginLoc(), message::emptiedHere(changer));
}

/// For `strict`: whether two coroutines are ever there at once cannot be seen.
void CheckThenActCheck::checkMarks(const Body &body, Unit &unit) {
  const FlowGraph *graph = unit.graphs().of(body);
  for (const LateMark &late : graph ? lateMarks(*graph, unit.ast()) : std::vector<LateMark>())
    if (!unit.shared().areSerialised(body, late.set, late.test) && !isGuarded(late.set, late.test, body, unit.types()))
      report(&body, late.set->getSourceRange(), message::late(late.mark->getNameAsString()))
          .precision(catalog::Precision::Medium).step(late.test->getBeginLoc(), message::testedHere()).step(late.suspension->getBeginLoc(), message::suspendedHere());
}

} // namespace coroguard::rules
