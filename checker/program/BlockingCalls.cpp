// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The most specific reading of a call wins: runner, loop, future, then the catalogue's rows.
#include "checker/program/BlockingCalls.h"

#include "checker/semantics/Names.h"
#include "checker/semantics/SystemConstants.h"

#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {

using catalog::BlockingModel;
using catalog::FunctionModel;
using catalog::FunctionRole;
using catalog::TypeRole;
using catalog::WhenUnknown;
using Kind = BlockingCall::Kind;

namespace {

bool isNamed(const FunctionDecl *function, llvm::ArrayRef<llvm::StringRef> names) {
  return function->getIdentifier() && llvm::is_contained(names, function->getName());
}

/// Does the code do what `wanted` says, itself or in a function it calls directly?
bool doesNearby(const Stmt *code, llvm::function_ref<bool(const Stmt *)> wanted) {
  return code && anyDescendant(code, [&](const Stmt *node) {
    if (wanted(node))
      return true;
    const auto *call = dyn_cast<CallExpr>(node);
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    const Stmt *body = callee ? callee->getBody() : nullptr;
    return body && anyDescendant(body, wanted);
  });
}

bool takesALock(const Stmt *node) {
  if (const auto *atomic = dyn_cast<AtomicExpr>(node))
    return atomic->isCmpXChg();
  const auto *call = dyn_cast<CallExpr>(node);
  const std::string name = call ? plainName(call->getDirectCallee()) : "";
  return llvm::StringRef(name).starts_with("compareexchange") || name == "testandset" ||
         llvm::StringRef(name).contains("compareandswap");
}

bool pauses(const Stmt *node) {
  const auto *call = dyn_cast<CallExpr>(node);
  return isa<GCCAsmStmt>(node) || (call && llvm::is_contained({"ia32pause", "builtinia32pause", "mmpause", "schedyield"}, plainName(call->getDirectCallee())));
}

/// A sleep between two tries to take a contended lock, or one that takes turns with spinning: it waits as a mutex does.
bool isLockBackoff(const Expr *sleep, const Body &body) {
  const Stmt *child = sleep;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (const auto *branch = dyn_cast<IfStmt>(parent)) {
      const Stmt *other = branch->getThen() == child ? branch->getElse() : branch->getThen();
      if (other != child && doesNearby(other, pauses))
        return true;
    }
    if (isa<WhileStmt, DoStmt, ForStmt>(parent) && doesNearby(parent, takesALock))
      return true;
  }
  return false;
}

} // namespace

BlockingCalls::BlockingCalls(ASTContext &context, const CodeIndex &code, Names &names, TaskTypes &types, Callees &callees,
                             AsyncContexts &contexts)
    : context_(context), types_(types), callees_(callees), contexts_(contexts),
      conditions_(context, code, names), ready_(callees, contexts) {}

const BlockingCall *BlockingCalls::of(const Invocation &invocation, const Body &body) {
  auto [entry, fresh] = known_.try_emplace(&invocation);
  if (fresh)
    if (std::optional<BlockingCall> call = classify(invocation, body))
      entry->second = std::make_unique<BlockingCall>(*call);
  return entry->second.get();
}

std::optional<BlockingCall> BlockingCalls::classify(const Invocation &invocation, const Body &body) {
  if (invocation.given) { // `std::invoke(usleep, 7)`
    CallSite given = invocation.site;
    given.callee = invocation.given;
    given.arguments.clear();
    return isNonBlocking(given.callee) ? std::nullopt : asListed(given, body);
  }
  const CallSite &call = invocation.site;
  if (!call.callee || isNonBlocking(call.callee))
    return std::nullopt;
  if (isDeclaredBlocking(call.callee))
    return BlockingCall{Kind::Declared, nullptr, Truth::Yes, {}, call.callee};
  if (!invocation.destroys) {
    if (std::optional<BlockingCall> runner = asRunner(call, body))
      return runner;
    const Expr *object = call.object ? call.object->IgnoreParenImpCasts() : nullptr; // `wait` may be a base's
    if (object && types_.hasRole(object->getType(), TypeRole::Future))
      return asFuture(call, body);
    if (std::optional<BlockingCall> wait = asFuture(call, body))
      return wait;
  }
  if (std::optional<BlockingCall> join = asDroppedAsync(invocation, body))
    return join;
  return asListed(call, body);
}

/// `std::async(…);` waits for its end when the future it gives is destroyed, at once.
std::optional<BlockingCall> BlockingCalls::asDroppedAsync(const Invocation &invocation, const Body &body) {
  const auto *temporary = dyn_cast_or_null<CXXBindTemporaryExpr>(invocation.node);
  const auto *call = temporary ? dyn_cast<CallExpr>(temporary->getSubExpr()->IgnoreParens()) : nullptr;
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  if (!invocation.destroys || !callee || !callee->isInStdNamespace() || !isNamed(callee, {"async"}) || !body.isDiscarded(temporary))
    return std::nullopt;
  const llvm::ArrayRef<BlockingModel> rows = callees_.blocking(*CallSite::of(call));
  if (rows.empty() || (call->getNumArgs() > 0 && hasValue(call->getArg(0), "deferred", body, context_) == Truth::Yes))
    return std::nullopt;
  return BlockingCall{Kind::Future, &rows.front(), Truth::Yes, rows.front().category, callee};
}

namespace {

bool takesTask(const CallSite &call, TaskTypes &types) {
  return llvm::any_of(call.arguments, [&](const Expr *argument) {
    const AsyncType *type = types.classifyOwned(argument->getType());
    return type && type->kind != AsyncType::Kind::Other;
  });
}

} // namespace

std::optional<BlockingCall> BlockingCalls::asRunner(const CallSite &call, const Body &body) {
  const llvm::SmallVector<const FunctionModel *, 2> rows = callees_.models(call);
  const bool future = call.object && types_.hasRole(call.object->IgnoreParenImpCasts()->getType(), TypeRole::Future);
  for (const FunctionModel *row : rows)
    if (row->role == FunctionRole::Runner && row->blocks) {
      if (future && ready_.isReady(call.object, call.expr, body))
        return std::nullopt;
      return BlockingCall{future ? Kind::Future : takesTask(call, types_) ? Kind::Runner : Kind::Loop, nullptr, Truth::Yes, {}, call.callee};
    }
  if (!rows.empty() || isa<CXXConstructorDecl, CXXDestructorDecl>(call.callee))
    return std::nullopt;
  if (callees_.isRunner(call))
    return BlockingCall{Kind::Runner, nullptr, Truth::Yes, {}, call.callee};
  if (isLoopRun(call))
    return BlockingCall{Kind::Loop, nullptr, Truth::Yes, {}, call.callee};
  return std::nullopt;
}

/// `reactor.spin()`: a class that takes handles or callbacks, and a function that runs it.
bool BlockingCalls::isLoopRun(const CallSite &call) {
  if (!call.object || !call.arguments.empty() || !contexts_.owners().isLoop(call.object->getType()) ||
      call.object->IgnoreParenImpCasts()->getType()->isDependentType())
    return false;
  if (!isNamed(call.callee, {"run", "run_forever", "runForever", "spin", "loop", "run_until_complete", "run_loop", "Run", "Loop",
                             "RunForever", "loop_forever"}))
    return false;
  const QualType result = call.callee->getReturnType();
  if (!result->isVoidType() && !result->isIntegralOrEnumerationType())
    return false;
  const CXXRecordDecl *record = classOf(call.object->getType()->isPointerType() ? call.object->getType()->getPointeeType()
                                                                                 : call.object->getType());
  const CXXRecordDecl *definition = record ? definitionOrPattern(record) : nullptr;
  if (!definition)
    return false;
  return llvm::any_of(definition->methods(), [&](const CXXMethodDecl *method) {
    return llvm::any_of(method->parameters(), [&](const ParmVarDecl *parameter) {
      const CXXRecordDecl *taken = recordOrPattern(parameter->getType());
      return taken && taken->isInStdNamespace() && taken->getIdentifier() &&
             (taken->getName() == "coroutine_handle" || taken->getName() == "function");
    });
  });
}

std::optional<BlockingCall> BlockingCalls::asFuture(const CallSite &call, const Body &body) {
  const auto *method = dyn_cast<CXXMethodDecl>(call.callee);
  if (!method || !call.object || method->isStatic())
    return std::nullopt;
  const QualType object = call.object->IgnoreParenImpCasts()->getType();
  const bool future = types_.hasRole(object, TypeRole::Future);
  const AsyncType *type = types_.classify(object);
  if (future) {
    std::optional<BlockingCall> listed = asListed(call, body);
    if (!listed || ready_.isReady(call.object, call.expr, body))
      return std::nullopt;
    listed->kind = Kind::Future;
    return listed;
  }
  // The task types of packs that can be waited for (seastar::future, concurrencpp::result): unknown ones may only give
  // what is there.
  if (!type || !type->isTask() || !type->library || !isNamed(method, {"get", "wait"}) || !call.arguments.empty() ||
      types_.isAwaitable(method->getReturnType()) || ready_.isReady(call.object, call.expr, body))
    return std::nullopt;
  return BlockingCall{Kind::Future, nullptr, Truth::Yes, {}, call.callee};
}

/// Rows are found by name; this says whether they mean this very function.
bool BlockingCalls::applies(const BlockingModel &row, const CallSite &call) {
  if (!row.name.contains("::") && row.header.ends_with(".h") && !call.callee->isExternC() &&
      !context_.getSourceManager().isInSystemHeader(call.callee->getLocation()))
    return false; // a function of the user's with a famous name
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(call.callee); constructor && constructor->isCopyOrMoveConstructor())
    return false;
  // Connecting a datagram socket only notes the address.
  if (call.object && isNamed(call.callee, {"connect"})) {
    const CXXRecordDecl *socket = classOf(call.object->IgnoreParenImpCasts()->getType());
    if (nameOf(socket).contains("datagram"))
      return false;
  }
  // `std::filesystem::exists(file_status)` looks at nothing.
  if (row.category == "fs-meta" && call.callee->getNumParams() > 0) {
    const CXXRecordDecl *first = classOf(call.callee->getParamDecl(0)->getType());
    if (nameOf(first) == "file_status")
      return false;
  }
  return true;
}

std::optional<BlockingCall> BlockingCalls::asListed(const CallSite &call, const Body &body) {
  std::optional<BlockingCall> worst;
  for (const BlockingModel &row : callees_.blocking(call)) {
    if (!applies(row, call))
      continue;
    llvm::StringRef category;
    const Truth certain = conditions_.holds(row, call, body, category);
    if (certain == Truth::No || (certain == Truth::Unknown && row.unknown == WhenUnknown::Silent))
      continue;
    if (category == "lib-net" && (ready_.isAsked(call.object, call.expr, body) ||
                                  (!call.arguments.empty() && ready_.isAsked(call.arguments.front(), call.expr, body))))
      continue; // `socket.available()` before the read: it is there
    // `open(pipe, O_RDONLY | O_NONBLOCK)`: files on disk know no such mode, so it is none of them.
    if (category == "fs-meta" && isNamed(call.callee, {"open", "open64", "openat", "openat64"}) &&
        llvm::any_of(call.arguments, [&](const Expr *flags) {
          return flags->getType()->isIntegerType() && hasFlag(flags, "O_NONBLOCK", body, context_) == Truth::Yes;
        }))
      continue;
    if (category == "sleep" && isLockBackoff(call.expr, body))
      category = "lock";
    if (!worst || certain > worst->certain)
      worst = BlockingCall{Kind::Listed, &row, certain, category, call.callee};
  }
  return worst;
}

} // namespace coroguard
