// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One parsed unit and everything rules may ask about it. Made once, shared by all rules that look at the unit; each part
// is worked out when it is first asked for.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/flow/DroppedTasks.h"
#include "checker/flow/LoopResidence.h"
#include "checker/flow/SharedState.h"
#include "checker/program/BlockingPaths.h"
#include "checker/semantics/AsyncContexts.h"
#include "checker/semantics/Callees.h"
#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/Cures.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/TaskTypes.h"
#include "rules/catalog/ModelIndex.h"

#include <memory>

namespace coroguard {

/// Not thread-safe; lives as long as the ASTContext it was made from.
class Unit {
public:
  Unit(clang::ASTContext &context, std::shared_ptr<const catalog::ModelIndex> models);

  clang::ASTContext &ast() { return context_; }
  const catalog::ModelIndex &models() const { return *models_; }
  const CodeIndex &code() const { return code_; }
  const std::deque<Body> &bodies() const { return code_.bodies(); }
  Names &names() { return names_; }
  TaskTypes &types() { return types_; }
  Callees &callees() { return callees_; }
  FlowGraphs &graphs() { return graphs_; }
  Cures &cures() { return cures_; }
  AsyncContexts &contexts();
  const CallGraph &calls();
  BlockingCalls &blocking();
  /// From each function to a runner, nested loop or wait for a future: what rule sync-wait speaks about.
  const BlockingPaths &waits();
  LoopResidence &residence();
  Borrows &borrows() { return borrows_; }
  /// Who changes which member or global.
  SharedState &shared() { return shared_; }
  /// Every dropped task of the unit; the rules share them out among themselves.
  llvm::ArrayRef<DroppedTask> dropped();

private:
  clang::ASTContext &context_;
  std::shared_ptr<const catalog::ModelIndex> models_;
  Names names_;
  CodeIndex code_;
  TaskTypes types_;
  Callees callees_;
  Cures cures_;
  FlowGraphs graphs_;
  Borrows borrows_;
  SharedState shared_;
  std::unique_ptr<AsyncContexts> contexts_;
  std::unique_ptr<CallGraph> calls_;
  std::unique_ptr<BlockingCalls> blocking_;
  std::unique_ptr<BlockingPaths> waits_;
  std::unique_ptr<LoopResidence> residence_;
  std::unique_ptr<std::vector<DroppedTask>> dropped_;
};

} // namespace coroguard
