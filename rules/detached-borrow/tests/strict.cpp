// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Member coroutines that use their object late, where nobody is seen to keep it.
#include "acme.hpp"
#include "seastar.hpp"
#include "winrt.hpp"

#include <functional>
#include <memory>

using seastar::future;
using winrt::Windows::Foundation::IAsyncOperation;

future<> write(int id);

struct Peer {
  int id;
};
future<> greet(const Peer &peer);
void greets() {
  Peer peer{1};
  (void)greet(peer); // warn: "the work started here refers to 'peer'"
}

struct Host {
  int position = 0;
  winrt::fire_and_forget moved() {
    const int before = position;
    co_await winrt::resume_background();
    position = before + 1; // warn: "coroutine 'Host::moved' uses 'this' after it may have been suspended, and holds nothing"
  }
  IAsyncOperation<int> layout() {
    co_await winrt::resume_background();
    co_return position; // warn: "coroutine 'Host::layout' uses 'this'"
  }
  IAsyncOperation<int> early() {
    const int before = position; // ok: before it hops
    co_await winrt::resume_background();
    co_return before;
  }
};

struct Shared : std::enable_shared_from_this<Shared> {
  int count = 0;
  future<> counts(int id) {
    co_await write(id);
    ++count; // warn: "coroutine 'Shared::counts' uses 'this'"
  }
  future<> holds(int id) {
    auto self = shared_from_this();
    co_await write(id);
    ++count; // ok
  }
};
struct Part {
  std::shared_ptr<Part> addRef();
};
struct Counted {
  int count = 0;
  std::shared_ptr<Part> part;
  std::shared_ptr<Counted> addRef();
  future<> holds_a_part(int id) {
    auto held = part->addRef();
    co_await write(id);
    ++count; // warn: "coroutine 'Counted::holds_a_part' uses 'this'"
  }
  future<> holds_too_late(int id) {
    co_await write(id);
    ++count; // warn: "coroutine 'Counted::holds_too_late' uses 'this'"
    auto self = addRef();
    co_await write(id);
  }
  future<> holds(int id) {
    auto self = addRef();
    co_await write(id);
    ++count; // ok
  }
};
struct Owned {
  int count = 0;
  future<> counts(int id) {
    co_await write(id);
    ++count; // ok: whoever owns it waits, for all that is known
  }
};

class Socket {
  int open_ = 1;
  seastar::gate gate_;
  std::shared_ptr<int> owner_;

public:
  void shutdown() {
    (void)write(1).then([this] { open_ = 0; }); // warn: "nothing waits for the work of 'future::then', which uses 'this'"
  }
  void waited_for() {
    (void)seastar::with_gate(gate_, [this] { return write(1).then([this] { open_ = 0; }); }); // ok: the gate waits
  }
  void kept() {
    (void)write(1).then([this, owner = owner_] { open_ = 0; }); // ok: the owner is kept
  }
  void without() {
    (void)write(1).then([] { return write(2); }); // ok: no object
  }
};
future<> lends(int &sum) {
  (void)write(1).then([&sum] { ++sum; }); // warn: "nothing waits for the work of 'future::then', which uses 'sum'"
  return write(2);
}
future<> lends_value(int &sum) {
  (void)write(1).then([sum] { return write(sum); }); // ok: a copy
  return write(2);
}

// Continuations are no coroutines, but last as long.
struct Session : std::enable_shared_from_this<Session> {
  int count = 0;
  future<> step() {
    return write(1).then([this] { ++count; }); // warn: "this continuation of 'Session::step' uses 'this', and holds nothing"
  }
  future<> kept() {
    return write(1).then([this] { ++count; }).finally([self = shared_from_this()] {}); // ok
  }
  future<> plain() {
    return write(count); // ok: read at once
  }
  void close();
  future<> bound() {
    return write(1).then(std::bind(&Session::close, this)); // warn: "this continuation of 'Session::bound' uses 'this'"
  }
};
struct Unshared {
  int count = 0;
  future<> step() {
    return write(1).then([this] { ++count; }); // ok: whoever owns it waits, for all that is known
  }
};

class Watch {
  seastar::gate gate_;
  int seen_ = 0;

public:
  future<> refresh();
  future<> sweep();
  future<> guarded() {
    auto held = gate_.hold();
    co_await write(1);
    ++seen_;
  }
  static future<> everywhere();
  void on_timer() {
    (void)refresh().handle_exception([](auto) {}); // warn: "nothing waits for the work of 'Watch::refresh', which uses 'this'"
    (void)this->sweep().then([] {}).handle_exception([](auto) {}); // warn: "nothing waits for the work of 'Watch::sweep', which uses 'this'"
    (void)guarded().handle_exception([](auto) {});    // ok: whoever closes the gate waits
    (void)everywhere().handle_exception([](auto) {}); // ok: no object
    auto held = gate_.hold();
    (void)refresh().handle_exception([](auto) {}).finally([held = std::move(held)] {}); // ok: the permit goes along
  }
  future<> on_turn() {
    co_await refresh().handle_exception([](auto) {}); // ok: waited for
  }
};

// A coroutine of a shared object that is set loose without a reference to it.
class Relay : public std::enable_shared_from_this<Relay> {
public:
  void start() { acme::launch(serve()); } // warn: "nothing waits for coroutine 'Relay::serve' or keeps its object alive"
  void start_held() {
    acme::launch([](std::shared_ptr<Relay> self) -> acme::Deferred<> { co_await self->serve(); }(shared_from_this())); // ok
  }
  void start_holding() { acme::launch(holds()); } // ok: it holds itself
  void start_other() { acme::launch(needs_nothing(1)); } // ok

private:
  acme::Deferred<> serve() {
    co_await save(1);
    ++served_;
  }
  acme::Deferred<> holds() {
    auto self = shared_from_this();
    co_await save(1);
    ++served_;
  }
  acme::Deferred<> needs_nothing(int key) { co_await save(key); }
  static acme::Deferred<> save(int key);

  int served_ = 0;
};
