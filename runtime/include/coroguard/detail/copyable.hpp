// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Can a result be copied, all the way down? Containers say yes even if their elements cannot: a std::vector<std::unique_ptr<T>>
// is a move-only result.
#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

namespace coroguard::detail {

template <class T> struct copyable_result : std::bool_constant<std::copy_constructible<T>> {};
template <class T>
  requires std::copy_constructible<T> && requires {
    typename T::allocator_type;
    typename T::value_type;
  } && (!std::same_as<T, typename T::value_type>)
struct copyable_result<T> : copyable_result<typename T::value_type> {};
template <class A, class B> struct copyable_result<std::pair<A, B>> : std::conjunction<copyable_result<A>, copyable_result<B>> {};
template <class... T> struct copyable_result<std::tuple<T...>> : std::conjunction<copyable_result<T>...> {};
template <class T> concept copyable = copyable_result<T>::value;

} // namespace coroguard::detail
