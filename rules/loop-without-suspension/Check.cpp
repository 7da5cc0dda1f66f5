// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which cycles without a suspension, and which long counts, keep the thread.
#include "rules/loop-without-suspension/Check.h"

#include "checker/flow/QuietCycles.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Suspension.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = loop_without_suspension::message;

LoopWithoutSuspensionCheck::LoopWithoutSuspensionCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, loop_without_suspension::info()),
      options_(loop_without_suspension::Options::read(Options)) {}

void LoopWithoutSuspensionCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void LoopWithoutSuspensionCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    if (unit.contexts().of(body).kind != ContextKind::Coroutine ||
        llvm::none_of(body.nodes, llvm::IsaPred<WhileStmt, DoStmt, ForStmt, GotoStmt>) ||
        isExempt(options_.allowedCallees, unit.names().of(body.function)))
      continue;
    checkCycles(body, unit);
    checkCounts(body, unit);
    checkComputations(body, unit);
  }
}

void LoopWithoutSuspensionCheck::checkCycles(const Body &body, Unit &unit) {
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph) return;
  for (const QuietCycle &cycle : quietCycles(*graph, unit.types())) {
    const std::string condition = cycle.exit ? sourceText(cycle.exit, unit.ast()) : "";
    reportLoop(cycle.loop, body, unit,
               !cycle.exit               ? message::endless()
               : cycle.suspendsElsewhere ? message::sometimes(condition)
                                         : message::until(condition),
               cycle.exit);
  }
}

namespace {

/// How often a `for (i = a; i < b; ++i)` with constant bounds turns; 0 if it cannot be told.
int64_t turnsOf(const ForStmt *loop, const Body &body, const ASTContext &context) {
  const auto *condition =
      dyn_cast_or_null<BinaryOperator>(loop->getCond() ? loop->getCond()->IgnoreParenImpCasts() : nullptr);
  const auto *step = dyn_cast_or_null<UnaryOperator>(loop->getInc() ? loop->getInc()->IgnoreParenImpCasts() : nullptr);
  const auto *start = dyn_cast_or_null<DeclStmt>(loop->getInit());
  const auto *counter = start && start->isSingleDecl() ? dyn_cast<VarDecl>(start->getSingleDecl()) : nullptr;
  if (!condition || !step || !step->isIncrementOp() || !counter || !counter->hasInit() ||
      !(condition->getOpcode() == BO_LT || condition->getOpcode() == BO_LE || condition->getOpcode() == BO_NE))
    return 0;
  const auto *counted = dyn_cast<DeclRefExpr>(condition->getLHS()->IgnoreParenImpCasts());
  const std::optional<int64_t> first = integerOf(counter->getInit(), body, context);
  const std::optional<int64_t> last = integerOf(condition->getRHS(), body, context);
  return counted && counted->getDecl() == counter && first && last ? *last - *first : 0;
}

/// A `break` that leaves a loop or switch inside `loop`.
bool isOfInnerLoop(const Stmt *node, const ForStmt *loop, const Body &body) {
  for (const Stmt *parent = body.parentOf(node); parent && parent != loop; parent = body.parentOf(parent))
    if (isa<WhileStmt, DoStmt, ForStmt, CXXForRangeStmt, SwitchStmt>(parent)) return true;
  return false;
}

} // namespace

void LoopWithoutSuspensionCheck::checkCounts(const Body &body, Unit &unit) {
  for (const ForStmt *loop : body.all<ForStmt>()) {
    const int64_t turns = turnsOf(loop, body, unit.ast());
    const bool leaves = llvm::any_of(body.nodes, [&](const Stmt *node) {
      return isa<BreakStmt, CoreturnStmt, GotoStmt>(node) && body.contains(loop->getBody(), node) &&
             !(isa<BreakStmt>(node) && isOfInnerLoop(node, loop, body));
    });
    if (turns >= options_.maxTurns && !leaves && !suspensionIn(loop, body, unit.types()))
      reportLoop(loop, body, unit, message::counted(std::to_string(turns)), nullptr);
  }
}

namespace {

const Expr *conditionOf(const Stmt *loop) {
  if (const auto *counted = dyn_cast<ForStmt>(loop)) return counted->getCond();
  if (const auto *checked = dyn_cast<WhileStmt>(loop)) return checked->getCond();
  return nullptr;
}

/// Numbers and nothing else: no element, no object, no call but of mathematics.
bool onlyComputes(const Stmt *loop, const Body &body, Unit &unit, unsigned depth = 0) {
  return llvm::all_of(body.within(loop), [&](const Stmt *node) {
    if (const auto *expr = dyn_cast<Expr>(node); expr && !expr->getType()->isArithmeticType() && !expr->getType()->isVoidType() &&
                                                 !expr->getType()->isFunctionType() && !expr->getType()->isFunctionPointerType())
      return false;
    const auto *call = dyn_cast<CallExpr>(node);
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    const Body *called = callee && depth < 2 ? unit.code().bodyOf(callee->getDefinition()) : nullptr;
    return !call || (callee && (callee->isInStdNamespace() || callee->getBuiltinID())) ||
           (called && called != &body && !called->isCoroutine() && onlyComputes(called->code, *called, unit, depth + 1));
  });
}

/// Does the condition read a variable, other than `counter`, that has no constant value?
bool hasOpenBound(const Expr *condition, const Body &body, const ASTContext &context) {
  return anyDescendant(condition, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    return variable && !integerOf(reference, body, context) && (isa<ParmVarDecl>(variable) || !variable->hasLocalStorage());
  });
}

/// `d * d <= n` of 64 bits: it takes as many turns as the root of the largest number that `n` may be.
bool turnsToTheRoot(const Expr *condition, const ASTContext &context) {
  const auto *comparison = dyn_cast<BinaryOperator>(condition->IgnoreParenImpCasts());
  const auto *square = comparison && comparison->isRelationalOp() ? dyn_cast<BinaryOperator>(comparison->getLHS()->IgnoreParenImpCasts()) : nullptr;
  const VarDecl *counter = square && square->getOpcode() == BO_Mul ? localOf(square->getLHS()) : nullptr;
  return counter && localOf(square->getRHS()) == counter && context.getTypeSize(comparison->getRHS()->IgnoreParenImpCasts()->getType()) >= 64;
}

/// `is_prime(i)` with a function of the unit that loops until what it is given, where `i` is what `condition` counts.
bool loopsUpTo(const Stmt *node, const Expr *condition, const Body &body, Unit &unit) {
  const auto *call = dyn_cast<CallExpr>(node);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  const Body *called = callee ? unit.code().bodyOf(callee->getDefinition()) : nullptr;
  if (!called || called == &body) return false;
  for (unsigned i = 0; i < call->getNumArgs() && i < called->function->getNumParams(); ++i) {
    const VarDecl *given = localOf(call->getArg(i));
    const ParmVarDecl *parameter = called->function->getParamDecl(i);
    auto bounds = [&](const Stmt *each) {
      const Expr *own = isa<ForStmt, WhileStmt>(each) ? conditionOf(each) : nullptr;
      return own && anyDescendant(own, [&](const Stmt *part) { return mentions(part, parameter); });
    };
    if (given && anyDescendant(condition, [&](const Stmt *outer) { return mentions(outer, given); }) && llvm::any_of(called->nodes, bounds))
      return true;
  }
  return false;
}

} // namespace

/// `for (i = 2; i < limit; ++i) for (j = 2; j * j <= i; ++j) …`: a computation whose cost grows faster than its argument.
void LoopWithoutSuspensionCheck::checkComputations(const Body &body, Unit &unit) {
  for (const Stmt *loop : body.nodes) {
    const Expr *condition = isa<ForStmt, WhileStmt>(loop) ? conditionOf(loop) : nullptr;
    if (!condition || !hasOpenBound(condition, body, unit.ast()) || !onlyComputes(loop, body, unit) ||
        suspensionIn(loop, body, unit.types()))
      continue;
    const bool nested = llvm::any_of(body.within(loop), [&](const Stmt *inner) {
      if (loopsUpTo(inner, condition, body, unit)) return true;
      const Expr *own = inner != loop && isa<ForStmt, WhileStmt>(inner) ? conditionOf(inner) : nullptr;
      return own && anyDescendant(own, [&](const Stmt *node) {
        const auto *reference = dyn_cast<DeclRefExpr>(node);
        return reference && anyDescendant(condition, [&](const Stmt *outer) { return mentions(outer, reference->getDecl()); });
      });
    });
    if (nested || turnsToTheRoot(condition, unit.ast())) reportLoop(loop, body, unit, message::computes(sourceText(condition, unit.ast())), nullptr);
  }
}

void LoopWithoutSuspensionCheck::reportLoop(const Stmt *loop, const Body &body, Unit &unit, std::string text,
                                            const Expr *exit) {
  // `do { … } while (false)` and its like in the assertions of test frameworks.
  if (loop->getBeginLoc().isMacroID() || (exit && exit->getBeginLoc().isMacroID()) ||
      unit.residence().mayBeOff(body, loop))
    return;
  FindingBuilder finding = report(&body, SourceRange(loop->getBeginLoc(), loop->getBeginLoc()), std::move(text));
  finding.cure(unit.cures().text("yield", body));
  if (exit) finding.step(exit->getBeginLoc(), message::leavesHere());
}

} // namespace coroguard::rules
