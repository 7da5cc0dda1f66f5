// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A line server on Seastar: accept loop, gate, semaphore, sharded state, orderly stop. Nothing here is wrong.
#include "seastar.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lines {

using namespace std::chrono_literals;
using seastar::future;
using seastar::make_ready_future;

seastar::logger logger("lines");

class Store {
public:
  future<std::optional<std::string>> get(std::string key) {
    if (auto it = values_.find(key); it != values_.end())
      return make_ready_future<std::optional<std::string>>(it->second);
    return make_ready_future<std::optional<std::string>>();
  }
  future<> put(std::string key, std::string value) {
    auto units = co_await seastar::get_units(writers_, 1);
    values_.insert_or_assign(std::move(key), std::move(value));
    if (++changes_ % 1000 == 0)
      co_await flush();
  }
  future<> stop() { return flush(); }

private:
  future<> flush() {
    std::size_t written = 0;
    for (const auto &[key, value] : std::exchange(values_, {})) {
      written += key.size() + value.size();
      co_await seastar::coroutine::maybe_yield();
    }
    logger.info("{} bytes", written);
  }

  std::map<std::string, std::string> values_;
  seastar::semaphore writers_{1};
  unsigned changes_ = 0;
};

class Connection {
public:
  Connection(seastar::connected_socket socket, Store &store)
      : in_(socket.input()), out_(socket.output()), store_(store) {}

  future<> process() {
    while (!in_.eof()) {
      auto buffer = co_await in_.read();
      if (buffer.empty())
        break;
      std::string line(buffer.get(), buffer.size());
      co_await reply(std::move(line));
    }
    co_await out_.flush();
  }
  future<> close() { return seastar::when_all_succeed(in_.close(), out_.close()); }

private:
  future<> reply(std::string line) {
    auto split = line.find('=');
    if (split == std::string::npos) {
      auto value = co_await store_.get(line);
      co_await out_.write(value.value_or("-"));
      co_return;
    }
    co_await store_.put(line.substr(0, split), line.substr(split + 1));
    co_await out_.write(std::string("ok"));
  }

  seastar::input_stream<char> in_;
  seastar::output_stream<char> out_;
  Store &store_;
};

class Server {
public:
  explicit Server(Store &store) : store_(store) {}

  future<> start() {
    listener_.emplace(seastar::listen({}));
    accepting_ = accept_loop();
    return make_ready_future<>();
  }
  future<> stop() {
    stopping_ = true;
    if (listener_)
      listener_->abort_accept();
    auto closed = gate_.close();
    co_await std::exchange(accepting_, make_ready_future<>());
    co_await std::move(closed);
  }

private:
  future<> accept_loop() {
    while (!stopping_) {
      auto result = co_await seastar::coroutine::as_future(listener_->accept());
      if (result.failed()) {
        logger.warn("accept: {}", result.get_exception() != nullptr);
        continue;
      }
      auto accepted = result.get();
      (void)seastar::with_gate(gate_, [this, socket = std::move(accepted.connection)]() mutable {
        return handle(std::move(socket)).handle_exception([](std::exception_ptr) { logger.warn("connection failed"); });
      });
    }
  }
  future<> handle(seastar::connected_socket socket) {
    Connection connection(std::move(socket), store_);
    auto done = co_await seastar::coroutine::as_future(connection.process());
    co_await connection.close();
    if (done.failed())
      co_return co_await std::move(done);
  }

  Store &store_;
  std::optional<seastar::server_socket> listener_;
  future<> accepting_ = make_ready_future<>();
  seastar::gate gate_;
  bool stopping_ = false;
};

future<> check() {
  return seastar::async([] {
    Store store;
    store.put("a", "1").get();
    auto value = store.get("a").get();
    if (!value)
      logger.warn("lost");
    store.stop().get();
  });
}

future<> run() {
  seastar::sharded<Store> stores;
  co_await stores.start();
  Server server(stores.local());
  co_await server.start();
  co_await seastar::sleep(10s);
  co_await server.stop();
  co_await stores.invoke_on_all([](Store &store) { return store.stop(); });
  co_await stores.stop();
}

} // namespace lines

int main(int argc, char **argv) {
  seastar::app_template app;
  return app.run(argc, argv, [] { return lines::check().then([] { return lines::run(); }); });
}
