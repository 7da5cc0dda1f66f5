// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Adaptors of async sequences: aenumerate, amap, afilter, zip, atake, collect.
//
//   COROGUARD_AWAIT_FOR(auto &&[i, line], coroguard::aenumerate(lines(file))) std::cout << i << ' ' << line;
#pragma once

#include "coroguard/async_generator.hpp"

#include <tuple>
#include <vector>

namespace coroguard {

/// Each item with its number, counted from `start`.
template <class T>
async_generator<std::pair<std::size_t, std::remove_cvref_t<T>>> aenumerate(async_generator<T> g, std::size_t start = 0) {
  while (auto i = co_await g.next()) {
    std::pair<std::size_t, std::remove_cvref_t<T>> numbered(start++, std::move(*i));
    co_yield numbered;
  }
}

namespace detail {
template <class R> struct awaited_type { using type = R; };
template <awaitable R> struct awaited_type<R> { using type = await_result_t<R>; };
template <class R> using awaited = std::remove_cvref_t<typename awaited_type<R>::type>;
} // namespace detail

/// `f(item)` for each; `f` may be a coroutine.
template <class T, class F>
async_generator<detail::awaited<std::invoke_result_t<F &, std::remove_reference_t<T> &>>> amap(async_generator<T> g, F f) {
  using result = std::invoke_result_t<F &, std::remove_reference_t<T> &>;
  while (auto i = co_await g.next()) {
    if constexpr (awaitable<result>) {
      auto value = co_await f(*i);
      co_yield value;
    } else {
      auto value = f(*i);
      co_yield value;
    }
  }
}

/// The items for which `f(item)` is true; `f` may be a coroutine.
template <class T, class F> async_generator<T> afilter(async_generator<T> g, F f) {
  using result = std::invoke_result_t<F &, std::remove_reference_t<T> &>;
  while (auto i = co_await g.next()) {
    bool keep;
    if constexpr (awaitable<result>)
      keep = co_await f(*i);
    else
      keep = f(*i);
    if (keep)
      co_yield *i;
  }
}

/// Tuples of one item of each, until the shortest ends; the others are closed then.
template <class A, class B>
async_generator<std::tuple<std::remove_cvref_t<A>, std::remove_cvref_t<B>>> zip(async_generator<A> a, async_generator<B> b) {
  for (;;) {
    auto x = co_await a.next();
    if (!x)
      break;
    auto y = co_await b.next();
    if (!y)
      break;
    std::tuple<std::remove_cvref_t<A>, std::remove_cvref_t<B>> both(std::move(*x), std::move(*y));
    co_yield both;
  }
  co_await a.aclose();
  co_await b.aclose();
}

/// The first `n` items; then the source is closed.
template <class T> async_generator<T> atake(async_generator<T> g, std::size_t n) {
  for (; n > 0; --n) {
    auto i = co_await g.next();
    if (!i)
      co_return;
    co_yield *i;
  }
  co_await g.aclose();
}

/// All items as a vector.
template <class T> task<std::vector<std::remove_cvref_t<T>>> collect(async_generator<T> g) {
  std::vector<std::remove_cvref_t<T>> all;
  while (auto i = co_await g.next())
    all.push_back(std::move(*i));
  co_return all;
}

} // namespace coroguard
