// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Started tasks that own what they need, or are joined while what they borrow is still there.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

struct Config {
  std::string name;
};
Config read_config();
Config &global_config();
Deferred<> work(const Config &config);
Deferred<> own(Config config);
Deferred<> share(std::shared_ptr<Config> config);
Deferred<> on(acme::Reactor &reactor);
Deferred<> tick();

void owns() {
  Config config = read_config();
  acme::launch(own(config));
  acme::launch(own(std::move(config)));
  acme::launch(share(std::make_shared<Config>()));
  acme::launch(work(global_config()));
  acme::launch(on(acme::reactor()));
  static Config kept;
  acme::launch(work(kept));
  acme::launch([](Config mine) -> Deferred<> { co_await work(mine); }(read_config()));
}
Deferred<> reference_to_outside(Config &config) {
  acme::launch(work(config)); // ok here: the caller's object, whose end is not seen
  co_await tick();
}

coro::Task<void> folly_work(const Config &config);
coro::Task<void> folly_joined(std::vector<Config> configs) {
  Config config = read_config();
  coro::AsyncScope scope;
  auto *executor = co_await coro::co_current_executor;
  scope.add(coro::co_withExecutor(executor, folly_work(config)));
  for (auto &each : configs)
    scope.add(coro::co_withExecutor(executor, folly_work(each)));
  co_await scope.joinAsync();
}
void folly_blocking_join() {
  Config config = read_config();
  coro::AsyncScope scope;
  scope.add(coro::co_withExecutor(folly::getGlobalCPUExecutor(), folly_work(config)));
  coro::blockingWait(scope.joinAsync());
}
coro::Task<void> folly_future() {
  Config config = read_config();
  auto future = coro::co_withExecutor(co_await coro::co_current_executor, folly_work(config)).start();
  auto result = co_await coro::co_awaitTry(std::move(future)); // ok: waited for
  (void)result;
}
cppcoro::task<> cppcoro_work(const Config &config);
cppcoro::task<> cppcoro_joined() {
  Config config = read_config();
  cppcoro::async_scope scope;
  scope.spawn(cppcoro_work(config));
  co_await scope.join();
}
seastar::future<> seastar_work(const Config &config);
seastar::future<> seastar_joined() {
  Config config = read_config();
  seastar::gate gate;
  (void)seastar::with_gate(gate, [&] { return seastar_work(config); });
  co_await gate.close();
}

class Session : public std::enable_shared_from_this<Session> {
  Config config_;

public:
  Deferred<> run() { co_await work(config_); }
  void start() {
    acme::launch([](std::shared_ptr<Session> self) -> Deferred<> { co_await self->run(); }(shared_from_this()));
  }
};
class Pool {
  Config config_;
  cppcoro::async_scope scope_;

public:
  void start() { scope_.spawn(cppcoro_work(config_)); } // ok: joined in stop()
  cppcoro::task<> stop() { co_await scope_.join(); }
};
