// flags: -std=c++20 -Itest/support/mock
// profile: strict
// options: async-large-frame.Limit=1024
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A limit of one's own.
#include "acme.hpp"

using acme::Deferred;

Deferred<int> receive(char *into, int size);

Deferred<int> over() {
  char buffer[1024]; // warn: "'buffer' (1024 bytes) lives across an await"
  co_return co_await receive(buffer, 1024);
}
Deferred<int> under() {
  char buffer[1000]; // ok
  co_return co_await receive(buffer, 1000);
}
