// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which code runs on an event loop: coroutine bodies, loop callbacks, functions promised not to block, and what those
// call; it ends where work is handed to other threads.
#pragma once

#include "checker/semantics/Callees.h"

#include "llvm/ADT/DenseMap.h"

namespace coroguard {

/// Why a body is async code by itself.
enum class ContextKind : uint8_t { None, Coroutine, LoopCallback, NonBlocking };

struct AsyncContext {
  ContextKind kind = ContextKind::None;
  const clang::Expr *registration = nullptr; ///< of a loop callback: the call that hands it to the loop

  explicit operator bool() const { return kind != ContextKind::None; }
};

/// What becomes of a callable (a lambda or a named function) that an expression mentions.
enum class CallableFate : uint8_t {
  Called,  ///< runs at once, in the code that mentions it
  OnLoop,  ///< runs later, on the loop
  OffLoop, ///< runs on another thread
  Unknown, ///< nobody can see; nothing is concluded
};

class AsyncContexts {
public:
  AsyncContexts(const CodeIndex &code, TaskTypes &types, Callees &callees);

  /// The context a body is by itself, not through its callers.
  AsyncContext of(const Body &body) const;
  /// Is it one by itself, or called (through any chain the unit shows) from one?
  bool runsOnLoop(const Body &body) const { return onLoop_.count(&body) != 0; }
  /// The fate of a callable argument: `mention` is the lambda or the reference to the function.
  CallableFate fateOf(const clang::Expr *mention, const Body &body, const clang::Expr **receiver = nullptr);

  /// The body a call runs in the caller's context right away: an ordinary function, a lambda called here. Null for
  /// coroutines (they are contexts of their own), unknown bodies, and functions promised not to block.
  const Body *bodyRunBy(const CallSite &call) const;
  /// As bodyRunBy(), for callables that the callee runs at once (`std::visit`, `std::for_each`).
  std::vector<const Body *> callablesRunBy(const CallSite &call, const Body &body);

  /// Does the class own threads, so that work given to it leaves the loop?
  bool ownsThreads(clang::QualType type);

private:
  void findCallbacks();
  void propagate();
  const Body *bodyOfCallable(const clang::Expr *mention) const;

  const CodeIndex &code_;
  TaskTypes &types_;
  Callees &callees_;
  llvm::DenseMap<const Body *, AsyncContext> contexts_;
  llvm::DenseMap<const Body *, char> onLoop_;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> threadOwners_;
};

/// `[[clang::nonblocking]]` (or its enforcement spelling) on the function's type.
bool isNonBlocking(const clang::FunctionDecl *function);

} // namespace coroguard
