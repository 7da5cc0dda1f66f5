// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: awaitables nobody spawns, and an io_context with work that nobody runs.
#include <boost/asio.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::ip::tcp;
using namespace std::chrono_literals;

awaitable<void> serve(int port);
awaitable<int> load(int key);
void print(int value);
void drive(asio::io_context &context);

void never_spawned() {
  serve(80);              // warn: "serve"
  auto task = load(1);    // warn: "load"
}

int spawned_but_never_run() {
  asio::io_context context;
  co_spawn(context, serve(80), detached); // warn: "context"
  return 0;
}

int posted_but_never_run() {
  asio::io_context loop;
  asio::post(loop, [] { print(1); }); // warn: "loop"
  return 0;
}

int timer_but_never_run() {
  asio::io_context context;
  asio::steady_timer timer(context, 1s);
  timer.async_wait([](boost::system::error_code) { print(1); }); // warn: "context"
  return 0;
}

int by_executor() {
  asio::io_context context(1);
  auto executor = context.get_executor();
  co_spawn(executor, serve(80), detached); // warn: "context"
  return 0;
}

int only_stopped() {
  asio::io_context context;
  co_spawn(context, [] { return serve(80); }, detached); // warn: "context"
  context.stop();
  return 0;
}

// --- silent -----------------------------------------------------------------------------------------------------

int run_here() {
  asio::io_context context;
  co_spawn(context, serve(80), detached);
  context.run();
  return 0;
}
int run_for_a_while() {
  asio::io_context context;
  asio::post(context, [] { print(1); });
  context.run_for(1s);
  return 0;
}
int polled() {
  asio::io_context context;
  co_spawn(context, serve(80), detached);
  while (context.poll() > 0)
    ;
  context.run_one();
  return 0;
}
int run_on_threads() {
  asio::io_context context;
  co_spawn(context, serve(80), detached);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&context] { context.run(); });
  std::thread all([&] { context.run(); });
  for (auto &thread : threads)
    thread.join();
  all.join();
  return 0;
}
int run_elsewhere() {
  asio::io_context context;
  co_spawn(context, serve(80), detached);
  drive(context); // ok: escapes
  return 0;
}
int bound_member() {
  asio::io_context context;
  co_spawn(context, serve(80), detached);
  auto run = [&context] { return context.run(); };
  run();
  return 0;
}
int without_work() {
  asio::io_context context; // ok: nothing is spawned on it
  tcp::socket socket(context);
  return socket.is_open();
}
struct Runner {
  explicit Runner(asio::io_context &context) : context(context) {}
  void run() { context.run(); }
  asio::io_context &context;
};
int run_by_an_object() {
  asio::io_context context;
  Runner runner(context);
  co_spawn(context, serve(80), detached);
  runner.run();
  return 0;
}
std::unique_ptr<asio::io_context> owner() {
  auto context = std::make_unique<asio::io_context>();
  co_spawn(*context, serve(80), detached);
  return context;
}
struct Member {
  asio::io_context context;
  Member() { co_spawn(context, serve(80), detached); }
};
void given(asio::io_context &context) { co_spawn(context, serve(80), detached); }
void pool() {
  asio::thread_pool threads(4);
  co_spawn(threads, serve(80), detached); // ok: has its own threads
  asio::post(threads, [] { print(1); });
  threads.join();
}
int with_future() {
  asio::thread_pool threads(1);
  return co_spawn(threads, load(1), asio::use_future).get();
}

int main() {
  asio::io_context context(1);
  asio::signal_set signals(context, 2, 15);
  signals.async_wait([&](auto, auto) { context.stop(); });
  co_spawn(context, serve(80), detached);
  context.run();
}

// What a task is given that belongs to the loop does not run it; a task that is given the loop itself might.
awaitable<void> accept_all(tcp::acceptor acceptor);
awaitable<void> serve_on(asio::io_context &context);
int acceptor_never_run() {
  asio::io_context context;
  co_spawn(context, accept_all(tcp::acceptor(context, {tcp::v4(), 80})), detached); // warn: "context"
  return 0;
}
int given_to_a_task() {
  asio::io_context context;
  co_spawn(context, serve_on(context), detached); // ok
  return 0;
}
int acceptor_run() {
  asio::io_context context;
  co_spawn(context, accept_all(tcp::acceptor(context, {tcp::v4(), 80})), detached); // ok
  context.run();
  return 0;
}
