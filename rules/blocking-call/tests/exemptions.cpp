// flags: -std=c++20 -Itest/support/mock
// options: async-blocking-call.AllowedCallees=warm_up=once;Config::load=start async-blocking-call.AllowedTypes=legacy::Store=cached async-blocking-call.Categories=sleep;dns async-blocking-call.Siblings=false
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a team has decided to allow, and which categories it wants.
#include "acme.hpp"

#include <cstdlib>
#include <netdb.h>
#include <unistd.h>

using acme::Deferred;

void warm_up() { usleep(1); }
void start() { warm_up(); }
struct Config {
  void load() { usleep(1); }
  void reload() { usleep(1); }
};
namespace legacy {
struct Store {
  void flush() { usleep(1); }
  int get(int key);
  Deferred<int> aget(int key);
};
} // namespace legacy

Deferred<> coroutine(Config &config, legacy::Store &store) {
  warm_up();        // ok: allowed
  start();          // ok: blocks through what is allowed only
  config.load();    // ok: allowed
  config.reload();  // warn: "reload"
  store.flush();    // ok: a type that is allowed
  store.get(1);     // ok: siblings are off
  system("true");   // ok: not of the categories asked for
  gethostbyname("x"); // warn: "gethostbyname"
  co_return;
}
