// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lookup service with cache, retries and fan-out on folly::coro, with its tests. Nothing here is wrong.
#include "folly.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lookup {

namespace coro = folly::coro;
using namespace std::chrono_literals;

struct Record {
  int id = 0;
  std::string text;
};

class Backend {
public:
  virtual ~Backend() = default;
  virtual coro::Task<Record> fetch(int id) = 0;
  virtual coro::Task<void> store(Record record) = 0;
};

class Cache {
public:
  coro::Task<std::optional<Record>> get(int id) {
    auto lock = co_await mutex_.co_scoped_lock();
    if (auto it = records_.find(id); it != records_.end())
      co_return it->second;
    co_return std::nullopt;
  }
  coro::Task<void> put(Record record) {
    auto lock = co_await mutex_.co_scoped_lock();
    records_.insert_or_assign(record.id, record);
  }

private:
  coro::Mutex mutex_;
  std::map<int, Record> records_;
};

class Service {
public:
  Service(std::shared_ptr<Backend> backend, folly::Executor::KeepAlive<> executor)
      : backend_(std::move(backend)), executor_(std::move(executor)) {}

  coro::Task<Record> find(int id) {
    if (auto cached = co_await cache_.get(id))
      co_return std::move(*cached);
    Record record = co_await fetch_with_retry(id);
    co_await cache_.put(record);
    co_return record;
  }

  coro::Task<std::vector<Record>> find_all(std::vector<int> ids) {
    std::vector<coro::Task<Record>> tasks;
    tasks.reserve(ids.size());
    for (int id : ids)
      tasks.push_back(find(id));
    co_return co_await coro::collectAllWindowed(std::move(tasks), 8);
  }

  coro::Task<bool> copy(int from, int to) {
    auto attempt = co_await coro::co_awaitTry(find(from));
    if (attempt.hasException())
      co_return false;
    Record record = std::move(attempt).value();
    record.id = to;
    auto [stored, cached] = co_await coro::collectAll(backend_->store(record), cache_.put(record));
    co_return true;
  }

  /// Starts on the service's executor; the caller waits for it in close().
  void warm(std::vector<int> ids) {
    for (int id : ids)
      background_.add(coro::co_withExecutor(executor_, warm_one(id)));
  }

  coro::AsyncGenerator<Record> scan(int first, int last) {
    for (int id = first; id < last; ++id)
      co_yield co_await find(id);
  }

  coro::Task<void> close() { co_await background_.cancelAndJoinAsync(); }

  folly::SemiFuture<Record> find_future(int id) { return find(id).semi(); }

private:
  coro::Task<void> warm_one(int id) {
    try {
      co_await find(id);
    } catch (const folly::OperationCancelled &) {
      throw;
    } catch (const std::runtime_error &) {
      co_return;
    }
  }

  coro::Task<Record> fetch_with_retry(int id) {
    for (auto delay = 10ms; delay < 1s; delay *= 2) {
      auto attempt = co_await coro::co_awaitTry(coro::timeout(backend_->fetch(id), 200ms));
      if (!attempt.hasException())
        co_return std::move(attempt).value();
      co_await coro::sleep(delay);
    }
    throw std::runtime_error("no answer");
  }

  std::shared_ptr<Backend> backend_;
  folly::Executor::KeepAlive<> executor_;
  Cache cache_;
  coro::CancellableAsyncScope background_;
};

coro::Task<std::size_t> total_length(Service &service, int count) {
  std::size_t total = 0;
  auto records = service.scan(0, count);
  while (auto record = co_await records.next())
    total += record->text.size();
  co_return total;
}

} // namespace lookup

namespace {

class FakeBackend : public lookup::Backend {
public:
  folly::coro::Task<lookup::Record> fetch(int id) override { co_return lookup::Record{id, "x"}; }
  folly::coro::Task<void> store(lookup::Record) override { co_return; }
};

void expect(bool condition);

void finds_one() {
  lookup::Service service(std::make_shared<FakeBackend>(), folly::getGlobalCPUExecutor());
  auto record = folly::coro::blockingWait(service.find(1));
  expect(record.id == 1);
  folly::coro::blockingWait(service.close());
}

void finds_many() {
  folly::coro::blockingWait([]() -> folly::coro::Task<void> {
    lookup::Service service(std::make_shared<FakeBackend>(), folly::getGlobalCPUExecutor());
    service.warm({1, 2, 3});
    auto records = co_await service.find_all({1, 2, 3});
    expect(records.size() == 3);
    expect(co_await service.copy(1, 4));
    expect(co_await lookup::total_length(service, 3) == 3);
    co_await service.close();
  }());
}

} // namespace

int main() {
  finds_one();
  finds_many();
}
