// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects the names the work was made with, and looks for waits on them.
#include "checker/flow/WaitedFor.h"

#include "checker/flow/AccessPath.h"
#include "checker/flow/Storage.h"
#include "checker/flow/TaskJourney.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace coroguard {
namespace {

using NameSet = llvm::SmallPtrSet<const ValueDecl *, 8>;

/// The variable a name stands for: of a structured binding, what it takes apart.
const VarDecl *wholeOf(const ValueDecl *named) {
  if (const auto *binding = dyn_cast<BindingDecl>(named))
    named = binding->getDecomposedDecl();
  return dyn_cast_or_null<VarDecl>(named);
}

/// Variables, members and captures mentioned anywhere under `root`.
void addNames(const Stmt *root, const Body &body, NameSet &names) {
  for (const Stmt *node : body.nodes) {
    if (!body.contains(root, node))
      continue;
    if (const auto *reference = dyn_cast<DeclRefExpr>(node))
      if (const VarDecl *variable = wholeOf(reference->getDecl()))
        names.insert(variable);
    if (const auto *member = dyn_cast<MemberExpr>(node); member && isa<FieldDecl>(member->getMemberDecl()))
      names.insert(member->getMemberDecl());
    if (const auto *lambda = dyn_cast<LambdaExpr>(node))
      for (const LambdaCapture &capture : lambda->captures())
        if (capture.capturesVariable())
          names.insert(capture.getCapturedVar());
  }
}

bool mentionsOne(const Stmt *root, const NameSet &names) {
  return anyDescendant(root, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *member = dyn_cast<MemberExpr>(node);
    const ValueDecl *named = reference ? reference->getDecl() : member ? member->getMemberDecl() : nullptr;
    return named && names.contains(named);
  });
}

/// Two variables belong together if one is made from the other (`promise.get_future()`), or is a closure that captures it.
void addRelatives(const Body &body, NameSet &names) {
  for (unsigned round = 0; round < 3; ++round)
    for (const DeclStmt *declaration : body.all<DeclStmt>())
      for (const Decl *decl : declaration->decls()) {
        const auto *variable = dyn_cast<VarDecl>(decl);
        if (!variable || !variable->hasInit())
          continue;
        NameSet mentioned;
        addNames(variable->getInit(), body, mentioned);
        // A timer on the same executor has nothing else to do with it.
        const bool related = llvm::any_of(mentioned, [&](const ValueDecl *each) {
          return names.contains(each) && !says::runsWork(nameOf(classOf(each->getType().getNonReferenceType())));
        });
        const bool closure = isa_and_nonnull<LambdaExpr>(peelMoves(variable->getInit()));
        if (related && !closure)
          names.insert(variable);
        if (closure && names.contains(variable))
          names.insert(mentioned.begin(), mentioned.end());
      }
}

/// `converse(client, done); after(done);`: what awaits an event goes on when the work that sets it does.
void addFellows(const Body &body, TaskTypes &types, NameSet &names) {
  NameSet events;
  for (const ValueDecl *name : names)
    if (isa<VarDecl>(name) && types.isAwaitable(name->getType()) && !types.promiseOf(name->getType().getNonReferenceType()))
      events.insert(name);
  if (events.empty())
    return;
  for (const CallExpr *call : body.all<CallExpr>())
    if (types.classify(call->getType()) && call->isPRValue() && mentionsOne(call, events))
      addNames(call, body, names);
}

bool isCapturedSomewhere(const Stmt *condition, const Body &body) {
  return anyDescendant(condition, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    return variable && !body.capturedBy(variable).empty();
  });
}

/// `handle.resume()`, `handle.destroy()`: whoever holds the handle decides how far the work goes.
bool drivesByHand(const FunctionDecl *callee) {
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (!method || !method->getParent()->isInStdNamespace() || nameOf(method->getParent()) != "coroutine_handle")
    return false;
  return method->getOverloadedOperator() == OO_Call || nameOf(method) == "resume" || nameOf(method) == "destroy";
}

/// `wait_for_reply(done, loop)`: a flag that the work sets goes to somebody who can look at it until it is set.
bool givesFlag(const CallSite &call, const Body &body) {
  for (unsigned i = 0; i < call.arguments.size(); ++i) {
    const ParmVarDecl *parameter = call.parameter(i);
    const QualType type = parameter ? parameter->getType() : QualType();
    const QualType flag = !type.isNull() && (type->isReferenceType() || type->isPointerType()) ? type->getPointeeType() : QualType();
    if (flag.isNull() || flag.isConstQualified() || !(flag->isBooleanType() || nameOf(classOf(flag)).starts_with("atomic")))
      continue;
    const VarDecl *variable = rootOf(call.arguments[i], /*owned=*/true);
    if (variable && !body.capturedBy(variable).empty())
      return true;
  }
  return false;
}

/// `co_await wait_ms(10)`: who knows nothing but a number waits for time.
bool knowsOnlyTime(const CallSite &call) {
  return !call.object && !call.arguments.empty() && call.expr->getType()->isRecordType() &&
         llvm::all_of(call.arguments, [](const Expr *argument) {
           const Expr *value = argument->IgnoreParenImpCasts();
           return value->getType()->isArithmeticType() || nameOf(classOf(argument->getType())) == "duration";
         });
}

/// `co_await scope.join()`, `while (!done)`, `context.run()`, `future.get()`, `sleep_for(1s)`.
bool waits(const Stmt *node, const NameSet &names, const Body &body, Callees &callees) {
  if (const auto *await = dyn_cast<CoawaitExpr>(node))
    return mentionsOne(await->getOperand(), names);
  const Stmt *condition = nullptr;
  if (const auto *loop = dyn_cast<WhileStmt>(node))
    condition = loop->getCond();
  else if (const auto *loop = dyn_cast<DoStmt>(node))
    condition = loop->getCond();
  if (condition)
    return mentionsOne(condition, names) || isCapturedSomewhere(condition, body);
  std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->callee || isa<CXXConstructExpr>(node))
    return false;
  if (drivesByHand(call->callee))
    return true;
  const llvm::StringRef name = nameOf(call->callee);
  if (callees.isRunner(*call) || (says::waits(name) && !knowsOnlyTime(*call)) || (name.contains("sleep") && call->expr->getType()->isVoidType()) || givesFlag(*call, body))
    return true;
  return says::obtains(name) && mentionsOne(node, names);
}

/// A container is no means to wait; an event, a semaphore or a counter may be.
bool isContainer(const ValueDecl *variable, TaskTypes &types) {
  const CXXRecordDecl *record = classOf(variable->getType());
  return record && record->isInStdNamespace() && !methodsNamed(record, "begin").empty() && !types.isAwaitable(variable->getType());
}

/// `baton.post()`, `mutex.unlock()`, `promise.set_value(1)`: lets the work go on that was made with the local.
bool letsGo(const Stmt *node, const NameSet &gates) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(node);
  const auto *object = call ? dyn_cast_or_null<DeclRefExpr>(peelMoves(call->getImplicitObjectArgument())) : nullptr;
  const VarDecl *gate = object ? wholeOf(object->getDecl()) : nullptr;
  return gate && gates.contains(gate) && call->getMethodDecl() && !call->getMethodDecl()->isConst();
}

/// What the local is, and what it was made from: the mutex of `auto lock = mutex.lock()`.
NameSet gatesOf(const VarDecl *local, const Body &body, TaskTypes &types) {
  NameSet gates;
  if (!local)
    return gates;
  if (local->hasInit())
    addNames(local->getInit(), body, gates);
  gates.insert(local);
  gates.remove_if([&](const ValueDecl *gate) { return isContainer(gate, types); });
  return gates;
}

const Stmt *loopAround(const Stmt *node, const Body &body) {
  const Stmt *loop = body.parentOf(node);
  while (loop && !isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(loop))
    loop = body.parentOf(loop);
  return loop;
}

/// `for (;;) { if (done) { local.finish().wait(); break; } start(local); }`: a wait before the work in the text that leads out of
/// the loop in which the work starts, but not out of the life of the local.
bool leavesLoopAfter(const Stmt *wait, const LooseWork &work, const Body &body) {
  const Stmt *block = body.parentOf(wait);
  while (block && !isa<CompoundStmt>(block))
    block = body.parentOf(block);
  if (!work.local || !block || body.contains(block, work.leavesAt) || cast<CompoundStmt>(block)->body_empty() ||
      !isa<BreakStmt>(cast<CompoundStmt>(block)->body_back()))
    return false;
  const Stmt *loop = loopAround(block, body);
  const Stmt *scope = scopeOf(work.local, body);
  return loop && body.contains(loop, work.leavesAt) && (!scope || !body.contains(loop, scope));
}

/// `if (stale) { (void)local.close(); continue; }`: the block around the work that ends with a jump out of the life of the
/// local; what comes after it in the text is not reached from the work. Else null.
const Stmt *lastBlockOf(const LooseWork &work, const Body &body) {
  const Stmt *scope = work.local ? scopeOf(work.local, body) : nullptr;
  for (const Stmt *block = scope ? body.parentOf(work.leavesAt) : nullptr; block && block != scope; block = body.parentOf(block)) {
    const auto *compound = dyn_cast<CompoundStmt>(block);
    const Stmt *last = compound && !compound->body_empty() ? compound->body_back() : nullptr;
    if (isa_and_nonnull<ReturnStmt>(last))
      return block;
    if (!isa_and_nonnull<ContinueStmt>(last))
      continue;
    const Stmt *loop = loopAround(block, body);
    if (loop && body.contains(loop, scope))
      return block;
  }
  return nullptr;
}

/// `(void)fill(buffer, handle)`: a coroutine that is suspended meanwhile lends what the work gets, until that resumes it.
bool givesHandle(const Expr *call) {
  const std::optional<CallSite> site = CallSite::of(call);
  return site && llvm::any_of(site->arguments, [](const Expr *argument) {
    const CXXRecordDecl *record = classOf(argument->getType());
    return nameOf(record) == "coroutine_handle" && record->isInStdNamespace();
  });
}

} // namespace

bool isWaitedFor(const LooseWork &work, const Body &body, TaskTypes &types, Callees &callees) {
  if (!work.local && givesHandle(work.call))
    return true;
  const Stmt *whole = work.leavesAt;
  for (const Stmt *parent = body.parentOf(whole); parent && isa<Expr>(parent); parent = body.parentOf(parent))
    whole = parent;
  NameSet names;
  addNames(whole, body, names);
  addNames(work.call, body, names);
  if (work.store)
    names.insert(work.store);
  addRelatives(body, names);
  if (work.local && isContainer(work.local, types))
    names.erase(work.local);
  const NameSet gates = gatesOf(work.local, body, types);
  // `converse(client, result); client.answer();`: code that cannot await drives the work through what it gave it.
  NameSet drivers = names;
  addFellows(body, types, drivers);
  // `timer.set_callback(f); timer.arm(1s);`: the loop runs it, not who arms it.
  const std::optional<CallSite> taker = CallSite::of(work.leavesAt);
  const auto *armed = taker && taker->object && callees.model(*taker, catalog::FunctionRole::Callback)
                          ? dyn_cast_or_null<DeclRefExpr>(peelMoves(taker->object)) : nullptr;
  drivers.remove_if([&](const ValueDecl *driver) {
    return driver == work.local || (armed && driver == armed->getDecl()) || isContainer(driver, types);
  });
  const Stmt *reach = lastBlockOf(work, body);
  bool after = false, letGo = false;
  for (const Stmt *node : body.nodes) {
    after |= node == work.leavesAt;
    if (after && reach && !body.contains(reach, node))
      break;
    if (!after && leavesLoopAfter(node, work, body) && mentionsOne(node, names) && waits(node, names, body, callees))
      return true;
    if (after && !body.contains(whole, node)) {
      if (letGo && isa<CoawaitExpr>(node))
        return true; // let go, and then given its turn
      letGo |= letsGo(node, gates);
      const bool driven = letsGo(node, drivers) && (!work.local || isAlive(work.local, node, body)); // `loop.run()` comes too late then
      if (!body.isCoroutine() && (letGo || driven))
        return true;
    }
    if (after && !body.contains(whole, node) && (!work.local || isAlive(work.local, node, body)) && waits(node, names, body, callees))
      return true;
  }
  return false;
}

bool runsOn(const Expr *argument, const Stmt *taker, const ASTContext &context) {
  const std::optional<CallSite> site = taker ? CallSite::of(taker) : std::nullopt;
  const AccessPath given = AccessPath::of(peelMoves(argument), context);
  return site && site->object && given && AccessPath::of(site->object, context) == given;
}

} // namespace coroguard
