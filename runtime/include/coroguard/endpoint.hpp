// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// endpoint: an address to connect to or listen on; resolve: names to endpoints, without blocking the loop.
//
//   for (auto &e : co_await coroguard::resolve("example.org", 443)) std::cout << e.to_string();
#pragma once

#include "coroguard/task.hpp"

#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace coroguard {

/// An IPv4, IPv6 or Unix address. Plain value.
class endpoint {
public:
  endpoint() noexcept = default;
  endpoint(const sockaddr *address, socklen_t size);
  /// A numeric address ("127.0.0.1", "::1", "" for any). Errors: std::invalid_argument if it is not one.
  static endpoint ip(const std::string &address, std::uint16_t port);
  /// A path; one that starts with '@' is abstract. Errors: std::invalid_argument if too long (107 bytes).
  static endpoint local(const std::string &path);
  int family() const noexcept { return storage_.ss_family; }
  std::string host() const;        ///< numeric, or the path
  std::uint16_t port() const noexcept; ///< 0 for Unix addresses
  std::string to_string() const;   ///< "127.0.0.1:80", "[::1]:80", "unix:/run/x"
  const sockaddr *data() const noexcept { return reinterpret_cast<const sockaddr *>(&storage_); }
  sockaddr *data() noexcept { return reinterpret_cast<sockaddr *>(&storage_); }
  socklen_t size() const noexcept { return size_; }
  void set_size(socklen_t n) noexcept { size_ = n; }
  static constexpr socklen_t capacity() noexcept { return sizeof(sockaddr_storage); }

private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

/// Addresses of `host` (numeric ones without a lookup; otherwise getaddrinfo on the default executor). Errors: std::system_error
/// with the resolver's text.
task<std::vector<endpoint>> resolve(std::string host, std::uint16_t port);

} // namespace coroguard
