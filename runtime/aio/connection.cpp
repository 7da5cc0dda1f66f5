// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Connecting, listening and accepting.
#include "coroguard/sleep.hpp"
#include "coroguard/stream.hpp"
#include "coroguard/task_group.hpp"
#include "coroguard/timeout.hpp"
#include "runtime/aio/system_calls.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coroguard {

using namespace detail;

namespace {
owned_descriptor new_socket(int family) {
  owned_descriptor fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0)
    throw_system("coroguard: socket");
  return fd;
}
} // namespace

task<stream> connect(endpoint to) {
  stream s = new_socket(to.family()).become<stream>();
  if (::connect(s.native_handle(), to.data(), to.size()) != 0) {
    if (errno != EINPROGRESS && errno != EAGAIN)
      throw_system("connect to " + to.to_string());
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
    throw_system("coroguard: listener");
  io_ = std::make_unique<io_descriptor>(&current_loop(), descriptor);
}

namespace {
listener listen_on(const endpoint &at, const listen_options &options) {
  auto socket = new_socket(at.family());
  int fd = socket.get();
  int on = 1;
  if (options.reuse_address && at.family() != AF_UNIX)
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (options.reuse_port)
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(fd, at.data(), at.size()) != 0 || ::listen(fd, options.backlog) != 0) {
    int error = errno;
    throw_system(error, "listen on " + at.to_string());
  }
  return socket.become<listener>();
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
      throw closed_descriptor_error("coroguard: this listener is closed");
    auto &d = *io_;
    int fd = ::accept4(d.fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
      co_return owned_descriptor(fd).become<stream>();
    switch (errno) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO: break;
    case EAGAIN: {
      bool closed = false;
      try {
        co_await ready_awaiter<false>(d);
      } catch (const closed_descriptor_error &) {
        closed = true;
      }
      if (closed) // and this object may be gone
        throw closed_descriptor_error("coroguard: this listener is closed");
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
    default: throw_system("accept");
    }
  }
}
endpoint listener::local_endpoint() const {
  if (!is_open())
    throw invalid_state_error("coroguard: this listener is closed");
  return address_of(io_->fd, &::getsockname);
}
void listener::close() noexcept {
  if (io_)
    io_->close_now();
}

task<> serve(listener &l, std::function<task<>(stream)> handler) {
  co_await with_task_group([&](task_group &group) -> task<> {
    for (;;) {
      std::optional<stream> next;
      try {
        next.emplace(co_await l.accept());
      } catch (const closed_descriptor_error &) {
        co_return; // let the running ones finish
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
