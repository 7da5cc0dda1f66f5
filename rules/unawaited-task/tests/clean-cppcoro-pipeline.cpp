// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A batch pipeline on cppcoro: produce, transform on a pool, collect under a lock. Nothing here is wrong.
#include "cppcoro.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pipeline {

using cppcoro::async_generator;
using cppcoro::shared_task;
using cppcoro::task;
using namespace std::chrono_literals;

struct Chunk {
  std::size_t number = 0;
  std::string bytes;
};
struct Settings {
  std::size_t chunk_size = 4096;
  int parallel = 4;
};

task<Settings> read_settings();
std::string compress(const std::string &bytes);

class Source {
public:
  explicit Source(std::string name) : name_(std::move(name)) {}
  async_generator<Chunk> chunks(cppcoro::io_service &io, cppcoro::cancellation_token token) {
    for (std::size_t number = 0; number < 100; ++number) {
      token.throw_if_cancellation_requested();
      co_await io.schedule();
      co_yield Chunk{number, name_};
    }
  }

private:
  std::string name_;
};

class Sink {
public:
  task<> write(Chunk chunk) {
    auto lock = co_await mutex_.scoped_lock_async();
    total_ += chunk.bytes.size();
    chunks_.push_back(std::move(chunk));
  }
  std::size_t total() const { return total_; }

private:
  cppcoro::async_mutex mutex_;
  std::vector<Chunk> chunks_;
  std::size_t total_ = 0;
};

class Pipeline {
public:
  Pipeline(cppcoro::static_thread_pool &pool, cppcoro::io_service &io)
      : pool_(pool), io_(io), settings_(cppcoro::make_shared_task(read_settings())) {}

  task<std::size_t> run(std::vector<std::string> names, cppcoro::cancellation_token token) {
    Sink sink;
    cppcoro::async_scope scope;
    std::exception_ptr error;
    try {
      for (auto &name : names)
        scope.spawn(one(name, sink, token));
    } catch (...) {
      error = std::current_exception();
    }
    co_await scope.join();
    if (error)
      std::rethrow_exception(error);
    co_return sink.total();
  }

private:
  task<> one(std::string name, Sink &sink, cppcoro::cancellation_token token) {
    const Settings settings = co_await settings_;
    Source source(std::move(name));
    auto chunks = source.chunks(io_, token);
    std::vector<task<>> writing;
    for (auto it = co_await chunks.begin(); it != chunks.end(); co_await ++it) {
      writing.push_back(pack(std::move(*it), sink));
      if (writing.size() == static_cast<std::size_t>(settings.parallel)) {
        auto batch = std::exchange(writing, {});
        co_await cppcoro::when_all(std::move(batch));
      }
    }
    co_await cppcoro::when_all(std::move(writing));
  }

  task<> pack(Chunk chunk, Sink &sink) {
    co_await pool_.schedule();
    chunk.bytes = compress(chunk.bytes);
    co_await sink.write(std::move(chunk));
  }

  cppcoro::static_thread_pool &pool_;
  cppcoro::io_service &io_;
  shared_task<Settings> settings_;
};

task<std::size_t> with_deadline(cppcoro::io_service &io, cppcoro::cancellation_source &source, task<std::size_t> work) {
  auto watchdog = [](cppcoro::io_service &io, cppcoro::cancellation_source source) -> task<> {
    co_await io.schedule_after(10s, source.token());
    source.request_cancellation();
  };
  auto guarded = [](cppcoro::io_service &io, task<std::size_t> work,
                    cppcoro::cancellation_source source) -> task<std::size_t> {
    std::size_t total = co_await std::move(work);
    source.request_cancellation();
    io.stop();
    co_return total;
  };
  auto [total, ended] = co_await cppcoro::when_all(guarded(io, std::move(work), source), watchdog(io, source));
  co_return total;
}

task<> serve(cppcoro::io_service &io) {
  io.process_events();
  co_return;
}

} // namespace pipeline

int main() {
  cppcoro::static_thread_pool pool(4);
  cppcoro::io_service io;
  cppcoro::cancellation_source source;
  pipeline::Pipeline pipeline(pool, io);

  auto work = pipeline::with_deadline(io, source, pipeline.run({"a", "b"}, source.token()));
  auto [total, served] = cppcoro::sync_wait(cppcoro::when_all(std::move(work), pipeline::serve(io)));
  return total == 0;
}
