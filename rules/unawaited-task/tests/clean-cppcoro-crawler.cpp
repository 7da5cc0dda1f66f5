// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: a crawler on cppcoro, with a scope, a mutex for coroutines, generators and a pool.
#include "cppcoro.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using cppcoro::task;
using namespace std::chrono_literals;


struct Page {
  std::string address;
  std::string text;
};

class Fetcher {
public:
  explicit Fetcher(cppcoro::io_service &io) : io_(io) {}

  task<Page> fetch(std::string address) {
    co_await io_.schedule_after(5ms);
    co_return Page{address, "see " + address + "/a and " + address + "/b"};
  }

private:
  cppcoro::io_service &io_;
};

cppcoro::generator<std::string_view> words(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end != 0) {
      std::string_view word = text.substr(0, end);
      co_yield word;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string> linksOf(const Page &page) {
  std::vector<std::string> links;
  for (std::string_view word : words(page.text))
    if (word.find('/') != std::string_view::npos)
      links.emplace_back(word);
  return links;
}

class Index {
public:
  task<bool> claim(const std::string address) {
    auto lock = co_await mutex_.scoped_lock_async();
    co_return seen_.insert(address).second;
  }

  task<> store(Page page) {
    auto lock = co_await mutex_.scoped_lock_async();
    const auto [entry, fresh] = pages_.try_emplace(page.address);
    if (fresh)
      entry->second = std::move(page.text);
  }

  task<std::size_t> size() {
    auto lock = co_await mutex_.scoped_lock_async();
    co_return pages_.size();
  }

private:
  cppcoro::async_mutex mutex_;
  std::set<std::string> seen_;
  std::map<std::string, std::string> pages_;
};

class Crawler {
public:
  Crawler(cppcoro::io_service &io, cppcoro::static_thread_pool &pool, cppcoro::cancellation_token token)
      : fetcher_(io), pool_(pool), token_(std::move(token)) {}

  Crawler(const Crawler &) = delete;
  Crawler &operator=(const Crawler &) = delete;

  task<std::size_t> crawl(std::string root, int depth) {
    scope_.spawn(visit(std::move(root), depth));
    co_await scope_.join();
    co_return co_await index_.size();
  }

private:
  task<> visit(std::string address, int depth) {
    if (token_.is_cancellation_requested() || !co_await index_.claim(address))
      co_return;
    Page page = co_await fetcher_.fetch(address);
    co_await pool_.schedule();
    std::vector<std::string> links = linksOf(page);
    co_await index_.store(std::move(page));
    if (depth == 0)
      co_return;
    for (std::string &link : links)
      scope_.spawn(visit(std::move(link), depth - 1));
  }

  Fetcher fetcher_;
  cppcoro::static_thread_pool &pool_;
  cppcoro::cancellation_token token_;
  cppcoro::async_scope scope_;
  Index index_;
};

cppcoro::async_generator<int> ticks(cppcoro::io_service &io, int count) {
  for (int tick = 0; tick < count; ++tick) {
    co_await io.schedule_after(1ms);
    co_yield tick;
  }
}

task<int> sum(cppcoro::io_service &io) {
  int total = 0;
  auto numbers = ticks(io, 10);
  auto each = co_await numbers.begin();
  while (each != numbers.end()) {
    total += *each;
    co_await ++each;
  }
  co_return total;
}

task<> process(cppcoro::io_service &io, task<> work) {
  co_await work;
  io.stop();
}

task<> loop(cppcoro::io_service &io) {
  io.process_events();
  co_return;
}

cppcoro::shared_task<std::string> configuration(cppcoro::io_service &io) {
  co_await io.schedule();
  co_return "http://host";
}

task<> everything(cppcoro::io_service &io, cppcoro::static_thread_pool &pool, cppcoro::cancellation_token token) {
  auto shared = configuration(io);
  Crawler crawler(io, pool, token);
  auto [pages, total] = co_await cppcoro::when_all(crawler.crawl(co_await shared, 2), sum(io));
  Crawler second(io, pool, token);
  if (pages + static_cast<std::size_t>(total) > 0)
    co_await second.crawl(co_await shared, 1);
}


int main() {
  cppcoro::io_service io;
  cppcoro::static_thread_pool pool(2);
  cppcoro::cancellation_source source;
  cppcoro::sync_wait(cppcoro::when_all(process(io, everything(io, pool, source.token())), loop(io)));
}
