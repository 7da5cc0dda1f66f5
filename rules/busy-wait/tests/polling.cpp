// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Polling a state between sleeps instead of awaiting its change.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
namespace coro = folly::coro;

void compute();
void handle(int value);

namespace with_folly {
struct State {
  bool done = false;
  std::atomic<bool> ready{false};
  std::queue<int> items;
  bool connected() const;
};
coro::Task<bool> ping();

coro::Task<void> polls(State &state, std::atomic<int> &count, folly::SemiFuture<int> &future) {
  while (!state.done) co_await coro::sleep(10ms);                    // warn: "state.done"
  while (!state.ready.load()) co_await coro::sleep(10ms);            // warn: "state.ready"
  while (!state.ready) { co_await coro::sleep(10ms); }               // warn: "state.ready"
  while (state.items.empty()) co_await coro::sleep(1ms);             // warn: "state.items"
  while (count != 0) co_await coro::sleep(1ms);                      // warn: "count"
  while (!state.connected()) co_await coro::sleep(1ms);              // warn: "connected"
  while (!future.isReady()) co_await coro::sleep(1ms);               // warn: "isReady"
  while (!state.done) co_await coro::co_reschedule_on_current_executor; // warn: "state.done"
  for (; !state.done;) co_await coro::sleep(10ms);                   // warn: "state.done"
  do co_await coro::sleep(10ms); while (!state.done);                // warn: "state.done"
  for (;;) { if (state.done) break; co_await coro::sleep(10ms); }    // warn: "state.done"
  while (true) { if (state.connected()) co_return; co_await coro::sleep(10ms); } // warn: "connected"
}

// --- silent -----------------------------------------------------------------------------------------------------

coro::Task<void> fine(State &state, std::string path, coro::Baton &changed) {
  while (!state.done) {
    compute(); // ok: periodic work, not a wait
    co_await coro::sleep(1s);
  }
  while (!co_await ping()) // ok: asks the other side again
    co_await coro::sleep(1s);
  for (int attempt = 0; attempt < 5; ++attempt) { // ok: retries
    if (co_await ping())
      break;
    co_await coro::sleep(100ms * attempt);
  }
  auto deadline = std::chrono::steady_clock::now() + 1s;
  while (!state.done && std::chrono::steady_clock::now() < deadline) // ok: has a deadline
    co_await coro::sleep(10ms);
  while (!std::filesystem::exists(path)) // ok: the state is outside the program
    co_await coro::sleep(1s);
  while (!state.done) // ok: awaits the event
    co_await changed;
  while (true) { // ok: periodic
    handle(1);
    co_await coro::sleep(1s);
  }
}
} // namespace with_folly

namespace with_seastar {
seastar::future<> polls(bool &done, seastar::future<int> &loading) {
  while (!done) co_await seastar::sleep(10ms);             // warn: "done"
  while (!done) co_await seastar::yield();                 // warn: "done"
  while (!loading.available()) co_await seastar::sleep(1ms); // warn: "available"
}
seastar::future<> fine(seastar::condition_variable &changed, bool &done) {
  co_await changed.wait([&] { return done; });
  while (!done)
    co_await changed.wait();
}
} // namespace with_seastar

namespace with_cppcoro {
cppcoro::task<> polls(cppcoro::io_service &io, cppcoro::single_consumer_event &event, cppcoro::shared_task<int> work) {
  while (!event.is_set()) co_await io.schedule_after(1ms);   // warn: "is_set"
  while (!work.is_ready()) co_await io.schedule_after(1ms);  // warn: "is_ready"
  co_await event; // ok
}
} // namespace with_cppcoro

namespace with_unknown {
using acme::Deferred;
Deferred<> polls(acme::Signal &signal, bool &done) {
  while (!signal.raised()) co_await acme::pause_for(10ms); // warn: "raised"
  while (!done) co_await acme::pause_for(10ms);            // warn: "done"
  co_await signal;                                         // ok
}
} // namespace with_unknown
