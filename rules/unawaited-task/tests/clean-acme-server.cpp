// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small key-value server on an unknown library, as a team would write it. Nothing here is wrong.
#include "acme.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv {

using acme::Deferred;
using acme::Millis;

struct Command {
  enum class Kind { get, put, drop, quit } kind = Kind::quit;
  std::string key, value;
};

/// What clients share; locked for a moment, never across a wait.
class Store {
public:
  std::optional<std::string> find(const std::string &key) const {
    std::lock_guard lock(mutex_);
    if (auto it = values_.find(key); it != values_.end())
      return it->second;
    return std::nullopt;
  }
  void put(std::string key, std::string value) {
    std::lock_guard lock(mutex_);
    values_.insert_or_assign(std::move(key), std::move(value));
  }
  bool drop(const std::string &key) {
    std::lock_guard lock(mutex_);
    return values_.erase(key) > 0;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> values_;
};

std::optional<Command> parse(std::string_view line);
std::string snapshot(const Store &store);

/// Writes the log; one writer at a time.
class Journal {
public:
  explicit Journal(acme::Workers &workers) : workers_(workers) {}

  Deferred<> append(Command command) {
    auto held = co_await order_.acquire();
    pending_.push_back(std::move(command));
    if (pending_.size() >= 64)
      co_await write_out();
  }
  Deferred<> close() {
    auto held = co_await order_.acquire();
    co_await write_out();
  }

private:
  Deferred<> write_out() {
    auto batch = std::exchange(pending_, {});
    co_await workers_.call([batch = std::move(batch)] { return static_cast<int>(batch.size()); });
  }

  acme::Workers &workers_;
  acme::Latch order_;
  std::vector<Command> pending_;
};

class Session : public std::enable_shared_from_this<Session> {
public:
  Session(acme::Socket socket, std::shared_ptr<Store> store, std::shared_ptr<Journal> journal)
      : socket_(std::move(socket)), store_(std::move(store)), journal_(std::move(journal)) {}

  Deferred<> run() {
    auto self = shared_from_this();
    while (true) {
      std::string line = co_await socket_.receive();
      if (line.empty())
        break;
      auto command = parse(line);
      if (!command) {
        co_await socket_.send("?\n");
        continue;
      }
      if (command->kind == Command::Kind::quit)
        break;
      co_await answer(std::move(*command));
    }
    co_await socket_.shutdown();
  }

private:
  Deferred<> answer(Command command) {
    switch (command.kind) {
    case Command::Kind::get: {
      auto value = store_->find(command.key);
      co_await socket_.send(value ? *value + "\n" : "-\n");
      break;
    }
    case Command::Kind::put:
      store_->put(command.key, command.value);
      co_await journal_->append(std::move(command));
      co_await socket_.send("ok\n");
      break;
    case Command::Kind::drop: {
      bool dropped = store_->drop(command.key);
      co_await socket_.send(dropped ? "ok\n" : "-\n");
      break;
    }
    case Command::Kind::quit:
      break;
    }
  }

  acme::Socket socket_;
  std::shared_ptr<Store> store_;
  std::shared_ptr<Journal> journal_;
};

acme::Feed<int> ports(int first, int last) {
  for (int port = first; port <= last; ++port)
    co_yield port;
}

Deferred<> accept_all(std::shared_ptr<Store> store, std::shared_ptr<Journal> journal) {
  auto open = ports(7000, 7003);
  for (auto it = co_await open.begin(); it != open.end(); co_await ++it) {
    auto socket = co_await acme::Socket::dial("localhost", *it);
    auto session = std::make_shared<Session>(std::move(socket), store, journal);
    acme::launch(session->run());
  }
}

Deferred<> save_regularly(std::shared_ptr<Store> store, acme::Workers &workers, acme::Signal &stopping) {
  while (!stopping.raised()) {
    co_await acme::pause_for(Millis(5000));
    auto text = snapshot(*store);
    co_await workers.call([text = std::move(text)] { return static_cast<int>(text.size()); });
  }
}

Deferred<int> serve(acme::Workers &workers) {
  auto store = std::make_shared<Store>();
  auto journal = std::make_shared<Journal>(workers);
  acme::Signal stopping;

  std::vector<Deferred<>> parts;
  parts.push_back(accept_all(store, journal));
  parts.push_back(save_regularly(store, workers, stopping));
  co_await acme::every(std::move(parts));
  co_await journal->close();
  co_return 0;
}

} // namespace kv

int main() {
  acme::Workers workers(4);
  return acme::execute(kv::serve(workers));
}
