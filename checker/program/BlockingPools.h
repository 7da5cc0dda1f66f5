// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops that a class makes for itself to have somewhere to block.
#pragma once

#include "checker/program/LoopCalls.h"

namespace coroguard {

/// `class Lookup { std::shared_ptr<Executor> own_ = std::make_shared<Executor>(); … own_->post([this] { fetch(); }); … };`
/// Is the callback of `call` given to a loop that its class makes for itself and keeps to itself, and does all that the unit
/// gives to that loop block? Then nothing is there that it could hold up.
bool isGivenToBlockingPool(const LoopCall &call, Unit &unit, const BlockingPaths &paths);

} // namespace coroguard
