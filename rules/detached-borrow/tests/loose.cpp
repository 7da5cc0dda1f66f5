// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Function objects that a fire-and-forget coroutine of the unit runs on by itself.
#include "acme.hpp"

#include <string>
#include <utility>

using acme::Deferred;

Deferred<int> ask(std::string name);
Deferred<> turn();
void use(int value);

template <class F> acme::Oneway drive(F work) { co_await work(); }
template <class F> void go(F work) { drive(std::move(work)); }
template <class F> Deferred<> stay(F work) { co_await work(); }

Deferred<int> counts(std::string name) {
  int hits = 0;
  go([&hits, name]() -> Deferred<> { // warn: "'hits'"
    hits += co_await ask(name);
  });
  co_await turn();
  co_return hits;
}
Deferred<int> counts_and_stays(std::string name) {
  int hits = 0;
  co_await stay([&hits, name]() -> Deferred<> { // ok: awaited
    hits += co_await ask(name);
  });
  co_return hits;
}
void gives_copies(std::string name) {
  int base = 1;
  go([base, name]() -> Deferred<> { // ok: it has what it needs
    use(base + co_await ask(name));
  });
}
void reads_at_once(std::string name) {
  int base = 1;
  go([&base, name]() -> Deferred<> { // ok: it runs until the first await
    use(base);
    co_await ask(name);
  });
}
