// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Closures that are awaited in place, that outlive their task, or that the sink keeps.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

Deferred<> save(int key);
void use(int value);

Deferred<int> awaited(int key) {
  co_await [key]() -> Deferred<> { co_await save(key); }();
  co_await [&]() -> Deferred<> { co_await save(key); }();
  int value = co_await [key]() -> Deferred<int> { co_return key; }();
  auto named = [key]() -> Deferred<> { co_await save(key); };
  co_await named();
  auto task = named();
  co_await std::move(task);
  std::vector<Deferred<>> tasks;
  for (int i = 0; i < 3; ++i)
    tasks.push_back(named());
  co_await acme::every(std::move(tasks));
  co_await acme::both([key]() -> Deferred<int> { co_return key; }(), [key]() -> Deferred<int> { co_return key; }());
  co_return value;
}

// The container lives longer than the closure, but it is emptied while the closure is still there.
Deferred<> gathered_in_place(std::vector<Deferred<>> &tasks, int key) {
  auto writer = [&key]() -> Deferred<> { co_await save(key); };
  for (int i = 0; i < 3; ++i)
    tasks.push_back(writer());
  co_await acme::every(std::move(tasks));
  tasks.clear();
}
void blocking_gather(std::vector<Deferred<int>> &tasks, int key) {
  auto reader = [key]() -> Deferred<int> { co_return key; };
  tasks.push_back(reader());
  for (auto &task : tasks)
    use(acme::execute(std::move(task)));
}

Deferred<> without_captures(int key) {
  auto a = []() -> Deferred<> { co_return; }();
  auto b = [](int value) -> Deferred<> { co_await save(value); }(key);
  acme::launch([](int value) -> Deferred<> { co_await save(value); }(key));
  co_await std::move(a);
  co_await std::move(b);
}

Deferred<> no_coroutine(int key) {
  auto a = [key] { return save(key); }(); // ok: no coroutine, it only makes one
  acme::launch([key] { return save(key); }());
  co_await std::move(a);
}

// Copied before the first suspension of an eager coroutine.
acme::Started<> eager(int key) {
  auto sending = [key]() -> acme::Started<> {
    int mine = key;
    co_await acme::GiveWay{};
    use(mine);
  }();
  co_await sending;
}

class Server {
  std::function<Deferred<>()> body_;

public:
  explicit Server(int key) : body_([key]() -> Deferred<> { co_await save(key); }) {}
  Deferred<> run() { co_await body_(); }
};

coro::Task<int> load(int key);
coro::Task<void> with_folly(folly::Executor::KeepAlive<> executor, coro::AsyncScope &scope, int key) {
  co_await coro::co_invoke([key]() -> coro::Task<void> { co_await load(key); });
  auto task = coro::co_invoke([key]() -> coro::Task<void> { co_await load(key); }); // ok: kept
  co_await std::move(task);
  scope.add(coro::co_withExecutor(executor, coro::co_invoke([key]() -> coro::Task<void> { co_await load(key); })));
  auto [a, b] = co_await coro::collectAll([&]() -> coro::Task<int> { co_return key; }(), load(key));
  co_await coro::co_withExecutor(executor, [&]() -> coro::Task<void> { co_await load(key); }());
}
int folly_test(int key) {
  return coro::blockingWait([&]() -> coro::Task<int> { co_return co_await load(key); }());
}
cppcoro::task<> cppcoro_fine(int key) {
  co_await cppcoro::when_all([&]() -> cppcoro::task<> { use(key); co_return; }(), [=]() -> cppcoro::task<> { use(key); co_return; }());
}
int cppcoro_main(int key) {
  return cppcoro::sync_wait([&]() -> cppcoro::task<int> { co_return key; }());
}

seastar::future<> work(int key);
seastar::future<> with_seastar(int key, std::vector<int> keys, seastar::gate &gate, seastar::semaphore &units) {
  co_await work(1).then(seastar::coroutine::lambda([key]() -> seastar::future<> { co_await work(2); use(key); }));
  co_await seastar::coroutine::parallel_for_each(keys, [key](int each) -> seastar::future<> { co_await work(each); use(key); });
  co_await work(1).then([key] { return work(key); });
  co_await [key]() -> seastar::future<> { co_await work(2); use(key); }();
  co_await seastar::do_with(1, [key](int &value) -> seastar::future<> { co_await work(value); use(key); });
  co_await seastar::with_gate(gate, [key]() -> seastar::future<> { co_await work(2); use(key); });
  co_await seastar::with_semaphore(units, 1, seastar::coroutine::lambda([key]() -> seastar::future<> { co_await work(2); use(key); }));
  co_await seastar::with_semaphore(units, 1, [key]() -> seastar::future<> { use(key); co_await work(2); });
  co_await seastar::async([key] { work(key).get(); });
}

int main() {
  int key = 1;
  acme::execute([key]() -> Deferred<int> { co_return key; }());
}
