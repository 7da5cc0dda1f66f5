// flags: -std=c++20 -Itest/support/mock
// options: async-blocking-call.Categories=sleep
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Only the kinds of blocking calls that are asked for.
#include "acme.hpp"

#include <cstdlib>
#include <thread>
#include <unistd.h>

using acme::Deferred;

Deferred<> kinds(std::thread &thread, int fd) {
  usleep(1);       // warn: "usleep"
  system("ls");    // ok
  thread.join();   // ok
  fsync(fd);       // ok
  co_return;
}
