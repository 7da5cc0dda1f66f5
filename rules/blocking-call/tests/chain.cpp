// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking through ordinary functions: the finding is at the call in the coroutine, the chain is told in notes.
#include "acme.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

using acme::Deferred;
using namespace std::chrono_literals;

void nap() { usleep(10); }
void rest() { nap(); }
static void deep() { rest(); }
int slow_sum(int a, int b) {
  int sum = a + b;
  std::this_thread::sleep_for(1ms);
  return sum;
}
void only_sometimes(bool slow) {
  if (slow)
    nap();
}
template <class T> T slow_value(T value) {
  nap();
  return value;
}
void variadic_nap(auto... values) { (slow_value(values), ...); }
int odd(int n);
int even(int n) { return n == 0 ? usleep(1) : odd(n - 1); }
int odd(int n) { return n == 0 ? 0 : even(n - 1); }
namespace {
struct Backend {
  Backend() = default;
  explicit Backend(const std::string &) { nap(); }
  void query() { prepare(); }
  void prepare() const { usleep(1); }
  static void connect() { deep(); }
  int operator()(int) { return slow_sum(1, 2); }
  Backend &operator++() {
    nap();
    return *this;
  }
  operator int() const {
    nap();
    return 1;
  }
};
struct Slow {
  Slow() { nap(); }
};
struct SlowEnd {
  ~SlowEnd() { nap(); }
};
struct Member {
  Backend backend{"x"};
};
struct Derived final : Backend {
  using Backend::Backend;
};
} // namespace
template <class F> void apply(F function) { function(); }
template <class F> void twice(F &&function) {
  std::forward<F>(function)();
  function();
}
int with_default(int value = slow_sum(1, 2));

Deferred<> calls(Backend &backend, std::vector<int> values) {
  nap();                                          // warn: "nap"
  rest();                                         // warn: "rest"
  deep();                                         // warn: "deep"
  int sum = slow_sum(1, 2);                       // warn: "slow_sum"
  only_sometimes(true);                           // warn: "only_sometimes"
  slow_value(3);                                  // warn: "slow_value"
  slow_value(std::string("x"));                   // warn: "slow_value"
  variadic_nap(1, 2L);                            // warn: "variadic_nap"
  even(10);                                       // warn: "even"
  odd(10);                                        // warn: "odd"
  backend.query();                                // warn: "query"
  Backend::connect();                             // warn: "connect"
  backend(1);                                     // warn: "operator()"
  ++backend;                                      // warn: "operator++"
  int number = backend;                           // warn: "operator int"
  Backend other("y");                             // warn: "Backend"
  Backend *fresh = new Backend("z");              // warn: "Backend"
  auto owned = std::make_unique<Backend>();       // ok: this constructor does not block
  Slow slow;                                      // warn: "Slow"
  Derived derived("d");                           // warn: "Derived"
  apply([] { usleep(1); });                       // warn: "usleep"
  apply(nap);                                     // warn: "apply"
  twice(rest);                                    // warn: "twice"
  std::for_each(values.begin(), values.end(), [](int) { usleep(1); }); // warn: "usleep"
  std::transform(values.begin(), values.end(), values.begin(), [](int v) { return slow_sum(v, 1); }); // warn: "slow_sum"
  std::invoke([] { nap(); });                     // warn: "nap"
  with_default();                                 // warn: "slow_sum"
  with_default(1);                                // ok
  delete fresh;
  co_return;
}

struct Service {
  void reload() { nap(); }
  int state() { return slow_sum(1, 1); }
  static void audit() { rest(); }
  Deferred<> run() {
    reload();         // warn: "reload"
    this->reload();   // warn: "reload"
    if (state() > 0)  // warn: "state"
      audit();        // warn: "audit"
    co_await acme::pause_for(1ms);
    reload();         // warn: "reload"
  }
};

auto lambda = []() -> Deferred<> {
  nap(); // warn: "nap"
  co_return;
};

template <class T> Deferred<> generic(T value) {
  slow_value(value); // warn: "slow_value"
  co_return;
}
Deferred<> instantiate() {
  co_await generic(1);
  co_await generic(2.0);
}

// --- no chain ---------------------------------------------------------------------------------------------------

void unseen();
void threads_it() {
  std::thread([] { usleep(1); }).detach();
}
struct Interface {
  virtual void run() { nap(); }
  virtual ~Interface() = default;
};
void stores(std::function<void()> function) {
  static std::function<void()> kept;
  kept = std::move(function);
}
Deferred<> naps_itself() {
  co_await acme::pause_for(1ms);
}
void quiet(bool) {}
template <bool Block> void constant() {
  if constexpr (Block)
    nap();
}

Deferred<> silent() {
  unseen();
  threads_it();
  stores([] { usleep(1); }); // ok: kept, not called
  co_await naps_itself();
  quiet(true);
  constant<false>(); // ok
  auto pointer = &nap;
  (void)pointer;
}

// A sleep between tries to take a contended lock waits as a mutex does: rule for the strict profile.
#include <atomic>
class BackoffLock {
  std::atomic<bool> taken_{false};
  int spins_ = 0;
  bool take() {
    bool expected = false;
    return taken_.compare_exchange_weak(expected, true);
  }
  void rest() {
    if (++spins_ < 1000)
      sched_yield();
    else
      usleep(100);
  }

public:
  void lock() {
    while (!take())
      usleep(100);
  }
  void lock_politely() {
    while (!take())
      rest();
  }
  void wait_open() {
    while (taken_.load())
      usleep(100);
  }
};
Deferred<> contended(BackoffLock &lock) {
  lock.lock();          // ok
  lock.lock_politely(); // ok
  lock.wait_open();     // warn: "wait_open"
  co_return;
}
