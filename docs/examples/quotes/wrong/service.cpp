// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A quote service: one coroutine per connection. A client sends a symbol, gets its price and its average over some ticks.
// It compiles, it runs, and it holds seven mistakes. ../right/service.cpp is the same service without them.
#include "../clients.hpp"
#include "../limiter.hpp"
#include "../peers.hpp"
#include "../prices.hpp"
#include "../ticks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

namespace quotes {

struct Service {
  explicit Service(asio::io_context &loop) : limiter(loop.get_executor(), 8), listener(loop, {tcp::v4(), 0}) {}

  PriceStore store;
  Limiter limiter;
  tcp::acceptor listener;
  int served = 0;
};

awaitable<void> record(Service &service, std::string) {
  ++service.served;
  co_return;
}

awaitable<double> average(double price) {
  Ticks ticks(price);
  double sum = 0;
  int count = 0;
  for (auto tick = co_await ticks.begin(); count < 4 && tick != ticks.end(); ++tick) {
    sum += *tick;
    ++count;
  }
  co_return sum / count;
}

awaitable<void> session(std::shared_ptr<Service> service, tcp::socket socket) {
  const std::string peer = peer_name(socket);
  auto slot = service->limiter.acquire();

  std::string line;
  co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n', use_awaitable);
  const std::string symbol = line.substr(0, line.find('\n'));

  const double price = service->store.get(symbol);
  const double mean = co_await average(price);
  record(*service, peer + " " + symbol);

  const std::string answer = symbol + " " + std::to_string(price) + " " + std::to_string(mean) + "\n";
  co_await asio::async_write(socket, asio::buffer(answer), use_awaitable);
}

awaitable<void> listen(std::shared_ptr<Service> service) {
  for (;;) {
    tcp::socket socket = co_await service->listener.async_accept(use_awaitable);
    asio::co_spawn(service->listener.get_executor(), session(service, std::move(socket)), asio::detached);
  }
}

awaitable<void> heartbeat() {
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    co_await asio::post(use_awaitable);
  }
}

awaitable<void> warm_up(std::shared_ptr<Service> service) { co_await service->store.async_get("ACME"); }

} // namespace quotes

int main() {
  asio::io_context startup;
  asio::io_context loop;
  const auto service = std::make_shared<quotes::Service>(loop);
  const tcp::endpoint address(asio::ip::address_v4::loopback(), service->listener.local_endpoint().port());

  asio::co_spawn(startup, quotes::warm_up(service), asio::detached);

  asio::co_spawn(loop, quotes::listen(service), asio::detached);
  asio::co_spawn(loop, quotes::heartbeat(), asio::detached);

  constexpr int clients = 10;
  int answers = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < clients; ++i)
    asio::co_spawn(loop, quotes::ask(address, "ACME"), [&](std::exception_ptr error, std::string answer) {
      if (!error && ++answers == 1)
        std::printf("answer: %s", answer.c_str());
      if (error || answers == clients)
        loop.stop();
    });
  loop.run();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  std::printf("%d of %d clients answered in %lld ms, %d recorded\n", answers, clients,
              static_cast<long long>(took.count()), service->served);
  return answers == clients ? 0 : 1;
}
