// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who keeps an object whose code runs later: classes whose objects are shared, code and closures that hold a reference.
#pragma once

#include "checker/semantics/Callees.h"
#include "checker/semantics/CodeIndex.h"

namespace coroguard {

/// How an object of a reference-counted class gets hold of itself; empty for other classes.
llvm::StringRef strongCall(const clang::CXXRecordDecl *record);

/// Is the object kept by whoever has a reference, and does the class know?
bool isShared(const clang::CXXRecordDecl *record);

/// Does the code take a reference to its own object, in whatever way? `sure`: a weak one counts if somebody asks it.
bool holdsItself(const Body &body, bool sure);

/// Does a capture keep the object, or know whether it is there: `self = shared_from_this()`, a smart pointer to its class?
bool keepsObject(const clang::LambdaExpr *lambda, const clang::CXXRecordDecl *record);

/// The class whose `this` the lambda takes.
const clang::CXXRecordDecl *classAround(const clang::LambdaExpr *lambda);

/// Does the callee keep the callable that it is given as argument `i`: a `std::function`, or another owner of callables?
bool ownsCallable(const CallSite &site, unsigned i);

/// `asyncWrite(…, std::function<void()> done)`: a function of which the unit shows no more than that it runs what it owns later.
bool runsLaterByName(const CallSite &site, const CodeIndex &code);

/// The local shared pointer that `lambda` refers to, itself or what it points to, without a copy of it; null if none.
const clang::VarDecl *unkeptPointer(const clang::LambdaExpr *lambda);

/// `void Loop::post(std::function<void()> f) { queue_.push_back(std::move(f)); }`, `callbacks_[fd] = std::move(f);`, of a class
/// that runs what it has: the work runs when somebody drives the loop.
bool storesWork(const CallSite &site, const CodeIndex &code);

} // namespace coroguard
