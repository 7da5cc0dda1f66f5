// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Wires the parts of a unit together.
#include "checker/semantics/Unit.h"

namespace coroguard {

Unit::Unit(clang::ASTContext &context, std::shared_ptr<const catalog::ModelIndex> models)
    : context_(context), models_(std::move(models)), code_(context), types_(context, *models_, names_),
      callees_(context, code_, *models_, names_, types_), cures_(*models_, names_, types_), graphs_(context, types_),
      borrows_(code_, context, types_, callees_, graphs_), shared_(code_) {}

AsyncContexts &Unit::contexts() {
  if (!contexts_)
    contexts_ = std::make_unique<AsyncContexts>(code_, types_, callees_);
  return *contexts_;
}

const CallGraph &Unit::calls() {
  if (!calls_)
    calls_ = std::make_unique<CallGraph>(code_, types_, contexts());
  return *calls_;
}

BlockingCalls &Unit::blocking() {
  if (!blocking_)
    blocking_ = std::make_unique<BlockingCalls>(context_, code_, names_, types_, callees_, contexts());
  return *blocking_;
}

const BlockingPaths &Unit::waits() {
  if (!waits_)
    waits_ = std::make_unique<BlockingPaths>(
        code_, contexts(), calls(), blocking(),
        [](const BlockingCall &call, const Invocation &, const Body &) { return call.isWait() ? 2u : 0u; },
        [](const Invocation &, const Body &) { return false; });
  return *waits_;
}

LoopResidence &Unit::residence() {
  if (!residence_)
    residence_ = std::make_unique<LoopResidence>(code_, types_, callees_, contexts(), graphs_);
  return *residence_;
}

llvm::ArrayRef<DroppedTask> Unit::dropped() {
  if (!dropped_) {
    dropped_ = std::make_unique<std::vector<DroppedTask>>();
    DroppedTasks analysis(types_, callees_, contexts(), graphs_);
    for (const Body &body : bodies()) {
      std::vector<DroppedTask> found = analysis.in(body);
      dropped_->insert(dropped_->end(), found.begin(), found.end());
    }
  }
  return *dropped_;
}

} // namespace coroguard
