// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams and listeners on non-blocking descriptors.
#include "coroguard/stream.hpp"
#include "coroguard/run_in_executor.hpp"
#include "coroguard/sleep.hpp"
#include "coroguard/task_group.hpp"
#include "coroguard/timeout.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace coroguard {

using namespace detail;

namespace {
[[noreturn]] void throw_system(int error, const std::string &what) {
  throw std::system_error(error, std::generic_category(), what);
}
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

namespace detail {

const wait_operations read_wait = {"reading a descriptor", &cancel_park, no_target, no_owner, true};
const wait_operations write_wait = {"writing a descriptor", &cancel_park, no_target, no_owner, true};

io_descriptor::io_descriptor(event_loop *l, int descriptor) : loop(l) {
  fd = descriptor;
  fd_watch::on_event = &io_descriptor::handle_event;
  on_close = [](closer *c) noexcept {
    auto *self = static_cast<io_descriptor *>(c);
    if (self->loop->debug() && self->fd >= 0) {
      report r;
      r.rule = "async-unclosed-transport";
      r.kind = "resource";
      r.severity = report_severity::note;
      r.message = "descriptor " + std::to_string(self->fd) + " was still open when " + self->loop->name() + " was closed";
      r.help = "co_await aclose() before the end of main";
      emit_report(r);
    }
    self->close_now();
  };
  loop->add_closer(this);
  struct stat s;
  if (::fstat(fd, &s) == 0) {
    socket = S_ISSOCK(s.st_mode);
    pollable = !(S_ISREG(s.st_mode) || S_ISDIR(s.st_mode) || S_ISBLK(s.st_mode));
  }
}
io_descriptor::~io_descriptor() {
  close_now();
}

void io_descriptor::register_now() {
  if (events || !pollable)
    return;
  loop->check_open();
  loop->check_thread("stream");
  loop->watch(this, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void io_descriptor::close_now() noexcept {
  if (fd < 0)
    return;
  loop->unwatch(this);
  ::close(fd);
  fd = -1;
  closer::unlink();
  while (!readers.empty())
    readers.front()->wake();
  while (!writers.empty())
    writers.front()->wake();
}

void io_descriptor::handle_event(fd_watch *w, std::uint32_t events) {
  auto *self = static_cast<io_descriptor *>(w);
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
    self->readable = true;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
      self->ending = true; // its edge is spent: the end has to be read without another event
    while (!self->readers.empty())
      self->readers.front()->wake();
  }
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
    self->writable = true;
    while (!self->writers.empty())
      self->writers.front()->wake();
  }
}

void io_park::arm() {
  run = [](ready_node *node) {
    auto *self = static_cast<io_park *>(static_cast<timer_node *>(node));
    self->position = idle;
    if (!self->woken) {
      self->timed_out = true;
      self->wake();
    }
  };
  io->loop->add_timer(this, deadline_after(io->loop->now_ns(), *io->limit));
}

template <bool Write> bool io_awaiter<Write>::attempt() noexcept {
  for (;;) {
    if constexpr (Write)
      result = io->socket ? ::send(io->fd, data, size, MSG_NOSIGNAL) : ::write(io->fd, data, size);
    else
      result = io->socket ? ::recv(io->fd, data, size, 0) : ::read(io->fd, data, size);
    if (result >= 0) {
      if constexpr (!Write) { // a short write says nothing: only EAGAIN arms the next writability event
        if (result == 0 && size > 0)
          io->at_eof = true;
        else if (std::size_t(result) < size && io->pollable && io->socket && io->events && !io->ending)
          io->readable = false; // drained: the next readiness comes as an event
      }
      return true;
    }
    if (errno == EINTR)
      continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      (Write ? io->writable : io->readable) = false;
      return false;
    }
    error = errno;
    return true;
  }
}
template <bool Write> void io_awaiter<Write>::throw_closed_stream() {
  throw invalid_state_error("coroguard: this stream is closed");
}
template <bool Write> void io_awaiter<Write>::throw_io_error(bool write, int error) {
  throw_system(error, write ? "write" : "read");
}
template struct io_awaiter<true>;
template struct io_awaiter<false>;

} // namespace detail

// --- stream ------------------------------------------------------------------------------------------------------

stream::stream(int descriptor) {
  if (descriptor < 0)
    throw std::invalid_argument("coroguard: a stream needs a descriptor, got " + std::to_string(descriptor));
  auto &loop = current_loop();
  ignore_broken_pipes();
  int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || (!(flags & O_NONBLOCK) && ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0))
    throw_system(errno, "coroguard: cannot make descriptor " + std::to_string(descriptor) + " non-blocking");
  io_ = std::make_unique<io_descriptor>(&loop, descriptor);
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
  try {
    n = co_await io_awaiter<false>(d, d.buffer.data() + old, 16 * 1024);
  } catch (...) {
    d.buffer.resize(old);
    throw;
  }
  d.buffer.resize(old + n);
  co_return n > 0;
}

task<std::string> stream::read(std::size_t n) {
  auto &d = io();
  if (n == 0)
    co_return std::string();
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
  std::size_t searched = 0;
  for (;;) {
    std::size_t at = d.buffer.find(separator, d.buffered_from + searched);
    std::size_t have = d.buffer.size() - d.buffered_from;
    if (at != std::string::npos) {
      std::size_t n = at + separator.size() - d.buffered_from;
      if (n > limit_)
        throw limit_overrun_error("coroguard: the separator was found, but the block of " + std::to_string(n) + " bytes is over the limit of " + std::to_string(limit_));
      std::string out = d.buffer.substr(d.buffered_from, n);
      d.buffered_from += n;
      co_return out;
    }
    if (have > limit_)
      throw limit_overrun_error("coroguard: no separator within " + std::to_string(limit_) + " bytes");
    searched = have >= separator.size() ? have - separator.size() + 1 : 0;
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

task<> stream::write(std::string_view data) {
  auto &d = io();
  if (d.fd < 0)
    io_awaiter<true>::throw_closed_stream();
  while (!data.empty())
    data.remove_prefix(co_await io_awaiter<true>(d, data.data(), data.size()));
}

void stream::write_eof() {
  auto &d = io();
  if (d.fd < 0)
    io_awaiter<true>::throw_closed_stream();
  if (d.socket) {
    if (::shutdown(d.fd, SHUT_WR) != 0 && errno != ENOTCONN)
      throw_system(errno, "shutdown");
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
  if (::setsockopt(io().fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value) != 0)
    throw_system(errno, "setsockopt(TCP_NODELAY)");
}
namespace {
endpoint address_of(int fd, int (*get)(int, sockaddr *, socklen_t *)) {
  endpoint e;
  socklen_t size = endpoint::capacity();
  if (get(fd, e.data(), &size) != 0)
    throw_system(errno, "coroguard: the address of descriptor " + std::to_string(fd));
  e.set_size(size);
  return e;
}
} // namespace
endpoint stream::local_endpoint() const { return address_of(io().fd, [](int f, sockaddr *a, socklen_t *n) { return ::getsockname(f, a, n); }); }
endpoint stream::remote_endpoint() const { return address_of(io().fd, [](int f, sockaddr *a, socklen_t *n) { return ::getpeername(f, a, n); }); }
int stream::release() {
  auto &d = io();
  d.loop->unwatch(&d);
  d.closer::unlink();
  return std::exchange(d.fd, -1);
}

// --- connecting and listening ------------------------------------------------------------------------------------

namespace {
int new_socket(int family, int type = SOCK_STREAM) {
  int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw_system(errno, "coroguard: socket");
  return fd;
}
} // namespace

task<stream> connect(endpoint to) {
  stream s(new_socket(to.family()));
  if (::connect(s.native_handle(), to.data(), to.size()) != 0) {
    if (errno != EINPROGRESS && errno != EAGAIN)
      throw_system(errno, "connect to " + to.to_string());
    s.io().writable = false;
    co_await ready_awaiter<true>(s.io());
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(s.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error)
      throw_system(error, "connect to " + to.to_string());
    s.io().writable = true;
  }
  co_return s;
}

namespace {
task<stream> connect_any(std::string host, std::uint16_t port) {
  std::exception_ptr last;
  for (auto &e : co_await resolve(host, port)) {
    try {
      co_return co_await connect(e);
    } catch (const std::system_error &) {
      last = std::current_exception();
    }
  }
  std::rethrow_exception(last);
}
} // namespace

task<stream> tcp_connect(std::string host, std::uint16_t port, std::optional<duration> limit) {
  return wait_for(connect_any(std::move(host), port), limit);
}
task<stream> unix_connect(std::string path) { return connect(endpoint::local(path)); }

listener::listener(int descriptor) {
  if (descriptor < 0)
    throw std::invalid_argument("coroguard: a listener needs a descriptor");
  int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0)
    throw_system(errno, "coroguard: listener");
  io_ = std::make_unique<io_descriptor>(&current_loop(), descriptor);
}

namespace {
listener listen_on(const endpoint &at, const listen_options &options) {
  int fd = new_socket(at.family());
  int on = 1;
  if (options.reuse_address && at.family() != AF_UNIX)
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (options.reuse_port)
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(fd, at.data(), at.size()) != 0 || ::listen(fd, options.backlog) != 0) {
    int error = errno;
    ::close(fd);
    throw_system(error, "listen on " + at.to_string());
  }
  return listener(fd);
}
} // namespace

listener tcp_listen(const std::string &address, std::uint16_t port, listen_options options) {
  return listen_on(endpoint::ip(address, port), options);
}
listener unix_listen(const std::string &path, listen_options options) {
  struct stat s;
  if (!path.empty() && path[0] != '@' && ::stat(path.c_str(), &s) == 0 && S_ISSOCK(s.st_mode))
    ::unlink(path.c_str());
  return listen_on(endpoint::local(path), options);
}

task<stream> listener::accept() {
  for (;;) {
    if (!is_open())
      throw invalid_state_error("coroguard: this listener is closed");
    auto &d = *io_;
    int fd = ::accept4(d.fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
      co_return stream(fd);
    switch (errno) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO: break;
    case EAGAIN: {
      bool closed = false;
      try {
        co_await ready_awaiter<false>(d);
      } catch (const invalid_state_error &) {
        closed = true;
      }
      if (closed)
        throw invalid_state_error("coroguard: this listener is closed");
      break;
    }
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: {
      if (!exhausted_reported_) {
        exhausted_reported_ = true;
        report r;
        r.rule = "async-descriptor-exhaustion";
        r.kind = "resource";
        r.message = std::string("accept: ") + std::strerror(errno) + "; connections wait in the backlog";
        r.help = "close connections, or raise the limit (ulimit -n)";
        emit_report(r);
      }
      co_await sleep(std::chrono::milliseconds(50));
      break;
    }
    default: throw_system(errno, "accept");
    }
  }
}
endpoint listener::local_endpoint() const {
  if (!is_open())
    throw invalid_state_error("coroguard: this listener is closed");
  return address_of(io_->fd, [](int f, sockaddr *a, socklen_t *n) { return ::getsockname(f, a, n); });
}
void listener::close() noexcept {
  if (io_)
    io_->close_now();
}

std::pair<stream, stream> stream_pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
    throw_system(errno, "socketpair");
  return {stream(fds[0]), stream(fds[1])};
}
std::pair<stream, stream> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_NONBLOCK | O_CLOEXEC) != 0)
    throw_system(errno, "pipe");
  return {stream(fds[0]), stream(fds[1])};
}

namespace {
/// A new description of 0, 1 or 2 where the system allows it: O_NONBLOCK on the shared one would change it for others, too.
stream standard_stream(int number, int mode) {
  std::string path = "/proc/self/fd/" + std::to_string(number);
  struct stat s;
  if (::fstat(number, &s) == 0 && (S_ISFIFO(s.st_mode) || S_ISCHR(s.st_mode))) {
    int fd = ::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
      return stream(fd);
  }
  int fd = ::fcntl(number, F_DUPFD_CLOEXEC, 3);
  if (fd < 0)
    throw_system(errno, "coroguard: standard stream " + std::to_string(number));
  int before = ::fcntl(fd, F_GETFL);
  stream out(fd);
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

task<> serve(listener &l, std::function<task<>(stream)> handler) {
  co_await with_task_group([&](task_group &group) -> task<> {
    for (;;) {
      std::optional<stream> next;
      try {
        next.emplace(co_await l.accept());
      } catch (const invalid_state_error &) {
        if (!l.is_open())
          co_return; // closed: let the running ones finish
        throw;
      }
      group.create_task([](std::function<task<>(stream)> &h, stream s) -> task<> {
        try {
          co_await h(std::move(s));
        } catch (const std::system_error &e) {
          if (e.code() != std::errc::connection_reset && e.code() != std::errc::broken_pipe)
            current_loop().call_exception_handler({"exception in a connection's handler", std::current_exception()});
        } catch (const cancelled_error &) {
          throw;
        } catch (...) {
          current_loop().call_exception_handler({"exception in a connection's handler", std::current_exception()});
        }
      }(handler, std::move(*next)));
    }
  });
}

} // namespace coroguard
