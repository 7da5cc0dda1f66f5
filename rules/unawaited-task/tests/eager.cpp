// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Eager tasks: the work runs, but its result and its exception are lost. Dropping one is `unawaited-task` everywhere,
// in plain functions too; fire-and-forget types are silent.
#include "acme.hpp"
#include "borealis.hpp"

#include <utility>

using acme::Deferred;
using acme::Started;

Started<> send(int key);
Started<int> ask(int key);
borealis::Spark<int> spark();
borealis::Spark<void> light();
acme::Oneway beat();

struct Timer {
  Started<> stop();
};

Deferred<> in_coroutine(Timer &timer) {
  send(1);                  // warn: "send"
  ask(2);                   // warn: "ask"
  timer.stop();             // warn: "stop"
  auto kept = send(3);      // warn: "send"
  light();                  // warn: "light"
  co_await send(4);
  auto later = ask(5);
  int value = co_await later;
  beat();                   // ok
}

void in_plain_function(Timer &timer) {
  send(1);             // warn: "send"
  timer.stop();        // warn: "stop"
  auto kept = ask(2);  // warn: "ask"
  spark();             // warn: "spark"
  beat();              // ok
  (void)send(3);       // ok
}

Started<> eager_body(bool wanted) {
  send(1); // warn: "send"
  auto kept = send(2); // warn: "send"
  if (wanted)
    co_await kept;
}

int main() {
  send(1); // warn: "send"
  beat();  // ok
  [] { send(2); }(); // warn: "send"
}

Started<> plain_return() { return send(1); }
struct Keeper {
  Started<> current;
  explicit Keeper(int key) : current(send(key)) {}
};

// An eager coroutine that returns nothing at all to hold.
struct Nothing {};
template <class... Args> struct std::coroutine_traits<Nothing, Args...> {
  struct promise_type {
    Nothing get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
Nothing background();
void starts_background() {
  background(); // ok: cannot be awaited
}

// Cancelled by its holder's end, and held while a loop runs: code that cannot await keeps it for that.
namespace held {
struct Running {
  struct promise_type {
    Running get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  explicit Running(std::coroutine_handle<> handle) : handle_(handle) {}
  Running(Running &&) noexcept;
  ~Running() {
    if (handle_)
      handle_.destroy();
  }
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();

private:
  std::coroutine_handle<> handle_;
};
struct Loop {
  void run();
};
Running session(int port);
void serve(Loop &loop) {
  Running first = session(1); // ok: until the loop ends
  loop.run();
}
void forgets(Loop &loop) {
  Running first = session(1); // warn: "first"
  (void)loop;
}
Running nested(Loop &loop) {
  Running first = session(1); // warn: "first"
  co_await session(2);
  loop.run();
}
void by_hand(Running::promise_type &promise) {
  promise.initial_suspend(); // ok: the machinery of coroutines
  promise.return_void();
  promise.final_suspend(); // ok
}
} // namespace held

// Asserted to be done: somebody knows.
namespace asserted {
[[noreturn]] void fail(const char *text);
#define MUST(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition)) [[unlikely]]                                                                                     \
      fail(#condition);                                                                                                \
  } while (false)
struct Running {
  struct promise_type {
    Running get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  bool available() const;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Running take(int units);
void asserts() {
  auto taken = take(1); // ok
  MUST(taken.available());
}
void refutes() {
  auto taken = take(1); // warn: "taken"
  MUST(!taken.available());
}
} // namespace asserted
