// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// process_pool_executor: functions in other processes (concurrent.futures.ProcessPoolExecutor). A crash there is an error here.
//
//   long count(std::string text);                       // any function, or a lambda without captures
//   coroguard::process_pool_executor pool(4);
//   long n = co_await coroguard::run_in_executor(pool, count, text);   // in a coroutine
//   auto v = pool.map(is_prime, std::views::iota(0, 100'000));         // in plain code; blocks
//
// Workers are this very program, started afresh (no fork of a threaded process): static initialisers run, main does not.
// Arguments and results travel by value, see coroguard/wire.hpp.
#pragma once

#include "coroguard/executor_future.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/run_in_executor.hpp"
#include "coroguard/thread_pool_executor.hpp"
#include "coroguard/wire.hpp"

#include <sys/types.h>

namespace coroguard {

/// A worker died while it ran the function. signal() that killed it, or its exit_code().
class broken_process_pool : public std::runtime_error {
public:
  broken_process_pool(const std::string &what, int signal, int exit_code)
      : std::runtime_error(what), signal_(signal), exit_code_(exit_code) {}
  int signal() const noexcept { return signal_; }
  int exit_code() const noexcept { return exit_code_; }

private:
  int signal_, exit_code_;
};

/// An exception thrown in a worker: what() is its message with type and origin.
class remote_error : public std::runtime_error {
public:
  remote_error(std::string type, std::string message, pid_t worker);
  const std::string &type() const noexcept { return data_->type; }       ///< "std::invalid_argument"
  const std::string &message() const noexcept { return data_->message; } ///< its what()
  pid_t worker() const noexcept { return data_->worker; }

private:
  struct data {
    std::string type, message;
    pid_t worker;
  };
  std::shared_ptr<const data> data_;
};

namespace detail {

/// Runs in the worker: decodes arguments, calls, encodes the result.
using remote_function = void (*)(wire_reader &in, wire_writer &out);
/// Position of code relative to the program, the same in every process of it. Errors: std::invalid_argument for code of
/// another shared library.
std::int64_t code_offset(const void *address);
const void *code_at(std::int64_t offset) noexcept;

template <class F> inline constexpr bool is_function_pointer = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;

template <class F, class... A> struct remote_call {
  static_assert(is_function_pointer<F> || (std::is_empty_v<F> && std::is_default_constructible_v<F>),
                "a process pool runs functions and lambdas without captures; pass what they need as arguments");
  using result = std::remove_cvref_t<std::invoke_result_t<F &, A...>>;
  static void encode(wire_writer &out, const F &f, const A &...args) {
    if constexpr (is_function_pointer<F>)
      out.put(code_offset(reinterpret_cast<const void *>(f)));
    (out.put(args), ...);
  }
  static F function(wire_reader &in) {
    if constexpr (is_function_pointer<F>)
      return reinterpret_cast<F>(const_cast<void *>(code_at(in.get<std::int64_t>())));
    else
      return F();
  }
  static void run(wire_reader &in, wire_writer &out) {
    F f = function(in);
    std::tuple<A...> args{in.get<A>()...};
    if constexpr (std::is_void_v<result>)
      std::apply(f, std::move(args));
    else
      out.put(result(std::apply(f, std::move(args))));
  }
};
template <class F, class Item> struct remote_map {
  using result = std::remove_cvref_t<std::invoke_result_t<F &, Item &>>;
  static void run(wire_reader &in, wire_writer &out) {
    F f = remote_call<F, Item>::function(in);
    auto items = in.get<std::vector<Item>>();
    if constexpr (std::is_void_v<result>) {
      for (auto &&i : items)
        f(i);
    } else {
      std::vector<result> results;
      results.reserve(items.size());
      for (auto &&i : items)
        results.push_back(f(i));
      out.put(results);
    }
  }
};

/// What travels; `answered` is called once, on the pool's thread: with a reader, or null and an exception.
struct remote_job {
  std::string request;
  remote_function function;
  std::function<bool()> start;
  std::function<void(wire_reader *, std::exception_ptr)> answered;
  int attempts = 0;
};

/// Cancels what has not been sent when the awaiting task ends first, also one that never started.
template <class R> struct remote_result {
  executor_future<R> f;
  explicit remote_result(executor_future<R> r) noexcept : f(std::move(r)) {}
  remote_result(remote_result &&) noexcept = default;
  ~remote_result() {
    if (f.valid())
      f.cancel();
  }
};
template <class R> task<R> await_remote(remote_result<R> r, future<> ready) {
  co_await ready;
  co_return r.f.result();
}
/// A task for a result of the pool. It counts as a job of the running loop until the pool has answered.
template <class R> task_handle<R> start_remote(executor_future<R> r) {
  struct signal final : ready_node {
    promise<> done;
    event_loop *loop = nullptr;
  };
  auto &loop = current_loop();
  auto s = std::make_unique<signal>();
  s->loop = &loop;
  s->run = [](ready_node *node) {
    std::unique_ptr<signal> self(static_cast<signal *>(node));
    self->loop->job_end();
    if (!self->done.done())
      self->done.set_value();
  };
  auto handle = loop.create_task(await_remote(remote_result<R>(r), s->done.get_future()));
  r.add_done_callback([s = s.get()] { s->loop->push_threadsafe(s); });
  (void)s.release();
  loop.job_begin();
  return handle;
}

} // namespace detail

/// Thread-safe. Workers start on demand and are replaced when they crash: the job that ran alone fails with
/// broken_process_pool; others that had been sent to that worker are run again (so they may run twice), at most three times.
class process_pool_executor {
public:
  /// `workers` 0: one per processor. Errors: std::system_error if the system has no descriptors or threads left.
  explicit process_pool_executor(std::size_t workers = 0);
  /// shutdown(true, true).
  ~process_pool_executor();
  process_pool_executor(const process_pool_executor &) = delete;
  process_pool_executor &operator=(const process_pool_executor &) = delete;

  /// Queues `f(args...)`. Errors: invalid_state_error after shutdown; std::invalid_argument for code outside of the program;
  /// through the future: remote_error, broken_process_pool, wire_error, std::system_error if no worker can be started.
  template <class F, class... Args> auto submit(F f, Args &&...args) {
    using call = detail::remote_call<F, std::decay_t<Args>...>;
    using R = typename call::result;
    auto state = std::make_shared<detail::executor_future_state<R>>();
    auto job = std::make_unique<detail::remote_job>();
    job->function = &call::run;
    wire_writer out(job->request);
    call::encode(out, f, std::decay_t<Args>(std::forward<Args>(args))...);
    job->start = [state] { return state->start(); };
    job->answered = [state](wire_reader *in, std::exception_ptr error) {
      auto decode = [&]() -> R {
        if (error)
          std::rethrow_exception(error);
        if constexpr (!std::is_void_v<R>)
          return in->get<R>();
      };
      state->run(decode);
    };
    send(std::move(job));
    return executor_future<R>(std::move(state));
  }

  /// `f(item)` for every item; blocks; results in order (void if `f` gives nothing); `chunk` items per message, or auto_chunk. The
  /// first exception is thrown and what has not been sent is cancelled.
  template <class F, std::ranges::input_range R> auto map(F f, R &&range, std::size_t chunk = auto_chunk) {
    auto parts = map_parts(f, range, chunk);
    try {
      if constexpr (std::is_void_v<mapped<F, R>>) {
        for (auto &p : parts)
          p.result();
      } else {
        mapped<F, R> all;
        for (auto &p : parts)
          for (auto &&x : p.result())
            all.push_back(std::move(x));
        return all;
      }
    } catch (...) {
      for (auto &p : parts)
        p.cancel();
      throw;
    }
  }
  /// The same for coroutines: `auto v = co_await pool.async_map(f, range);`. Starts at once; the items are copied. Cancelling it, or
  /// a failure, cancels what has not been sent. Errors: no_running_loop_error; as map.
  template <class F, std::ranges::input_range R> task<detail::mapped<typename detail::remote_map<F, std::ranges::range_value_t<R>>::result>>
  async_map(F f, R &&range, std::size_t chunk = auto_chunk) {
    std::vector<task_handle<mapped<F, R>>> parts;
    for (auto &p : map_parts(f, range, chunk))
      parts.push_back(detail::start_remote(std::move(p)));
    return [](auto started) -> task<mapped<F, R>> {
      auto joined = gather(started);
      try {
        if constexpr (std::is_void_v<mapped<F, R>>) {
          co_await joined;
        } else {
          mapped<F, R> all;
          for (auto &part : co_await joined)
            for (auto &&x : part)
              all.push_back(std::move(x));
          co_return all;
        }
      } catch (...) {
        for (auto &h : started)
          h.cancel();
        throw;
      }
    }(std::move(parts));
  }

  /// Ends the workers; one that was stopped by a signal is continued. `wait`: returns when running work is done; otherwise running work
  /// fails. `cancel_pending`: what is not running is cancelled. Calling it again is fine.
  void shutdown(bool wait = true, bool cancel_pending = false);
  std::size_t workers() const noexcept;
  /// Process ids of the workers alive.
  std::vector<pid_t> worker_pids() const;

private:
  template <class F, class R> using mapped = detail::mapped<typename detail::remote_map<F, std::ranges::range_value_t<R>>::result>;
  template <class F, class R> auto map_parts(F f, R &&range, std::size_t chunk) {
    using item = std::ranges::range_value_t<R>;
    using results = mapped<F, R>;
    std::vector<std::unique_ptr<detail::remote_job>> jobs;
    std::vector<item> items;
    for (auto &&x : range)
      items.push_back(x);
    if (chunk == auto_chunk)
      chunk = std::max<std::size_t>(1, items.size() / (workers() * 16));
    std::vector<executor_future<results>> parts;
    for (std::size_t from = 0; from < items.size(); from += chunk) {
      auto state = std::make_shared<detail::executor_future_state<results>>();
      auto job = std::make_unique<detail::remote_job>();
      job->function = &detail::remote_map<F, item>::run;
      wire_writer out(job->request);
      if constexpr (detail::is_function_pointer<F>)
        out.put(detail::code_offset(reinterpret_cast<const void *>(f)));
      out.put(std::vector<item>(items.begin() + std::ptrdiff_t(from), items.begin() + std::ptrdiff_t(std::min(items.size(), from + chunk))));
      job->start = [state] { return state->start(); };
      job->answered = [state](wire_reader *in, std::exception_ptr error) {
        auto decode = [&]() -> results {
          if (error)
            std::rethrow_exception(error);
          if constexpr (!std::is_void_v<results>)
            return in->get<results>();
        };
        state->run(decode);
      };
      parts.emplace_back(std::move(state));
      jobs.push_back(std::move(job));
    }
    send(std::move(jobs));
    return parts;
  }
  void send(std::unique_ptr<detail::remote_job> job);
  void send(std::vector<std::unique_ptr<detail::remote_job>> jobs);
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Runs `f(args...)` in a worker process; starts at once. Cancelling: what has not been sent never runs. Errors as submit().
template <class F, class... Args> auto run_in_executor(process_pool_executor &pool, F f, Args &&...args) {
  return detail::start_remote(pool.submit(f, std::forward<Args>(args)...));
}

} // namespace coroguard
