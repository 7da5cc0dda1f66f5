// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: references into members and globals over awaits.
#include <boost/asio.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

struct Client {
  tcp::socket socket;
  std::string name;
  int sent = 0;
};
void show(std::string_view text);

class Room {
  std::vector<Client> clients_;
  std::vector<std::shared_ptr<Client>> shared_;
  std::string topic_;

public:
  void add(Client client) { clients_.push_back(std::move(client)); }
  void remove(std::size_t i) { clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(i)); }
  void rename(std::string topic) { topic_ = std::move(topic); }

  awaitable<void> broadcast(std::string text) {
    for (auto &client : clients_) // warn: "clients_"
      co_await asio::async_write(client.socket, asio::buffer(text), use_awaitable);
  }
  awaitable<void> send(std::size_t i, std::string text) {
    auto &client = clients_[i];
    co_await asio::async_write(client.socket, asio::buffer(text), use_awaitable);
    ++client.sent; // warn: "client"
  }
  awaitable<void> announce(asio::steady_timer &timer) {
    std::string_view topic = topic_;
    co_await timer.async_wait(use_awaitable);
    show(topic); // warn: "topic"
  }
  awaitable<void> send_shared(std::size_t i, std::string text) {
    auto client = shared_[i];
    co_await asio::async_write(client->socket, asio::buffer(text), use_awaitable);
    ++client->sent; // ok: held
  }
  awaitable<void> broadcast_shared(std::string text) {
    auto clients = shared_;
    for (auto &client : clients) // ok: an own copy
      co_await asio::async_write(client->socket, asio::buffer(text), use_awaitable);
  }
};
