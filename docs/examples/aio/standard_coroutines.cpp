// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generator-based coroutines are history, and so is <experimental/coroutine>: everything here is <coroutine>. Coroutine types of
// other libraries are awaited as they are.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <coroutine>
#include <thread>

struct legacy_result { // an awaitable of some library: resumes on a thread of its own
  int value;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    std::thread([h] { h.resume(); }).detach();
  }
  int await_resume() const { return value; }
};

task<> program() {
  auto before = std::this_thread::get_id();
  int v = co_await legacy_result{5};
  std::printf("%d, still on the loop's thread: %d\n", v, int(before == std::this_thread::get_id()));
}

int main() { run(program()); }

// prints:
// 5, still on the loop's thread: 1
