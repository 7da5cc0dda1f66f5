// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines that the unit does not show all callers of.
#include "acme.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

using acme::Deferred;

struct Id {
  long high, low;
};
struct Connection {
  Connection(const Connection &) = delete;
  int number = 0;
};
struct Interface {
  virtual ~Interface();
  virtual Deferred<> serve(const Id &id) = 0;
};
Deferred<> stop();
Deferred<> save(long);
Deferred<> show(std::string_view text);

Deferred<> deregister(const Id &id) { // warn: "whether every caller keeps what 'id' refers to until then cannot be seen here"
  co_await stop();
  co_await save(id.low); // note: "used here"
}
Deferred<> wrapper(const Id &id) { return deregister(id); } // warn: "the task that 'wrapper' returns uses 'id' later"

Deferred<> greet(std::string_view name) { // warn: "whether every caller keeps what 'name' refers to"
  co_await stop();
  co_await show(name); // note: "used here"
}

// All that can call them is here, and waits.
static Deferred<> inner(const Id &id) {
  co_await stop();
  co_await save(id.low); // ok
}
Deferred<> outer() {
  Id id{1, 2};
  co_await inner(id);
}
namespace {
Deferred<> unused(const Id &id) {
  co_await stop();
  co_await save(id.low); // ok: nobody calls it
}
} // namespace

// What could not be taken by value anyway.
Deferred<> context(const Connection &connection) {
  co_await stop();
  co_await save(connection.number); // ok
}
Deferred<> result(std::string &out) {
  co_await stop();
  out = "done"; // ok
}
struct Server : Interface {
  Deferred<> serve(const Id &id) override { // warn: "cannot be seen here"
    co_await stop();
    co_await save(id.low); // note: "used here"
  }
};
Deferred<> early(const Id &id) { // warn: "cannot be seen here"
  Id copy = id; // note: "used here"
  co_await stop();
  co_await save(copy.low);
}

// A loop and an iterator read the range again after each turn; a reference into it, too.
Deferred<> all(const std::vector<Id> &ids) { // warn: "cannot be seen here"
  for (auto &id : ids) // note: "used here"
    co_await save(id.low);
}
Deferred<> between(std::vector<Id>::const_iterator first, std::vector<Id>::const_iterator last) { // warn: "uses 'first' after" "uses 'last' after"
  for (; first != last; ++first) // note: "used here"
    co_await save(first->low);
}

// Plain functions that hand a reference on to the task they return.
Deferred<> shown(std::string_view name) { return show(name); } // warn: "the task that 'shown' returns uses 'name' later"
Deferred<> greeted(std::string_view name) { return greet(name); } // warn: "the task that 'greeted' returns uses 'name' later"
Deferred<> greeted_all(const std::vector<std::string> &names) { return greet(names.front()); } // warn: "uses 'names' later"

// Whoever calls decides what `T &&` is.
template <class T> Deferred<> forwarded(T &&value) { // warn: "uses 'value' after"
  co_await stop();
  co_await save(value); // note: "used here"
}
Deferred<> forwards() { co_await forwarded(1l); }

Deferred<> walk(std::vector<Id>::const_iterator at) { // warn: "uses 'at' after"
  co_await stop();
  co_await save(at->low); // note: "used here"
}
Deferred<> walked(const std::vector<Id> &ids) { return walk(ids.begin()); } // warn: "the task that 'walked' returns uses 'ids' later"

// A closure that refers to the parameter, given to a function that nobody can look into.
void print(const std::string &text);
Deferred<> publish(std::function<void()> handler);
Deferred<> published(const std::string &name) { // warn: "the task that 'published' returns uses 'name' later"
  return publish([&name] { print(name); }); // note: "handed on here"
}
Deferred<> copied(const std::string &name) {
  return publish([name] { print(name); }); // ok
}
Deferred<> read_at_once(const std::string &name) {
  const auto length = [&name] { return name.size(); }(); // ok
  return save(static_cast<long>(length));
}

Deferred<> takes_first(std::string &&text) { // warn: "text"
  const std::string own = std::move(text); // note: "used here"
  co_await save(static_cast<int>(own.size()));
}

// What a handler reads comes after the suspension that failed.
acme::Started<> in_handler(const Id &id) { // warn: "uses 'id' after"
  try {
    co_await stop();
  } catch (...) {
    print(std::to_string(id.low)); // note: "used here"
  }
}
acme::Started<> handles_nothing(const Id &id) { // ok: nothing is awaited in the try
  try {
    print(std::to_string(id.low));
  } catch (...) {
    print("?");
  }
  co_await stop();
}
// Through a closure that refers to it.
acme::Started<> by_closure(const Id &id) { // warn: "uses 'id' after"
  auto show_id = [&id] { print(std::to_string(id.low)); };
  co_await stop();
  show_id(); // note: "used here"
}
acme::Started<> by_copy(const Id &id) { // ok
  auto show_id = [id] { print(std::to_string(id.low)); };
  co_await stop();
  show_id();
}

// Handed on to awaited work, which uses it late: for whoever calls it, that is the same.
using acme::Started;
Started<> keep(const Id &id) { // warn: "cannot be seen here"
  co_await stop();
  co_await save(id.low); // note: "used here"
}
Started<> detour(const Id &id) { // warn: "cannot be seen here"
  co_await keep(id); // note: "handed on here"
}
Started<> twoStops(const Id &id) { // warn: "cannot be seen here"
  co_await detour(id); // note: "handed on here"
}
Started<> inPlace(const Id &id) { // warn: "cannot be seen here"
  co_await [&]() -> Started<> { // note: "handed on here"
    co_await stop();
    co_await save(id.low);
  }();
}
Started<> takes(Id id);
Started<> copies(const Id &id) {
  co_await takes(id); // ok: by value
}
Started<> reads(const Id &id) {
  co_await save(id.low); // ok: read before
}
Started<> first(const Id &id) {
  const long low = id.low; // ok
  co_await save(low);
}
Started<> elsewhere(const Id &id);
Started<> thin(const Id &id) { // warn: "hands 'id' on to work that may use it later"
  co_await elsewhere(id); // note: "handed on here"
}

// A closure that refers to the parameter is given to work that is awaited.
template <class F> Started<> onThread(F work) {
  auto task = [](F run) -> Started<> {
    co_await stop();
    run();
  };
  co_await task(std::move(work));
}
Started<> unseenHelper(std::function<void()> work);
template <class F> Started<> atOnce(F work) {
  work();
  co_await stop();
}
Started<> scanned(const Id &id) { // warn: "hands 'id' on to work that may use it later"
  co_await unseenHelper([&] { print(std::to_string(id.low)); }); // note: "handed on here"
}
Started<> scannedOnThread(const Id &id) { // warn: "hands 'id' on to work that may use it later"
  co_await onThread([&] { print(std::to_string(id.low)); }); // note: "handed on here"
}
Started<> scannedAtOnce(const Id &id) {
  co_await atOnce([&] { print(std::to_string(id.low)); }); // ok: called before it is suspended
}
Started<> scannedCopy(const Id &id) {
  co_await unseenHelper([id] { print(std::to_string(id.low)); }); // ok
}

// Callers that let the argument end: the rules about calls report them there, and this one the other side.
static Deferred<> remember(const std::string &key) { // warn: "uses 'key' after it may have been suspended, but a caller does not wait for it"
  co_await stop();
  co_await show(key);
}
Deferred<> keeps_a_temporary(int number) {
  auto pending = remember("key " + std::to_string(number));
  co_await stop();
  co_await std::move(pending);
}
static Deferred<> awaited_by_all(const std::string &key) { // ok
  co_await stop();
  co_await show(key);
}
Deferred<> waits_for_it(int number) { co_await awaited_by_all("key " + std::to_string(number)); }
