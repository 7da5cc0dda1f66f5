// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// udp_socket: datagrams.
//
//   auto s = coroguard::udp_socket::bind("127.0.0.1", 0);
//   co_await s.send_to("ping", peer);
//   auto [data, from] = co_await s.receive_from();
#pragma once

#include "coroguard/stream.hpp"

namespace coroguard {

struct datagram {
  std::string data;
  endpoint from;
  bool truncated = false; ///< it was longer than asked for
};

/// Movable; closes when destroyed.
class udp_socket {
public:
  udp_socket() noexcept = default;
  /// Port 0 takes a free one. Errors: std::system_error, std::invalid_argument.
  static udp_socket bind(const std::string &address, std::uint16_t port);
  /// Sends one datagram. Errors: std::system_error (EMSGSIZE, ECONNREFUSED, …).
  task<> send_to(std::string data, endpoint to);
  task<datagram> receive_from(std::size_t max_size = 65536);
  void set_timeout(std::optional<duration> limit) { io().limit = limit; }
  endpoint local_endpoint() const;
  bool is_open() const noexcept { return io_ && io_->fd >= 0; }
  void close() noexcept;

private:
  detail::io_descriptor &io() const;
  std::unique_ptr<detail::io_descriptor> io_;
};

} // namespace coroguard
