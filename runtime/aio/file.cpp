// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files on the default executor.
#include "coroguard/file.hpp"
#include "coroguard/run_in_executor.hpp"
#include "runtime/aio/system_calls.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace coroguard {

using detail::throw_system;

struct file::owner {
  int fd = -1;
  ~owner() {
    if (fd >= 0)
      ::close(fd);
  }
};

namespace {
int flags_of(const std::string &mode) {
  if (mode == "r")
    return O_RDONLY;
  if (mode == "w")
    return O_WRONLY | O_CREAT | O_TRUNC;
  if (mode == "a")
    return O_WRONLY | O_CREAT | O_APPEND;
  if (mode == "r+")
    return O_RDWR;
  if (mode == "w+")
    return O_RDWR | O_CREAT | O_TRUNC;
  if (mode == "a+")
    return O_RDWR | O_CREAT | O_APPEND;
  if (mode == "x")
    return O_WRONLY | O_CREAT | O_EXCL;
  throw std::invalid_argument("coroguard: '" + mode + "' is not a mode of open_file; use r, w, a, r+, w+, a+ or x");
}

std::string read_some_now(int fd, std::size_t n) {
  std::string out(n, '\0');
  ssize_t got;
  do
    got = ::read(fd, out.data(), n);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    throw_system("read");
  out.resize(std::size_t(got));
  return out;
}
std::string read_rest_now(int fd) {
  std::string all;
  for (;;) {
    std::string more = read_some_now(fd, 256 * 1024);
    if (more.empty())
      return all;
    all += more;
  }
}
void write_now(int fd, const std::string &data) {
  std::size_t done = 0;
  while (done < data.size()) {
    ssize_t n = ::write(fd, data.data() + done, data.size() - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      throw_system("write");
    done += std::size_t(n);
  }
}
} // namespace

int file::descriptor() const {
  if (!fd_)
    throw invalid_state_error("coroguard: this file is closed");
  return fd_->fd;
}

task<file> open_file(std::string path, std::string mode) {
  int flags = flags_of(mode);
  file f;
  auto call = [path, flags] {
    auto o = std::make_shared<file::owner>();
    o->fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    if (o->fd < 0)
      throw_system("open " + path);
    return o;
  };
  f.fd_ = co_await to_thread(std::move(call));
  co_return f;
}
// GCC 12 destroys a closure twice that is a temporary of a co_await expression: each has a name. They hold the owner: a cancelled
// operation that still runs keeps the descriptor open.
task<std::string> file::read(std::size_t n) {
  descriptor();
  auto call = [o = fd_, n] { return read_some_now(o->fd, n); };
  co_return co_await to_thread(std::move(call));
}
task<std::string> file::read_all() {
  descriptor();
  auto call = [o = fd_] { return read_rest_now(o->fd); };
  co_return co_await to_thread(std::move(call));
}
task<> file::write(std::string data) {
  descriptor();
  auto call = [o = fd_, data = std::move(data)] { write_now(o->fd, data); };
  co_await to_thread(std::move(call));
}
task<> file::seek(std::int64_t position) {
  descriptor();
  auto call = [o = fd_, position] {
    if (::lseek(o->fd, position, SEEK_SET) < 0)
      throw_system("seek");
  };
  co_await to_thread(std::move(call));
}
task<> file::sync() {
  descriptor();
  auto call = [o = fd_] {
    if (::fsync(o->fd) != 0)
      throw_system("fsync");
  };
  co_await to_thread(std::move(call));
}
task<> file::aclose() {
  if (!fd_)
    co_return;
  auto o = std::move(fd_);
  auto call = [o]() mutable {
    int fd = std::exchange(o->fd, -1);
    if (::close(fd) != 0 && errno != EINTR)
      throw_system("close");
  };
  co_await to_thread(std::move(call));
}

task<std::string> read_file(std::string path) {
  auto call = [path = std::move(path)] {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
      throw_system("open " + path);
    try {
      std::string all = read_rest_now(fd);
      ::close(fd);
      return all;
    } catch (...) {
      ::close(fd);
      throw;
    }
  };
  co_return co_await to_thread(std::move(call));
}
task<> write_file(std::string path, std::string data, bool append) {
  auto f = co_await open_file(std::move(path), append ? "a" : "w");
  co_await f.write(std::move(data));
  co_await f.aclose();
}

} // namespace coroguard
