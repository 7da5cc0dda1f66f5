// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures whose result is there already, so that `get()` and `wait()` return at once.
#pragma once

#include "checker/semantics/AsyncContexts.h"

namespace coroguard {

class ReadyFutures {
public:
  ReadyFutures(Callees &callees, AsyncContexts &contexts) : callees_(callees), contexts_(contexts) {}

  /// Does the code before `call` in `body` show that the future `object` is ready: asked, set, awaited, or made ready?
  bool isReady(const clang::Expr *object, const clang::Expr *call, const Body &body);

  /// Is one of the call's arguments, or its object, such a future? Then what it calls will not wait for it.
  bool isGivenReady(const CallSite &call, const Body &body);

  /// Has the code before `call` asked the object how things stand: `socket.available()` before a read?
  bool isAsked(const clang::Expr *object, const clang::Expr *call, const Body &body);

private:
  bool isMadeReady(const clang::Expr *value, const clang::Expr *call, const Body &body);
  bool isAskedBefore(const clang::ValueDecl *future, const clang::Expr *call, const Body &body);
  bool isAwaitedBefore(const clang::ValueDecl *future, const clang::Expr *call, const Body &body, bool through = true);
  bool isElementOfReady(const clang::ValueDecl *future, const Body &body);
  bool isContinuationParameter(const clang::ValueDecl *future, const Body &body);

  Callees &callees_;
  AsyncContexts &contexts_;
};

} // namespace coroguard
