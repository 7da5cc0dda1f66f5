// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Closures that a sender holds: it does nothing until somebody connects it. The shapes are libunifex's.
#include "acme.hpp"

#include <string>
#include <type_traits>
#include <utility>

namespace unifex {
namespace _just {
template <class T> struct _sender {
  struct type {
    template <template <class...> class Variant> using value_types = Variant<T>;
    T value;
  };
};
} // namespace _just
template <class T> typename _just::_sender<std::decay_t<T>>::type just(T &&value) { return {std::forward<T>(value)}; }
namespace _then {
template <class Sender, class F> struct _sender {
  struct type {
    template <template <class...> class Variant> using value_types = Variant<int>;
    Sender sender;
    F function;
  };
};
template <class F> struct _closure {
  F function;
  template <class Sender> friend typename _sender<Sender, F>::type operator|(Sender sender, _closure closure) {
    return {std::move(sender), std::move(closure.function)};
  }
};
struct _fn {
  template <class F> _closure<F> operator()(F function) const { return {std::move(function)}; }
  template <class Sender, class F> typename _sender<Sender, F>::type operator()(Sender sender, F function) const {
    return {std::move(sender), std::move(function)};
  }
};
} // namespace _then
inline constexpr _then::_fn then{};
namespace v2::_async_scope {
struct async_scope {
  _just::_sender<int>::type join() noexcept;
};
} // namespace v2::_async_scope
struct _spawn_detached_fn {
  template <class Sender, class Scope> void operator()(Sender &&sender, Scope &scope) const;
};
inline constexpr _spawn_detached_fn spawn_detached{};
struct _sync_wait_fn {
  template <class Sender> int operator()(Sender &&sender) const;
};
inline constexpr _sync_wait_fn sync_wait{};
} // namespace unifex
using Scope = unifex::v2::_async_scope::async_scope;

auto returned(int khz) {
  std::string label = "khz";
  return unifex::just(khz) | unifex::then([&label](int k) { return label.size() + k; }); // warn: "captures 'label' by reference"
}
auto returned_from_a_call(int khz) {
  std::string label = "khz";
  return unifex::then(unifex::just(khz), [&](int k) { return label.size() + k; }); // warn: "captures 'label' by reference"
}
auto by_value(int khz) {
  std::string label = "khz";
  return unifex::just(khz) | unifex::then([label](int k) { return label.size() + k; }); // ok
}
auto of_the_caller(std::string &label) {
  return unifex::just(1) | unifex::then([&label](int k) { return label.size() + k; }); // ok: the caller's
}
int called_at_once() {
  std::string label = "khz";
  auto size = [&label] { return static_cast<int>(label.size()); };
  return size(); // ok
}
auto only_its_result() {
  std::string label = "khz";
  return unifex::just([&label] { return static_cast<int>(label.size()); }()); // ok: the closure is not in the sender
}
void spawned(Scope &scope) {
  int count = 0;
  unifex::spawn_detached(unifex::just(1) | unifex::then([&count](int n) { count += n; return count; }), scope); // warn: "captures 'count' by reference"
}
void spawned_and_joined(Scope &scope) {
  int count = 0;
  unifex::spawn_detached(unifex::just(1) | unifex::then([&count](int n) { count += n; return count; }), scope); // ok
  unifex::sync_wait(scope.join());
}
void spawned_with_a_copy(Scope &scope) {
  int count = 0;
  unifex::spawn_detached(unifex::just(1) | unifex::then([count](int n) { return count + n; }), scope); // ok
}
int waited_for() {
  int count = 0;
  return unifex::sync_wait(unifex::just(1) | unifex::then([&count](int n) { count += n; return count; })); // ok
}
