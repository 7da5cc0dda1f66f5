// flags: -std=c++20 -Itest/support/mock
// options: async-blocking-call.AllowedCallees=app::warm_up=once_at_start;usleep=short
// options: async-blocking-call.AllowedTypes=app::Cache=never_misses
// options: async-blocking-call.Siblings=false
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callees and classes that may block, each with its reason; and no siblings.
#include "acme.hpp"

#include <thread>
#include <unistd.h>

using acme::Deferred;
using namespace std::chrono_literals;

namespace app {
void warm_up() { std::this_thread::sleep_for(1s); }
void other() { std::this_thread::sleep_for(1s); }
struct Cache {
  int get(int) {
    std::this_thread::sleep_for(1s);
    return 1;
  }
  Deferred<int> aget(int);
};
struct Table {
  int get(int);
  Deferred<int> aget(int);
};
} // namespace app

Deferred<> calls(app::Cache &cache, app::Table &table) {
  app::warm_up();              // ok: allowed
  usleep(1);                   // ok: allowed
  cache.get(1);                // ok: allowed
  table.get(1);                // ok: siblings are not asked for
  app::other();                // warn: "other"
  co_return;
}
