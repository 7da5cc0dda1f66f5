// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which waits stop the loop, and puts co_await in the place of a runner where it compiles.
#include "rules/sync-wait/Check.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/BranchedOff.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/LocalValues.h"

using namespace clang;

namespace coroguard::rules {

namespace message = sync_wait::message;
using Kind = BlockingCall::Kind;

SyncWaitCheck::SyncWaitCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, sync_wait::info()), options_(sync_wait::Options::read(Options)) {}

void SyncWaitCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

bool SyncWaitCheck::isAllowed(const Invocation &invocation, Unit &unit) const {
  const FunctionDecl *callee = invocation.site.callee;
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  return callee && (isExempt(options_.allowedCallees, unit.names().of(callee)) ||
                    (method && isExempt(options_.allowedTypes, unit.names().of(method->getParent()))));
}

/// For `strict`: a plain function that returns a task is called where tasks run, and waits for another one itself.
void SyncWaitCheck::checkPlain(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    const AsyncType *type = unit.types().classify(body.function->getReturnType());
    if (body.isCoroutine() || body.lambda || !type || !type->isTask() || (type->record && type->record->isInStdNamespace()) ||
        unit.contexts().enclosing(body))
      continue;
    LoopCall call;
    call.body = call.where = &body;
    for (const Invocation &invocation : unit.calls().of(body)) {
      call.invocation = &invocation;
      const BlockingCall *wait = unit.blocking().of(invocation, body);
      if (wait && wait->kind == Kind::Future && !isAllowed(invocation, unit) && !isBranchedOff(invocation.node, body))
        reportDirect(call, *wait, unit);
    }
  }
}

/// `post(loop, [&] { run_both(other, loop); })`: it runs the loop that it would stop.
static bool runsItsLoop(const LoopCall &call, Unit &unit) {
  const auto *registration = dyn_cast_or_null<CallExpr>(call.context.registration);
  return registration && llvm::any_of(call.invocation->site.arguments, [&](const Expr *argument) {
    const VarDecl *loop = localOf(argument);
    return loop && unit.contexts().owners().isLoop(loop->getType()) &&
           llvm::any_of(registration->arguments(), [&](const Expr *each) { return localOf(each) == loop; });
  });
}

void SyncWaitCheck::checkUnit(Unit &unit) {
  if (strict())
    checkPlain(unit);
  if (!hasLoopCode(unit))
    return;
  const bool exempts = !options_.allowedCallees.empty() || !options_.allowedTypes.empty();
  std::unique_ptr<BlockingPaths> own;
  if (exempts)
    own = std::make_unique<BlockingPaths>(
        unit.code(), unit.contexts(), unit.calls(), unit.blocking(),
        [](const BlockingCall &call, const Invocation &, const Body &) { return call.isWait() ? 2u : 0u; },
        [&](const Invocation &invocation, const Body &) { return isAllowed(invocation, unit); });
  const BlockingPaths &paths = own ? *own : unit.waits();
  ReadyFutures ready(unit.callees(), unit.contexts());
  forEachLoopCall(unit, [&](const LoopCall &call) {
    if (isAllowed(*call.invocation, unit) || runsItsLoop(call, unit))
      return;
    const BlockingCall *wait = unit.blocking().of(*call.invocation, *call.body);
    if (wait && wait->isWait()) {
      if (!runsOnOwnStack(call, wait->callee, unit))
        reportDirect(call, *wait, unit);
      return;
    }
    const Body *first = wayFrom(*call.invocation, paths, unit.contexts());
    if (first && !ready.isGivenReady(call.invocation->site, *call.body) && !runsOnOwnStack(call, paths.chain(*first).back().blocking->callee, unit))
      reportChain(call, *first, paths, unit);
  });
}

std::string SyncWaitCheck::placeOf(const LoopCall &call, Unit &unit) const {
  const std::string name = unit.names().forPeople(call.where->function);
  switch (call.context.kind) {
  case ContextKind::LoopCallback: return message::inCallback();
  case ContextKind::NonBlocking: return message::inNonBlocking(name);
  case ContextKind::None: return message::inPlain(name);
  default: return message::inCoroutine(name);
  }
}

namespace {

const ChainTexts &chainTexts() {
  static const ChainTexts texts{message::calls, message::stepWaits, message::calledHere};
  return texts;
}

/// The task a runner is given, if that is all it is given.
const Expr *onlyTask(const CallSite &call, TaskTypes &types) {
  const Expr *task = nullptr;
  for (const Expr *argument : call.arguments) {
    if (isa<CXXDefaultArgExpr>(argument))
      continue;
    const AsyncType *type = types.classify(argument->getType());
    if (task || !((type && type->isTask()) || types.isAwaitable(argument->getType())))
      return nullptr;
    task = argument;
  }
  return task;
}

/// `sync_wait(task())` → `co_await task()`, where it compiles and gives the same.
std::vector<FixItHint> awaitFix(const LoopCall &call, const Expr *task, Unit &unit) {
  const Expr *expr = call.invocation->site.expr;
  if (!task || call.body != call.where || call.invocation->node != expr || !canAwaitHere(*call.body, expr, task->getType(), unit.types()))
    return {};
  const Expr *written = task->IgnoreImplicit();
  const QualType result = awaitResult(task->getType());
  if (written->isLValue() || result.isNull() || !unit.ast().hasSameUnqualifiedType(result, expr->getType()))
    return {};
  const Stmt *parent = call.body->meaningfulParentOf(expr);
  const bool wrap = isa_and_nonnull<MemberExpr, ArraySubscriptExpr, CXXOperatorCallExpr>(parent);
  return {FixItHint::CreateReplacement(CharSourceRange::getCharRange(expr->getBeginLoc(), written->getBeginLoc()),
                                       wrap ? "(co_await " : "co_await "),
          FixItHint::CreateReplacement(expr->getEndLoc(), wrap ? ")" : "")};
}

} // namespace

void SyncWaitCheck::reportDirect(const LoopCall &call, const BlockingCall &wait, Unit &unit) {
  const std::string callee = unit.names().forPeople(wait.callee);
  const std::string where = placeOf(call, unit);
  const CallSite &site = call.invocation->site;
  const Expr *task = wait.kind == Kind::Runner ? onlyTask(site, unit.types()) : nullptr;
  std::string text = wait.kind == Kind::Runner ? message::runner(callee, where)
                     : wait.kind == Kind::Loop ? message::loop(callee, where)
                                               : message::future(callee, where);
  FindingBuilder finding = report(call.body, call.invocation->range, std::move(text));
  const Expr *awaited = task ? task : wait.kind == Kind::Future ? site.object : nullptr;
  if (wait.kind == Kind::Loop)
    finding.cure(message::spawnInstead());
  else if (wait.row)
    finding.cure(unit.cures().instead(*wait.row, wait.category, *call.where, libraryOf(call, unit), ""));
  else if (awaited)
    finding.cure(message::awaitInstead(sourceText(awaited, unit.ast())));
  finding.fix(catalog::FixKind::Safe, "await it", awaitFix(call, task, unit));
  addSteps(finding, call, {}, unit, chainTexts());
}

void SyncWaitCheck::reportChain(const LoopCall &call, const Body &first, const BlockingPaths &paths, Unit &unit) {
  const std::vector<BlockingStep> chain = paths.chain(first);
  if (chain.empty() || chain.size() > static_cast<size_t>(options_.maxChain))
    return;
  const std::string callee = unit.names().forPeople(call.invocation->site.callee);
  FindingBuilder finding = report(call.body, call.invocation->range,
                                  message::chain(callee, placeOf(call, unit), unit.names().forPeople(chain.back().blocking->callee)));
  finding.cure(call.invocation->destroys ? message::awaitBefore() : message::splitCaller(callee));
  addSteps(finding, call, chain, unit, chainTexts());
}

} // namespace coroguard::rules
