// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a task refers to without owning it: the arguments a coroutine takes by reference, the object or closure it is
// called on, the variables a lambda captures by reference. And whether those die before the task is done.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/flow/TaskJourney.h"

#include "llvm/ADT/DenseSet.h"

namespace coroguard {

/// Does a task keep what a parameter refers to? `Maybe`: an eager coroutine nobody can look into; it may copy in time.
enum class Keep : uint8_t { No, Maybe, Yes };

/// "no", "maybe", "yes".
llvm::StringRef nameOf(Keep keep);

/// Something a task borrows, that is gone while the task still needs it.
struct DanglingBorrow {
  enum class What : uint8_t {
    Argument, ///< bound to a parameter (or the implicit object) of the callee
    Closure,  ///< the object of a coroutine lambda with captures
    Capture,  ///< a variable that a kept closure captures by reference
  };
  What what;
  const Body *body;
  const clang::Expr *call;                        ///< makes the task, or takes the closure
  const clang::FunctionDecl *callee = nullptr;
  const clang::Expr *argument = nullptr;
  const clang::ParmVarDecl *parameter = nullptr;  ///< null for the object
  Storage storage = {};                           ///< Temporary or Local
  Keep keep = Keep::Yes;
  bool capturesLocals = false;                    ///< of a closure: it refers to locals itself
  Destination destination = {};                   ///< where the task goes that is too far
  std::string name = {};                          ///< of the variable, capture or parameter, for messages
  const AsyncType *type = nullptr;                ///< of the task
  const clang::CallExpr *raced = nullptr;         ///< awaited, but by way of this call, which may be done before the task is
  bool unproven = false;                          ///< it depends on code that the unit does not show; for `strict`
};

/// What becomes of a closure that is given to a function, while the coroutine in it is suspended.
enum class ClosureFate : uint8_t {
  Kept,    ///< lives on, or nobody can see
  Lent,    ///< runs where the caller has it
  Dropped, ///< the callee destroys it, though the coroutine goes on
};

class Borrows {
public:
  Borrows(const CodeIndex &code, clang::ASTContext &context, TaskTypes &types, Callees &callees, FlowGraphs &graphs)
      : code_(code), context_(context), types_(types), callees_(callees), graphs_(graphs), journeys_(types, callees) {}

  /// Every one of the unit, in source order per body.
  const std::vector<DanglingBorrow> &dangling();
  /// The first call whose argument for this parameter surely ends before the task is done; null if there is none.
  const clang::Expr *danglingCallFor(const clang::ParmVarDecl *parameter);

  /// Does the task a call of `callee` returns refer to what its parameter `i` refers to, once the call has returned?
  Keep keepsParameter(const clang::FunctionDecl *callee, unsigned i, unsigned depth = 0);
  /// The same for the object it is called on.
  Keep keepsObject(const clang::FunctionDecl *callee, unsigned depth = 0);
  /// What makes the task that the function returns refer to what the parameter refers to, by handing it on; else null.
  /// `least`: how sure it has to be that what it is handed to keeps it.
  const clang::Stmt *handsOnFor(const clang::ParmVarDecl *parameter, const Body &body, unsigned depth = 0, Keep least = Keep::Yes);
  /// As handsOnFor(), where it depends on a function that the unit does not show: a closure that refers to the parameter
  /// is given to it. In a coroutine also where the function is shown and does something else with the closure than
  /// calling it at once.
  const clang::Stmt *handsOnUnseen(const clang::ParmVarDecl *parameter, const Body &body);
  /// The link of a chain that runs the closure `body`: `.then([](const T &value) …)`. What it hands to the closure ends
  /// with the call. Null if it is none.
  const clang::CallExpr *linkOf(const Body &body);
  /// Is the closure needed by the coroutine after its call has returned? The name of a capture it reads, or none.
  std::optional<std::string> closureUse(const clang::FunctionDecl *callOperator);

  /// The first use in a coroutine that comes after a suspension (for lazy ones: any use). `isUse` is asked about nodes.
  /// `realOnly`: whoever calls it awaits it at once, so it runs to its first await.
  std::optional<LateUse> lateUse(const Body &body, llvm::function_ref<bool(const clang::Stmt *)> isUse, bool realOnly = false);
  /// As lateUse(), of a variable or of what only names a part of it: references, iterators, views, loops over it. A
  /// parameter that is handed on to awaited work is used by that: `use` and `suspension` are the call then.
  std::optional<LateUse> lateUseOf(const Body &body, const clang::VarDecl *variable, unsigned depth = 0);
  /// Loops, executors, pools and tokens: they outlive what runs on them.
  bool lastsAnyway(clang::QualType type);

  TaskJourneys &journeys() { return journeys_; }

  /// Each call that makes a task, what its parameters keep of their arguments, where the task goes, and what dangles.
  void print(const Body &body, llvm::raw_ostream &out);

private:
  void printCall(const Body &body, const clang::CallExpr *call, llvm::raw_ostream &out);
  void look(const Body &body, const clang::CallExpr *call);
  void lookAtContinuation(const Body &body, const clang::CallExpr *call);
  void lookAtLentClosure(const Body &body, const clang::CallExpr *call);
  void lookAtKeptClosure(const Body &body, const clang::CallExpr *call);
  void lookAtDetachedThread(const Body &body, const clang::CallExpr *call);
  void lookAtThreadsFuture(const Body &body, const clang::CallExpr *call);
  void lookAtStarted(const Body &body, const clang::CallExpr *call);
  const clang::Stmt *startedOn(const Body &body, const clang::ParmVarDecl *parameter);
  std::optional<DanglingBorrow> localCaptureOf(const clang::LambdaExpr *lambda, const Body &body, bool runsLater);
  bool chains(const clang::CallExpr *call);
  bool isReturned(const clang::CallExpr *call, const Body &body);
  bool goesOn(const clang::CallExpr *call, const Body &body);
  bool isContinuation(const clang::CallExpr *call);
  void collectBriefClosures(const Body &body);
  Storage inBriefClosure(const clang::Expr *argument, const Body &body) const;
  void lookAtPassedClosure(const Body &body, const clang::CallExpr *call);
  ClosureFate fateOf(const clang::FunctionDecl *callee, unsigned i, unsigned depth);
  ClosureFate fateInCall(const Body &body, const clang::CallExpr *call, const clang::ParmVarDecl *parameter, unsigned depth);
  ClosureFate fateInClosure(const Body &body, const clang::LambdaExpr *outer, const clang::ParmVarDecl *parameter);
  bool isToldAt(const clang::Expr *call, const clang::Expr *argument) const;
  bool isCallback(const Body &body, const clang::CallExpr *call);
  void lookAtBuffers(const Body &body, const clang::CallExpr *call);
  void lookAtRegistered(const Body &body, const clang::CallExpr *call);
  const clang::CallExpr *taskRefersTo(const clang::VarDecl *variable, const Body &body, unsigned depth, Keep least);
  bool readsLater(const clang::LambdaExpr *lambda, const clang::VarDecl *variable, bool runsLater, unsigned depth = 0, bool begun = false);
  bool runsClosure(const CallSite &site, const clang::ParmVarDecl *parameter);
  void lookAtFields(const clang::CXXRecordDecl *record);
  void lookAtArguments(const DanglingBorrow &made, const CallSite &site, int borrowed);
  void lookAtObject(const DanglingBorrow &made, const CallSite &site);
  void lookAtLentObjects(const DanglingBorrow &made, const CallSite &site);
  void lookAtAddresses(const DanglingBorrow &made, const CallSite &site);
  void lend(DanglingBorrow borrow, const clang::Expr *object, const Storage &storage);
  const clang::CallExpr *racedBy(const DanglingBorrow &borrow, const Destination &destination);
  bool isReadBefore(const DanglingBorrow &borrow, const Destination &destination);
  void judge(DanglingBorrow borrow, llvm::ArrayRef<Destination> destinations);
  bool isJoinedLater(const DanglingBorrow &borrow);
  Keep assumeKept(const clang::FunctionDecl *callee, const clang::ParmVarDecl *parameter);
  void lookAtReturnedClosure(const Body &body, const clang::LambdaExpr *lambda, const clang::ReturnStmt *returned);
  void lookAtGivenClosure(const Body &body, const clang::LambdaExpr *lambda);
  void lookAtNamedClosure(const Body &body, const clang::VarDecl *variable);
  bool mayDropClosure(const Body &body, const CallSite &site, bool sure);

  const CodeIndex &code_;
  clang::ASTContext &context_;
  TaskTypes &types_;
  Callees &callees_;
  FlowGraphs &graphs_;
  TaskJourneys journeys_;
  bool done_ = false;
  std::vector<DanglingBorrow> dangling_;
  llvm::DenseMap<std::pair<const clang::FunctionDecl *, unsigned>, char> keeps_;
  llvm::DenseMap<std::pair<const clang::FunctionDecl *, unsigned>, ClosureFate> fates_;
  /// Closures that end when they have returned, and the link of a chain that runs them if it is one.
  llvm::DenseMap<const clang::CXXRecordDecl *, const clang::CallExpr *> brief_;
};

/// A parameter that could as well be taken by value: constant, and of a type that can be copied or moved.
bool couldBeValue(clang::QualType declared);
/// Parameter types that promise nothing about the argument's life: `T&`, `T&&`, pointers, views.
bool mayBorrow(clang::QualType parameter);
/// `T&&` of a template's own parameter.
bool isForwardingReference(const clang::ParmVarDecl *parameter);

} // namespace coroguard
