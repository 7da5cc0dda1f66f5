// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Descriptors whose mode can be read from the code: blocking ones are reported by default, the others are not.
#include "acme.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

using acme::Deferred;

Deferred<> made_blocking(const sockaddr *address, socklen_t size) {
  char data[64];
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  connect(fd, address, size);             // warn: "connect"
  send(fd, data, sizeof data, 0);         // warn: "send"
  recv(fd, data, sizeof data, 0);         // warn: "recv"
  read(fd, data, sizeof data);            // warn: "read"
  recv(fd, data, sizeof data, MSG_DONTWAIT); // ok
  close(fd);
  co_return;
}
Deferred<> made_nonblocking(const sockaddr *address, socklen_t size) {
  char data[64];
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  connect(fd, address, size); // ok
  read(fd, data, sizeof data); // ok
  int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  read(event, data, 8); // ok
  co_return;
}
Deferred<> switched(const sockaddr *address, socklen_t size) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  connect(fd, address, size); // ok
  int other = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  ioctl(other, FIONBIO, &on);
  connect(other, address, size); // ok
  co_return;
}
Deferred<> unknown(int fd) {
  char data[64];
  read(fd, data, sizeof data); // ok by default: nobody can tell
  co_return;
}

Deferred<int> opened(const char *path) {
  const int pipe = open(path, O_RDONLY | O_NONBLOCK); // ok: no file on disk is meant
  const int file = open(path, O_RDONLY);              // warn: "open"
  co_return pipe + file;
}
