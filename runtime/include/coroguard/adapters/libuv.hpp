// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libuv: a loop that announces itself. The guard finds uv loops without it; this gives the loop a name, and tells exactly when
// it begins and ends.
#pragma once

#include "coroguard/guard.hpp"

#include <uv.h>

namespace coroguard {

/// uv_run as a named loop. `name` is copied.
inline int run_watched(uv_loop_t *loop, uv_run_mode mode, const char *name) {
  watched_loop watch(name);
  return uv_run(loop, mode);
}

} // namespace coroguard
