// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Categories that only the strict profile reports: descriptors of unknown mode, locks, stdio, log.
#include "acme.hpp"

#include <cstdio>
#include <fcntl.h>
#include <mutex>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

using acme::Deferred;

Deferred<> descriptors(int fd) {
  char data[64];
  read(fd, data, sizeof data);                  // warn: "read"
  write(fd, data, sizeof data);                 // warn: "write"
  recv(fd, data, sizeof data, 0);               // warn: "recv"
  send(fd, data, sizeof data, 0);               // warn: "send"
  recv(fd, data, sizeof data, MSG_DONTWAIT);    // ok
  co_return;
}

Deferred<> stdio(std::FILE *file) {
  std::printf("x");          // warn: "printf"
  char line[64];
  std::fgets(line, 64, file); // warn: "fgets"
  syslog(LOG_INFO, "x");     // warn: "syslog"
  std::snprintf(line, 64, "x"); // ok
  co_return;
}
