// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waits that belong to a library's own working: not what callers are told of unless they ask for everything.
#pragma once

#include "checker/program/LoopCalls.h"

namespace coroguard {

/// A class with threads of its own waits until they have told a local of this function that they are there.
bool isStartOfThreads(const BlockingCall &call, const Invocation &invocation, const Body &body, Unit &unit);

/// The library whose coroutine this is, at the wait of a loop it owns: its own affair, and it knows when it gets there.
bool isLoopsOwnWait(const BlockingStep &last, const LoopCall &call);

} // namespace coroguard
