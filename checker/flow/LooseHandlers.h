// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callables that run later, use `this`, and hold nothing that keeps its object: handlers of operations, and what is posted
// or spawned in classes that know that others share their objects.
#pragma once

#include "checker/semantics/Callees.h"

namespace coroguard {

struct LooseHandler {
  const clang::Expr *callable;             ///< the lambda, or the call of `std::bind`
  const clang::Expr *given;                ///< the call that it is given to
  const clang::Expr *sibling = nullptr;    ///< another that the same function gives to the same callee, and that keeps the object
};

/// Is the operation one of something that the object has itself, and that ends with it: `timer_.async_wait(…)`?
bool isOfOwnMember(const CallSite &site);
/// The call that a callable is given to, itself or in a `std::function` that is made of it; none for others and those that
/// are called at once.
std::optional<CallSite> receiverOf(const clang::Expr *callable, const Body &body);
/// Does the receiver take `lambda` by value, as a `std::function`?
bool givenToOwner(const clang::LambdaExpr *lambda, const CallSite &site, const Body &body);

/// A handler that is given to a function called like `callee` and keeps its object, of class `record`: whoever wrote this body
/// knows that the object may go. Null if there is none.
const clang::Expr *handlerThatKeeps(const Body &body, const clang::CXXRecordDecl *record, const clang::FunctionDecl *callee);

/// Those of a body, in source order.
std::vector<LooseHandler> looseHandlers(const Body &body, Callees &callees);

} // namespace coroguard
