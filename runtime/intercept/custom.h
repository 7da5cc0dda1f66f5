// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that the generic hook leaves to a file of ours, and the machinery all hooks share: the pointer to the real
// function, resolved at start, or by the first call if that comes earlier.
#pragma once

#include "runtime/intercept/conditions.h"

#include <errno.h>
#include <type_traits>

namespace coroguard::guard {

struct real_function {
  void **slot;
  const char *name;
};

template <class Result> Result absent() {
  errno = ENOSYS;
  if constexpr (__is_same(Result, void))
    return;
  else if constexpr (std::is_pointer_v<Result>)
    return nullptr;
  else
    return Result(-1);
}

} // namespace coroguard::guard

/// Defines `real_<function>`. Before it is resolved it points to a function that resolves it and calls on.
#define COROGUARD_REAL(function, result, parameters, arguments)                                                                  \
  static result boot_##function parameters;                                                                                      \
  static result(*real_##function) parameters = boot_##function;                                                                  \
  static result boot_##function parameters {                                                                                     \
    void *found = ::coroguard::guard::next_symbol(#function);                                                                    \
    if (!found)                                                                                                                  \
      return ::coroguard::guard::absent<result>();                                                                               \
    real_##function = reinterpret_cast<decltype(real_##function)>(found);                                                        \
    return real_##function arguments;                                                                                            \
  }                                                                                                                              \
  __attribute__((section("coroguard_real"), used)) static ::coroguard::guard::real_function entry_##function = {                 \
      reinterpret_cast<void **>(&real_##function), #function};

// waits.cpp
#define COROGUARD_CUSTOM_epoll_wait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_epoll_pwait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_epoll_pwait2 ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_poll ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM___poll_chk ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_ppoll ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM___ppoll_chk ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_select ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_pselect ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_io_uring_enter ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_io_uring_submit_and_wait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_io_uring_submit_and_wait_timeout ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_io_uring_wait_cqes ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_io_uring_wait_cqe_timeout ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM___io_uring_get_cqe ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_pthread_cond_wait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_pthread_cond_timedwait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_pthread_cond_clockwait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_cnd_wait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_cnd_timedwait ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_clock_nanosleep ~, COROGUARD_SKIP
// lifecycle.cpp
#define COROGUARD_CUSTOM_close ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_dlopen ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_dlmopen ~, COROGUARD_SKIP
#define COROGUARD_CUSTOM_vfork ~, COROGUARD_SKIP

#define COROGUARD_SECOND(a, b, ...) b
#define COROGUARD_PICK(...) COROGUARD_SECOND(__VA_ARGS__)
#define COROGUARD_SKIP(...)
#define COROGUARD_ARGUMENTS(...) __VA_ARGS__
