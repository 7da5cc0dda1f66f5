// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that are done and thrown away together.
#include "seastar.hpp"

#include <tuple>

using seastar::future;

future<int> load(int key);
future<> save(int key);

future<> forgets() {
  return seastar::when_all(save(1), save(2)).discard_result(); // warn: "'seastar::when_all' gives exceptions as values"
}
future<> reads() {
  return seastar::when_all(save(1), save(2)).then([](std::tuple<future<>, future<>> done) {
    std::get<0>(done).get(); // ok
    std::get<1>(done).get();
  });
}
future<> fails_with_them() {
  return seastar::when_all_succeed(save(1), save(2)).discard_result(); // ok: it fails with what they failed with
}
future<> one() {
  return load(1).discard_result(); // ok: its exception stays in the future
}
void never_looks() {
  (void)save(1).then_wrapped([](future<>) {}); // warn: "nothing reads its exception"
}
