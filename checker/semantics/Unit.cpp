// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Wires the parts of a unit together.
#include "checker/semantics/Unit.h"

namespace coroguard {

Unit::Unit(clang::ASTContext &context, std::shared_ptr<const catalog::ModelIndex> models)
    : context_(context), models_(std::move(models)), code_(context), types_(context, *models_, names_),
      callees_(context, code_, *models_, names_, types_), cures_(*models_, types_) {}

AsyncContexts &Unit::contexts() {
  if (!contexts_)
    contexts_ = std::make_unique<AsyncContexts>(code_, types_, callees_);
  return *contexts_;
}

llvm::ArrayRef<DroppedTask> Unit::dropped() {
  if (!dropped_) {
    dropped_ = std::make_unique<std::vector<DroppedTask>>();
    DroppedTasks analysis(types_, callees_, contexts());
    for (const Body &body : bodies()) {
      std::vector<DroppedTask> found = analysis.in(body);
      dropped_->insert(dropped_->end(), found.begin(), found.end());
    }
  }
  return *dropped_;
}

} // namespace coroguard
