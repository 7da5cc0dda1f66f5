// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Awaiters that end the coroutine in whose frame they lie.
#include <coroutine>

struct Transfer {
  std::coroutine_handle<> next;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> done) const noexcept {
    done.destroy();
    return next; // warn: "'next' is gone with the coroutine"
  }
  void await_resume() const noexcept {}
};
struct ReadBefore {
  std::coroutine_handle<> next;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> done) const noexcept {
    const std::coroutine_handle<> after = next;
    done.destroy();
    return after; // ok
  }
  void await_resume() const noexcept {}
};
struct OnePath {
  std::coroutine_handle<> next;
  bool last = false;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> done) const noexcept {
    if (last) {
      done.destroy();
      return std::noop_coroutine(); // ok
    }
    return next; // ok: not destroyed on this way
  }
  void await_resume() const noexcept {}
};
struct OtherOne {
  std::coroutine_handle<> child;
  int ended = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) noexcept {
    child.destroy();
    ++ended; // ok: somebody else's frame
  }
  void await_resume() const noexcept {}
};
