// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libevent: a loop that announces itself. The guard finds libevent loops without it; this gives the loop a name, and tells
// exactly when it begins and ends.
#pragma once

#include "coroguard/guard.hpp"

#include <event2/event.h>

namespace coroguard {

/// event_base_loop as a named loop. `name` is copied; `flags` as for event_base_loop.
inline int run_watched(event_base *base, int flags, const char *name) {
  watched_loop watch(name);
  return event_base_loop(base, flags);
}

} // namespace coroguard
