// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code that await_suspend gives to another thread, and queues that take the handle under a lock of their own.
#include "acme.hpp"

#include <coroutine>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

void print(const std::string &text);

struct Computes {
  std::function<int()> compute;
  std::string label;
  int result = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    std::thread([this, handle] {
      result = compute();
      handle.resume();
      print(label); // warn: "'label' belongs to the awaiter"
    }).detach();
  }
  int await_resume() { return result; }
};
class Waiters {
public:
  void add(std::coroutine_handle<> handle) {
    std::lock_guard guard(mutex_);
    list_.push_back(handle);
  }
  void add_unlocked(std::coroutine_handle<> handle) { list_.push_back(handle); }
  void wake() {
    std::vector<std::coroutine_handle<>> all;
    {
      std::lock_guard guard(mutex_);
      all.swap(list_);
    }
    for (std::coroutine_handle<> each : all)
      each.resume();
  }

private:
  std::mutex mutex_;
  std::vector<std::coroutine_handle<>> list_;
};
struct Enlists {
  Waiters &waiters;
  bool queued = false;
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> handle) {
    waiters.add(handle);
    queued = true; // warn: "'queued' belongs to the awaiter"
  }
  void await_resume() {}
};
acme::Deferred<> enlisted(Waiters &waiters) { co_await Enlists{waiters}; }

// --- silent -----------------------------------------------------------------------------------------------------

struct ComputesFirst {
  std::function<int()> compute;
  std::string label;
  int result = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    std::thread([this, handle, text = label] {
      result = compute();
      handle.resume();
      print(text); // ok: the closure's own
    }).detach();
  }
  int await_resume() { return result; }
};
struct Copied {
  std::string label;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    std::thread([*this, handle] {
      handle.resume();
      print(label); // ok: a copy of the awaiter
    }).detach();
  }
  void await_resume() {}
};
struct EnlistsLast {
  Waiters &waiters;
  bool queued = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    queued = true;
    waiters.add(handle);
  }
  void await_resume() {}
};
struct OneThread {
  Waiters &waiters;
  bool queued = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiters.add_unlocked(handle);
    queued = true; // ok: nothing says that others run meanwhile
  }
  void await_resume() {}
};
struct OwnWaiters {
  Waiters waiters;
  bool queued = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiters.add(handle);
    queued = true; // ok: its own
  }
  void await_resume() {}
};

// The handle lies in the awaiter, and the awaiter goes along; or both sides agree by an atomic on who resumes.
struct Executor {
  void execute(std::function<void()> work);
};
struct KeptHandle {
  Executor &executor;
  std::coroutine_handle<> waiting;
  bool armed = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiting = handle;
    executor.execute([this] { waiting.resume(); });
    armed = true; // warn: "'armed' belongs to the awaiter"
  }
  void await_resume() const noexcept {}
};
struct KeptHandleRight {
  Executor &executor;
  std::coroutine_handle<> waiting;
  bool armed = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiting = handle;
    armed = true; // ok
    executor.execute([this] { waiting.resume(); });
  }
  void await_resume() const noexcept {}
};
struct Agreed {
  Executor &executor;
  std::atomic<bool> finished = false;
  bool cancelled = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    executor.execute([this, handle] {
      const bool last = finished.exchange(true);
      if (last)
        handle.resume();
    });
    if (cancelled) // ok: nobody resumes before finished is set below
      executor.execute([] {});
    if (finished.exchange(true))
      handle.resume();
  }
  void await_resume() const noexcept {}
};
