// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks async code.
#include "checker/program/LoopCalls.h"

#include "checker/semantics/BranchedOff.h"

#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {
namespace {

/// Where `call` is seen from the coroutine: lambdas called in place, or given to it, count where they are called.
bool mayBeOff(const LoopCall &call, Unit &unit) {
  if (call.context.caller)
    return unit.residence().mayBeOff(*call.context.caller, call.context.call);
  if (call.context.kind != ContextKind::Coroutine)
    return false;
  const Stmt *node = call.invocation->node;
  for (const Body *at = call.body; at != call.where; at = at->parent)
    node = unit.contexts().calledAt(*at);
  return node && unit.residence().mayBeOff(*call.where, node);
}

/// What the catalogue names as the awaitable sleep may fall back to blocking; telling it to call itself helps nobody.
bool isSleep(const Body &body, Unit &unit) {
  return unit.callees().model(body.function, catalog::FunctionRole::Sleep) != nullptr;
}

} // namespace

bool runsOnOwnStack(const LoopCall &call, const FunctionDecl *waits, Unit &unit) {
  const auto *registration = dyn_cast_or_null<CallExpr>(call.context.origin ? call.context.origin : call.context.registration);
  const FunctionDecl *starter = registration ? registration->getDirectCallee() : nullptr;
  const bool stackful = starter && llvm::StringSwitch<bool>(unit.names().of(starter))
                                       .Cases({"seastar::async", "async_simple::uthread::async"}, true)
                                       .Default(false);
  return stackful && waits && unit.types().libraryOf(waits) == unit.types().libraryOf(starter);
}

bool hasLoopCode(Unit &unit) {
  return llvm::any_of(unit.bodies(), [&](const Body &body) { return static_cast<bool>(unit.contexts().of(body)); });
}

void forEachLoopCall(Unit &unit, llvm::function_ref<void(const LoopCall &)> visit) {
  const CallGraph &calls = unit.calls();
  for (const Body &body : unit.bodies()) {
    LoopCall call;
    call.body = &body;
    call.context = unit.contexts().enclosing(body, &call.where);
    if (!call.context || isSleep(*call.where, unit))
      continue;
    for (const Invocation &invocation : calls.of(body)) {
      call.invocation = &invocation;
      if (!mayBeOff(call, unit) && !isBranchedOff(invocation.node, body))
        visit(call);
    }
  }
}

const Body *wayFrom(const Invocation &invocation, const BlockingPaths &paths, const AsyncContexts &contexts) {
  const Body *best = nullptr;
  for (const Body *target : invocation.runs) {
    if (contexts.enclosing(*target) || !paths.from(*target))
      continue;
    const auto rank = [&](const Body *body) {
      return std::pair(-static_cast<int>(paths.weightOf(*body)), paths.chain(*body).size());
    };
    if (!best || rank(target) < rank(best))
      best = target;
  }
  return best;
}

std::string reasonOf(const BlockingCall &call) {
  if (call.row)
    return call.row->reason.str();
  switch (call.kind) {
  case BlockingCall::Kind::Declared: return "is declared blocking";
  case BlockingCall::Kind::Runner: return "runs the task until it is done";
  case BlockingCall::Kind::Loop: return "runs an event loop";
  case BlockingCall::Kind::Listed:
  case BlockingCall::Kind::Future: break;
  }
  return "waits for the result";
}

const catalog::LibraryInfo *libraryOf(const LoopCall &call, Unit &unit) {
  if (const auto *registration = dyn_cast_or_null<CallExpr>(call.context.registration))
    if (const FunctionDecl *callee = registration->getDirectCallee())
      return unit.types().libraryOf(callee);
  return unit.cures().libraryOf(*call.where);
}

} // namespace coroguard
