// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Async work in destructors: nobody can await there.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"

#include <future>
#include <memory>
#include <utility>

using acme::Deferred;

Deferred<int> flush();
Deferred<> shut(int handle);

struct Blocks {
  ~Blocks() { acme::execute(flush()); } // warn: "execute"
};
struct BlocksFolly {
  ~BlocksFolly() { folly::coro::blockingWait(scope.joinAsync()); } // warn: "blockingWait"
  folly::coro::AsyncScope scope;
};
struct Starts {
  int handle = 0;
  ~Starts() { acme::launch(shut(handle)); } // warn: "launch"
};
struct BlocksOutOfLine {
  ~BlocksOutOfLine();
  cppcoro::task<> stop();
};
BlocksOutOfLine::~BlocksOutOfLine() {
  cppcoro::sync_wait(stop()); // warn: "sync_wait"
}

// --- silent -----------------------------------------------------------------------------------------------------

struct Cancels {
  folly::coro::CancellableAsyncScope scope;
  ~Cancels() { scope.requestCancellation(); } // ok
  folly::coro::Task<void> stop() { co_await scope.cancelAndJoinAsync(); }
};
struct Frees {
  std::coroutine_handle<> handle;
  ~Frees() {
    if (handle)
      handle.destroy();
  }
};
struct Ordinary {
  std::unique_ptr<int> value;
  ~Ordinary() { value.reset(); }
};
