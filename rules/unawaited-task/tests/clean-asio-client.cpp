// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pooled client on the real Boost.Asio: retries, timeouts, strands, callbacks turned into awaits. Nothing here is wrong.
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace client {

constexpr auto as_values = asio::as_tuple(use_awaitable);

struct Response {
  int status = 0;
  std::string body;
};
Response parse(std::string_view text);

/// An old callback interface, made awaitable.
class Resolver {
public:
  void lookup(std::string name, std::function<void(error_code, std::string)> done);
};
template <class Token> auto async_lookup(Resolver &resolver, std::string name, Token &&token) {
  return asio::async_initiate<Token, void(error_code, std::string)>(
      [&resolver](auto handler, std::string name) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        resolver.lookup(std::move(name), [shared](error_code error, std::string address) {
          (*shared)(error, std::move(address));
        });
      },
      token, std::move(name));
}

class Connection {
public:
  explicit Connection(tcp::socket socket) : socket_(std::move(socket)) {}

  awaitable<Response> ask(std::string request) {
    co_await asio::async_write(socket_, asio::buffer(request), use_awaitable);
    std::string reply;
    auto [error, length] = co_await asio::async_read_until(socket_, asio::dynamic_buffer(reply), '\n', as_values);
    if (error && error != asio::error::eof)
      throw boost::system::system_error(error);
    co_return parse(std::string_view(reply).substr(0, length));
  }
  bool open() const { return socket_.is_open(); }

private:
  tcp::socket socket_;
};

class Pool : public std::enable_shared_from_this<Pool> {
public:
  Pool(asio::any_io_executor executor, tcp::endpoint endpoint)
      : strand_(asio::make_strand(executor)), endpoint_(std::move(endpoint)) {}

  awaitable<Response> ask(std::string request) {
    auto self = shared_from_this();
    auto connection = co_await co_spawn(strand_, self->take(), use_awaitable);
    Response response = co_await connection->ask(std::move(request));
    asio::post(strand_, [self, connection = std::move(connection)]() mutable {
      if (connection->open())
        self->idle_.push_back(std::move(connection));
    });
    co_return response;
  }

private:
  awaitable<std::unique_ptr<Connection>> take() {
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      co_return connection;
    }
    tcp::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect(endpoint_, use_awaitable);
    co_return std::make_unique<Connection>(std::move(socket));
  }

  asio::strand<asio::any_io_executor> strand_;
  tcp::endpoint endpoint_;
  std::deque<std::unique_ptr<Connection>> idle_;
};

awaitable<void> pause(std::chrono::milliseconds delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(use_awaitable);
}

awaitable<std::optional<Response>> ask_in_time(std::shared_ptr<Pool> pool, std::string request) {
  using namespace asio::experimental::awaitable_operators;
  auto winner = co_await (pool->ask(std::move(request)) || pause(500ms));
  if (winner.index() == 0)
    co_return std::get<0>(std::move(winner));
  co_return std::nullopt;
}

awaitable<Response> ask_stubbornly(std::shared_ptr<Pool> pool, std::string request) {
  for (auto delay = 50ms; delay < 2s; delay *= 2) {
    if (auto response = co_await ask_in_time(pool, request))
      co_return std::move(*response);
    co_await pause(delay);
  }
  throw std::runtime_error("no answer");
}

awaitable<int> ask_many(std::shared_ptr<Pool> pool, std::vector<std::string> requests) {
  using namespace asio::experimental::awaitable_operators;
  int good = 0;
  for (std::size_t i = 0; i + 1 < requests.size(); i += 2) {
    auto [first, second] =
        co_await (ask_stubbornly(pool, requests[i]) && ask_stubbornly(pool, requests[i + 1]));
    good += (first.status == 200) + (second.status == 200);
  }
  co_return good;
}

awaitable<std::string> where(Resolver &resolver, std::string name) {
  co_return co_await async_lookup(resolver, std::move(name), use_awaitable);
}

} // namespace client

int main() {
  asio::io_context context;
  client::Resolver resolver;
  tcp::endpoint endpoint(asio::ip::address_v4::loopback(), 7000);
  auto pool = std::make_shared<client::Pool>(context.get_executor(), endpoint);
  auto good = co_spawn(context, client::ask_many(pool, {"a", "b", "c", "d"}), asio::use_future);
  auto address = co_spawn(context, client::where(resolver, "host"), asio::use_future);
  context.run();
  return good.get() == 4 && !address.get().empty() ? 0 : 1;
}
