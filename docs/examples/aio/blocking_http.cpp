// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking HTTP calls in coroutines stay serial; asynchronous ones overlap. Against a server that takes 40 ms.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <arpa/inet.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

task<> slow_server(stream s) {
  (void)co_await s.read_until("\r\n\r\n");
  co_await sleep(40ms);
  co_await s.write("HTTP/1.0 200 OK\r\n\r\nhi");
}

std::size_t get_blocking(std::uint16_t port) { // a blocking client library
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  auto to = endpoint::ip("127.0.0.1", port);
  std::size_t total = 0;
  if (::connect(fd, to.data(), to.size()) == 0 && ::send(fd, "GET / HTTP/1.0\r\n\r\n", 18, 0) == 18) {
    char buffer[512];
    for (ssize_t n; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
      total += std::size_t(n);
  }
  ::close(fd);
  return total;
}
task<std::size_t> fetch_blocking(std::uint16_t port) { co_return get_blocking(port); } // async in name only
task<std::size_t> fetch(std::uint16_t port) {
  auto s = co_await tcp_connect("127.0.0.1", port);
  co_await s.write("GET / HTTP/1.0\r\n\r\n");
  co_return (co_await s.read_all()).size();
}

int main() {
  std::atomic<std::uint16_t> port{0};
  std::atomic<bool> stop{false};
  std::thread server([&] {
    run([&]() -> task<> {
      auto l = tcp_listen("127.0.0.1", 0);
      port = l.port();
      auto s = create_task(serve(l, slow_server));
      while (!stop)
        co_await sleep(5ms);
      l.close(); // ends serve(), which uses it
      co_await s;
    });
  });
  while (!port)
    std::this_thread::yield();
  run([&]() -> task<> {
    auto t0 = now();
    co_await gather(fetch_blocking(port), fetch_blocking(port), fetch_blocking(port));
    auto serial = now() - t0;
    t0 = now();
    auto [a, b, c] = co_await gather(fetch(port), fetch(port), fetch(port));
    auto together = now() - t0;
    std::printf("%zu bytes each\n", (a + b + c) / 3);
    std::printf("blocking calls took at least 120 ms: %s\n", serial >= 120ms ? "yes" : "no");
    std::printf("asynchronous ones less than that: %s\n", together < serial ? "yes" : "no");
  });
  stop = true;
  server.join();
}

// prints:
// 21 bytes each
// blocking calls took at least 120 ms: yes
// asynchronous ones less than that: yes
