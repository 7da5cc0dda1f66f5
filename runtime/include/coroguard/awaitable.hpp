// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Concepts of things one may `co_await`.
//
//   static_assert(coroguard::awaitable<coroguard::task<int>>);
//   static_assert(std::same_as<coroguard::await_result_t<coroguard::task<int>>, int>);
#pragma once

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace coroguard {

namespace detail {
template <class T>
concept await_suspend_result =
    std::is_void_v<T> || std::same_as<T, bool> || std::convertible_to<T, std::coroutine_handle<>>;

template <class T>
concept has_member_co_await = requires(T &&t) { static_cast<T &&>(t).operator co_await(); };
template <class T>
concept has_free_co_await = requires(T &&t) { operator co_await(static_cast<T &&>(t)); };

template <class T> decltype(auto) get_awaiter(T &&t) {
  if constexpr (has_member_co_await<T>)
    return static_cast<T &&>(t).operator co_await();
  else if constexpr (has_free_co_await<T>)
    return operator co_await(static_cast<T &&>(t));
  else
    return static_cast<T &&>(t);
}
} // namespace detail

/// The three operations the language asks for.
template <class T>
concept awaiter = requires(std::remove_reference_t<T> &t, std::coroutine_handle<> h) {
  { t.await_ready() } -> std::convertible_to<bool>;
  { t.await_suspend(h) } -> detail::await_suspend_result;
  t.await_resume();
};

/// An awaiter, or anything with a member or free `operator co_await` that gives one.
template <class T>
concept awaitable = requires(T &&t) {
  { detail::get_awaiter(static_cast<T &&>(t)) } -> awaiter;
};

template <awaitable T> using awaiter_type_t = decltype(detail::get_awaiter(std::declval<T>()));
/// What `co_await t` gives.
template <awaitable T>
using await_result_t = decltype(std::declval<std::remove_reference_t<awaiter_type_t<T>> &>().await_resume());

} // namespace coroguard
