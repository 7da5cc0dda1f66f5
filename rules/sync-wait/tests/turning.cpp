// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runners of the user that turn a loop until the coroutine is done.
#include "acme.hpp"

using acme::Deferred;

Deferred<int> load(int key);

class Loop {
public:
  bool turn();
};
Loop &loop();

template <class T> void finish(Loop &loop, Deferred<T> task) {
  auto frame = task.release();
  frame.resume();
  while (!frame.done())
    loop.turn();
  frame.destroy();
}
void begin(Deferred<int> task) { task.release().resume(); }

Deferred<> nested() {
  finish(loop(), load(1)); // warn: "finish"
  begin(load(2));          // ok: returns at once
  co_await load(3);
}
void synchronous() { finish(loop(), load(1)); } // ok
