// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A synchronous member whose class also has an async sibling.
#include "acme.hpp"
#include "folly.hpp"

#include <string>
#include <vector>

using acme::Deferred;

struct Row {
  int id;
};

struct Objects {
  Row get(int id);
  Deferred<Row> aget(int id);
  void save(Row row);
  Deferred<> async_save(Row row);
  std::vector<Row> list() const;
  Deferred<std::vector<Row>> list_async() const;
  bool exists(int id);
  folly::coro::Task<bool> co_exists(int id);
  static int count();
  static Deferred<int> acount();
  void flush();
  Deferred<> flushAsync();
  int size() const;
  int async_size() const;
  Row load(int id);
  void async_load(int id, void (*callback)(Row));
  Deferred<Row> first();
  Deferred<Row> afirst();
};

struct Cached : Objects {
  using Objects::get;
};

template <class T> struct Repository {
  T find(int id);
  Deferred<T> async_find(int id);
};

Row helper(Objects &objects) { return objects.get(1); }

Deferred<Row> uses(Objects &objects, Objects *pointer, Cached &cached, Repository<Row> &repository) {
  Row row = objects.get(1);       // warn: "get"
  row = pointer->get(2);          // warn: "get"
  objects.save(row);              // warn: "save"
  for (Row each : objects.list()) // warn: "list"
    row = each;
  if (objects.exists(3)) // warn: "exists"
    row.id = 4;
  row.id = Objects::count();      // warn: "count"
  row = cached.get(5);            // warn: "get"
  row = repository.find(6);       // warn: "find"
  co_return objects.get(7);       // warn: "get"
}

Deferred<Row> right(Objects &objects, Repository<Row> &repository) {
  Row row = co_await objects.aget(1);
  co_await objects.async_save(row);
  auto rows = co_await objects.list_async();
  row.id = objects.size();              // ok: its namesake is not async
  row = objects.load(1);                // ok: its namesake takes a callback
  row = co_await objects.first();       // ok: async itself
  co_return co_await repository.async_find(2);
}

Row synchronous(Objects &objects) {
  objects.save({1});
  return objects.get(1); // ok: no coroutine
}

int main() {
  Objects objects;
  return objects.get(1).id; // ok
}

// A signal that cannot fail and gives nothing does not wait; its awaitable form gives the waiter its turn.
struct Gate {
  void open() noexcept;
  Deferred<> co_open() noexcept;
  void send(Row row) noexcept(false);
  Deferred<> co_send(Row row);
};
Deferred<> opens(Gate &gate) {
  gate.open();   // ok
  gate.send({}); // warn: "'Gate::send'"
  co_return;
}

// What is awaited itself: its other methods wake who waits.
struct Event {
  acme::GiveWay operator co_await() const;
  int set() noexcept;
  Deferred<int> co_set() noexcept;
};
struct Store {
  int set();
  Deferred<int> co_set();
};
Deferred<> wakes(Event &event, Store &store) {
  event.set(); // ok
  store.set(); // warn: "'Store::set'"
  co_return;
}
