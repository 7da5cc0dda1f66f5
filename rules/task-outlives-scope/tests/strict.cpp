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
