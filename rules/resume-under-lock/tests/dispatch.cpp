// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers that Boost.Asio may run before dispatch() returns.
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace asio = boost::asio;

class Ledger {
public:
  explicit Ledger(asio::io_context &io) : io_(io), strand_(asio::make_strand(io)) {}

  void same_lock(int amount) {
    std::lock_guard lock(mutex_);
    pending_.push_back(amount);
    asio::dispatch(io_, [this] { // warn: "'boost::asio::dispatch' may run its handler at once while 'lock' is held"
      std::lock_guard again(mutex_);
      pending_.clear();
    });
  }
  void same_lock_in_a_helper(int amount) {
    std::unique_lock lock(mutex_);
    pending_.push_back(amount);
    asio::dispatch(strand_, [this] { settle(); }); // warn: "may run its handler at once"
  }
  void somebody_elses(std::function<void(int)> done) {
    std::lock_guard lock(mutex_);
    asio::dispatch(strand_, std::bind_front(done, total_)); // ok: what it binds is not looked into
    on_settled_ = std::move(done);
    asio::dispatch(strand_, [this] { on_settled_(total_); }); // warn: "may run its handler at once"
  }
  void function_object(std::function<void()> done) {
    std::lock_guard lock(mutex_);
    total_ = 0;
    asio::dispatch(io_, std::move(done)); // warn: "may run its handler at once"
  }
  void harmless(int amount) {
    std::lock_guard lock(mutex_);
    asio::dispatch(strand_, [this, amount] { shown_ = amount; }); // ok: it wants nothing
  }
  void other_lock(int amount) {
    std::lock_guard lock(mutex_);
    asio::dispatch(strand_, [this, amount] { // ok
      std::lock_guard other(shown_mutex_);
      shown_ = amount;
    });
  }
  void posted(int amount) {
    std::lock_guard lock(mutex_);
    pending_.push_back(amount);
    asio::post(io_, [this] { settle(); }); // ok: later
  }
  void to_a_pool(int amount) {
    std::lock_guard lock(mutex_);
    pending_.push_back(amount);
    asio::dispatch(pool_, [this] { settle(); }); // ok: on a thread of the pool
  }
  void after(int amount) {
    {
      std::lock_guard lock(mutex_);
      pending_.push_back(amount);
    }
    asio::dispatch(strand_, [this] { settle(); }); // ok
  }

private:
  void settle() {
    std::lock_guard lock(mutex_);
    for (int amount : pending_)
      total_ += amount;
    pending_.clear();
  }
  asio::io_context &io_;
  asio::strand<asio::io_context::executor_type> strand_;
  asio::thread_pool pool_{2};
  std::mutex mutex_, shown_mutex_;
  std::vector<int> pending_;
  std::function<void(int)> on_settled_;
  int total_ = 0, shown_ = 0;
};
