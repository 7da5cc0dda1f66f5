// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Temporaries and shorter-lived locals bound to a lazy task that outlives them.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

struct User {
  std::string name;
  Deferred<> notify();
  Deferred<> notify_const() const;
};
std::string make_name();
std::vector<int> make_numbers();
User make_user();
std::shared_ptr<User> shared_user();

Deferred<> greet(const std::string &name = "nobody");
Deferred<> show(std::string_view text);
Deferred<int> sum(std::span<const int> numbers);
Deferred<> add(const int *number);
Deferred<> count(const int &number);
Deferred<> own(std::string name);
Deferred<> take(std::string &&name);
Deferred<> keep(std::shared_ptr<User> user);
Deferred<> look(const std::shared_ptr<User> &user);
Deferred<> visit(const User &user, int times);
Deferred<> wrapper(const std::string &name) { return greet(name); }
Deferred<> wrapper_by_value(std::string name) { return own(std::move(name)); }
template <class T> Deferred<> generic(const T &value);

Deferred<> held() {
  auto a = greet(make_name());                       // warn: "greet"
  auto b = greet(std::string("x"));                  // warn: "greet"
  auto c = greet("literal");                         // warn: "greet"
  auto d = greet();                                  // warn: "greet"
  auto e = show(make_name());                        // warn: "show"
  auto f = sum(make_numbers());                      // warn: "sum"
  auto g = sum(std::vector<int>{1, 2});              // warn: "sum"
  auto h = count(3);                                 // warn: "count"
  auto i = look(shared_user());                      // warn: "look"
  auto j = visit(make_user(), 2);                    // warn: "visit"
  auto k = take(make_name());                        // warn: "take"
  auto l = wrapper(make_name());                     // warn: "wrapper"
  auto m = generic(make_user());                     // warn: "generic"
  auto n = make_user().notify();                     // warn: "notify"
  auto o = User{"x"}.notify_const();                 // warn: "notify_const"
  auto p = show(make_name() + "x");                  // warn: "show"
  auto q = greet(true ? make_name() : std::string()); // warn: "greet"
  auto r = std::invoke(greet, make_name());          // warn: "greet"
  Deferred<> s = greet(make_user().name);            // warn: "greet"
  co_await std::move(a);
  co_await std::move(b);
  co_await std::move(c);
  co_await std::move(d);
  co_await std::move(e);
  co_await std::move(f);
  co_await std::move(g);
  co_await std::move(h);
  co_await std::move(i);
  co_await std::move(j);
  co_await std::move(k);
  co_await std::move(l);
  co_await std::move(m);
  co_await std::move(n);
  co_await std::move(o);
  co_await std::move(p);
  co_await std::move(q);
  co_await std::move(r);
  co_await std::move(s);
}

Deferred<> stored(std::vector<std::string> names) {
  std::vector<Deferred<>> tasks;
  tasks.push_back(greet(make_name()));        // warn: "greet"
  tasks.emplace_back(show(make_name()));      // warn: "show"
  for (const auto &name : names) {
    std::string loud = name + "!";
    tasks.push_back(greet(loud));             // warn: "greet"
    tasks.push_back(show(name));              // ok: the vector outlives the tasks
  }
  for (int i = 0; i < 3; ++i)
    tasks.push_back(count(i));                // warn: "count"
  co_await acme::every(std::move(tasks));
}

Deferred<> inner_scope(bool wanted) {
  std::optional<Deferred<>> task;
  if (wanted) {
    User local = make_user();
    task = visit(local, 1);                   // warn: "visit"
  } else {
    int number = 3;
    task = add(&number);                      // warn: "add"
  }
  co_await std::move(*task);
}

coro::Task<void> folly_greet(const std::string &name);
coro::Task<void> folly_held(folly::Executor::KeepAlive<> executor) {
  auto task = folly_greet(make_name());                         // warn: "folly_greet"
  co_await std::move(task);
  folly_greet(make_name()).scheduleOn(executor).start();        // warn: "folly_greet"
  auto future = folly_greet("x").scheduleOn(executor).start();  // warn: "folly_greet"
  auto asked = folly_greet("y").scheduleOn(executor).start();   // warn: "folly_greet"
  (void)asked.isReady();
}
cppcoro::task<> cppcoro_greet(const std::string &name);
cppcoro::task<> cppcoro_held(cppcoro::async_scope &scope) {
  auto task = cppcoro_greet(make_name());   // warn: "cppcoro_greet"
  co_await task;
  scope.spawn(cppcoro_greet(make_name()));  // warn: "cppcoro_greet"
}
struct Keeper {
  Deferred<> task = greet(make_name());     // warn: "greet"
  explicit Keeper() {}
  Keeper(int) : task(show(make_name())) {}  // warn: "show"
};

// Functions of the unit that begin a task and return.
void use(const std::string &name);
void wait_for_all();
namespace begun {
struct Hot {
  struct promise_type {
    Hot get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  bool done() const;
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Deferred<> tick();
struct Started {
  explicit Started(Deferred<> work);
  void start();
};
void begin(Deferred<> work) { acme::launch(std::move(work)); }
void begin_and_wait(Deferred<> work) {
  acme::launch(std::move(work));
  wait_for_all();
}
struct Own {
  struct promise_type {
    Own get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
  };
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
  void start() { handle_.resume(); }
  std::coroutine_handle<promise_type> handle_;
};
void run(Own &&work) { work.start(); }
Own reads_late(const std::string &name) {
  co_await tick();
  use(name);
}
Own reads_at_once(const std::string &name) {
  use(name);
  co_await tick();
}
void runs() {
  run(reads_late(make_name()));    // warn: "reads_late"
  run(reads_at_once(make_name())); // ok: it has read the name when run() returns
}
Hot watch(const std::string &name) {
  co_await tick();
  use(name);
}

void again(Deferred<> work) { again(std::move(work)); } // a function that only comes back to itself
void one(Deferred<> work);
void other(Deferred<> work) { one(std::move(work)); }
void one(Deferred<> work) { other(std::move(work)); }
void goes_round() {
  again(greet(make_name()));
  one(greet(make_name()));
}
void starts() {
  begin(greet(make_name())); // warn: "greet"
}
void starts_and_waits() {
  begin_and_wait(greet(make_name())); // ok: it waits
}
bool asks() {
  auto watching = watch(make_name()); // warn: "watch"
  return watching.done();
}
} // namespace begun
