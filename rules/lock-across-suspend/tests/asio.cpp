// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: blocking locks over awaits.
#include <boost/asio.hpp>

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

awaitable<int> load(int key);

class Cache {
  std::mutex mutex_;
  std::shared_mutex shared_;
  std::map<int, int> values_;

public:
  awaitable<int> get(int key) {
    std::unique_lock lock(mutex_);
    if (auto it = values_.find(key); it != values_.end())
      co_return it->second;
    int value = co_await load(key); // warn: "lock"
    values_.emplace(key, value);
    co_return value;
  }
  awaitable<int> read(int key) {
    std::shared_lock lock(shared_);
    co_return values_.at(key) + co_await load(key); // warn: "lock"
  }
  awaitable<void> send(tcp::socket &socket, std::string text) {
    std::lock_guard<std::mutex> guard(mutex_);
    co_await asio::async_write(socket, asio::buffer(text), use_awaitable); // warn: "guard"
  }
  awaitable<void> pause(asio::steady_timer &timer) {
    std::scoped_lock lock(mutex_);
    timer.expires_after(1s);
    co_await timer.async_wait(use_awaitable); // warn: "lock"
  }

  awaitable<int> right(int key) {
    {
      std::lock_guard lock(mutex_);
      if (auto it = values_.find(key); it != values_.end())
        co_return it->second;
    }
    int value = co_await load(key);
    std::lock_guard lock(mutex_);
    co_return values_.emplace(key, value).first->second;
  }
  awaitable<void> executor_only() {
    std::lock_guard lock(mutex_);
    auto executor = co_await asio::this_coro::executor; // ok: never suspends
    asio::post(executor, [] {});
  }
};
