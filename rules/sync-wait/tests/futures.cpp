// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking futures of the standard library in async code.
#include "acme.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using acme::Deferred;
using namespace std::chrono_literals;

int compute(int key);
std::future<int> start(int key);
void print(int value);

Deferred<int> waits(std::future<int> future, std::shared_future<int> shared, std::promise<int> &promise) {
  int value = future.get();                                             // warn: "get"
  shared.wait();                                                        // warn: "wait"
  value += shared.get();                                                // warn: "get"
  value += std::async(std::launch::async, compute, 1).get();            // warn: "get"
  value += start(2).get();                                              // warn: "get"
  auto started = start(3);
  started.wait();                                                       // warn: "wait"
  value += promise.get_future().get();                                  // warn: "get"
  std::packaged_task<int()> task([] { return 1; });
  auto result = task.get_future();
  value += result.get();                                                // warn: "get"
  co_return value;
}

template <class F> Deferred<int> generic(F future) {
  co_return future.get(); // warn: "get"
}
Deferred<int> instantiate() { co_return co_await generic(start(1)); }

int helper(int key) { return start(key).get(); } // ok: by itself
Deferred<int> through_helper() {
  co_return helper(1); // warn: "helper"
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> ready(std::future<int> future) {
  if (future.wait_for(0s) == std::future_status::ready)
    co_return future.get(); // ok: it is there
  std::promise<int> promise;
  promise.set_value(1);
  co_return promise.get_future().get(); // ok: set just before
}

void plain() { print(start(1).get()); }

Deferred<> on_a_thread() {
  std::thread([] { print(start(1).get()); }).detach(); // ok: a thread of its own
  co_return;
}

struct Box {
  int get() const;
  void wait();
};
Deferred<int> other_get(Box box, std::unique_ptr<int> pointer) {
  box.wait();
  co_return box.get() + *pointer.get(); // ok
}

int main() {
  auto future = start(1);
  future.wait();
  return future.get();
}

// Who asks which thread it is on waits only where that is not the loop's.
struct Client {
  std::thread::id owner;
  std::promise<void> stopped;

  std::thread::id thread() const { return owner; }
  bool is_mine() const { return thread() == std::this_thread::get_id(); }
  bool is_open() const { return owner != std::thread::id(); }
  void stop() {
    auto done = stopped.get_future();
    while (!is_mine())
      if (done.wait_for(100ms) == std::future_status::ready)
        break;
  }
  void close() {
    auto done = stopped.get_future();
    is_mine() || (done.wait(), true);
    std::future_status status = is_mine() ? std::future_status::ready : done.wait_for(100ms);
    print(static_cast<int>(status));
  }
  void drain() {
    auto done = stopped.get_future();
    while (is_open())
      if (done.wait_for(100ms) == std::future_status::ready)
        break;
  }
};
Deferred<> ends(Client &client) {
  client.stop();  // ok
  client.close(); // ok
  client.drain(); // warn: "drain"
  co_return;
}
