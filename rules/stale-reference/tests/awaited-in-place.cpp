// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks kept in members and awaited there, by awaiters that refer to them or hold a share of them.
#include <coroutine>
#include <memory>
#include <utility>

namespace lib {
struct State {
  int references = 0;
};
/// A share of work that was started.
class Work {
public:
  struct promise_type {
    Work get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  Work();
  Work(const Work &other);
  Work(Work &&other) noexcept;
  Work &operator=(Work other);
  ~Work();
  bool isReady() const;

private:
  State *state_;
};
/// Looks at the object that is awaited.
struct InPlace {
  const Work &work;
  bool await_ready() const { return work.isReady(); }
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume() const;
};
inline InPlace operator co_await(const Work &work) { return {work}; }

/// The same, but its awaiter has a share of its own.
class Shared {
public:
  struct promise_type {
    Shared get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  Shared(const Shared &other);
  Shared &operator=(Shared other);
  ~Shared();
  struct Awaiter {
    State *state;
    bool await_ready() const;
    void await_suspend(std::coroutine_handle<> waiter);
    void await_resume() const;
  };
  Awaiter operator co_await() const;
};
} // namespace lib

using lib::Work;

struct File {
  Work truncated, opened, flushed;
  lib::Shared synced;
  long size = 0;

  Work resize(long to);

  static Work truncate(File *self, long to) {
    co_await self->truncated; // warn: "'truncated' is awaited where it is kept, and the awaiter refers to it there; 'File::truncate' may put another one there meanwhile"
    self->truncated = self->resize(to); // note: "'File::truncate' changes 'truncated' here"
    co_await self->truncated; // warn: "'truncated' is awaited where it is kept"
  }
  Work write(long at) {
    if (at > size)
      co_await truncated; // warn: "'truncated' is awaited where it is kept"
  }
  Work append(std::shared_ptr<File> self) {
    co_await self->truncated; // warn: "'truncated' is awaited where it is kept"
  }
  Work copied() {
    auto current = truncated;
    co_await current; // ok: a share of its own
  }
  // Assigned only once, by the same call.
  Work open() {
    opened = resize(0);
    co_await opened; // ok
  }
  // Nobody assigns it.
  Work flush() {
    co_await flushed; // ok
  }
  void restart() { synced = other(); }
  lib::Shared other();
  Work sync() {
    co_await synced; // ok: the awaiter holds its own share
  }
};
