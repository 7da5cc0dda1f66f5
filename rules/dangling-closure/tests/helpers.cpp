// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Closures of lambda coroutines given to helpers of the unit, and to wrappers that only point to them.
#include "seastar.hpp"

#include <utility>

using seastar::future;

future<> write(int id);

class Mutex {
  seastar::semaphore units_{1};

public:
  template <class F> auto with(F &&func) { return seastar::with_semaphore(units_, 1, std::forward<F>(func)); }
};
template <class F> void background(F func) { (void)func(); }
template <class F> auto retried(F func) { return func().handle_exception([](auto) {}); }
template <class F> auto logged(F &&func) { return retried(std::forward<F>(func)); }
template <class F> auto gated(seastar::gate &gate, F &&func) {
  return seastar::with_gate(gate, [func = std::forward<F>(func)]() mutable { return func(); });
}
template <class F> future<> later(F func) {
  return write(0).then([func = std::move(func)]() mutable { return func(); });
}
template <class F> future<> gated_in_frame(seastar::gate &gate, F func) {
  co_await seastar::with_gate(gate, [func = std::move(func)]() mutable { return func(); });
}
template <class F> future<> kept(F func) { co_await func(); }
template <class F> auto lends(F &&func) { return func(); }

class Service {
  Mutex mutex_;
  seastar::gate gate_;
  int count_ = 0;

public:
  future<> locked(int id) {
    return mutex_.with([this, id]() -> future<> { // warn: "'Mutex::with' destroys this closure as soon as it has run"
      co_await write(id);
      ++count_;
    });
  }
  future<> locked_plain(int id) {
    return mutex_.with([this, id] { return write(id).then([this] { ++count_; }); }); // ok: no coroutine
  }
  void started(int id) {
    background([this, id]() -> future<> { // warn: "'background' destroys this closure as soon as it has run"
      co_await write(id);
      ++count_;
    });
  }
  future<> twice(int id) {
    co_await logged([this, id]() -> future<> { // warn: "'logged' destroys this closure as soon as it has run"
      co_await write(id);
      ++count_;
    });
  }
  future<> in_gate(int id) {
    co_await gated(gate_, [this, id]() -> future<> { // warn: "'gated' destroys this closure as soon as it has run"
      co_await write(id);
      ++count_;
    });
  }
  future<> in_continuation(int id) {
    co_await later([this, id]() -> future<> { // warn: "'later' destroys this closure as soon as it has run"
      co_await write(id);
      ++count_;
    });
  }
  future<> in_gate_of_frame(int id) {
    co_await gated_in_frame(gate_, [this, id]() -> future<> { // ok: awaited while the closure lives
      co_await write(id);
      ++count_;
    });
  }
  future<> in_frame(int id) {
    return kept([this, id]() -> future<> { // ok: the frame of `kept` has it
      co_await write(id);
      ++count_;
    });
  }
  future<> lent(int id) {
    co_await lends([this, id]() -> future<> { // ok: awaited here
      co_await write(id);
      ++count_;
    });
  }
  future<> lent_and_returned(int id) {
    return lends([this, id]() -> future<> { // warn: "its capture"
      co_await write(id);
      ++count_;
    });
  }
  future<> chained(int id) {
    return write(id)
        .then([id] { return write(id); })
        .then([this, id]() -> future<> { // warn: "'future::then' destroys this closure as soon as it has run"
          co_await write(id);
          ++count_;
        });
  }
  future<> pointed(int id) {
    co_await write(id).then(seastar::coroutine::lambda([this, id]() -> future<> { // ok: awaited here
      co_await write(id);
      ++count_;
    }));
  }
  future<> pointed_and_returned(int id) {
    return write(id).then(seastar::coroutine::lambda([this, id]() -> future<> { // warn: "its capture"
      co_await write(id);
      ++count_;
    }));
  }
};
