// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutine lambdas given to something that throws their result away.
#include "acme.hpp"
#include "borealis.hpp"
#include "folly.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <thread>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

Deferred<> save(int key);
Deferred<bool> allowed(int key);
void on_event(std::function<void()> handler);
void on_value(std::function<void(int)> handler);
void on_pointer(void (*handler)(int));
template <class F> void unknown_sink(F function);

struct Button {
  std::function<void()> clicked;
  void connect(std::function<void(int)> slot);
};

Deferred<> assigned(Button &button, std::vector<int> keys) {
  on_event([]() -> Deferred<> { co_await save(1); });                                              // warn: "function<void"
  on_value([](int key) -> Deferred<> { co_await save(key); });                                     // warn: "function<void"
  button.clicked = []() -> Deferred<> { co_await save(2); };                                       // warn: "function<void"
  button.connect([](int key) -> Deferred<> { co_await save(key); });                               // warn: "function<void"
  std::function<void()> handler = []() -> Deferred<> { co_await save(3); };                        // warn: "function<void"
  on_event([] { return save(4); });                                                                // warn: "function<void"
  on_value(save);                                                                                  // warn: "function<void"
  std::thread([]() -> Deferred<> { co_await save(5); }).detach();                                  // warn: "thread"
  std::for_each(keys.begin(), keys.end(), [](int key) -> Deferred<> { co_await save(key); });      // warn: "for_each"
  std::ranges::for_each(keys, [](int key) -> Deferred<> { co_await save(key); });                  // warn: "for_each"
  acme::reactor().post([]() -> Deferred<> { co_await save(6); });                                  // warn: "function<void"
  co_return;
}
void folly_callbacks(folly::EventBase &base) {
  base.runInEventBaseThread([]() -> coro::Task<void> { co_return; }); // warn: "function<void"
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> fine(std::vector<int> keys) {
  on_event([] { acme::launch(save(1)); });
  on_event([]() -> acme::Oneway { co_return; }); // ok: fire and forget
  on_event([] { (void)save(2); });
  std::function<Deferred<>()> factory = []() -> Deferred<> { co_await save(3); };
  co_await factory();
  std::function<Deferred<>(int)> named = save;
  co_await named(1);
  unknown_sink(save); // ok: may well await it
  auto body = []() -> Deferred<> { co_await save(4); };
  co_await body();
  std::vector<Deferred<>> tasks;
  std::transform(keys.begin(), keys.end(), std::back_inserter(tasks), [](int key) { return save(key); });
  std::ranges::transform(keys, std::back_inserter(tasks), [](int key) -> Deferred<> { co_await save(key); });
  co_await acme::every(std::move(tasks));
  std::thread([] { acme::execute(allowed(1)); }).detach();
}
