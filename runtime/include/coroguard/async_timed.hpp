// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// async_timed: wraps a coroutine function so that each call says when it starts and how long it took.
//
//   auto delay = coroguard::async_timed("delay", [](int s) -> coroguard::task<int> { co_await coroguard::sleep(s * 1s); co_return s; });
//   co_await delay(2);      // starting delay / finished delay in 2.0000 second(s)
#pragma once

#include "coroguard/event_loop.hpp"
#include "coroguard/task.hpp"
#include "coroguard/trace.hpp"

#include <cstdio>

namespace coroguard {

namespace detail {
/// One call: prints its beginning and end, and records a trace span.
class timed_call {
public:
  timed_call(const std::string &name, std::FILE *out);
  ~timed_call();
  timed_call(const timed_call &) = delete;

private:
  const std::string &name_;
  std::FILE *out_;
  std::int64_t begun_;
  trace_span span_;
};
template <class F, class... Args>
auto run_timed(std::shared_ptr<std::pair<std::string, F>> f, std::FILE *out, Args... args)
    -> task<await_result_t<std::invoke_result_t<F &, Args...>>> {
  timed_call call(f->first, out);
  co_return co_await f->second(std::move(args)...);
}
} // namespace detail

/// A function object like `f`; prints to `out` (null: only trace spans). Times are the loop's. The end is printed also when
/// the call throws or is cancelled.
template <class F> auto async_timed(std::string name, F f, std::FILE *out = stdout) {
  auto shared = std::make_shared<std::pair<std::string, F>>(std::move(name), std::move(f));
  return [shared, out]<class... Args>(Args &&...args) {
    return detail::run_timed<F, std::decay_t<Args>...>(shared, out, std::forward<Args>(args)...);
  };
}

} // namespace coroguard
