// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every invocation that async code makes on the event loop: what rules about blocking look at, each once.
#pragma once

#include "checker/semantics/Unit.h"

namespace coroguard {

struct LoopCall {
  const Body *body = nullptr;             ///< where it stands: the context, or a lambda that is called in it
  const Invocation *invocation = nullptr;
  AsyncContext context;
  const Body *where = nullptr;            ///< the body that is the context
};

/// Is there any code at all that runs on a loop? Asked before anything costly is made.
bool hasLoopCode(Unit &unit);
/// In the order of the unit's bodies. Places where the coroutine may be off the loop are left out.
void forEachLoopCall(Unit &unit, llvm::function_ref<void(const LoopCall &)> visit);

/// The body, run by this invocation, from which `paths` leads to the blocking call that matters most, the nearest of
/// those; null if there is none. Code that reports for itself does not count.
const Body *wayFrom(const Invocation &invocation, const BlockingPaths &paths, const AsyncContexts &contexts);

/// In the stackful threads of some libraries, stacks of their own on the loop's thread, the library's own waits give way
/// to the loop. Is `waits` such a wait, and the call in such a thread?
bool runsOnOwnStack(const LoopCall &call, const clang::FunctionDecl *waits, Unit &unit);
/// Why the call blocks: of its row, else in general.
std::string reasonOf(const BlockingCall &call);
/// The library whose words fit: that of the coroutine, or of the function that registers the callback.
const catalog::LibraryInfo *libraryOf(const LoopCall &call, Unit &unit);

} // namespace coroguard
