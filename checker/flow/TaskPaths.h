// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Task state along paths: is there a feasible way from where a variable gets its task to where the task dies, on which
// nothing consumes it? Branches on equal conditions are taken alike; ways that leave by exception do not count.
#pragma once

#include "checker/flow/FlowGraph.h"
#include "checker/semantics/Callees.h"

#include <optional>

namespace coroguard {

/// A way on which the task is dropped.
struct DroppingPath {
  struct Turn {
    const clang::Expr *condition;
    bool truth;
  };
  std::vector<Turn> turns;                      ///< branches taken after the creation, in order
  const clang::Expr *overwrittenBy = nullptr;   ///< the assignment that drops it; null if it dies with its scope
};

class TaskPaths {
public:
  TaskPaths(const FlowGraph &graph, TaskTypes &types, Callees &callees) : graph_(graph), types_(types), callees_(callees) {}

  /// `creation` is the statement after which `variable` holds the task: its DeclStmt, or an assignment to it. None if
  /// every way consumes the task, or there are too many ways to tell (then the rule stays silent).
  std::optional<DroppingPath> find(const clang::VarDecl *variable, const clang::Stmt *creation);

private:
  struct Search;

  const FlowGraph &graph_;
  TaskTypes &types_;
  Callees &callees_;
};

} // namespace coroguard
