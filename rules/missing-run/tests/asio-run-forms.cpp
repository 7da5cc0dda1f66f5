// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: the many ways a context is run after all. All silent.
#include <boost/asio.hpp>

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using namespace std::chrono_literals;

awaitable<void> serve(int port);
awaitable<int> load(int key);
void drive(asio::io_context *context);
void register_context(std::reference_wrapper<asio::io_context> context);

void member_pointer() {
  asio::io_context context;
  co_spawn(context, serve(1), detached);
  std::thread thread(static_cast<std::size_t (asio::io_context::*)()>(&asio::io_context::run), &context);
  thread.join();
}
void bound() {
  asio::io_context context;
  co_spawn(context, serve(1), detached);
  std::thread thread([context = &context] { context->run(); });
  thread.join();
  auto later = std::async(std::launch::async, [&] { return context.run(); });
}
void stepwise() {
  asio::io_context context;
  co_spawn(context, serve(1), detached);
  while (!context.stopped())
    context.run_one_for(10ms);
}
void by_pointer() {
  asio::io_context context;
  co_spawn(context, serve(1), detached);
  drive(&context);
}
void by_reference_wrapper() {
  asio::io_context context;
  co_spawn(context, serve(1), detached);
  register_context(context);
}
void through_reference() {
  asio::io_context context;
  asio::io_context &same = context;
  co_spawn(same, serve(1), detached);
  same.run();
}
void run_first_then_again() {
  asio::io_context context;
  auto guard = asio::make_work_guard(context);
  std::thread thread([&] { context.run(); });
  co_spawn(context, serve(1), detached);
  guard.reset();
  thread.join();
}
std::shared_ptr<asio::io_context> shared() {
  auto context = std::make_shared<asio::io_context>();
  co_spawn(*context, serve(1), detached);
  return context;
}
asio::io_context &global() {
  static asio::io_context context;
  co_spawn(context, serve(1), detached);
  return context;
}
class Engine {
  asio::io_context context_;
  std::vector<std::thread> threads_;

public:
  void start() {
    co_spawn(context_, serve(1), detached);
    for (int i = 0; i < 2; ++i)
      threads_.emplace_back([this] { context_.run(); });
  }
};
int in_lambda() {
  asio::io_context context;
  auto run_until_done = [&](auto task) {
    auto future = co_spawn(context, std::move(task), asio::use_future);
    context.run();
    return future.get();
  };
  return run_until_done(load(1));
}
void only_on_one_branch(bool wanted) {
  asio::io_context context;
  co_spawn(context, serve(1), detached);
  if (wanted)
    context.run();
}
void strand() {
  asio::io_context context;
  auto strand = asio::make_strand(context);
  co_spawn(strand, serve(1), detached);
  context.run();
}
