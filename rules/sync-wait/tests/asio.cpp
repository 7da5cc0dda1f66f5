// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: running a loop inside a coroutine or handler, and waiting for use_future there.
#include <boost/asio.hpp>

#include <thread>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::use_awaitable;
using asio::use_future;

awaitable<int> load(int key);
void print(int value);

awaitable<int> nested(asio::io_context &context) {
  context.run();                                                            // warn: "run"
  context.run_one();                                                        // warn: "run_one"
  int value = co_spawn(context, load(1), use_future).get();                 // warn: "get"
  auto future = co_spawn(context, load(2), use_future);
  value += future.get();                                                    // warn: "get"
  auto executor = co_await asio::this_coro::executor;
  value += co_spawn(executor, load(3), use_future).get();                   // warn: "get"
  value += co_await load(4);                                                // ok
  value += co_await co_spawn(context, load(5), use_awaitable);              // ok
  context.poll();                                                           // ok: returns at once
  co_return value;
}

awaitable<int> own_loop() {
  asio::io_context inner;
  co_spawn(inner, load(1), detached);
  inner.run(); // warn: "run"
  co_return 1;
}

void handlers(asio::io_context &context, asio::steady_timer &timer) {
  asio::post(context, [&] { print(co_spawn(context, load(1), use_future).get()); });  // warn: "get"
  timer.async_wait([&](boost::system::error_code) { context.run(); });                // warn: "run"
}

void run_all(asio::io_context &context) { context.run(); } // ok: by itself
awaitable<void> through_helper(asio::io_context &context) {
  run_all(context); // warn: "run_all"
  co_return;
}

awaitable<void> on_threads(asio::io_context &context) {
  static std::thread thread([&context] { context.run(); }); // ok: a thread of its own
  co_return;
}

int main() {
  asio::io_context context;
  auto future = co_spawn(context, load(1), use_future);
  std::thread thread([&] { context.run(); });
  print(future.get()); // ok
  thread.join();
  context.run();
}

// Two loops in turn: the handler runs the loop that it would stop.
void run_both(asio::io_context &one, asio::io_context &other) {
  while (!one.stopped() && !other.stopped()) {
    one.run_one();
    other.run_one();
  }
}
void shares() {
  asio::io_context one, other;
  asio::post(one, [&] { run_both(one, other); }); // ok
  asio::post(one, [&] { run_both(other, other); }); // warn: "run_both"
  one.run();
}
