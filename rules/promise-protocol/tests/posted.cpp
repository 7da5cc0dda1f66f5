// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An await_suspend that gives the coroutine to a queue and then gives control back to it.
#include "acme.hpp"

bool closed();

struct Twice {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    acme::reactor().resume_later(waiter);
    return waiter; // warn: "given the coroutine away"
  }
  void await_resume() const noexcept {}
};
class Loop {
public:
  void post(std::function<void()> work) { queue_.push_back(std::move(work)); }

private:
  std::vector<std::function<void()>> queue_;
};
struct Queued {
  Loop &loop;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    loop.post([waiter] { waiter.resume(); });
    return waiter; // warn: "given the coroutine away"
  }
  void await_resume() const noexcept {}
};
struct Once {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    acme::reactor().resume_later(waiter);
    return std::noop_coroutine(); // ok
  }
  void await_resume() const noexcept {}
};
struct Either {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    if (closed())
      return waiter; // ok: it has gone nowhere
    acme::reactor().resume_later(waiter);
    return std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};
