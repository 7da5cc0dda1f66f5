// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at what each handler around an await does, and at what comes after it.
#include "rules/swallowed-cancellation/Check.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/BlankResult.h"
#include "checker/semantics/Cancellation.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Loops.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Suspension.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = swallowed_cancellation::message;

SwallowedCancellationCheck::SwallowedCancellationCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, swallowed_cancellation::info()),
      options_(swallowed_cancellation::Options::read(Options)) {}

void SwallowedCancellationCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void SwallowedCancellationCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine())
      for (const CXXTryStmt *attempt : body.all<CXXTryStmt>())
        judge(attempt, body, unit);
}

namespace {

llvm::StringRef namedBy(const Stmt *node) {
  const ValueDecl *decl = nullptr;
  if (const auto *reference = dyn_cast<DeclRefExpr>(node))
    decl = reference->getDecl();
  else if (const auto *member = dyn_cast<MemberExpr>(node))
    decl = member->getMemberDecl();
  return nameOf(decl);
}

/// Names of states and questions that say the work is to end.
bool asksForTheEnd(const Stmt *root, const Body &body) {
  return root && llvm::any_of(body.within(root), [&](const Stmt *node) {
           // `flag.requested()` of a `StopFlag`
           const auto *call = dyn_cast<CXXMemberCallExpr>(node);
           return (call && says::isAboutTheEnd(nameOf(call->getRecordDecl()))) || says::isAboutLife(namedBy(node));
         });
}

bool isNamed(const Expr *expr, const VarDecl *variable) {
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(peelMoves(expr));
  return reference && variable && reference->getDecl() == variable;
}

/// Is what the handler assigns read somewhere else in the loop, as by its condition?
bool steers(const Stmt *assignment, const CXXCatchStmt *handler, const Stmt *loop, const Body &body) {
  const auto *binary = dyn_cast<BinaryOperator>(assignment);
  const auto *unary = dyn_cast<UnaryOperator>(assignment);
  const Expr *target = binary ? binary->getLHS() : unary ? unary->getSubExpr() : nullptr;
  const llvm::StringRef name = target ? namedBy(target->IgnoreParenImpCasts()) : "";
  return name.empty() || llvm::any_of(body.within(loop), [&](const Stmt *node) {
           return namedBy(node) == name && !body.contains(handler, node);
         });
}

/// Does the handler keep, translate, examine or pass on what it caught? `next` is where the coroutine goes on.
bool deals(const CXXCatchStmt *handler, const Body &body, bool byName, const Stmt *next) {
  const VarDecl *exception = handler->getExceptionDecl();
  for (const Stmt *node : body.within(handler->getHandlerBlock())) {
    if (isa<CXXThrowExpr, CoyieldExpr>(node) || says::rethrows(namedBy(node)))
      return true;
    if (const auto *branch = dyn_cast<IfStmt>(node); branch && exception)
      for (const DeclRefExpr *reference : body.references(exception))
        if (body.contains(branch->getCond(), reference)) return true;
    const bool assigns = (isa<BinaryOperator>(node) && cast<BinaryOperator>(node)->isAssignmentOp()) ||
                         (isa<UnaryOperator>(node) && cast<UnaryOperator>(node)->isIncrementDecrementOp());
    if (byName && assigns && (isa_and_nonnull<Expr>(next) || !next || steers(node, handler, next, body)))
      return true;
    const std::optional<CallSite> call = CallSite::of(node);
    if (!call || !call->callee) continue;
    if (call->callee->isNoReturn()) return true;
    const llvm::StringRef name = nameOf(call->callee);
    if (!name.empty() && !says::logs(name) &&
        llvm::any_of(call->arguments, [&](const Expr *argument) { return isNamed(argument, exception); }))
      return true;
  }
  return asksForTheEnd(handler->getHandlerBlock(), body);
}

enum class Leaves : uint8_t { Falls, Stops, Result };

const Stmt *lastOf(const Stmt *statement) {
  while (const auto *block = dyn_cast_or_null<CompoundStmt>(statement))
    statement = block->body_empty() ? nullptr : block->body_back();
  return statement;
}

Leaves leaves(const CXXCatchStmt *handler, const CXXTryStmt *attempt, const Body &body) {
  const Stmt *last = lastOf(handler->getHandlerBlock());
  const bool jumps = last && isa<BreakStmt, GotoStmt, ReturnStmt, CoreturnStmt>(last);
  const bool falls = !jumps && !isa_and_nonnull<ContinueStmt>(last);
  if (isBlankResult(last, attempt, body) || (falls && isBlankResult(nextAfter(attempt, body), attempt, body))) return Leaves::Result;
  return jumps ? Leaves::Stops : Leaves::Falls;
}

bool isCleanup(const CoroutineSuspendExpr *await) {
  const std::optional<CallSite> call = CallSite::of(peel(await->getOperand()));
  return call && says::cleansUp(nameOf(call->callee));
}

/// The first await of work: one that may suspend, and does not only clean up.
const CoroutineSuspendExpr *workIn(const Stmt *root, const Body &body, TaskTypes &types) {
  for (const Stmt *node : body.within(root))
    if (const auto *await = dyn_cast<CoroutineSuspendExpr>(node);
        await && !isCleanup(await) && suspendsAt(await, types) != Suspends::Never)
      return await;
  return nullptr;
}

/// Where the coroutine goes on after a handler of `attempt` is through: a loop, or a later await; null if nowhere.
const Stmt *goesOnAt(const CXXTryStmt *attempt, const Body &body, bool endlessOnly, TaskTypes &types) {
  const Stmt *child = attempt;
  for (const Stmt *parent = body.parentOf(attempt); parent; child = parent, parent = body.parentOf(parent)) {
    const bool loop = isa<WhileStmt, DoStmt, ForStmt, CXXForRangeStmt>(parent);
    if (loop && asksForTheEnd(conditionOf(parent), body)) return nullptr;
    if (loop && (isEndless(parent) || !endlessOnly)) return parent;
    for (const Stmt *next = nextAfter(child, body); next; next = nextAfter(next, body)) {
      if (isa<BreakStmt, ContinueStmt, ReturnStmt, GotoStmt>(next) || asksForTheEnd(next, body)) return nullptr;
      if (const CoroutineSuspendExpr *await = workIn(next, body, types)) return endlessOnly ? nullptr : await;
      if (isa<CoreturnStmt, CXXThrowExpr>(next)) return nullptr;
    }
  }
  return nullptr;
}

/// A coroutine that suspends nowhere cannot be cancelled.
bool cannotSuspend(const CoroutineSuspendExpr *await, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(peel(await->getOperand()));
  const Body *awaited = call && call->callee ? unit.code().bodyOf(call->callee) : nullptr;
  return awaited && awaited->isCoroutine() && !suspensionIn(awaited->code, *awaited, unit.types());
}

} // namespace

/// For `strict`, in libraries whose errors are values of one class with a code: cancellation may be one of them.
void SwallowedCancellationCheck::judgeErrorValue(const CXXTryStmt *attempt, const Body &body, Unit &unit) {
  bool endless = false;
  for (const Stmt *parent = body.parentOf(attempt); parent; parent = body.parentOf(parent))
    endless |= isa<WhileStmt, DoStmt, ForStmt, CXXForRangeStmt>(parent) && isEndless(parent);
  const CoroutineSuspendExpr *await = endless ? workIn(attempt->getTryBlock(), body, unit.types()) : nullptr;
  for (unsigned i = 0; await && i < attempt->getNumHandlers(); ++i) {
    const CXXCatchStmt *handler = attempt->getHandler(i);
    const CXXRecordDecl *caught = handler->getExceptionDecl() ? classOf(handler->getCaughtType()) : nullptr;
    if (!caught || !caught->hasDefinition() || caught->isPolymorphic() || caught->isInStdNamespace() || methodsNamed(caught, "code").empty() ||
        handler->getCatchLoc().isMacroID() || leaves(handler, attempt, body) != Leaves::Falls || deals(handler, body, /*byName=*/false, nullptr))
      continue;
    report(&body, SourceRange(handler->getCatchLoc(), handler->getExceptionDecl()->getEndLoc()),
           message::value(unit.names().of(caught).str(), sourceText(await->getOperand(), unit.ast())))
        .precision(catalog::Precision::Low)
        .step(await->getBeginLoc(), message::arrives());
  }
}

void SwallowedCancellationCheck::judge(const CXXTryStmt *attempt, const Body &body, Unit &unit) {
  const catalog::LibraryInfo *library = unit.cures().libraryOf(body);
  const std::vector<CancellationType> types = cancellationTypes(body, library, unit);
  if (strict()) judgeErrorValue(attempt, body, unit);
  if (types.empty()) return;
  // The await whose cancellation arrives here: not one that an inner try has dealt with.
  const CoroutineSuspendExpr *await = nullptr;
  for (const Stmt *node : body.within(attempt->getTryBlock())) {
    const auto *each = dyn_cast<CoroutineSuspendExpr>(node);
    if (!each || (await && isCancellableWait(await, unit)) || isCleanup(each) ||
        suspendsAt(each, unit.types()) == Suspends::Never || cannotSuspend(each, unit))
      continue;
    bool inner = false;
    for (const Stmt *outer = body.parentOf(each); outer != attempt; outer = body.parentOf(outer))
      inner |= isa<CXXTryStmt>(outer);
    if (!inner && (!await || isCancellableWait(each, unit))) await = each;
  }
  if (!await) return;
  const bool cancelsEach = library && llvm::is_contained(options_.explicitLibraries, library->id);
  const bool explicitOnly = cancelsEach && !(strict() && isCancellableWait(await, unit));
  for (unsigned i = 0; i < attempt->getNumHandlers(); ++i) {
    const CXXCatchStmt *handler = attempt->getHandler(i);
    const Catches what = catches(handler, types, unit.names());
    if (what == Catches::Others) continue;
    if (handler->getCatchLoc().isMacroID()) return; // of a test framework's assertion
    const VarDecl *exception = handler->getExceptionDecl();
    const CXXRecordDecl *caught = exception ? classOf(handler->getCaughtType()) : nullptr;
    const bool allowed = caught && isExempt(options_.allowedTypes, unit.names().of(caught));
    const bool byName = what == Catches::ByName && !explicitOnly;
    const Leaves how = leaves(handler, attempt, body);
    const Stmt *next = how == Leaves::Falls ? goesOnAt(attempt, body, explicitOnly, unit.types()) : nullptr;
    const bool swallows = next || (how == Leaves::Result && !byName && !explicitOnly);
    // `catch (const cancelled &) {}` says that being woken early is all the same.
    const bool waved = byName && cast<CompoundStmt>(handler->getHandlerBlock())->body_empty();
    if (swallows && (!waved || strict()) && !allowed && !deals(handler, body, byName, next)) {
      const std::string name = caught ? "catch (" + unit.names().of(caught).str() + ")" : "catch (...)";
      const std::string awaited = sourceText(await->getOperand(), unit.ast());
      const SourceLocation at = handler->getCatchLoc();
      FindingBuilder finding = report(&body, SourceRange(at, exception ? exception->getEndLoc() : at),
                                      byName ? message::byName(name, awaited)
                                      : next ? message::broad(name, awaited)
                                             : message::result(name, awaited));
      finding.step(await->getBeginLoc(), message::arrives());
      if (next) finding.step(next->getBeginLoc(), isa<Expr>(next) ? message::nextAwait() : message::nextTurn());
      if (byName || explicitOnly)
        finding.cure(message::leave());
      else
        finding.cure(message::first(types.front().name));
      if (!byName && !explicitOnly && types.front().record)
        finding.fix(catalog::FixKind::Unsafe, "let cancellation pass",
                    {FixItHint::CreateInsertion(at, "catch (const " + types.front().name + " &) { throw; } ")});
    }
    return; // later handlers do not see the cancellation
  }
}

} // namespace coroguard::rules
