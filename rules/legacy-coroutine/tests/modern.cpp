// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The standard's coroutines, and other things that are experimental: silent.
#include <coroutine>
#include <exception>
#include <string>
#if __has_include(<experimental/propagate_const>)
#include <experimental/propagate_const>
#endif

namespace boost::asio::experimental {
template <class T> struct coroutine_handle {};
} // namespace boost::asio::experimental
namespace experimental {
struct suspend_always {};
} // namespace experimental

struct Task {
  struct promise_type {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Task work() {
  co_await std::suspend_always{};
  boost::asio::experimental::coroutine_handle<int> mine;
  experimental::suspend_always own;
  std::string text = "#include <experimental/coroutine>";
  // #include <experimental/coroutine>, std::experimental::coroutine_handle
}
