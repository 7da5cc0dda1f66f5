// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Errors of system calls as exceptions that say what was asked for; addresses of sockets.
#pragma once

#include "coroguard/endpoint.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace coroguard::detail {

[[noreturn]] inline void throw_system(int error, const std::string &what) {
  throw std::system_error(error, std::generic_category(), what);
}
/// With `errno`.
[[noreturn]] inline void throw_system(const std::string &what) { throw_system(errno, what); }

/// A descriptor until somebody takes it over.
class owned_descriptor {
public:
  explicit owned_descriptor(int fd) noexcept : fd_(fd) {}
  owned_descriptor(owned_descriptor &&other) noexcept : fd_(other.release()) {}
  ~owned_descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }
  /// Makes a `T` (stream, listener) that owns it from then on.
  template <class T> T become() {
    T taken(fd_);
    fd_ = -1;
    return taken;
  }

private:
  int fd_;
};

/// The address `get` (getsockname, getpeername) tells of `fd`. Errors: std::system_error.
inline endpoint address_of(int fd, int (*get)(int, sockaddr *, socklen_t *) noexcept) {
  endpoint e;
  socklen_t size = endpoint::capacity();
  if (get(fd, e.data(), &size) != 0)
    throw_system("coroguard: the address of descriptor " + std::to_string(fd));
  e.set_size(size);
  return e;
}

} // namespace coroguard::detail
