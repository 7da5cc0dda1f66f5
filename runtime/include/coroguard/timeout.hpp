// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wait_for, timeout, timeout_at: deadlines (asyncio's wait_for and timeout). When the deadline passes, what runs inside is
// cancelled; if it lets the cancellation pass, timeout_error comes out. A cancellation from elsewhere stays one.
//
//   int n = co_await coroguard::wait_for(compute(), 2s);
//   co_await coroguard::timeout(5s, [&](coroguard::timeout_scope &t) -> coroguard::task<> {
//     co_await handshake();
//     t.reschedule(coroguard::now() + 30s);
//     co_await transfer();
//   });
#pragma once

#include "coroguard/gather.hpp"

namespace coroguard {

/// A deadline for the current task; given to the body of timeout().
class timeout_scope {
public:
  explicit timeout_scope(std::optional<time_point> when) noexcept : when_(when) {}
  timeout_scope(const timeout_scope &) = delete;
  timeout_scope &operator=(const timeout_scope &) = delete;
  ~timeout_scope() { timer_.cancel(); }
  /// The deadline; none means never.
  std::optional<time_point> when() const noexcept { return when_; }
  /// Moves the deadline. Errors: invalid_state_error if it already passed or the scope was left.
  void reschedule(std::optional<time_point> when);
  /// True once the deadline has passed.
  bool expired() const noexcept { return state_ == state::expiring || state_ == state::expired; }

  // --- for the library
  void enter();
  /// True: the cancellation that is on its way is this scope's own and becomes timeout_error.
  bool leave(bool by_cancellation) noexcept;

private:
  enum class state : std::uint8_t { created, active, expiring, expired, left };
  void arm();
  std::optional<time_point> when_;
  state state_ = state::created;
  callback_handle timer_;
  any_task task_;
  std::uint32_t cancelling_ = 0;
};

namespace detail {
template <class T, class Make> task<T> run_in_scope(std::optional<time_point> when, Make make) {
  timeout_scope scope(when);
  scope.enter();
  try {
    if constexpr (std::is_void_v<T>) {
      co_await make(scope);
      scope.leave(false);
      co_return;
    } else {
      T value = co_await make(scope);
      scope.leave(false);
      co_return static_cast<T>(std::move(value));
    }
  } catch (const cancelled_error &) {
    if (!scope.leave(true))
      throw;
  } catch (...) {
    scope.leave(false);
    throw;
  }
  throw timeout_error();
}
template <class F> decltype(auto) call_body(F &f, timeout_scope &scope) {
  if constexpr (std::invocable<F &, timeout_scope &>)
    return f(scope);
  else
    return f();
}
/// Waits for the end without taking part in it: a cancellation meanwhile is the waiting task's own. Gives no result.
task<> wait_until_done(core_ref<future_core> core);
inline std::optional<time_point> deadline_in(std::optional<duration> d) {
  if (!d)
    return std::nullopt;
  auto &loop = current_loop();
  return time_point(duration(deadline_after(loop.now_ns(), *d)));
}
} // namespace detail

/// Runs `body()` or `body(timeout_scope &)`, a coroutine, under a deadline. Errors: timeout_error.
template <class Rep, class Period, class F>
  requires(std::invocable<F &> || std::invocable<F &, timeout_scope &>)
auto timeout(std::chrono::duration<Rep, Period> after, F body)
    -> task<await_result_t<decltype(detail::call_body(body, std::declval<timeout_scope &>()))>> {
  using T = await_result_t<decltype(detail::call_body(body, std::declval<timeout_scope &>()))>;
  auto when = detail::deadline_in(detail::to_duration(after));
  co_return co_await detail::run_in_scope<T>(when, [&body](timeout_scope &s) { return detail::call_body(body, s); });
}
/// The same with a point in time; `std::nullopt` is never (to be set by reschedule).
template <class F>
  requires(std::invocable<F &> || std::invocable<F &, timeout_scope &>)
auto timeout_at(std::optional<time_point> when, F body)
    -> task<await_result_t<decltype(detail::call_body(body, std::declval<timeout_scope &>()))>> {
  using T = await_result_t<decltype(detail::call_body(body, std::declval<timeout_scope &>()))>;
  co_return co_await detail::run_in_scope<T>(when, [&body](timeout_scope &s) { return detail::call_body(body, s); });
}

/// Awaits `a` for at most `limit`; then cancels it, waits for its end, and throws timeout_error. A result that arrives with
/// the deadline wins if it is there first. `std::nullopt` waits for ever. A limit of zero or less gives only what is
/// already done.
template <awaitable A> task<await_result_t<A>> wait_for(A a, std::optional<duration> limit) {
  using T = await_result_t<A>;
  if (limit && limit->count() <= 0) {
    auto core = detail::ensure_future(current_loop(), std::move(a));
    if (!core->done()) {
      core->cancel();
      co_await detail::wait_until_done(core);
    }
    if (core->state == detail::outcome::cancelled)
      throw timeout_error();
    core->rethrow_if_failed();
    co_return detail::fetch<T>(core);
  }
  co_return co_await detail::run_in_scope<T>(detail::deadline_in(limit), [&a](timeout_scope &) -> A && { return std::move(a); });
}
template <awaitable A, class Rep, class Period> auto wait_for(A a, std::chrono::duration<Rep, Period> limit) {
  return wait_for(std::move(a), std::optional<duration>(detail::to_duration(limit)));
}

} // namespace coroguard
