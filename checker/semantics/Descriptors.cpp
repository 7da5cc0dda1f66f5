// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows descriptors to the call that made them, and looks at what the function does to them.
#include "checker/semantics/Descriptors.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/SystemConstants.h"

#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {
namespace {

const CallExpr *callIn(const Expr *expr) {
  return dyn_cast_or_null<CallExpr>(expr ? expr->IgnoreParenCasts() : nullptr);
}

/// Does any part of `expr` name `variable`?
bool names(const Expr *expr, const ValueDecl *variable) {
  return anyDescendant(expr, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    return reference && reference->getDecl()->getCanonicalDecl() == variable->getCanonicalDecl();
  });
}

bool saysNonBlocking(llvm::StringRef name) {
  std::string plain;
  for (char c : name)
    if (c != '_')
      plain += static_cast<char>(tolower(c));
  return llvm::StringRef(plain).contains("nonblock");
}

const VarDecl *anyVariable(const Expr *expr) {
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(expr ? expr->IgnoreParenImpCasts() : nullptr);
  return reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
}

} // namespace

Descriptor Descriptors::byFlag(const CallExpr *call, unsigned argument, llvm::StringRef flag, const Body &body) {
  if (argument >= call->getNumArgs())
    return Descriptor::Blocking;
  switch (hasFlag(call->getArg(argument), flag, body, context_)) {
  case Truth::Yes: return Descriptor::NonBlocking;
  case Truth::No: return Descriptor::Blocking;
  case Truth::Unknown: break;
  }
  return Descriptor::Unknown;
}

Descriptor Descriptors::madeBy(const CallExpr *call, const Body &body) {
  const FunctionDecl *callee = call->getDirectCallee();
  const llvm::StringRef name = callee ? names_.of(callee) : "";
  if (name == "socket")
    return byFlag(call, 1, "SOCK_NONBLOCK", body);
  if (name == "accept" || name == "dup")
    return name == "accept" ? Descriptor::Blocking : kindOf(call->getArg(0), body);
  if (name == "accept4")
    return byFlag(call, 3, "SOCK_NONBLOCK", body);
  if (name == "eventfd")
    return byFlag(call, 1, "EFD_NONBLOCK", body);
  if (name == "timerfd_create")
    return byFlag(call, 1, "TFD_NONBLOCK", body);
  if (name == "signalfd")
    return byFlag(call, 2, "SFD_NONBLOCK", body);
  if (name == "inotify_init1" || name == "fanotify_init")
    return byFlag(call, 0, "IN_NONBLOCK", body);
  if (name == "inotify_init")
    return Descriptor::Blocking;
  if (name == "memfd_create" || name == "mkstemp" || name == "mkostemp" || name == "creat")
    return Descriptor::Regular;
  const bool at = name == "openat" || name == "openat64";
  if (!at && name != "open" && name != "open64")
    return Descriptor::Unknown;
  const unsigned path = at ? 1 : 0;
  const auto *literal = path < call->getNumArgs() ? dyn_cast<StringLiteral>(call->getArg(path)->IgnoreParenImpCasts()) : nullptr;
  if (literal && (literal->getString().starts_with("/dev/") || literal->getString().starts_with("/proc/")))
    return byFlag(call, path + 1, "O_NONBLOCK", body);
  // A path may name a FIFO: who passes O_NONBLOCK opens one, or does not care.
  return byFlag(call, path + 1, "O_NONBLOCK", body) == Descriptor::Blocking ? Descriptor::Regular : Descriptor::NonBlocking;
}

Descriptor Descriptors::ofPair(const VarDecl *pair, const Body &body) {
  const Body *home = homeOf(pair, body);
  if (!home)
    return Descriptor::Unknown;
  for (const Stmt *node : home->nodes) {
    const auto *call = dyn_cast<CallExpr>(node);
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    if (!callee)
      continue;
    const llvm::StringRef name = names_.of(callee);
    const unsigned place = name == "socketpair" ? 3 : 0;
    if ((name != "pipe" && name != "pipe2" && name != "socketpair") || place >= call->getNumArgs() ||
        !names(call->getArg(place), pair))
      continue;
    if (name == "pipe")
      return Descriptor::Blocking;
    return byFlag(call, 1, name == "pipe2" ? "O_NONBLOCK" : "SOCK_NONBLOCK", body);
  }
  return Descriptor::Unknown;
}

Descriptor Descriptors::afterCalls(const VarDecl *variable, const Body &body, Descriptor made) {
  for (const Stmt *node : body.nodes) {
    const auto *call = dyn_cast<CallExpr>(node);
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    if (!callee || !llvm::any_of(call->arguments(), [&](const Expr *argument) {
          return anyVariable(argument) && anyVariable(argument)->getCanonicalDecl() == variable->getCanonicalDecl();
        }))
      continue;
    const llvm::StringRef name = names_.of(callee);
    if (name == "fcntl" && call->getNumArgs() >= 3) {
      if (hasValue(call->getArg(1), "F_SETFL", body, context_) != Truth::No &&
          hasFlag(call->getArg(2), "O_NONBLOCK", body, context_) != Truth::No)
        return Descriptor::NonBlocking;
    } else if ((name == "ioctl" && call->getNumArgs() >= 2 && hasValue(call->getArg(1), "FIONBIO", body, context_) != Truth::No) ||
               saysNonBlocking(callee->getNameAsString())) {
      return Descriptor::NonBlocking;
    } else if (!context_.getSourceManager().isInSystemHeader(callee->getLocation()) && made == Descriptor::Blocking) {
      made = Descriptor::Unknown; // somebody's helper may set the mode
    }
  }
  return made;
}

Descriptor Descriptors::ofVariable(const VarDecl *variable, const Body &body) {
  const Body *home = homeOf(variable, body);
  if (!home || isa<ParmVarDecl>(variable))
    return home ? afterCalls(variable, *home, Descriptor::Unknown) : Descriptor::Unknown;
  const LocalValues values = valuesOf(variable, *home);
  std::optional<Descriptor> made;
  for (const Expr *value : values.given) {
    if (std::optional<int64_t> number = integerOf(value, *home, context_); number && *number < 0)
      continue; // not open yet
    const CallExpr *call = callIn(value);
    const Descriptor one = call ? madeBy(call, *home) : Descriptor::Unknown;
    made = !made || *made == one ? one : Descriptor::Unknown;
  }
  return afterCalls(variable, *home, made && !values.escapes ? *made : Descriptor::Unknown);
}

Descriptor Descriptors::kindOf(const Expr *expr, const Body &body) {
  if (!expr)
    return Descriptor::Unknown;
  if (const CallExpr *call = callIn(expr))
    return madeBy(call, body);
  if (const VarDecl *variable = anyVariable(expr); variable && variable->hasLocalStorage())
    return ofVariable(variable, body);
  if (const auto *element = dyn_cast<ArraySubscriptExpr>(expr->IgnoreParenImpCasts()))
    if (const VarDecl *pair = anyVariable(element->getBase()); pair && pair->hasLocalStorage())
      return ofPair(pair, body);
  const std::optional<int64_t> number = integerOf(expr, body, context_);
  return number && *number == 0 ? Descriptor::Blocking : Descriptor::Unknown; // standard input
}

Truth Descriptors::isOnDevice(const Expr *stream, const Body &body) {
  if (isStandardStream(stream, body) == Truth::Yes)
    return Truth::Yes;
  const VarDecl *variable = localOf(stream);
  const Expr *value = variable ? soleValueOf(variable, body) : stream;
  const CallExpr *call = callIn(value);
  const FunctionDecl *maker = call ? call->getDirectCallee() : nullptr;
  if (!maker)
    return Truth::Unknown;
  return llvm::StringSwitch<Truth>(names_.of(maker))
      .Cases({"fmemopen", "open_memstream", "open_wmemstream"}, Truth::No)
      .Cases({"fopen", "fopen64", "fdopen", "popen", "tmpfile", "freopen"}, Truth::Yes)
      .Default(Truth::Unknown);
}

Truth Descriptors::isStandardStream(const Expr *stream, const Body &) {
  const VarDecl *variable = anyVariable(stream);
  if (!variable)
    return Truth::Unknown;
  return llvm::StringSwitch<Truth>(names_.of(variable))
      .Cases({"stdin", "stdout", "stderr", "std::cin", "std::cout", "std::cerr", "std::clog"}, Truth::Yes)
      .Cases({"std::wcin", "std::wcout", "std::wcerr", "std::wclog"}, Truth::Yes)
      .Default(variable->hasLocalStorage() ? Truth::No : Truth::Unknown);
}

void Descriptors::findNonBlockingClasses() {
  searched_ = true;
  for (const Body &body : code_.bodies())
    for (const Stmt *node : body.nodes) {
      const auto *call = dyn_cast<CXXMemberCallExpr>(node);
      const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
      if (!method || call->getNumArgs() == 0 || !saysNonBlocking(method->getNameAsString()))
        continue;
      const CXXRecordDecl *record = classOf(peel(call->getImplicitObjectArgument())->getType());
      const std::optional<int64_t> mode = integerOf(call->getArg(0), body, context_);
      if (record && (!mode || *mode != 0))
        nonBlocking_.insert(record->getCanonicalDecl());
    }
}

/// The variable, or the member of the current object, that is the handle.
static const ValueDecl *handleNamedBy(const Expr *object) {
  const auto *member = dyn_cast_or_null<MemberExpr>(object);
  if (member && isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()))
    return member->getMemberDecl();
  return anyVariable(object);
}

/// `co_await socket.async_wait(socket.wait_read, use_awaitable)`: an await before that is told what the handle shall be ready for.
static bool awaitsReadiness(const Expr *object, const Body &body) {
  const ValueDecl *handle = handleNamedBy(object);
  return handle && llvm::any_of(body.all<CXXMemberCallExpr>(), [&](const CXXMemberCallExpr *call) {
    const bool told = call->getNumArgs() > 0 && call->getArg(0)->IgnoreParenImpCasts()->getType()->isEnumeralType();
    const SourceManager &sources = body.function->getASTContext().getSourceManager();
    if (!told || !sources.isBeforeInTranslationUnit(call->getBeginLoc(), object->getBeginLoc()) || handleNamedBy(peel(call->getImplicitObjectArgument())) != handle)
      return false;
    const Stmt *parent = call;
    while (isa_and_nonnull<Expr>(parent) && !isa<CoawaitExpr>(parent))
      parent = body.parentOf(parent);
    return isa_and_nonnull<CoawaitExpr>(parent);
  });
}

bool Descriptors::isMadeNonBlocking(const Expr *object, const Body &body) {
  if (!searched_)
    findNonBlockingClasses();
  const Expr *bare = object ? peel(object) : nullptr;
  if (awaitsReadiness(bare, body))
    return true;
  const CXXRecordDecl *record = bare ? classOf(bare->getType()) : nullptr;
  if (record && nonBlocking_.contains(record->getCanonicalDecl()))
    return true;
  const VarDecl *variable = anyVariable(bare);
  if (!variable)
    return false;
  for (const Stmt *node : body.nodes) {
    const auto *call = dyn_cast<CallExpr>(node);
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    if (!callee || !saysNonBlocking(callee->getNameAsString()) || !names(call, variable) || call->getNumArgs() == 0)
      continue;
    const std::optional<int64_t> mode = integerOf(call->getArg(call->getNumArgs() - 1), body, context_);
    if (!mode || *mode != 0)
      return true;
  }
  return false;
}

} // namespace coroguard
