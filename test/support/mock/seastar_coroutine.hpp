// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of seastar.hpp that is namespace seastar::coroutine; included by it.
#pragma once

#include "seastar.hpp"

namespace seastar {
namespace coroutine {

/// Keeps a lambda coroutine alive while a Seastar function runs it (a pointer: only valid within the expression).
template <class F> class lambda {
public:
  explicit lambda(F &&func) : func_(&func) {}
  template <class... A> decltype(auto) operator()(A &&...args) const {
    return std::invoke(*func_, std::forward<A>(args)...);
  }

private:
  F *func_;
};

class [[nodiscard]] maybe_yield {
  struct awaiter {
    bool await_ready() const;
    template <class P> void await_suspend(std::coroutine_handle<P> handle) noexcept;
    void await_resume() {}
  };

public:
  auto operator co_await() { return awaiter{}; }
};

template <class F> class [[nodiscard]] parallel_for_each final {
public:
  template <class R, class G> explicit parallel_for_each(R &&range, G &&func) noexcept { mock::opaque(&func); }
  bool await_ready() const noexcept;
  template <class P> void await_suspend(std::coroutine_handle<P> handle) noexcept;
  void await_resume() const;
};
template <class R, class G> parallel_for_each(R &&range, G &&func) -> parallel_for_each<std::decay_t<G>>;

template <class... F> class [[nodiscard]] all {
public:
  template <class... G> explicit all(G &&...funcs) { (mock::opaque(&funcs), ...); }
  auto operator co_await() { return internal::awaiter<std::tuple<int>>(mock::some<future<std::tuple<int>>>()); }
};
template <class... G> all(G &&...funcs) -> all<std::decay_t<G>...>;

template <class T> class [[nodiscard]] as_future {
public:
  explicit as_future(future<T> &&f) noexcept;
  bool await_ready() const noexcept;
  template <class P> void await_suspend(std::coroutine_handle<P> handle) noexcept;
  future<T> await_resume();
};

struct exception {
  explicit exception(std::exception_ptr ex);
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> handle) noexcept;
  void await_resume() {}
};
template <class E> exception return_exception(E &&ex) noexcept;

namespace experimental {
template <class R> class [[nodiscard]] generator {
public:
  class promise_type {
  public:
    generator get_return_object() noexcept;
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept;
    void return_void() noexcept {}
    std::suspend_always yield_value(R value) noexcept;
    template <class A> decltype(auto) await_transform(A &&awaitable) { return std::forward<A>(awaitable); }
  };
  struct [[nodiscard]] call_awaiter {
    bool await_ready() const noexcept;
    template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> consumer) noexcept;
    std::optional<R> await_resume();
  };
  generator(generator &&other) noexcept;
  ~generator();
  [[nodiscard]] call_awaiter operator()() noexcept;
};
} // namespace experimental

} // namespace coroutine
} // namespace seastar
