// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that are started and not joined before what they borrow is gone.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

struct Config {
  std::string name;
  int limit = 0;
};
Config read_config();
void use(int value);
std::string make_name();

Deferred<> work(const Config &config);
Deferred<> count(int &counter);
Deferred<> watch(const Config *config);
Deferred<> show(std::string_view text);
Deferred<> own(Config config);
Deferred<> tick();

void spawns_with_locals() {
  Config config = read_config();
  int counter = 0;
  std::string text = make_name();
  acme::launch(work(config));                    // warn: "config"
  acme::launch(count(counter));                  // warn: "counter"
  acme::launch(watch(&config));                  // warn: "config"
  acme::launch(show(text));                      // warn: "text"
  auto task = work(config); acme::launch(std::move(task)); // warn: "config"
}
void spawns_with_parameters(Config config, const std::vector<int> numbers) {
  acme::launch(work(config)); // warn: "config"
}
Deferred<> spawns_in_coroutine() {
  Config config = read_config();
  acme::launch(work(config)); // warn: "config"
  co_await tick();
}
Deferred<> spawns_in_loop(std::vector<Config> configs) {
  for (auto &config : configs)
    acme::launch(work(config)); // warn: "config"
  co_await tick();
}
void spawns_named_closure() {
  int counter = 0;
  auto body = [&counter]() -> Deferred<> { ++counter; co_await tick(); };
  acme::launch(body()); // warn: "body"
}
acme::Oneway beats(int &counter);
void starts_detached() {
  int counter = 0;
  beats(counter); // warn: "counter"
}

coro::Task<void> folly_work(const Config &config);
void folly_spawns(folly::Executor::KeepAlive<> executor) {
  Config config = read_config();
  coro::co_withExecutor(executor, folly_work(config)).start();  // warn: "config"
  folly_work(config).scheduleOn(executor).start();              // warn: "config"
}
coro::Task<void> scope_of_another(coro::AsyncScope &scope) {
  Config config = read_config();
  scope.add(coro::co_withExecutor(co_await coro::co_current_executor, folly_work(config))); // warn: "config"
  co_await coro::sleep(std::chrono::milliseconds(1));
}
cppcoro::task<> cppcoro_work(const Config &config);
cppcoro::task<> cppcoro_scope_of_another(cppcoro::async_scope &scope) {
  Config config = read_config();
  scope.spawn(cppcoro_work(config)); // warn: "config"
  co_return;
}
seastar::future<> seastar_work(Config &config);
seastar::future<> seastar_reads(const Config &config);
void seastar_spawns() {
  Config config = read_config();
  (void)seastar_work(config);  // warn: "config"
  (void)seastar_reads(config); // ok: it runs already, and may have read all before it returned; strict asks
}

// Driven by hand: whoever holds the handle decides how far the work goes.
struct Watch {};
std::coroutine_handle<> next_ready(Watch &watch);
acme::Oneway marks(Watch &watch, bool &done) {
  co_await acme::GiveWay{};
  (void)watch;
  done = true;
}
void drives_by_hand() {
  Watch watch;
  bool done = false;
  marks(watch, done); // ok
  next_ready(watch).resume();
}
void leaves_it_alone() {
  Watch watch;
  bool done = false;
  marks(watch, done); // warn: "'watch'"
}

// Code that cannot await drives the work through what it gave it.
struct Client {
  void answer();
};
acme::Oneway converse(Client &client, int &result) {
  co_await acme::GiveWay{};
  client.answer();
  result = 1;
}
int driven() {
  Client client;
  int result = 0;
  converse(client, result); // ok
  client.answer();
  return result;
}
int not_driven() {
  Client client;
  int result = 0;
  converse(client, result); // warn: "client"
  return result;
}

// What folly declares as a customization point is known by the name it shows.
namespace started {
struct Engine {
  folly::Executor::KeepAlive<> executor;
  coro::Task<void> flush();
  void kick(bool urgent) {
    std::string why = urgent ? "stall" : "size";
    coro::co_withExecutor(executor, coro::co_invoke([this, &why]() -> coro::Task<void> { // warn: "'why'"
      co_await flush();
      use(static_cast<int>(why.size()));
    })).start();
  }
  void kicks(bool urgent) {
    std::string why = urgent ? "stall" : "size";
    coro::co_withExecutor(executor, coro::co_invoke([this, why]() -> coro::Task<void> { // ok: a copy, and co_invoke keeps the closure
      co_await flush();
      use(static_cast<int>(why.size()));
    })).start();
  }
};
} // namespace started
