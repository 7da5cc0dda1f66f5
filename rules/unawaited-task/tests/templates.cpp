// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Templates are judged in their instantiations, one finding per source line.
#include "acme.hpp"

#include <concepts>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
int count(int key);

template <class F> Deferred<> run_with(F func) {
  func(1); // warn: "func"
  co_return;
}
template <class F> Deferred<> run_in_turn(F func) {
  func(1); // ok: only ever called with a plain function
  co_return;
}
template <class... K> Deferred<> save_all(K... keys) {
  (save(keys), ...); // warn: "save"
  co_return;
}
template <class... K> Deferred<> save_each(K... keys) {
  (co_await save(keys), ...);
}
template <class T> Deferred<T> twice(T value) {
  auto task = load(static_cast<int>(value)); // warn: "load"
  co_return value + value;
}
template <int N> Deferred<> fixed() {
  if constexpr (N > 3)
    save(N); // warn: "save"
  else
    co_await save(N);
}

template <class T> struct Store {
  Deferred<> put(T value);
  template <class U> Deferred<> put_as(U value);
  static Deferred<> reset();
  Deferred<> fill(T value) {
    put(value);                       // warn: "put"
    this->template put_as<long>(1);   // warn: "put_as"
    reset();                          // warn: "reset"
    Store::reset();                   // warn: "reset"
    auto task = put(value);           // warn: "put"
    co_await put(value);
  }
};

template <class Derived> struct Crtp {
  Deferred<> run() {
    static_cast<Derived *>(this)->step(); // warn: "step"
    co_return;
  }
};
struct Machine : Crtp<Machine> {
  Deferred<> step();
};

template <class T>
concept Steps = requires(T t) {
  { t.step() } -> std::same_as<Deferred<>>;
};
Deferred<> drive(Steps auto &machine) {
  machine.step(); // warn: "step"
  co_await machine.step();
}

template <class T> struct Base {
  Deferred<> flush();
};
template <class T> struct Child : Base<T> {
  Deferred<> close() {
    this->flush(); // warn: "flush"
    co_return;
  }
};

template <class T = Deferred<>> T made(int key);
template <template <class> class W, class T> W<T> wrap(T value);

Deferred<> instantiate() {
  co_await run_with(save);
  co_await run_with([](int key) { return load(key); });
  co_await run_in_turn(count);
  co_await save_all(1, 2, 3);
  co_await save_each(1, 2, 3);
  co_await twice(1);
  co_await twice(1L);
  co_await fixed<1>();
  co_await fixed<4>();
  co_await Store<int>{}.fill(1);
  co_await Store<long>{}.fill(2);
  Machine machine;
  co_await machine.run();
  co_await drive(machine);
  Child<int> child;
  co_await child.close();
  made(1);              // warn: "made"
  made<>(2);            // warn: "made"
  made<Deferred<int>>(3); // warn: "made"
  made<int>(4);         // ok: an int
  wrap<Deferred>(5);    // warn: "wrap"
  std::apply(save, std::tuple{6}); // warn: "apply"
  auto visit = []<class T>(T key) -> Deferred<> {
    save(static_cast<int>(key)); // warn: "save"
    co_return;
  };
  co_await visit(7);
  co_await visit(8L);
}
