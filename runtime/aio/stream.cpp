// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and writing streams; pipes and the standard streams.
#include "coroguard/stream.hpp"
#include "runtime/aio/system_calls.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coroguard {

using namespace detail;

namespace {
/// Writing into a pipe nobody reads must be an error, not the end of the process (as Python does).
void ignore_broken_pipes() {
  static const bool done = [] {
    struct sigaction now {};
    if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL)
      ::signal(SIGPIPE, SIG_IGN);
    return true;
  }();
  (void)done;
}
} // namespace

incomplete_read_error::incomplete_read_error(std::string partial, std::size_t expected)
    : std::runtime_error("the stream ended after " + std::to_string(partial.size()) + " bytes" +
                         (expected ? " of " + std::to_string(expected) : std::string())),
      partial_(std::make_shared<std::string>(std::move(partial))) {}

stream::stream(int descriptor) {
  if (descriptor < 0)
    throw std::invalid_argument("coroguard: a stream needs a descriptor, got " + std::to_string(descriptor));
  auto &loop = current_loop();
  ignore_broken_pipes();
  int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || (!(flags & O_NONBLOCK) && ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0))
    throw_system("coroguard: cannot make descriptor " + std::to_string(descriptor) + " non-blocking");
  io_ = std::make_unique<io_descriptor>(&loop, descriptor);
}

detail::io_descriptor &stream::open() const {
  if (!is_open())
    io_awaiter<true>::throw_closed_stream();
  return *io_;
}

void stream::take_none_buffered() const {
  auto &d = io();
  if (d.buffered_from < d.buffer.size()) // cannot mix: read() and friends give what was read ahead
    throw invalid_state_error("coroguard: read_some() while read_until() or read_line() has read ahead; use read()");
}

task<bool> stream::fill() {
  auto &d = io();
  if (d.buffered_from > 0 && d.buffered_from * 2 >= d.buffer.size()) {
    d.buffer.erase(0, d.buffered_from);
    d.buffered_from = 0;
  }
  std::size_t old = d.buffer.size();
  d.buffer.resize(old + 16 * 1024);
  std::size_t n = 0;
  io_awaiter<false> reading(d, d.buffer.data() + old, 16 * 1024);
  d.filling = true;
  try {
    n = co_await in_place(reading);
  } catch (...) {
    if (!reading.closed) { // else the buffer may be gone
      d.filling = false;
      d.buffer.resize(old);
    }
    throw;
  }
  d.filling = false;
  d.buffer.resize(old + n);
  co_return n > 0;
}

task<std::string> stream::read(std::size_t n) {
  auto &d = io();
  if (n == 0)
    co_return std::string();
  d.check_one_reader();
  if (d.buffered_from == d.buffer.size()) {
    d.buffer.clear();
    d.buffered_from = 0;
    std::string out(std::min<std::size_t>(n, 64 * 1024), '\0');
    std::size_t got = co_await io_awaiter<false>(d, out.data(), out.size());
    out.resize(got);
    co_return out;
  }
  std::string out = d.buffer.substr(d.buffered_from, n);
  d.buffered_from += out.size();
  co_return out;
}

task<std::string> stream::read_all() {
  std::string all;
  for (;;) {
    std::string more = co_await read(64 * 1024);
    if (more.empty())
      co_return all;
    all += more;
  }
}

task<std::string> stream::read_exactly(std::size_t n) {
  auto &d = io();
  d.check_one_reader();
  while (d.buffer.size() - d.buffered_from < n) {
    if (!co_await fill()) {
      std::string partial = d.buffer.substr(d.buffered_from);
      d.buffer.clear();
      d.buffered_from = 0;
      throw incomplete_read_error(std::move(partial), n);
    }
  }
  std::string out = d.buffer.substr(d.buffered_from, n);
  d.buffered_from += n;
  co_return out;
}

task<std::string> stream::read_until(std::string separator) {
  if (separator.empty())
    throw std::invalid_argument("coroguard: read_until needs a separator");
  auto &d = io();
  d.check_one_reader();
  std::size_t searched = 0;
  for (;;) {
    std::size_t at = d.buffer.find(separator, d.buffered_from + searched);
    std::size_t have = d.buffer.size() - d.buffered_from;
    if (at != std::string::npos) {
      std::size_t n = at + separator.size() - d.buffered_from;
      if (n - separator.size() > limit_) // as asyncio: the separator does not count
        throw limit_overrun_error("coroguard: the separator was found, but the block of " + std::to_string(n) + " bytes is over the limit of " +
                                  std::to_string(limit_));
      std::string out = d.buffer.substr(d.buffered_from, n);
      d.buffered_from += n;
      co_return out;
    }
    searched = have >= separator.size() ? have - separator.size() + 1 : 0;
    if (searched > limit_)
      throw limit_overrun_error("coroguard: no separator within " + std::to_string(limit_) + " bytes");
    if (!co_await fill()) {
      std::string partial = d.buffer.substr(d.buffered_from);
      d.buffer.clear();
      d.buffered_from = 0;
      throw incomplete_read_error(std::move(partial), 0);
    }
  }
}

task<std::string> stream::read_line() {
  try {
    co_return co_await read_until("\n");
  } catch (const incomplete_read_error &e) {
    co_return e.partial();
  }
}

async_generator<std::string> stream::lines() {
  for (;;) {
    std::string line = co_await read_line();
    if (line.empty())
      co_return;
    if (line.back() == '\n')
      line.pop_back();
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    co_yield line;
  }
}

namespace {
/// Waits until the write()s before this one are through.
struct write_turn : io_park {
  explicit write_turn(io_descriptor &d) noexcept : io_park(&write_wait, d) {}
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    suspend_in(io->turns, h);
    if (io->limit)
      arm();
  }
  void await_resume() {
    disarm();
    unlink();
    if (task->must_cancel && woken && !timed_out && !closed)
      io->next_writer(); // it was our turn
    task->check_cancelled();
    if (timed_out)
      throw timeout_error("write timed out");
    if (closed)
      io_awaiter<true>::throw_closed_stream();
  }
};
task<> wait_for_turn(io_descriptor &d) {
  write_turn turn(d);
  co_await in_place(turn);
}
} // namespace

task<> stream::write(std::string_view data) {
  auto &d = open();
  if (data.empty())
    co_return;
  if (d.writing)
    co_await wait_for_turn(d);
  d.writing = true;
  struct end_of_turn {
    io_descriptor &d;
    bool closed = false; ///< the descriptor may be gone
    ~end_of_turn() {
      if (!closed)
        d.next_writer();
    }
  } turn{d};
  while (!data.empty()) {
    io_awaiter<true> some(d, data.data(), data.size());
    struct note {
      end_of_turn &turn;
      io_awaiter<true> &some;
      ~note() { turn.closed = some.closed; }
    } at_end{turn, some};
    data.remove_prefix(co_await in_place(some));
  }
}

void stream::write_eof() {
  auto &d = open();
  if (d.socket) {
    if (::shutdown(d.fd, SHUT_WR) != 0 && errno != ENOTCONN)
      throw_system("shutdown");
  } else {
    close();
  }
}

void stream::close() noexcept {
  if (io_)
    io_->close_now();
}
task<> stream::aclose() {
  close();
  co_return;
}
void stream::set_no_delay(bool on) {
  int value = on;
  if (::setsockopt(open().fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value) != 0)
    throw_system("setsockopt(TCP_NODELAY)");
}
endpoint stream::local_endpoint() const { return address_of(open().fd, &::getsockname); }
endpoint stream::remote_endpoint() const { return address_of(open().fd, &::getpeername); }
int stream::release() {
  auto &d = open();
  d.loop->unwatch(&d);
  d.closer::unlink();
  return std::exchange(d.fd, -1);
}

namespace {
std::pair<stream, stream> both(const int (&fds)[2]) {
  owned_descriptor a(fds[0]), b(fds[1]);
  auto first = a.become<stream>();
  return {std::move(first), b.become<stream>()};
}
} // namespace
std::pair<stream, stream> stream_pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
    throw_system("socketpair");
  return both(fds);
}
std::pair<stream, stream> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_NONBLOCK | O_CLOEXEC) != 0)
    throw_system("pipe");
  return both(fds);
}

namespace {
/// A new description of 0, 1 or 2 where the system allows it: O_NONBLOCK on the shared one would change it for others, too.
stream standard_stream(int number, int mode) {
  std::string path = "/proc/self/fd/" + std::to_string(number);
  struct stat s;
  if (::fstat(number, &s) == 0 && (S_ISFIFO(s.st_mode) || S_ISCHR(s.st_mode))) {
    int fd = ::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
      return owned_descriptor(fd).become<stream>();
  }
  int fd = ::fcntl(number, F_DUPFD_CLOEXEC, 3);
  if (fd < 0)
    throw_system("coroguard: standard stream " + std::to_string(number));
  int before = ::fcntl(fd, F_GETFL);
  stream out = owned_descriptor(fd).become<stream>();
  if (!(before & O_NONBLOCK) && out.io().pollable) {
    ::fcntl(fd, F_SETFL, before);
    out.io().poll_first = true;
  }
  return out;
}
} // namespace
stream standard_input() { return standard_stream(0, O_RDONLY); }
stream standard_output() { return standard_stream(1, O_WRONLY); }
stream standard_error() { return standard_stream(2, O_WRONLY); }

} // namespace coroguard
