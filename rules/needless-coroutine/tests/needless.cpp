// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines that pay for a frame and need none.
#include "acme.hpp"
#include "folly.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

using acme::Deferred;
namespace coro = folly::coro;

Deferred<int> load(int key);
Deferred<> save(int key);
coro::Task<int> folly_load(int key);
void use(int value);

Deferred<int> passes_on(int key) { // warn: "passes_on"
  co_return co_await load(key);
}
Deferred<> passes_on_void(int key) { // warn: "passes_on_void"
  co_await save(key);
}
coro::Task<int> folly_passes_on(int key) { // warn: "folly_passes_on"
  co_return co_await folly_load(key + 1);
}
Deferred<int> awaits_nothing(int key) { // warn: "awaits_nothing"
  co_return key + 1;
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> adds(int key) { co_return co_await load(key) + 1; }
Deferred<int> two(int key) {
  co_await save(key);
  co_return co_await load(key);
}
Deferred<int> keeps_argument(std::string name) { // ok: `name` must live until the end
  co_return co_await load(static_cast<int>(name.size()));
}
Deferred<int> guarded(acme::Latch &latch) {
  auto held = co_await latch.acquire();
  co_return co_await load(1);
}
Deferred<int> in_try(int key) {
  try {
    co_return co_await load(key);
  } catch (const acme::Cancelled &) {
    co_return 0;
  }
}
struct Interface {
  virtual Deferred<int> get(int key) = 0;
  virtual Deferred<int> size() { co_return 0; } // ok: virtual
  virtual ~Interface() = default;
};
struct Implementation : Interface {
  Deferred<int> get(int key) override { co_return key; } // ok: forced by the interface
};
template <class B> Deferred<int> generic(B &backend) { co_return co_await backend.get(1); } // ok: generic
acme::Feed<int> sequence() { co_yield 1; }
acme::Oneway detached() { co_return; }
