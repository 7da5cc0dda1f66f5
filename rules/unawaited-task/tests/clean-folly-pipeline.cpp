// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: a pipeline of folly::coro tasks with batches, retries, a timeout and an owner that joins.
#include "folly.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using folly::coro::Task;
using namespace std::chrono_literals;


struct Record {
  int id = 0;
  std::string payload;
};
struct Batch {
  std::vector<Record> records;
  bool last = false;
};
struct Unavailable : std::exception {};

class Source {
public:
  virtual ~Source() = default;
  virtual Task<Batch> next(int cursor) = 0;
};
class Store {
public:
  virtual ~Store() = default;
  virtual Task<void> put(Record record) = 0;
  virtual Task<int> highWater() = 0;
};

template <class Make> Task<Batch> withRetries(Make make, int attempts) {
  auto delay = 10ms;
  for (int attempt = 1;; ++attempt) {
    auto result = co_await folly::coro::co_awaitTry(make());
    if (result.hasValue())
      co_return std::move(result).value();
    if (attempt == attempts || !result.exception().template get_exception<Unavailable>())
      result.exception().throw_exception();
    co_await folly::coro::sleep(delay);
    delay = std::min<std::chrono::milliseconds>(delay * 2, 1000ms);
  }
}

class Normaliser {
public:
  explicit Normaliser(std::map<std::string, std::string> aliases) : aliases_(std::move(aliases)) {}

  Record operator()(Record record) const {
    std::string_view text = record.payload;
    while (!text.empty() && text.front() == ' ')
      text.remove_prefix(1);
    std::string trimmed(text);
    if (const auto found = aliases_.find(trimmed); found != aliases_.end())
      trimmed = found->second;
    record.payload = std::move(trimmed);
    return record;
  }

private:
  const std::map<std::string, std::string> aliases_;
};

class Pipeline {
public:
  Pipeline(std::shared_ptr<Source> source, std::shared_ptr<Store> store, Normaliser normaliser, folly::Executor::KeepAlive<> cpu)
      : source_(std::move(source)), store_(std::move(store)), normaliser_(std::move(normaliser)), cpu_(std::move(cpu)) {}

  /// To be awaited while the pipeline lives.
  Task<int> run() {
    int cursor = co_await store_->highWater();
    int written = 0;
    for (;;) {
      const auto &token = co_await folly::coro::co_current_cancellation_token;
      if (token.isCancellationRequested())
        throw folly::OperationCancelled();
      Batch batch = co_await withRetries([&] { return folly::coro::timeout(source_->next(cursor), 500ms); }, 3);
      if (!batch.records.empty())
        cursor = batch.records.back().id;
      written += co_await write(co_await prepare(std::move(batch.records)));
      if (batch.last)
        co_return written;
      co_await folly::coro::co_safe_point;
    }
  }

private:
  Task<std::vector<Record>> prepare(std::vector<Record> records) {
    std::vector<Task<Record>> steps;
    steps.reserve(records.size());
    for (Record &record : records)
      steps.push_back(prepareOne(std::move(record)));
    co_return co_await folly::coro::co_withExecutor(cpu_, folly::coro::collectAllWindowed(std::move(steps), 8));
  }

  Task<Record> prepareOne(Record record) {
    co_await folly::coro::co_reschedule_on_current_executor;
    co_return normaliser_(std::move(record));
  }

  Task<int> write(std::vector<Record> records) {
    const int count = static_cast<int>(records.size());
    std::vector<Task<void>> writes;
    for (Record &record : records)
      writes.push_back(store_->put(std::move(record)));
    co_await folly::coro::collectAllRange(std::move(writes));
    co_return count;
  }

  std::shared_ptr<Source> source_;
  std::shared_ptr<Store> store_;
  const Normaliser normaliser_;
  folly::Executor::KeepAlive<> cpu_;
};

/// Keeps everything that a run needs in the coroutine that runs it.
Task<int> runAll(std::vector<std::shared_ptr<Source>> sources, std::shared_ptr<Store> store) {
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  std::vector<Task<int>> runs;
  for (auto &source : sources) {
    pipelines.push_back(std::make_unique<Pipeline>(source, store, Normaliser({{"n/a", ""}}), folly::getGlobalCPUExecutor()));
    runs.push_back(pipelines.back()->run());
  }
  int total = 0;
  for (int each : co_await folly::coro::collectAllRange(std::move(runs)))
    total += each;
  co_return total;
}

class EmptySource final : public Source {
public:
  Task<Batch> next(int cursor) override { co_return Batch{{{cursor + 1, " x"}}, true}; }
};
class MemoryStore final : public Store {
public:
  Task<void> put(Record record) override {
    records_.insert_or_assign(record.id, std::move(record.payload));
    co_return;
  }
  Task<int> highWater() override { co_return records_.empty() ? 0 : records_.rbegin()->first; }

private:
  std::map<int, std::string> records_;
};

Task<int> guarded(Task<int> work) {
  try {
    co_return co_await std::move(work);
  } catch (const folly::OperationCancelled &) {
    throw;
  } catch (const std::exception &) {
    co_return -1;
  }
}


int main() {
  std::vector<std::shared_ptr<Source>> sources{std::make_shared<EmptySource>(), std::make_shared<EmptySource>()};
  auto store = std::make_shared<MemoryStore>();
  folly::CancellationSource cancellation;
  auto work = folly::coro::co_withCancellation(cancellation.getToken(), guarded(runAll(std::move(sources), store)));
  return folly::coro::blockingWait(std::move(work)) < 0;
}
