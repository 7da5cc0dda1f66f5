// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that are called like those of a library, and give values in which no exception can be.
#include "acme.hpp"

#include <array>
#include <exception>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace coro {
template <class T> struct Wait {
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>) noexcept;
  T await_resume();
};
template <class T> struct Outcome {
  T return_value() const;
};
template <class T> Wait<T> when_all(acme::Deferred<T> only);
template <class A, class B> Wait<std::tuple<A, B>> when_all(acme::Deferred<A> a, acme::Deferred<B> b);
template <class T> Wait<std::vector<std::variant<T, std::exception_ptr>>> when_all(std::vector<acme::Deferred<T>> all);
template <class T> Wait<std::array<Outcome<T>, 3>> when_all(acme::Deferred<T> a, acme::Deferred<T> b, acme::Deferred<T> c);
} // namespace coro

acme::Deferred<> save(int key);
acme::Deferred<int> ask(int key);
acme::Deferred<std::string> name(int key);

acme::Deferred<> waits() {
  co_await coro::when_all(save(1));           // ok
  co_await coro::when_all(ask(1));            // ok
  co_await coro::when_all(ask(1), name(2));   // ok
  std::vector<acme::Deferred<int>> all;
  all.push_back(ask(3));
  co_await coro::when_all(std::move(all));            // warn: "when_all"
  co_await coro::when_all(ask(1), ask(2), ask(3));    // warn: "when_all"
}
