// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that are created and never consumed, whatever rule will speak about them.
#pragma once

#include "checker/flow/TaskPaths.h"
#include "checker/semantics/AsyncContexts.h"
#include "checker/semantics/Callees.h"

#include <string>
#include <vector>

namespace coroguard {

struct DroppedTask {
  enum class How : uint8_t {
    Discarded, ///< the value of an expression statement
    Held,      ///< in a variable that nobody consumes
    SomePaths, ///< in a variable that is consumed, but not on every path
    Replaced,  ///< in a variable that is assigned another task first
    Filled,    ///< put into a container that nobody consumes
    Passed,    ///< to a callee that lets it go
  };
  How how;
  const Body *body;
  const clang::Expr *creation;                    ///< the call (or await) that made it
  const clang::VarDecl *variable = nullptr;       ///< set if held or filled
  const clang::ValueDecl *holder = nullptr;       ///< the variable, or the structured binding that nobody uses
  const AsyncType *type = nullptr;
  bool wrapped = false;                           ///< inside optional, vector, …
  const clang::DeclRefExpr *mistaken = nullptr;   ///< held: where it is used as if it were its result
  DroppingPath path = {};                           ///< of SomePaths and Replaced
  bool neverNamedAgain = false;                   ///< held, and no reference at all follows
  const clang::ParmVarDecl *droppedBy = nullptr;  ///< the parameter that lets it go
  /// One defect gives one finding: the rule that knows most about it.
  enum class Speaker : uint8_t {
    UnawaitedTask,
    MissingRun,    ///< lazy, in code that no loop runs: nothing could have awaited it
    SyncIteration, ///< a step of an async sequence
    TaskAsValue,   ///< held, and used as if it were its result
  };
  Speaker speaker = Speaker::UnawaitedTask;
};

/// All of them in one body, in source order; each creation once.
class DroppedTasks {
public:
  DroppedTasks(TaskTypes &types, Callees &callees, const AsyncContexts &contexts, FlowGraphs &graphs)
      : types_(types), callees_(callees), contexts_(contexts), graphs_(graphs) {}
  std::vector<DroppedTask> in(const Body &body);

  /// Each task that is made, what becomes of it, each use of the variable that holds it, and the verdict.
  void print(const Body &body, llvm::raw_ostream &out);

private:
  struct HolderUses;

  void addExpression(const Body &body, const clang::Expr *creation, std::vector<DroppedTask> &dropped);
  void addVariable(const Body &body, const clang::VarDecl *variable, std::vector<DroppedTask> &dropped);
  void addUses(const Body &body, const clang::ValueDecl *named, const AsyncType &type, HolderUses &uses);
  const clang::BindingDecl *unusedBinding(const Body &body, const clang::DecompositionDecl *decomposition, const AsyncType &type,
                                          HolderUses &uses);
  const clang::Expr *unusedElement(const Body &body, const clang::VarDecl *variable);
  bool runsInItsScope(const DroppedTask &task) const;
  bool waitsAfter(const DroppedTask &task);
  const clang::Expr *creationIn(const clang::Stmt *value);
  void addPaths(DroppedTask task, bool consumedSomewhere, std::vector<DroppedTask> &dropped);
  void collectCreations(const Body &body, const clang::VarDecl *variable, unsigned depth,
                        std::vector<const clang::Expr *> &creations);

  bool givesWhatItWaitedFor(const CallSite &call, unsigned depth = 0) const;
  /// A call (or await) that makes a task with work in it. Null if it makes none, or one that is made to be dropped.
  const AsyncType *createdBy(const clang::Stmt *node);
  bool isFollowedUp(const clang::Expr *creation, const AsyncType &made);
  bool isKeptByScope(const CallSite &call, const AsyncType *made);
  DroppedTask::Speaker speakerFor(const DroppedTask &task);
  void printTask(const Body &body, const clang::Expr *creation, llvm::ArrayRef<DroppedTask> dropped, llvm::raw_ostream &out);

  TaskTypes &types_;
  Callees &callees_;
  const AsyncContexts &contexts_;
  FlowGraphs &graphs_;
};

} // namespace coroguard
