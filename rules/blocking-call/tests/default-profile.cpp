// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the default profile leaves to the strict one: silent here.
#include "acme.hpp"

#include <cstdio>
#include <iostream>
#include <mutex>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

using acme::Deferred;

Deferred<> descriptors(int fd, std::FILE *file, std::mutex &mutex) {
  char data[64];
  read(fd, data, sizeof data);
  write(fd, data, sizeof data);
  recv(fd, data, sizeof data, 0);
  accept(fd, nullptr, nullptr);
  std::printf("x");
  std::fgets(data, 64, file);
  std::cout << "x" << std::endl;
  std::cerr << "y\n";
  syslog(LOG_INFO, "x");
  mutex.lock();
  mutex.unlock();
  co_return;
}
