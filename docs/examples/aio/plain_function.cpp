// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// co_await in a plain function does not compile ("co_await cannot be used outside a coroutine"). From plain code, call
// the coroutine through async_to_sync, or run it.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> fetch(int id) {
  co_await sleep(1ms);
  co_return id * 10;
}

int plain() {
  // return co_await fetch(4);            // error: make this function a coroutine, or:
  static auto fetch_now = async_to_sync(fetch);
  return fetch_now(4);
}

int main() {
  std::printf("%d\n", plain());
  std::printf("%d\n", run(fetch(5)));
}

// prints:
// 40
// 50
