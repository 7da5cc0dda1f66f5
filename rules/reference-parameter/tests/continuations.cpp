// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A chain hands its result to the continuation for the call: a coroutine there must take it by value.
#include "seastar.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

using seastar::future;
using namespace std::chrono_literals;

struct Row {
  std::string key;
  int id = 0;
};
future<Row> fetch(int id);
future<> save(int id);
void use(int value);
void log(const char *text);

future<> by_reference() {
  return fetch(1).then([](const Row &row) -> future<> { // warn: "what 'future::then' hands to this coroutine as 'row' is destroyed when it is first suspended"
    co_await seastar::sleep(1ms); // note: "suspended here"
    use(row.id); // note: "used here"
  });
}
future<> awaited() {
  co_await fetch(1).then([](Row &&row) -> future<> { // warn: "'row'"
    co_await seastar::sleep(1ms);
    use(row.id);
  });
}
future<> of_exceptions() {
  return save(1).handle_exception_type([](const std::runtime_error &error) -> future<> { // warn: "hands to this coroutine as 'error'"
    co_await save(0);
    log(error.what());
  });
}

future<> by_value() {
  return fetch(1).then([](Row row) -> future<> { // ok
    co_await seastar::sleep(1ms);
    use(row.id);
  });
}
future<> before() {
  return fetch(1).then([](const Row &row) -> future<> { // ok: read before the first suspension
    const int id = row.id;
    co_await save(row.id);
    use(id);
  });
}
future<> no_coroutine() {
  return fetch(1).then([](const Row &row) { // ok
    use(row.id);
    return seastar::sleep(1ms);
  });
}
// do_with() keeps what it hands on until the task is done.
future<> kept() {
  co_await seastar::do_with(Row{}, [](Row &row) -> future<> { // ok
    co_await seastar::sleep(1ms);
    use(row.id);
  });
}
