// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Load for the soak of the echo server: connections that come and go, check what comes back, and end in every way there is.
// Usage: bench-soak-client PORT SECONDS. Prints "connections N messages N bytes N resets N wrong N".
#include "coroguard/aio.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sys/resource.h>
#include <sys/socket.h>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

struct totals {
  long connections = 0, messages = 0, bytes = 0, resets = 0, wrong = 0;
};

void reset(stream &s) {
  linger hard{1, 0};
  ::setsockopt(s.native_handle(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  s.close();
}

/// One connection: some messages, then an orderly end, a half-close, a reset, or a reset with an answer on its way.
task<> converse(std::uint16_t port, std::mt19937 &random, totals &sum) {
  auto s = co_await tcp_connect("127.0.0.1", port);
  ++sum.connections;
  for (unsigned n = random() % 20; n > 0; --n) {
    std::string message(1 + random() % (random() % 50 ? 2000 : 300'000), char('a' + random() % 26));
    auto [sent, back] = co_await gather(s.write(message), s.read_exactly(message.size()));
    (void)sent;
    sum.wrong += back != message;
    ++sum.messages;
    sum.bytes += long(message.size());
    if (random() % 40 == 0)
      co_await sleep(std::chrono::milliseconds(random() % 50));
  }
  switch (random() % 4) {
  case 0: co_return; // closed by the destructor
  case 1:
    s.write_eof();
    sum.wrong += !(co_await s.read_all()).empty();
    co_return;
  case 2: break;
  case 3: co_await s.write(std::string(1 + random() % 100'000, 'x')); break;
  }
  ++sum.resets;
  reset(s);
}

task<> worker(std::uint16_t port, unsigned seed, time_point until, totals &sum) {
  std::mt19937 random(seed);
  while (now() < until) {
    try {
      co_await wait_for(converse(port, random, sum), std::optional<duration>(20s));
    } catch (const std::system_error &e) { // the server may reset what we did not read
      if (e.code() != std::errc::connection_reset && e.code() != std::errc::broken_pipe)
        throw;
    }
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  totals sum;
  run([&]() -> task<> {
    auto until = now() + std::chrono::seconds(std::atoi(argv[2]));
    co_await with_task_group([&](task_group &group) -> task<> {
      for (unsigned i = 0; i < 64; ++i)
        group.create_task(worker(std::uint16_t(std::atoi(argv[1])), i, until, sum));
      co_return;
    });
  });
  std::printf("connections %ld messages %ld bytes %ld resets %ld wrong %ld\n", sum.connections, sum.messages, sum.bytes, sum.resets, sum.wrong);
  return sum.wrong ? 1 : 0;
}
