// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: a server of awaitables whose parts talk through channels, with timeouts and a shutdown.
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

namespace {

struct Message {
  std::string topic;
  std::string text;
};

using Lines = asio::experimental::channel<void(error_code, std::string)>;
using Messages = asio::experimental::channel<void(error_code, Message)>;
using LinesPtr = std::shared_ptr<Lines>;

class Broker : public std::enable_shared_from_this<Broker> {
public:
  explicit Broker(asio::any_io_executor executor) : executor_(std::move(executor)), inbox_(executor_, 64) {}

  void subscribe(const std::string &topic, LinesPtr lines) { subscribers_[topic].insert(std::move(lines)); }

  void unsubscribe(const LinesPtr &lines) {
    for (auto entry = subscribers_.begin(); entry != subscribers_.end();) {
      entry->second.erase(lines);
      entry = entry->second.empty() ? subscribers_.erase(entry) : std::next(entry);
    }
  }

  awaitable<void> publish(Message message) {
    co_await inbox_.async_send(error_code(), std::move(message), use_awaitable);
  }

  void stop() { inbox_.close(); }

  awaitable<void> run() {
    for (;;) {
      auto [error, message] = co_await inbox_.async_receive(asio::as_tuple(use_awaitable));
      if (error)
        co_return;
      ++delivered_;
      // A copy: subscribers come and go while one of them makes us wait.
      std::vector<LinesPtr> receivers;
      if (const auto found = subscribers_.find(message.topic); found != subscribers_.end())
        receivers.assign(found->second.begin(), found->second.end());
      for (const LinesPtr &receiver : receivers)
        if (!receiver->try_send(error_code(), message.text + "\n"))
          co_await (receiver->async_send(error_code(), message.text + "\n", use_awaitable) || pause(100ms));
    }
  }

  std::size_t delivered() const { return delivered_; }

private:
  static awaitable<void> pause(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(use_awaitable);
  }

  asio::any_io_executor executor_;
  Messages inbox_;
  std::map<std::string, std::set<LinesPtr>> subscribers_;
  std::size_t delivered_ = 0;
};

using BrokerPtr = std::shared_ptr<Broker>;

std::optional<std::pair<std::string, std::string>> split(std::string_view line) {
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos)
    return std::nullopt;
  return std::pair(std::string(line.substr(0, blank)), std::string(line.substr(blank + 1)));
}

awaitable<void> write_lines(std::shared_ptr<tcp::socket> socket, LinesPtr lines) {
  for (;;) {
    auto [error, line] = co_await lines->async_receive(asio::as_tuple(use_awaitable));
    if (error)
      co_return;
    co_await asio::async_write(*socket, asio::buffer(line), use_awaitable);
  }
}

awaitable<void> read_lines(std::shared_ptr<tcp::socket> socket, BrokerPtr broker, LinesPtr lines) {
  std::string buffer;
  for (;;) {
    asio::steady_timer idle(socket->get_executor(), 30s);
    auto result = co_await (
        asio::async_read_until(*socket, asio::dynamic_buffer(buffer, 4096), '\n', asio::as_tuple(use_awaitable)) ||
        idle.async_wait(asio::as_tuple(use_awaitable)));
    if (result.index() == 1)
      break;
    const auto [error, size] = std::get<0>(result);
    if (error)
      break;
    const std::string line = buffer.substr(0, size - 1);
    buffer.erase(0, size);
    const auto words = split(line);
    if (!words)
      continue;
    if (words->first == "sub")
      broker->subscribe(words->second, lines);
    else
      co_await broker->publish({words->first, words->second});
  }
  broker->unsubscribe(lines);
  lines->close();
}

awaitable<void> session(tcp::socket stream, BrokerPtr broker) {
  auto socket = std::make_shared<tcp::socket>(std::move(stream));
  auto lines = std::make_shared<Lines>(socket->get_executor(), 16);
  try {
    co_await (read_lines(socket, broker, lines) && write_lines(socket, lines));
  } catch (const boost::system::system_error &problem) {
    if (problem.code() == asio::error::operation_aborted)
      throw;
    std::cerr << "session: " << problem.what() << '\n';
  }
  error_code ignored;
  socket->shutdown(tcp::socket::shutdown_both, ignored);
}

void report(std::exception_ptr problem) {
  if (!problem)
    return;
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
  }
}

awaitable<void> listen(tcp::endpoint endpoint, BrokerPtr broker) {
  auto executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, endpoint);
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(use_awaitable));
    if (error == asio::error::operation_aborted)
      co_return;
    if (!error)
      co_spawn(executor, session(std::move(socket), broker), report);
  }
}

awaitable<void> heartbeat(BrokerPtr broker) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (auto next = std::chrono::steady_clock::now();; next += 5s) {
    timer.expires_at(next);
    const auto [error] = co_await timer.async_wait(asio::as_tuple(use_awaitable));
    if (error)
      co_return;
    co_await broker->publish({"alive", std::to_string(broker->delivered())});
  }
}

} // namespace

int main(int argc, char **argv) {
  const unsigned short port = argc > 1 ? static_cast<unsigned short>(std::stoi(argv[1])) : 7000;
  asio::io_context context(1);
  auto broker = std::make_shared<Broker>(context.get_executor());
  co_spawn(context, broker->run(), [broker](std::exception_ptr problem) { report(problem); });
  co_spawn(context, listen({tcp::v4(), port}, broker) || heartbeat(broker),
           [broker](std::exception_ptr problem, auto) {
             report(problem);
             broker->stop();
           });
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](error_code, int) { context.stop(); });
  context.run();
  std::cout << broker->delivered() << " delivered\n";
}
