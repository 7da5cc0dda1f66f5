// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// folly::coro: dropped tasks, executor-bound tasks, semi-awaitables; and the ways folly code hands them over.
#include "folly.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace coro = folly::coro;
using namespace std::chrono_literals;

coro::Task<void> save(int key);
coro::Task<int> load(int key);
coro::now_task<int> now(int key);
coro::AsyncGenerator<int> rows();
void compute();
void print(int value);

coro::Task<void> discarded(folly::Executor::KeepAlive<> executor, coro::Mutex &mutex) {
  save(1);                                         // warn: "save"
  load(2);                                         // warn: "load"
  now(3);                                          // warn: "now"
  coro::sleep(10ms);                               // warn: "sleep"
  coro::timeout(load(4), 5ms);                     // warn: "timeout"
  coro::co_withExecutor(executor, save(5));        // warn: "co_withExecutor"
  save(6).scheduleOn(executor);                    // warn: "scheduleOn"
  coro::collectAll(save(7), load(8));              // warn: "collectAll"
  coro::co_withCancellation({}, save(9));          // warn: "co_withCancellation"
  coro::co_awaitTry(save(10));                     // warn: "co_awaitTry"
  coro::co_invoke([]() -> coro::Task<void> { co_return; }); // warn: "co_invoke"
  mutex.co_lock();                                 // warn: "co_lock"
  mutex.co_scoped_lock();                          // warn: "co_scoped_lock"
  co_return;
}

coro::Task<void> held(coro::Mutex &mutex, coro::AsyncScope &scope) {
  auto task = save(1);                                                  // warn: "save"
  auto bound = load(2).scheduleOn(co_await coro::co_current_executor);  // warn: "scheduleOn"
  auto lock = mutex.co_scoped_lock();                                   // warn: "co_scoped_lock"
  compute();
  auto joined = scope.joinAsync();                                      // warn: "joinAsync"
}

coro::Task<void> forgot_to_join() {
  coro::AsyncScope scope;
  scope.add(save(1).scheduleOn(co_await coro::co_current_executor)); // ok: the scope takes it
  scope.joinAsync();                                                 // warn: "joinAsync"
}

coro::Task<std::vector<int>> lost_in_loop(std::vector<int> keys) {
  std::vector<int> found;
  for (int key : keys) {
    if (key < 0)
      save(key); // warn: "save"
    found.push_back(co_await load(key));
  }
  co_return found;
}

// --- handed over ------------------------------------------------------------------------------------------------

coro::Task<int> consumed(folly::Executor::KeepAlive<> executor, coro::Baton &baton, coro::Mutex &mutex) {
  co_await save(1);
  co_await coro::sleep(1ms);
  int sum = co_await now(1);
  auto [a, b] = co_await coro::collectAll(load(2), load(3));
  auto attempt = co_await coro::co_awaitTry(load(4));
  if (attempt.hasException())
    co_return -1;
  sum += co_await coro::co_nothrow(load(5));
  std::vector<coro::Task<int>> many;
  for (int i = 0; i < 3; ++i)
    many.push_back(load(i));
  for (int value : co_await coro::collectAllRange(std::move(many)))
    sum += value;
  save(6).scheduleOn(executor).start();                            // ok: started; the future may be dropped
  coro::co_withExecutor(executor, load(7)).start();                // ok
  load(8).scheduleOn(executor).start([](folly::Try<int> &&) {});   // ok
  auto running = load(9).scheduleOn(executor).start();             // ok: awaited below
  sum += co_await coro::co_withExecutor(executor, load(10));
  co_await coro::co_withCancellation({}, save(11));
  co_await baton;
  {
    auto lock = co_await mutex.co_scoped_lock();
    compute();
  }
  co_await mutex.co_lock();
  mutex.unlock();
  auto task = load(12);
  sum += co_await std::move(task);
  auto result = co_await coro::co_invoke([&]() -> coro::Task<int> { co_return sum; });
  co_await coro::co_reschedule_on_current_executor;
  co_return sum + a + b + result;
}

coro::Task<void> structured(std::vector<int> keys) {
  coro::AsyncScope scope;
  auto *executor = co_await coro::co_current_executor;
  for (int key : keys)
    scope.add(coro::co_withExecutor(executor, save(key)));
  co_await scope.joinAsync();

  coro::CancellableAsyncScope cancellable;
  cancellable.add(save(1).scheduleOn(executor));
  co_await cancellable.cancelAndJoinAsync();
}

class Client {
public:
  explicit Client(folly::EventBase *base) : base_(base) {}
  coro::Task<int> get(int key);
  folly::SemiFuture<int> future_get(int key) { return get(key).semi(); }
  coro::Task<int> get_with_retry(int key) { return coro::timeout(get(key), 5ms); }
  coro::TaskWithExecutor<int> bound(int key) { return get(key).scheduleOn(base_); }
  void start(int key) { get(key).scheduleOn(base_).start(); }
  coro::Task<void> close() {
    get(1); // warn: "get"
    co_return;
  }

private:
  folly::EventBase *base_;
};

int test_main() {
  int value = coro::blockingWait(load(1));
  coro::blockingWait(coro::collectAll(save(1), load(2)));
  auto task = load(3);
  value += coro::blockingWait(std::move(task));
  coro::blockingWait([&]() -> coro::Task<void> {
    save(4); // warn: "save"
    value += co_await load(5);
  }());
  return value;
}

// Awaited through an executor.
struct Locking {
  struct Awaiter {
    bool await_ready() noexcept;
    bool await_suspend(std::coroutine_handle<>) noexcept;
    int await_resume() noexcept;
  };
  template <class Inner> struct Operation {
    explicit Operation(Locking &owner) : owner_(owner) {}
    auto viaIfAsync(folly::Executor::KeepAlive<> executor) const { return Inner{}; }

  private:
    Locking &owner_;
  };
  Operation<Awaiter> co_scoped_lock();
};
folly::coro::Task<int> guarded(Locking &mutex) {
  Locking::Operation<Locking::Awaiter> lock = mutex.co_scoped_lock(); // warn: "'lock' holds the awaitable returned by 'Locking::co_scoped_lock' but nothing awaits it"
  co_return 1;
}
