// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which code runs on an event loop: coroutine bodies, loop callbacks, functions promised not to block, and what those
// call; it ends where work is handed to other threads.
#pragma once

#include "checker/semantics/Callables.h"

#include "llvm/ADT/DenseMap.h"

namespace coroguard {

/// Why a body is async code by itself.
enum class ContextKind : uint8_t { None, Coroutine, LoopCallback, NonBlocking };

struct AsyncContext {
  ContextKind kind = ContextKind::None;
  const clang::Expr *registration = nullptr; ///< of a loop callback: the call that hands it to the loop
  const Body *registrar = nullptr;           ///< and the body that does so
  const clang::Expr *origin = nullptr;       ///< of a lambda that another callback calls: the registration of that
  const Body *caller = nullptr;              ///< and of one that a coroutine calls: that coroutine,
  const clang::Expr *call = nullptr;         ///< and where it does so

  explicit operator bool() const { return kind != ContextKind::None; }
};

class AsyncContexts {
public:
  AsyncContexts(const CodeIndex &code, TaskTypes &types, Callees &callees);

  /// The context a body is by itself, not through its callers.
  AsyncContext of(const Body &body) const;
  /// As of(), and for lambdas that are written in an async context and called there: that context. `where` becomes the
  /// body that is the context.
  AsyncContext enclosing(const Body &body, const Body **where = nullptr) const;
  /// The call (or mention) in its parent that runs a lambda written in an async context; null for others.
  const clang::Expr *calledAt(const Body &lambda) const { return inPlace_.lookup(&lambda); }
  /// Is it one by itself, or called (through any chain the unit shows) from one?
  bool runsOnLoop(const Body &body) const { return onLoop_.count(&body) != 0; }
  /// The fate of a callable argument: `mention` is the lambda or the reference to the function.
  CallableFate fateOf(const clang::Expr *mention, const Body &body, const clang::Expr **receiver = nullptr) {
    return callables_.fateOf(mention, body, receiver);
  }

  /// The body a call runs in the caller's context right away: an ordinary function, a lambda called here. Null for
  /// coroutines (they are contexts of their own), unknown bodies, and functions promised not to block.
  const Body *bodyRunBy(const CallSite &call) const;
  /// As bodyRunBy(), for callables that the callee runs at once (`std::visit`, `std::for_each`).
  std::vector<const Body *> callablesRunBy(const CallSite &call, const Body &body);

  /// Does the class own threads, so that work given to it leaves the loop?
  bool ownsThreads(clang::QualType type) { return owners_.owns(type); }
  ThreadOwners &owners() { return owners_; }
  Callables &callables() { return callables_; }

private:
  void findCallbacks();
  void findInPlaceLambdas();
  bool findGivenLambdas();
  void propagate();

  const CodeIndex &code_;
  ThreadOwners owners_;
  Callables callables_;
  llvm::DenseMap<const Body *, AsyncContext> contexts_;
  llvm::DenseMap<const Body *, const clang::Expr *> inPlace_;
  llvm::DenseMap<const Body *, char> onLoop_;
};

/// `[[clang::nonblocking]]` (or its enforcement spelling) on the function's type, or the annotation
/// `coroguard::nonblocking`.
bool isNonBlocking(const clang::FunctionDecl *function);
/// `[[clang::blocking]]` on the function's type, or the annotation `coroguard::blocking`.
bool isDeclaredBlocking(const clang::FunctionDecl *function);

} // namespace coroguard
