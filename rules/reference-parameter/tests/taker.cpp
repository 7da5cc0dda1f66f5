// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The object that runs the work is given to the work.
#include "acme.hpp"

#include <utility>

using acme::Deferred;

Deferred<> step();

class Queue { // runs what it is given, and nothing says that it is a loop
public:
  void add(Deferred<> work) { run(std::move(work)); }

private:
  static acme::Oneway run(Deferred<> work) { co_await std::move(work); }
};

namespace {

Deferred<> of(Queue &queue) { // ok: it is in that queue
  co_await step();
  queue.add(step());
}

} // namespace

void start(Queue &queue) { queue.add(of(queue)); }
