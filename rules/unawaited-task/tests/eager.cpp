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

// Its end destroys only what is done, and otherwise lets the coroutine go on.
namespace let_go {
struct Work {
  struct promise_type {
    bool alone = false;
    Work get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  explicit Work(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Work(Work &&) noexcept;
  ~Work() {
    if (!handle_)
      return;
    if (!handle_.done())
      handle_.promise().alone = true;
    else
      handle_.destroy();
  }
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();

private:
  std::coroutine_handle<promise_type> handle_;
};
struct Stopped : Work {
  struct promise_type : Work::promise_type {
    Stopped get_return_object();
  };
  using Work::Work;
  ~Stopped() {
    if (held && !held.done())
      held.destroy();
  }
  std::coroutine_handle<> held;
};
Work session(int port);
Stopped guarded(int port);
struct [[nodiscard]] Watched : Work {
  struct promise_type : Work::promise_type {
    Watched get_return_object();
  };
  using Work::Work;
};
Watched watched(int port);
void accepts() {
  session(1); // ok
  guarded(2); // warn: "dropped, which cancels its work"
  watched(3); // warn: "dropped, so its end and any exception go unnoticed"
}
Work accepts_on() {
  co_await session(1);
  session(2); // ok: made to be let go
  guarded(3); // warn: "dropped, which cancels its work"
  watched(4); // warn: "dropped, so its end and any exception go unnoticed"
  auto kept = session(5); // warn: "so its end and any exception go unnoticed"
}
Work gives_up(bool early) {
  auto kept = session(1); // ok: awaited by one path, let go by the other
  if (early)
    co_return;
  co_await std::move(kept);
}
Stopped gives_up_guarded(bool early) {
  auto kept = guarded(1); // warn: "not every path awaits it"
  if (early)
    co_return;
  co_await std::move(kept);
}
} // namespace let_go

// Eager, awaitable, and nobody's to destroy.
template <class T = void> struct Loose {
  struct promise_type {
    Loose get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T);
  };
  Loose(Loose &&) noexcept;
  Loose &operator=(Loose &&) noexcept;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  T await_resume();
};
template <> struct Loose<void> {
  struct promise_type {
    Loose get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  Loose(Loose &&) noexcept;
  Loose &operator=(Loose &&) noexcept;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Loose<> roam(int key);
Loose<> forks(int count) {
  for (int i = 0; i < count; ++i)
    [](int key) -> Loose<> { co_await roam(key); }(i); // ok: a closure called in place is meant to run on
  [](int key) -> Loose<int> { co_return key; }(1); // warn: "lambda"
  [](int key) -> Started<> { co_await send(key); }(1); // warn: "which cancels its work"
  [](int key) -> Deferred<> { co_await send(key); }(1); // warn: "never starts"
  roam(2); // warn: "roam"
  co_return;
}

void calls_for(int key, Loose<> *result) {
  Loose<> task = roam(key); // ok: nobody asked for it
  if (result)
    *result = std::move(task);
}
void calls_if(int key, bool wanted, Loose<> &result) {
  Loose<> task = roam(key); // warn: "not every path awaits it"
  if (wanted)
    result = std::move(task);
}
void gives_back(int key, Loose<> &result) {
  Loose<> task = roam(key); // ok: the caller has it
  result = std::move(task);
}
void gives_on(int key) {
  Loose<> task = roam(key); // warn: "nothing awaits it"
  Loose<> other = roam(key); // warn: "other"
  other = std::move(task);
}

// A lazy task, and what starting it gives.
namespace in_two_steps {
struct Begun;
struct [[nodiscard]] Plan {
  struct promise_type {
    Plan get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  Plan(Plan &&) noexcept;
  ~Plan() { handle_ = {}; }
  Begun start() &&;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();

private:
  std::coroutine_handle<promise_type> handle_;
};
struct [[nodiscard]] Begun {
  using promise_type = Plan::promise_type;
  Begun(Begun &&) noexcept;
  ~Begun() { detach(); }
  void detach() { handle_ = {}; }
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();

private:
  std::coroutine_handle<promise_type> handle_;
};
Plan store(int key);
Plan notarize(bool valid) {
  store(1);         // warn: "so its work never starts"
  store(2).start(); // warn: "so its end and any exception go unnoticed"
  Begun stored = store(3).start(); // ok: runs on by itself where nobody awaits it
  if (!valid)
    co_return;
  co_await std::move(stored);
}
Plan lazily(bool valid) {
  Plan stored = store(4); // warn: "not every path awaits it"
  if (valid)
    co_await std::move(stored);
}
} // namespace in_two_steps
