// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The usual shim: which namespace it names is decided by the preprocessor, and only the branch taken counts.
#if defined(USE_TS)
#include <experimental/coroutine>
namespace coro = std::experimental;
#else
#include <coroutine>
namespace coro = std;
#endif

struct Awaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(coro::coroutine_handle<> waiter); // ok
  void await_resume() const noexcept {}
};
