// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Members that are given what resumes the coroutine: they are filled when it may be over.
#include <atomic>
#include <coroutine>
#include <future>
#include <memory>
#include <thread>

struct Threaded {
  std::thread worker;
  int result = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    worker = std::thread([this, waiter] { // warn: "worker"
      result = 42;
      waiter.resume();
    });
  }
  int await_resume() { return result; }
};
struct Deferred {
  std::future<void> done;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    done = std::async(std::launch::async, [waiter] { waiter.resume(); }); // warn: "done"
  }
  void await_resume() const noexcept {}
};
struct Detached {
  int result = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    std::thread([this, waiter] { // ok: the thread is let go of
      result = 42;
      waiter.resume();
    }).detach();
  }
  int await_resume() const { return result; }
};
struct Before {
  std::coroutine_handle<> waiter;
  std::shared_ptr<std::thread> worker;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiter = handle; // ok: kept, not given away
    std::thread started([handle] { handle.resume(); });
    started.detach();
  }
  void await_resume() const noexcept {}
};
