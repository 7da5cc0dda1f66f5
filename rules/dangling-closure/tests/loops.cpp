// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Helpers that start the coroutine of a closure and run a loop, so that the closure is still there.
#include "acme.hpp"

struct Pump {
  int exec();
  void quit();
};
struct Loose {
  struct promise_type {
    Loose get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  Loose(Loose &&) noexcept;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
acme::Started<> pause();

template <class F> void runs(Pump &pump, F &&work) {
  work();
  pump.exec();
}
template <class F> void starts(Pump &, F &&work) {
  work();
}

void calls(bool really) {
  Pump pump;
  runs(pump, [&pump]() -> Loose { // ok: it goes on meanwhile
    co_await pause();
    pump.quit();
  });
  if (really)
    starts(pump, [&pump]() -> Loose { // warn: "its capture 'pump'"
      co_await pause();
      pump.quit();
    });
}
