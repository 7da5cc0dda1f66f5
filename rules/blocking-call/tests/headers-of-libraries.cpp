// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Libraries whose headers are found like the user's own: what they do inside is known by their packs. And handles that
// are made non-blocking in one place and used in another.
#include "acme.hpp"

#include <poll.h>

namespace asio { // found by -I, not as a system header
inline int wait_inside(int descriptor) {
  pollfd one{descriptor, POLLIN, 0};
  return ::poll(&one, 1, -1);
}
template <class Handler> void async_read(int descriptor, Handler handler) {
  wait_inside(descriptor);
  handler(0);
}
template <class Protocol> class basic_stream_socket {
public:
  void non_blocking(bool mode);
  template <class Buffer> unsigned read_some(const Buffer &buffer);
};
struct local {};
struct tcp {};
} // namespace asio

acme::Deferred<> step();
void use(unsigned count);

acme::Deferred<> calls() {
  asio::wait_inside(3);        // ok: the pack does not say that it blocks
  asio::async_read(3, [](int) {});
  co_await step();
}

class Connection {
  asio::basic_stream_socket<asio::tcp> socket_;
  asio::basic_stream_socket<asio::local> other_;

public:
  void open() { socket_.non_blocking(true); }
  friend class Reader;
};
class Reader {
  Connection &connection_;

public:
  acme::Deferred<> read(int buffer) {
    use(connection_.socket_.read_some(buffer)); // ok: sockets of this class are made non-blocking
    use(connection_.other_.read_some(buffer));  // warn: "read_some"
    co_await step();
  }
};
