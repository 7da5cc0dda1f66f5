// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inside await_suspend, once the handle is known elsewhere or resumed, the awaiter may be gone.
#include "acme.hpp"

#include <atomic>
#include <coroutine>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

void post(std::function<void()> function);
void schedule(std::coroutine_handle<> handle);
struct Registry {
  std::mutex mutex;
  std::vector<std::coroutine_handle<>> waiting;
  void add(std::coroutine_handle<> handle);
  bool start();
};

struct Escaped {
  Registry &registry;
  int state = 0;
  std::coroutine_handle<> handle;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    handle = waiter;
    registry.add(waiter);
    state = 1; // warn: "state"
  }
  void await_resume() const noexcept {}
};
struct OnThread {
  bool started = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    std::thread([waiter] { waiter.resume(); }).detach();
    started = true; // warn: "started"
  }
  void await_resume() const noexcept {}
};
struct Resumed {
  int count = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter.resume();
    ++count; // warn: "count"
  }
  void await_resume() const noexcept {}
};
struct Posted {
  Registry *registry;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    post([waiter] { waiter.resume(); });
    return registry->start(); // warn: "registry"
  }
  void await_resume() const noexcept {}
};
struct Promised {
  template <class P> void await_suspend(std::coroutine_handle<P> waiter) {
    schedule(waiter);
    waiter.promise().waiter = nullptr; // warn: "waiter"
  }
  bool await_ready() const noexcept { return false; }
  void await_resume() const noexcept {}
};
acme::Deferred<> uses(Registry &registry) {
  co_await Escaped{registry};
  co_await OnThread{};
  co_await Resumed{};
  co_await Posted{&registry};
  co_await Promised{};
}

// --- silent -----------------------------------------------------------------------------------------------------

struct Before {
  Registry &registry;
  int state = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    state = 1;
    registry.add(waiter);
  }
  void await_resume() const noexcept {}
};
struct Copies {
  Registry &registry;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    Registry &own = registry;
    own.add(waiter);
    own.start(); // ok: no member of the awaiter
  }
  void await_resume() const noexcept {}
};
struct OnlyStores {
  std::coroutine_handle<> handle;
  int state = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    handle = waiter; // ok: kept in the awaiter itself
    state = 1;
  }
  void await_resume() const noexcept {}
};
struct Transfers {
  std::coroutine_handle<> next;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    schedule(waiter);
    return std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};
acme::Deferred<> uses_right(Registry &registry) {
  co_await Before{registry};
  co_await Copies{registry};
  co_await OnlyStores{};
  co_await Transfers{};
}

// What is given along, what starts the work, and what only waits for an event.
struct Flag;
void initiate(std::coroutine_handle<> handle, bool *done);
struct Agreed {
  bool done = false, other = false;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    initiate(waiter, &done);
    return !done; // ok: who has the handle has it, too
  }
  void await_resume() const noexcept {}
};
struct NotAgreed {
  bool done = false, other = false;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    initiate(waiter, &done);
    return !other; // warn: "other"
  }
  void await_resume() const noexcept {}
};
struct Watcher {
  void onFinished(std::function<void()> callback);
  void watch(int future);
};
void enqueue(Watcher *watcher, std::function<void()> callback);
struct Watched {
  int future = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    auto *watcher = new Watcher;
    enqueue(watcher, [watcher, waiter] { waiter.resume(); });
    watcher->watch(future); // ok: the work starts here
  }
  void await_resume() const noexcept {}
};
struct Registered {
  Watcher &watcher;
  int state = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    watcher.onFinished([waiter] { waiter.resume(); });
    state = 1; // ok: nothing here makes it happen
  }
  void await_resume() const noexcept {}
};
void trace(const char *format, ...);
void start(std::coroutine_handle<> waiter);
struct Traced {
  std::coroutine_handle<> inner;
  int state = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    trace("%p: suspends %p\n", this, waiter); // prints it
    state = 1;                                 // ok
    start(waiter);
    trace("%p: suspended\n", this); // ok: only the address
    state = 2;                      // warn: "state"
  }
  void await_resume() const noexcept {}
};

struct KeptAndResumed {
  std::coroutine_handle<> waiter_;
  int count = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiter_ = handle;
    waiter_.resume();
    ++count; // warn: "count"
  }
  void await_resume() const noexcept {}
};
struct OtherResumed { // ok: its child is somebody else
  std::coroutine_handle<> child_, waiter_;
  int count = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiter_ = handle;
    child_.resume();
    ++count;
  }
  void await_resume() const noexcept {}
};
struct AskedAfterwards {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    post([waiter] { waiter.resume(); });
    if (waiter.done()) // warn: "the coroutine of 'waiter' may be gone"
      post([] {});
  }
  void await_resume() const noexcept {}
};
