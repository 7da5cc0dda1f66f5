// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: a proxy in callbacks, its sessions kept by shared_from_this, work of the CPU on a pool.
#include <boost/asio.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

struct Settings {
  std::string host = "localhost";
  std::string service = "8080";
  unsigned short port = 7001;
  std::chrono::seconds idle = 60s;
};

std::uint32_t checksum(const std::vector<char> &data) {
  return std::accumulate(data.begin(), data.end(), std::uint32_t(1), [](std::uint32_t sum, char each) { return sum * 31 + each; });
}

class Registry;

class Session : public std::enable_shared_from_this<Session> {
public:
  Session(tcp::socket client, Registry &registry, const Settings &settings, asio::thread_pool &pool)
      : client_(std::move(client)), server_(client_.get_executor()), resolver_(client_.get_executor()),
        idle_(client_.get_executor()), registry_(registry), settings_(settings), pool_(pool) {}

  void start();
  void stop();

private:
  void resolved(error_code error, tcp::resolver::results_type results);
  void connected(error_code error);
  void touch();
  void read(tcp::socket &from, tcp::socket &to, std::array<char, 4096> &buffer);
  void send(tcp::socket &to, std::vector<char> data);
  void write_next(tcp::socket &to);
  void account(std::vector<char> data);

  tcp::socket client_, server_;
  tcp::resolver resolver_;
  asio::steady_timer idle_;
  Registry &registry_;
  const Settings &settings_;
  asio::thread_pool &pool_;
  std::array<char, 4096> up_, down_;
  std::deque<std::vector<char>> queue_;
  std::uint32_t sum_ = 0;
  bool stopped_ = false;
};

class Registry {
public:
  void add(std::shared_ptr<Session> session) {
    Session *key = session.get();
    sessions_.emplace(key, std::move(session));
    key->start();
  }
  void remove(Session *session) { sessions_.erase(session); }
  void stop_all() {
    auto sessions = std::exchange(sessions_, {});
    for (auto &[key, session] : sessions)
      session->stop();
  }
  void note(std::uint32_t sum) { sums_.push_back(sum); }
  std::size_t size() const { return sessions_.size(); }

private:
  std::unordered_map<Session *, std::shared_ptr<Session>> sessions_;
  std::list<std::uint32_t> sums_;
};

void Session::start() {
  touch();
  resolver_.async_resolve(settings_.host, settings_.service,
                          [self = shared_from_this()](error_code error, tcp::resolver::results_type results) {
                            self->resolved(error, std::move(results));
                          });
}

void Session::resolved(error_code error, tcp::resolver::results_type results) {
  if (error)
    return stop();
  asio::async_connect(server_, results, [self = shared_from_this()](error_code problem, const tcp::endpoint &) {
    self->connected(problem);
  });
}

void Session::connected(error_code error) {
  if (error)
    return stop();
  read(client_, server_, up_);
  read(server_, client_, down_);
}

void Session::touch() {
  idle_.expires_after(settings_.idle);
  idle_.async_wait([weak = weak_from_this()](error_code error) {
    if (error == asio::error::operation_aborted)
      return;
    if (auto self = weak.lock())
      self->stop();
  });
}

void Session::read(tcp::socket &from, tcp::socket &to, std::array<char, 4096> &buffer) {
  from.async_read_some(asio::buffer(buffer), [this, self = shared_from_this(), &from, &to, &buffer](error_code error, std::size_t size) {
    if (error)
      return stop();
    touch();
    std::vector<char> data(buffer.begin(), buffer.begin() + size);
    if (&to == &server_) {
      account(data);
      send(to, std::move(data));
      read(from, to, buffer);
      return;
    }
    auto kept = std::make_shared<std::vector<char>>(std::move(data));
    asio::async_write(to, asio::buffer(*kept), [this, self, kept, &from, &to, &buffer](error_code problem, std::size_t) {
      if (problem)
        return stop();
      read(from, to, buffer);
    });
  });
}

void Session::send(tcp::socket &to, std::vector<char> data) {
  queue_.push_back(std::move(data));
  if (queue_.size() == 1)
    write_next(to);
}

void Session::write_next(tcp::socket &to) {
  asio::async_write(to, asio::buffer(queue_.front()), [this, self = shared_from_this(), &to](error_code error, std::size_t) {
    if (error)
      return stop();
    queue_.pop_front();
    if (!queue_.empty())
      write_next(to);
  });
}

void Session::account(std::vector<char> data) {
  asio::post(pool_, [self = shared_from_this(), data = std::move(data)] {
    const std::uint32_t sum = checksum(data);
    std::this_thread::sleep_for(1ms); // a pool is for that
    asio::post(self->client_.get_executor(), [self, sum] {
      self->sum_ ^= sum;
      self->registry_.note(self->sum_);
    });
  });
}

void Session::stop() {
  if (std::exchange(stopped_, true))
    return;
  error_code ignored;
  client_.close(ignored);
  server_.close(ignored);
  resolver_.cancel();
  idle_.cancel();
  registry_.remove(this);
}

class Proxy {
public:
  Proxy(asio::io_context &context, asio::thread_pool &pool, Settings settings)
      : settings_(std::move(settings)), acceptor_(context, {tcp::v4(), settings_.port}), pool_(pool),
        signals_(context, SIGINT, SIGTERM) {
    accept();
    signals_.async_wait([this](error_code, int) {
      acceptor_.close();
      registry_.stop_all();
    });
  }

private:
  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted)
        return;
      if (!error)
        registry_.add(std::make_shared<Session>(std::move(socket), registry_, settings_, pool_));
      accept();
    });
  }

  Settings settings_;
  Registry registry_;
  tcp::acceptor acceptor_;
  asio::thread_pool &pool_;
  asio::signal_set signals_;
};

} // namespace

int main() {
  asio::io_context context(1);
  asio::thread_pool pool(2);
  Proxy proxy(context, pool, {});
  context.run();
  pool.join();
}
