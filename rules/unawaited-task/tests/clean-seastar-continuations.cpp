// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seastar in the older style, continuations and coroutines mixed. Nothing here is wrong.
#include "seastar.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace store {

using namespace std::chrono_literals;
using seastar::future;
using seastar::make_ready_future;

seastar::logger logger("store");

struct segment {
  int id = 0;
  std::vector<char> data;
};

class disk {
public:
  future<segment> read(int id);
  future<> write(segment s);
  future<> remove(int id);
};

class cache {
  std::map<int, seastar::lw_shared_ptr<segment>> segments_;
  seastar::semaphore loading_{4};
  disk &disk_;

public:
  explicit cache(disk &d) : disk_(d) {}

  future<seastar::lw_shared_ptr<segment>> get(int id) {
    if (auto it = segments_.find(id); it != segments_.end())
      return make_ready_future<seastar::lw_shared_ptr<segment>>(it->second);
    return seastar::with_semaphore(loading_, 1, [this, id] {
      return disk_.read(id).then([this, id](segment s) {
        auto shared = seastar::make_lw_shared<segment>(std::move(s));
        segments_.insert_or_assign(id, shared);
        return shared;
      });
    });
  }
  future<> drop(int id) {
    segments_.erase(id);
    return disk_.remove(id).handle_exception([id](std::exception_ptr) { logger.warn("remove {}", id); });
  }
};

class compactor {
  cache &cache_;
  disk &disk_;
  seastar::gate gate_;
  seastar::abort_source stopping_;
  future<> running_ = make_ready_future<>();
  seastar::condition_variable work_;
  std::vector<int> pending_;

public:
  compactor(cache &c, disk &d) : cache_(c), disk_(d) {}

  void start() { running_ = run(); }
  void add(int id) {
    pending_.push_back(id);
    work_.signal();
  }
  future<> stop() {
    stopping_.request_abort();
    work_.broadcast();
    return std::exchange(running_, make_ready_future<>()).finally([this] { return gate_.close(); });
  }

private:
  future<> run() {
    while (!stopping_.abort_requested()) {
      co_await work_.wait([this] { return !pending_.empty() || stopping_.abort_requested(); });
      auto ids = std::exchange(pending_, {});
      co_await seastar::max_concurrent_for_each(std::move(ids), 2, [this](int id) { return compact(id); });
      co_await seastar::coroutine::maybe_yield();
    }
  }
  future<> compact(int id) {
    auto holder = gate_.hold();
    auto shared = co_await cache_.get(id);
    segment copy = *shared;
    std::size_t kept = 0;
    for (char c : copy.data)
      kept += c != 0;
    copy.data.resize(kept);
    co_await disk_.write(std::move(copy));
    co_await cache_.drop(id);
  }
};

class flusher {
  seastar::timer<> timer_;
  seastar::gate gate_;
  disk &disk_;

public:
  explicit flusher(disk &d) : timer_([this] { flush(); }), disk_(d) { timer_.arm_periodic(1s); }
  void flush() {
    (void)seastar::with_gate(gate_, [this] {
      return disk_.write(segment{}).handle_exception([](std::exception_ptr) { logger.warn("flush"); });
    });
  }
  future<> stop() { return gate_.close(); }
};

future<int> count(cache &c, std::vector<int> ids) {
  return seastar::do_with(std::pair(std::move(ids), 0), [&c](std::pair<std::vector<int>, int> &state) {
    return seastar::do_for_each(state.first, [&c, &state](int id) {
             return c.get(id).then([&state](seastar::lw_shared_ptr<segment> s) {
               state.second += static_cast<int>(s->data.size());
             });
           }).then([&state] { return state.second; });
  });
}

future<> retry(disk &d, segment s) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    auto written = co_await seastar::coroutine::as_future(d.write(s));
    if (!written.failed())
      co_return;
    written.ignore_ready_future();
    co_await seastar::sleep(std::chrono::milliseconds(10 << attempt));
  }
  throw std::runtime_error("write");
}

} // namespace store

int main(int argc, char **argv) {
  seastar::app_template app;
  return app.run(argc, argv, [] {
    return seastar::async([] {
      store::disk disk;
      store::cache cache(disk);
      store::compactor compactor(cache, disk);
      store::flusher flusher(disk);
      compactor.start();
      compactor.add(1);
      store::logger.info("{}", store::count(cache, {1, 2, 3}).get());
      store::retry(disk, store::segment{}).get();
      flusher.stop().get();
      compactor.stop().get();
    });
  });
}
