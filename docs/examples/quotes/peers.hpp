// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of the other ends, for the log. Ordinary functions: nothing in their types says that they block.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <netdb.h>

#include <string>

namespace quotes {

inline std::string reverse_lookup(const boost::asio::ip::tcp::endpoint &endpoint) {
  char host[NI_MAXHOST] = "?";
  getnameinfo(endpoint.data(), static_cast<socklen_t>(endpoint.size()), host, sizeof host, nullptr, 0, 0);
  return host;
}

inline std::string peer_name(const boost::asio::ip::tcp::socket &socket) {
  return reverse_lookup(socket.remote_endpoint());
}

} // namespace quotes
