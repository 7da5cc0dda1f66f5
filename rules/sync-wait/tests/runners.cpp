// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A runner called on a loop: the loop stops, and what the task needs from it never comes.
#include "acme.hpp"
#include "borealis.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"

#include <utility>

void print(int value);

namespace with_folly {
namespace coro = folly::coro;
coro::Task<int> load(int key);
coro::Task<int> nested() {
  int value = coro::blockingWait(load(1)); // warn: "blockingWait"
  auto task = load(2);
  value += coro::blockingWait(std::move(task)); // warn: "blockingWait"
  using folly::coro::blockingWait;
  value += blockingWait(load(3)); // warn: "blockingWait"
  value += co_await load(4);      // ok
  auto lambda = [&] { return blockingWait(load(5)); }; value += lambda(); // warn: "blockingWait"
  co_return value;
}
coro::Task<void> futures(folly::SemiFuture<int> semi, folly::Future<int> future) {
  print(std::move(semi).get());                                   // warn: "get"
  std::move(future).wait();                                       // warn: "wait"
  print(folly::makeSemiFuture(1).get());                          // ok: ready
  print(load(1).semi().get());                                    // warn: "get"
  print(co_await load(2));                                        // ok
}
void callbacks(folly::EventBase &base) {
  base.runInEventBaseThread([] { print(coro::blockingWait(load(1))); }); // warn: "blockingWait"
}
void nested_loop(folly::EventBase &base) { base.loop(); } // ok
coro::Task<void> runs_loop(folly::EventBase &base) {
  base.loopForever(); // warn: "loopForever"
  co_return;
}
int helper() { return coro::blockingWait(load(1)); } // ok: by itself
int deeper() { return helper() + 1; }
coro::Task<int> through_helpers() {
  int value = helper(); // warn: "helper"
  value += deeper();    // warn: "deeper"
  co_return value;
}
int main_like() { return coro::blockingWait(load(1)); } // ok
} // namespace with_folly

namespace with_cppcoro {
cppcoro::task<int> load(int key);
cppcoro::task<int> nested() {
  int value = cppcoro::sync_wait(load(1));                       // warn: "sync_wait"
  value += cppcoro::sync_wait(cppcoro::when_all(load(2), load(3))) == std::tuple{1, 2}; // warn: "sync_wait"
  co_return value + co_await load(4);
}
cppcoro::async_generator<int> generator() {
  co_yield cppcoro::sync_wait(load(1)); // warn: "sync_wait"
}
struct Cache {
  int get(int key) { return cppcoro::sync_wait(load(key)); } // ok
  cppcoro::task<int> twice(int key) {
    co_return get(key) * 2; // warn: "get"
  }
};
template <class T> T wait_for(cppcoro::task<T> task) { return cppcoro::sync_wait(std::move(task)); }
cppcoro::task<int> generic() {
  co_return wait_for(load(1)); // warn: "wait_for"
}
} // namespace with_cppcoro

namespace with_unknown {
using acme::Deferred;
Deferred<int> load(int key);
Deferred<int> nested() {
  int value = acme::execute(load(1));          // warn: "execute"
  value += acme::reactor().drive(load(2));     // warn: "drive"
  co_return value + co_await load(3);
}
borealis::Job<int> Load(int key);
borealis::Job<int> Nested(borealis::Scheduler &scheduler) {
  co_return scheduler.Drive(Load(1)); // warn: "Drive"
}
Deferred<> hands_over() {
  acme::launch([]() -> Deferred<> { co_return; }()); // ok: starts it, does not wait
  co_return;
}
} // namespace with_unknown

int main() {
  print(folly::coro::blockingWait(with_folly::load(1)));
  print(cppcoro::sync_wait(with_cppcoro::load(1)));
  print(acme::execute(with_unknown::load(1)));
}
