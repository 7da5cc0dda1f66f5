// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Endpoints, name resolution, datagrams.
#include "coroguard/endpoint.hpp"
#include "coroguard/run_in_executor.hpp"
#include "coroguard/udp.hpp"
#include "runtime/aio/system_calls.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace coroguard {

using namespace detail;

endpoint::endpoint(const sockaddr *address, socklen_t size) {
  if (size > sizeof storage_)
    throw std::invalid_argument("coroguard: an address of " + std::to_string(size) + " bytes is too long");
  std::memcpy(&storage_, address, size);
  size_ = size;
}

endpoint endpoint::ip(const std::string &address, std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (address.empty() || ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1)
    return endpoint(reinterpret_cast<sockaddr *>(&v4), sizeof v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1)
    return endpoint(reinterpret_cast<sockaddr *>(&v6), sizeof v6);
  if (address == "localhost") {
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return endpoint(reinterpret_cast<sockaddr *>(&v4), sizeof v4);
  }
  throw std::invalid_argument("coroguard: '" + address + "' is not a numeric address; use resolve() for names");
}

endpoint endpoint::local(const std::string &path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof a.sun_path)
    throw std::invalid_argument("coroguard: a socket path must have 1 to " + std::to_string(sizeof a.sun_path - 1) + " bytes");
  std::memcpy(a.sun_path, path.data(), path.size());
  if (path[0] == '@')
    a.sun_path[0] = '\0';
  return endpoint(reinterpret_cast<sockaddr *>(&a), socklen_t(offsetof(sockaddr_un, sun_path) + path.size() + (path[0] != '@')));
}

std::string endpoint::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  switch (family()) {
  case AF_INET: ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in *>(&storage_)->sin_addr, text, sizeof text); return text;
  case AF_INET6: ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6 *>(&storage_)->sin6_addr, text, sizeof text); return text;
  case AF_UNIX: {
    auto *a = reinterpret_cast<const sockaddr_un *>(&storage_);
    if (size_ <= offsetof(sockaddr_un, sun_path))
      return "";
    if (a->sun_path[0] == '\0')
      return "@" + std::string(a->sun_path + 1, size_ - offsetof(sockaddr_un, sun_path) - 1);
    return a->sun_path;
  }
  default: return "";
  }
}
std::uint16_t endpoint::port() const noexcept {
  switch (family()) {
  case AF_INET: return ntohs(reinterpret_cast<const sockaddr_in *>(&storage_)->sin_port);
  case AF_INET6: return ntohs(reinterpret_cast<const sockaddr_in6 *>(&storage_)->sin6_port);
  default: return 0;
  }
}
std::string endpoint::to_string() const {
  switch (family()) {
  case AF_INET: return host() + ":" + std::to_string(port());
  case AF_INET6: return "[" + host() + "]:" + std::to_string(port());
  case AF_UNIX: return "unix:" + host();
  default: return "no address";
  }
}

namespace {
class resolver_errors final : public std::error_category {
  const char *name() const noexcept override { return "resolver"; }
  std::string message(int code) const override { return ::gai_strerror(code); }
};
const resolver_errors resolver_category;

std::vector<endpoint> look_up(const std::string &host, std::uint16_t port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code == EAI_SYSTEM)
    throw std::system_error(errno, std::generic_category(), "resolve " + host);
  if (code != 0)
    throw std::system_error(code, resolver_category, "resolve " + host);
  std::vector<endpoint> all;
  for (auto *a = found; a; a = a->ai_next)
    all.emplace_back(a->ai_addr, a->ai_addrlen);
  ::freeaddrinfo(found);
  return all;
}
} // namespace

task<std::vector<endpoint>> resolve(std::string host, std::uint16_t port) {
  std::vector<endpoint> one;
  try {
    if (host != "localhost")
      one.push_back(endpoint::ip(host, port));
  } catch (const std::invalid_argument &) { // a name
  }
  if (!one.empty())
    co_return one;
  co_return co_await to_thread(look_up, host, port);
}

// --- datagrams ---------------------------------------------------------------------------------------------------

udp_socket udp_socket::bind(const std::string &address, std::uint16_t port) {
  auto at = endpoint::ip(address, port);
  owned_descriptor fd(::socket(at.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0)
    throw_system("socket");
  if (::bind(fd.get(), at.data(), at.size()) != 0) {
    int error = errno;
    throw_system(error, "bind to " + at.to_string());
  }
  udp_socket s;
  s.io_ = std::make_unique<io_descriptor>(&current_loop(), fd.get());
  (void)fd.release();
  return s;
}
io_descriptor &udp_socket::io() const {
  if (!is_open())
    throw invalid_state_error("coroguard: this socket is closed");
  return *io_;
}
void udp_socket::close() noexcept {
  if (io_)
    io_->close_now();
}
endpoint udp_socket::local_endpoint() const {
  endpoint e;
  socklen_t size = endpoint::capacity();
  if (::getsockname(io().fd, e.data(), &size) != 0)
    throw std::system_error(errno, std::generic_category(), "getsockname");
  e.set_size(size);
  return e;
}

task<> udp_socket::send_to(std::string data, endpoint to) {
  for (;;) {
    auto &d = io();
    if (::sendto(d.fd, data.data(), data.size(), MSG_NOSIGNAL, to.data(), to.size()) >= 0)
      co_return;
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN && errno != ENOBUFS)
      throw std::system_error(errno, std::generic_category(), "send to " + to.to_string());
    co_await ready_awaiter<true>(d);
  }
}

task<datagram> udp_socket::receive_from(std::size_t max_size) {
  datagram result;
  result.data.resize(max_size);
  for (;;) {
    auto &d = io();
    socklen_t size = endpoint::capacity();
    ssize_t n = ::recvfrom(d.fd, result.data.data(), max_size, MSG_TRUNC, result.from.data(), &size);
    if (n >= 0) {
      result.from.set_size(size);
      result.truncated = std::size_t(n) > max_size;
      result.data.resize(std::min(std::size_t(n), max_size));
      co_return result;
    }
    if (errno == EINTR)
      continue;
    if (errno != EAGAIN)
      throw std::system_error(errno, std::generic_category(), "receive");
    co_await ready_awaiter<false>(d);
  }
}

} // namespace coroguard
