// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Task types of other make: derived, hidden behind traits of the program's own, awaitable by free operator only.
#include "acme.hpp"

#include <coroutine>
#include <exception>
#include <utility>

using acme::Deferred;

class Named : public Deferred<int> {
public:
  Named(Deferred<int> base) : Deferred<int>(std::move(base)) {}
};
Named named();
template <class T> using Aliased = Deferred<T>;
Aliased<int> aliased();

// A task that is no template.
class Job {
public:
  struct promise_type {
    Job get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  Job(Job &&) noexcept;
  ~Job();
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume();
};
Job job();

// Its initial_suspend is an awaiter of the program's own that always suspends.
struct Parked {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};
template <class T> class Lazy {
public:
  class promise_type {
  public:
    Lazy get_return_object();
    Parked initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T value);
  };
  Lazy(Lazy &&) noexcept;
};
template <class T> struct LazyWaiter {
  bool await_ready() const noexcept;
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter);
  T await_resume();
};
template <class T> LazyWaiter<T> operator co_await(Lazy<T> &&lazy);
Lazy<int> lazy();

// Base class of promises gives initial_suspend.
struct PromiseBase {
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception() {}
};
template <class T> struct Inherited {
  struct promise_type : PromiseBase {
    Inherited get_return_object();
    void return_value(T);
  };
  Inherited(Inherited &&) noexcept;
  auto operator co_await() && noexcept { return LazyWaiter<T>{}; }
};
Inherited<long> inherited();

Deferred<> drops() {
  named();     // warn: "named"
  aliased();   // warn: "aliased"
  job();       // warn: "job"
  lazy();      // warn: "lazy"
  inherited(); // warn: "inherited"
  auto held = job();       // warn: "job"
  auto other = lazy();     // warn: "lazy"
  auto third = inherited(); // warn: "inherited"
  auto fourth = named();   // warn: "named"
  co_return;
}
Deferred<> consumes() {
  co_await named();
  co_await job();
  co_await lazy();
  co_await inherited();
}

// Types that only look like tasks.
struct Ticket {
  int number;
};
Ticket take();
struct Result {
  bool await_like() const;
};
Result result();
template <class T> struct Expected {
  T value;
  bool has_value() const;
};
Expected<int> expected();
Deferred<> others() {
  take();
  result();
  expected();
  std::coroutine_handle<> handle;
  std::noop_coroutine();
  co_return;
}

// A coroutine may return an optional or a result, to leave early: its value is there at once.
template <class T> class Maybe {
public:
  struct promise_type {
    Maybe get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T value);
  };
  struct Unwrap {
    bool await_ready();
    void await_suspend(std::coroutine_handle<> caller);
    T await_resume();
  };
  Unwrap operator co_await() &&;
  bool has_value() const;
  explicit operator bool() const;
  T &value();
};
Maybe<int> parse(int text) { co_return text + co_await parse(text); }
int both_there() {
  auto first = parse(1); // ok
  auto second = parse(2);
  return second ? second.value() : 0;
}

// A driver of coroutines may take values by co_yield and is no generator for that.
template <class T> class Driven {
public:
  struct promise_type {
    Driven get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T value);
    void unhandled_exception();
    void return_void();
  };
  T getVia(int executor) &&;
};
template <class A> Driven<int> driven(A &&awaitable) { co_yield co_await static_cast<A &&>(awaitable); }
int drives() { return driven(parse(1)).getVia(3); } // ok

// What names a promise for its own use only is no task.
class Stage {
  using promise_type = Deferred<int>::promise_type;

public:
  Stage(Stage &&) noexcept;
  int operator()(int value);
};
Stage make_stage();
void stages(int key) {
  auto stage = make_stage(); // ok
  if (key > 0)
    stage(key);
}
