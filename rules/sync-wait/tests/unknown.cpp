// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An unknown library whose runner has a usual name.
#include "tidal.hpp"

#include <functional>
#include <future>
#include <thread>
#include <utility>
#include <vector>

using tidal::task;
task<int> load(int key);
task<> save(int key);

task<int> nested(tidal::event_loop &loop) {
  int value = tidal::sync_wait(load(1));        // warn: "sync_wait"
  value += loop.run_until_complete(load(2));    // warn: "run_until_complete"
  tidal::sync_wait(save(3));                    // warn: "sync_wait"
  tidal::spawn(save(4));                        // ok: only starts it
  loop.spawn(save(5));                          // ok
  co_return value + co_await load(6);
}
int helper() { return tidal::sync_wait(load(1)); }
task<int> through_helper() {
  co_return helper(); // warn: "helper"
}
int main() {
  tidal::event_loop loop;
  std::thread([] { tidal::sync_wait(save(1)); }).join();
  return loop.run_until_complete(load(1)) + tidal::sync_wait(load(2));
}

// A base class of the pool makes of the coroutine what the pool's threads run.
struct Executor {
  virtual void invoke(std::function<void()> work) = 0;
  template <class F> void execute(F &&work) {
    invoke([work = std::forward<F>(work)]() mutable { auto running = work(); });
  }
};
struct ThreadPoolExecutor : Executor {
  std::vector<std::thread> threads;
  void invoke(std::function<void()> work) override;
};
void given(ThreadPoolExecutor &pool, Executor &other, std::promise<int> &promise) {
  pool.execute([&]() -> task<> {
    promise.get_future().get(); // ok
    co_await [&]() -> task<> {
      promise.get_future().get(); // ok
      co_return;
    }();
  });
  other.execute([&]() -> task<> {
    promise.get_future().get(); // warn: "get"
    co_return;
  });
}
