// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locals given to functions that the unit does not show, and guards of unknown purpose.
#include "seastar.hpp"

#include <string>

using seastar::future;

struct Row {
  int id;
  std::string value;
};
struct Store {
  future<> put(const Row &row);
  future<> copy(Row row);
};
struct Trace {
  explicit Trace(const char *name);
  ~Trace();
};
future<> commit(int id);

future<> local(Store &store) {
  Row row{1, "x"};
  return store.put(row); // warn: "'row' is destroyed when this function returns; whether the returned task of 'Store::put' still refers to it"
}
future<> awaited(Store &store) {
  Row row{1, "x"};
  co_await store.put(row); // ok
}
future<> copied(Store &store) {
  Row row{1, "x"};
  return store.copy(row); // ok
}
future<> lent(Store &store, const Row &row) { return store.put(row); } // ok: the caller's
future<> traced(int id) {
  Trace trace("traced");
  return commit(id); // warn: "'trace' ends when this function returns"
}

// Objects of a library that cannot be copied: their work ends with them.
future<> closes(seastar::connected_socket &socket) {
  auto out = socket.output();
  return out.close(); // warn: "whether the returned task of 'output_stream::close' still refers to it"
}
future<> closes_later(seastar::connected_socket &socket) {
  auto out = socket.output();
  auto closing = out.close();
  return closing; // warn: "whether the returned task of 'output_stream::close' still refers to it"
}
future<> closes_along(seastar::connected_socket &socket) {
  auto out = std::make_unique<seastar::output_stream<char>>(socket.output());
  return out->close().finally([out = std::move(out)] {}); // ok
}
void keep(seastar::output_stream<char> out);
future<> moved_away(seastar::connected_socket &socket) {
  auto out = socket.output();
  auto flushing = out.flush();
  keep(std::move(out));
  return flushing; // ok: it lives on elsewhere
}
future<> closes_of_caller(seastar::output_stream<char> &out) { return out.close(); } // ok

future<int> find(int id);
future<int> no_throw(int id) noexcept {
  try {
    return find(id); // warn: "leaves this `try` before it has run"
  } catch (...) {
    return seastar::make_ready_future<int>(0);
  }
}

// Addresses of locals, also as numbers, given to what nobody can look into.
struct Device {
  future<int> control(int operation, unsigned long argument);
  future<int> read(char *buffer, unsigned long size);
};
future<int> hint(Device &device) {
  unsigned long value = 1;
  return device.control(2, reinterpret_cast<unsigned long>(&value)); // warn: "'value' is destroyed when this function returns"
}
future<int> reads(Device &device) {
  char buffer[64];
  return device.read(buffer, sizeof buffer); // warn: "'buffer' is destroyed when this function returns"
}
future<int> reads_static(Device &device) {
  static char buffer[64];
  return device.read(buffer, sizeof buffer); // ok
}
future<int> awaits_it(Device &device) {
  char buffer[64];
  co_return co_await device.read(buffer, sizeof buffer); // ok
}
future<int> number(Device &device) {
  unsigned long value = 1;
  return device.control(2, value); // ok: a copy
}

// What a chain hands to a continuation by reference ends when that has returned.
static future<> remember(const Row &row) {
  co_await commit(1);
  co_await commit(row.id);
}
static future<> at_once(const Row &row) {
  const int id = row.id;
  co_await commit(1);
  co_await commit(id);
}
future<Row> find();
future<> handed_on() {
  co_await find().then([](const Row &row) { return remember(row); }); // warn: "the returned task refers to 'row', which is destroyed when this function returns"
}
future<> read_at_once() {
  co_await find().then([](const Row &row) { return at_once(row); }); // ok
}
future<> by_value() {
  co_await find().then([](Row row) { return at_once(row); }); // ok
}
