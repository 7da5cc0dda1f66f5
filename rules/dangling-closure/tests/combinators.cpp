// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the user's that run a coroutine lambda: what they do with its closure is read from their bodies.
#include "acme.hpp"
#include "seastar.hpp"

#include <functional>
#include <utility>

using acme::Deferred;
using seastar::future;

Deferred<> step(int);
future<> write(int);

template <class F> future<> guarded(F &&f) { return f().finally([] {}); }
template <class F> future<> invoked(F &&f) { return std::invoke(std::forward<F>(f)); }
template <class F> future<> wrapped(F &&f) { return guarded(std::forward<F>(f)); }
template <class F> future<> kept(F f) {
  co_await write(1);
  co_await f();
}
template <class F> future<> lent(F &&f) {
  co_await write(1);
  co_await f();
}
template <class F> future<> byValue(F f) {
  return f(); // ok: the caller is told
}
template <class F> void started(F &&f) { (void)f().handle_exception([](auto) {}); }
template <class F> Deferred<> direct(F &&f) { return f(); }
future<> somewhere(std::function<future<>()> f);

struct Session {
  int id = 0;

  future<> a() {
    return guarded([this]() -> future<> { // warn: "uses its capture 'this'"
      co_await write(1);
      co_await write(id);
    });
  }
  future<> b() {
    return wrapped([this]() -> future<> { // warn: "uses its capture 'this'"
      co_await write(1);
      co_await write(id);
    });
  }
  future<> c() {
    return invoked([this]() -> future<> { // warn: "uses its capture 'this'"
      co_await write(1);
      co_await write(id);
    });
  }
  future<> d() {
    return lent([this]() -> future<> { // warn: "uses its capture 'this'"
      co_await write(1);
      co_await write(id);
    });
  }
  Deferred<> e() {
    return direct([this]() -> Deferred<> { co_await step(id); }); // warn: "uses its capture 'this'"
  }
  void f() {
    (void)guarded([this]() -> future<> { // warn: "uses its capture 'this'"
      co_await write(1);
      co_await write(id);
    });
  }
  future<> g() {
    auto work = guarded([this]() -> future<> { // warn: "uses its capture 'this'"
      co_await write(1);
      co_await write(id);
    });
    co_await std::move(work);
  }
  future<> h() {
    co_await byValue([this]() -> future<> { // warn: "'byValue' destroys this closure as soon as it has run"
      co_await write(1);
      co_await write(id);
    });
  }

  // Awaited while the closure lives.
  future<> awaited() {
    co_await guarded([this]() -> future<> { // ok
      co_await write(1);
      co_await write(id);
    });
  }
  future<> named() {
    auto body = [this]() -> future<> {
      co_await write(1);
      co_await write(id);
    };
    auto work = guarded(body); // ok: the closure lives longer
    co_await std::move(work);
  }
  // The coroutine keeps the closure in its frame.
  future<> owned() {
    return kept([this]() -> future<> { // ok
      co_await write(1);
      co_await write(id);
    });
  }
  // Nothing of the closure is needed later.
  future<> early() {
    return guarded([this]() -> future<> { // ok
      int copy = id;
      co_await write(1);
      co_await write(copy);
    });
  }
  future<> plain() {
    return guarded([this] { return write(id); }); // ok: no coroutine
  }
  future<> unknown() {
    return somewhere([this]() -> future<> { // ok by default: it may keep it
      co_await write(1);
      co_await write(id);
    });
  }
};
