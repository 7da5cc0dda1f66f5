// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that are thrown away on purpose.
#include "acme.hpp"
#include "seastar.hpp"

#include <tuple>

using acme::Deferred;
using seastar::future;

Deferred<> lazy(int id);
future<> eager(int id);

Deferred<> forgets(int id) {
  (void)lazy(id); // warn: "the task returned by 'lazy' is thrown away here, so its work never starts"
  std::ignore = lazy(id); // warn: "is thrown away here"
  for (int i = 0; i < id; (void)lazy(i), ++i) // warn: "is thrown away here"
    co_await lazy(i);
  (void)co_await lazy(id); // ok
}
void runs_on(seastar::gate &gate, int id) {
  eager(id).handle_exception([](auto) {}); // warn: "so nobody learns when it is done"
  (void)eager(id); // warn: "so its end and any exception go unnoticed"
  (void)(id > 3 ? eager(1) : eager(2)); // warn: "is thrown away here"
  (void)eager(id).handle_exception([](auto) {}); // ok: somebody sees to its end
  (void)seastar::with_gate(gate, [id] { return eager(id); }); // ok: the gate waits for it
  (void)eager(id).then([] { return eager(2); }); // warn: "the task returned by 'future::then' is thrown away here"
  (void)eager(id).then_wrapped([](future<> done) { done.ignore_ready_future(); }); // ok
  (void)seastar::smp::invoke_on_all([] { return eager(1); }); // warn: "is thrown away here"
  (void)seastar::smp::invoke_on_all([] { return eager(1).handle_exception([](auto) {}); }); // ok: the work sees to it itself
}
