// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Capturing coroutine lambdas whose closure is gone before their body has finished.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

Deferred<> save(int key);
void use(int value);

Deferred<> called_and_kept(int key, std::string text) {
  auto a = [key]() -> Deferred<> { co_await save(key); }();                     // warn: "key"
  auto b = [&key]() -> Deferred<> { co_await save(key); }();                    // warn: "key"
  auto c = [&]() -> Deferred<> { co_await save(key); }();                       // warn: "key"
  auto d = [=]() -> Deferred<> { co_await save(key); }();                       // warn: "key"
  auto e = [copy = text]() -> Deferred<> { co_await save(copy.size()); }();     // warn: "copy"
  auto f = [moved = std::move(text)]() -> Deferred<> { co_await save(moved.size()); }(); // warn: "moved"
  auto g = [key](int extra) -> Deferred<> { co_await save(key + extra); }(1);   // warn: "key"
  auto h = [key](auto extra) -> Deferred<> { co_await save(key + extra); }(1);  // warn: "key"
  co_await std::move(a);
  co_await std::move(b);
  co_await std::move(c);
  co_await std::move(d);
  co_await std::move(e);
  co_await std::move(f);
  co_await std::move(g);
  co_await std::move(h);
}

Deferred<> in_a_loop(std::vector<int> keys) {
  std::vector<Deferred<>> tasks;
  for (int key : keys)
    tasks.push_back([key]() -> Deferred<> { co_await save(key); }()); // warn: "key"
  for (int key : keys) {
    auto one = [key]() -> Deferred<> { co_await save(key); };
    tasks.push_back(one()); // warn: "one"
  }
  co_await acme::every(std::move(tasks));
}

Deferred<> returned_call(int key) {
  return [key]() -> Deferred<> { co_await save(key); }(); // warn: "key"
}
Deferred<> returned_named(int key) {
  auto body = [key]() -> Deferred<> { co_await save(key); };
  return body(); // warn: "body"
}
Deferred<> returned_function(int key) {
  std::function<Deferred<>()> body = [key]() -> Deferred<> { co_await save(key); };
  return body(); // warn: "body"
}

class Server {
  int port_ = 0;
  std::optional<Deferred<>> running_;

public:
  void start() {
    acme::launch([this]() -> Deferred<> { co_await save(port_); }());                   // warn: "this"
    running_ = [this]() -> Deferred<> { co_await save(port_); }();                      // warn: "this"
  }
  void start_with(int key) {
    acme::launch([key]() -> Deferred<> { co_await save(key); }()); // warn: "key"
  }
};

Deferred<> inner_scope(bool wanted, int key) {
  std::optional<Deferred<>> task;
  if (wanted) {
    auto body = [key]() -> Deferred<> { co_await save(key); };
    task = body(); // warn: "body"
  }
  if (task)
    co_await std::move(*task);
}

coro::Task<void> use_later(int value);
coro::Task<void> with_folly(folly::Executor::KeepAlive<> executor, coro::AsyncScope &scope, int key) {
  scope.add(coro::co_withExecutor(executor, [key]() -> coro::Task<void> { co_await use_later(key); }())); // warn: "key"
  [key]() -> coro::Task<void> { co_await use_later(key); }().scheduleOn(executor).start();                // warn: "key"
  auto task = [&]() -> coro::Task<void> { co_await use_later(key); }();                                   // warn: "key"
  co_await std::move(task);
  auto rows = [key]() -> coro::AsyncGenerator<int> { co_yield key; }();                                   // warn: "key"
  co_await rows.next();
}

cppcoro::task<> with_cppcoro(cppcoro::async_scope &scope, int key) {
  scope.spawn([key]() -> cppcoro::task<> { use(key); co_return; }()); // warn: "key"
  co_await scope.join();
}

// Seastar runs a continuation and throws it away: a coroutine in it goes on without its captures.
seastar::future<> work(int key);
seastar::future<> with_seastar(int key) {
  return work(1).then([key]() -> seastar::future<> { co_await work(2); use(key); }); // warn: "key"
}
// Only when the awaited work fails.
seastar::future<> in_handler(int key) {
  return work(1).then([key]() -> seastar::future<> { // warn: "key"
    try {
      co_await work(2);
    } catch (...) {
      use(key);
    }
  });
}
// Helpers that move the lambda into a continuation of theirs: gone once it has returned.
seastar::future<> under_lock(seastar::shared_mutex &mutex, int key) {
  co_await seastar::with_lock(mutex, [key]() -> seastar::future<> { co_await work(2); use(key); }); // warn: "key"
}
seastar::future<> with_units(seastar::semaphore &units, std::string name) {
  return seastar::with_semaphore(units, 1, [name]() -> seastar::future<> { co_await work(2); use(name.size()); }); // warn: "name"
}
// Helpers that run it where it is: gone at the end of the statement.
seastar::future<> with_value(int key) {
  return seastar::do_with(1, [key](int &value) -> seastar::future<> { co_await work(value); use(key); }); // warn: "key"
}
seastar::future<> in_gate(seastar::gate &gate, int key) {
  auto done = seastar::with_gate(gate, [key]() -> seastar::future<> { co_await work(2); use(key); }); // warn: "key"
  co_await std::move(done);
}
seastar::future<> handled(std::string name) {
  return work(1).handle_exception([name](std::exception_ptr) -> seastar::future<> { co_await work(2); use(name.size()); }); // warn: "name"
}

// A generator held by name resumes its coroutine when it is asked, however the answer is wrapped.
coro::Task<> asks_generator() {
  int step = 0;
  auto numbers = [&]() -> coro::AsyncGenerator<int> { // warn: "step"
    step = 1;
    co_await coro::sleep(std::chrono::milliseconds(1));
    step = 2;
  }();
  auto first = co_await coro::co_awaitTry(numbers.next());
  (void)first;
}
Deferred<> by_invoke(int key) {
  auto saving = std::invoke([key]() -> Deferred<> { // warn: "key"
    co_await save(key);
  });
  co_await std::move(saving);
  co_await std::invoke([key]() -> Deferred<> { co_await save(key); }); // ok: in the same statement
}

// A task that the closure owns is needed until the await of it is done.
acme::Oneway fire_and_forget(acme::Started<> work) {
  [task = std::move(work)]() -> acme::Oneway { co_await task; }(); // warn: "task"
  co_return;
}
