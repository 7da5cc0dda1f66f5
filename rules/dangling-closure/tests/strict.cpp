// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Closures that leave: whether somebody keeps them is decided in code that the unit does not show.
#include "seastar.hpp"

#include <functional>
#include <vector>

using seastar::future;

future<> write(int);
future<> somewhere(std::function<future<>()> f);
future<> somewhereElse(int times, std::function<future<>()> f);

struct Session {
  int id = 0;

  future<> handed() {
    return somewhere([this]() -> future<> { // warn: "whether 'somewhere' keeps this closure until the coroutine in it is done cannot be seen here"
      co_await write(1);
      co_await write(id);
    });
  }
  void dropped() {
    (void)somewhereElse(3, [this]() -> future<> { // warn: "whether 'somewhereElse' keeps this closure"
      co_await write(1);
      co_await write(id);
    });
  }
  std::function<future<>()> made() {
    return [this]() -> future<> { // warn: "whoever gets the lambda has to keep it until the coroutine is done"
      co_await write(1);
      co_await write(id);
    };
  }
  auto plain() {
    return [this]() -> future<> { // warn: "whoever gets the lambda"
      co_await write(1);
      co_await write(id);
    };
  }

  future<> awaited() {
    co_await somewhere([this]() -> future<> { // ok: the closure lives until the await is done
      co_await write(1);
      co_await write(id);
    });
  }
  auto early() {
    return [this]() -> future<> { // ok: reads its captures before it suspends
      int copy = id;
      co_await write(copy);
    };
  }
  auto empty() {
    return [](int key) -> future<> { // ok: no captures
      co_await write(1);
      co_await write(key);
    };
  }
};

std::function<future<>()> named(int id) {
  auto work = [id]() -> future<> { // warn: "whoever gets the lambda has to keep it until the coroutine is done"
    co_await write(1);
    co_await write(id);
  };
  return std::function<future<>()>(std::move(work));
}
future<> named_and_run(int id) {
  auto work = [id]() -> future<> { // ok: it stays here
    co_await write(1);
    co_await write(id);
  };
  co_await work();
}
