// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests of members over the awaits of folly, cppcoro and Seastar.
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

using namespace std::chrono_literals;
namespace coro = folly::coro;

struct Peer {
  void poke();
};

class WithFolly {
  std::unique_ptr<Peer> peer_;
  coro::Mutex mutex_;

public:
  void close() { peer_.reset(); }
  coro::Task<void> poke_later() {
    if (!peer_)
      co_return;
    co_await coro::sleep(1ms);
    peer_->poke(); // warn: "peer_"
  }
  coro::Task<void> after_executor() {
    if (peer_) {
      auto *executor = co_await coro::co_current_executor; // never suspends
      (void)executor;
      peer_->poke(); // ok
    }
  }
};
class WithCppcoro {
  std::optional<int> value_;

public:
  void clear() { value_.reset(); }
  cppcoro::task<int> later(cppcoro::static_thread_pool &pool) {
    if (!value_)
      co_return 0;
    co_await pool.schedule();
    co_return *value_; // warn: "value_"
  }
};
class WithSeastar {
  std::map<int, int> table_;

public:
  void forget(int key) { table_.erase(key); }
  seastar::future<int> get(int key) {
    if (!table_.contains(key))
      co_return 0;
    co_await seastar::coroutine::maybe_yield();
    co_return table_.find(key)->second; // warn: "table_"
  }
};
