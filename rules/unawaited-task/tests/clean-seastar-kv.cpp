// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: a sharded store on Seastar with a gate, a semaphore, timers and an orderly stop.
#include "seastar.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

seastar::logger klog("kv");

struct Entry {
  seastar::sstring value;
  seastar::lowres_clock::time_point expiry;
};

class Shard {
public:
  Shard() : sweeper_([this] { sweep_in_background(); }) {}

  seastar::future<> start() {
    sweeper_.arm_periodic(100ms);
    return seastar::make_ready_future<>();
  }

  seastar::future<> stop() {
    stopping_.request_abort();
    co_await gate_.close();
    entries_.clear();
  }

  seastar::future<std::optional<seastar::sstring>> get(seastar::sstring key) {
    auto holder = gate_.hold();
    co_await simulate_index();
    const auto found = entries_.find(key);
    if (found == entries_.end())
      co_return std::nullopt;
    co_return found->second.value;
  }

  seastar::future<> put(seastar::sstring key, seastar::sstring value, std::chrono::seconds life) {
    auto holder = gate_.hold();
    auto units = co_await seastar::get_units(writers_, 1);
    co_await append_to_log(key, value);
    entries_.insert_or_assign(std::move(key), Entry{std::move(value), seastar::lowres_clock::now() + life});
  }

  seastar::future<std::size_t> size() { return seastar::make_ready_future<std::size_t>(entries_.size()); }

private:
  seastar::future<> simulate_index() { return seastar::yield(); }

  seastar::future<> append_to_log(const seastar::sstring &key, const seastar::sstring &value) {
    written_ += key.size() + value.size();
    return seastar::make_ready_future<>();
  }

  void sweep_in_background() {
    (void)seastar::with_gate(gate_, [this] { return sweep(); }).handle_exception([](std::exception_ptr) {
      klog.warn("sweep failed");
    });
  }

  seastar::future<> sweep() {
    std::vector<seastar::sstring> expired;
    const auto now = seastar::lowres_clock::now();
    for (const auto &[key, entry] : entries_)
      if (entry.expiry <= now)
        expired.push_back(key);
    for (const seastar::sstring &key : expired) {
      entries_.erase(key);
      co_await seastar::coroutine::maybe_yield();
    }
  }

  std::unordered_map<seastar::sstring, Entry> entries_;
  seastar::gate gate_;
  seastar::semaphore writers_{4};
  seastar::abort_source stopping_;
  std::size_t written_ = 0;
  seastar::timer<> sweeper_;
};

class Store {
public:
  seastar::future<> start() {
    co_await shards_.start();
    co_await shards_.invoke_on_all([](Shard &shard) { return shard.start(); });
  }
  seastar::future<> stop() { return shards_.stop(); }

  seastar::future<std::optional<seastar::sstring>> get(seastar::sstring key) {
    const unsigned owner = owner_of(key);
    return shards_.invoke_on(owner, [key = std::move(key)](Shard &shard) mutable { return shard.get(std::move(key)); });
  }
  seastar::future<> put(seastar::sstring key, seastar::sstring value) {
    const unsigned owner = owner_of(key);
    return shards_.invoke_on(owner, [key = std::move(key), value = std::move(value)](Shard &shard) mutable {
      return shard.put(std::move(key), std::move(value), 60s);
    });
  }

private:
  static unsigned owner_of(const seastar::sstring &key) { return std::hash<seastar::sstring>()(key) % seastar::smp::count; }

  seastar::sharded<Shard> shards_;
};

class Connection {
public:
  Connection(seastar::connected_socket socket, Store &store)
      : socket_(std::move(socket)), in_(socket_.input()), out_(socket_.output()), store_(store) {}

  seastar::future<> serve() {
    for (;;) {
      seastar::temporary_buffer<char> data = co_await in_.read();
      if (data.empty())
        break;
      co_await answer(seastar::sstring(data.get(), data.size()));
      co_await out_.flush();
    }
    co_await out_.close();
    co_await in_.close();
  }

private:
  seastar::future<> answer(seastar::sstring line) {
    const auto blank = line.find('=');
    if (blank == seastar::sstring::npos) {
      const auto value = co_await store_.get(line);
      co_await out_.write(value ? *value : seastar::sstring("-"));
      co_return;
    }
    co_await store_.put(line.substr(0, blank), line.substr(blank + 1));
    co_await out_.write(seastar::sstring("+"));
  }

  seastar::connected_socket socket_;
  seastar::input_stream<char> in_;
  seastar::output_stream<char> out_;
  Store &store_;
};

class Server {
public:
  explicit Server(Store &store) : store_(store), listener_(seastar::listen(seastar::socket_address())) {}

  seastar::future<> run() {
    while (!gate_.is_closed()) {
      auto accepted = co_await seastar::coroutine::as_future(listener_.accept());
      if (accepted.failed()) {
        accepted.ignore_ready_future();
        break;
      }
      serve_in_background(accepted.get().connection);
    }
  }

  seastar::future<> stop() {
    listener_.abort_accept();
    co_await gate_.close();
  }

private:
  void serve_in_background(seastar::connected_socket socket) {
    auto connection = std::make_unique<Connection>(std::move(socket), store_);
    auto &serving = *connection;
    (void)seastar::with_gate(gate_, [&serving, connection = std::move(connection)]() mutable {
      return serving.serve().finally([connection = std::move(connection)] {});
    }).handle_exception([](std::exception_ptr) { klog.info("connection failed"); });
  }

  Store &store_;
  seastar::server_socket listener_;
  seastar::gate gate_;
};

seastar::future<int> run_service() {
  Store store;
  co_await store.start();
  std::exception_ptr problem;
  try {
    Server server(store);
    auto running = server.run();
    co_await seastar::sleep(10s);
    co_await server.stop();
    co_await std::move(running);
  } catch (const seastar::abort_requested_exception &) {
    throw;
  } catch (...) {
    problem = std::current_exception();
  }
  co_await store.stop();
  if (problem)
    std::rethrow_exception(problem);
  co_return 0;
}

} // namespace

int main(int argc, char **argv) {
  seastar::app_template app;
  return app.run(argc, argv, [] { return run_service(); });
}
