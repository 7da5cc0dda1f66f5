// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// async_generator<T>: a coroutine that awaits and yields. It runs inside the task that asks for the next item.
//
//   coroguard::async_generator<int> ticks(int n) {
//     for (int i = 0; i < n; ++i) { co_await coroguard::sleep(1s); co_yield i; }
//   }
//   COROGUARD_AWAIT_FOR(int i, ticks(3)) std::printf("%d\n", i);        // or:
//   auto g = ticks(3);
//   while (auto item = co_await g.next()) std::printf("%d\n", *item);
#pragma once

#include "coroguard/task.hpp"

namespace coroguard {

template <class T> class async_generator;

/// One item, or the end: tests false. Points into the generator; valid until the next call of next() or its destruction.
template <class T> class item {
public:
  item() noexcept = default;
  explicit item(std::remove_reference_t<T> *at) noexcept : at_(at) {}
  explicit operator bool() const noexcept { return at_ != nullptr; }
  std::remove_reference_t<T> &operator*() const noexcept { return *at_; }
  std::remove_reference_t<T> *operator->() const noexcept { return at_; }

private:
  std::remove_reference_t<T> *at_ = nullptr;
};

namespace detail {

bool is_generator_exit(const std::exception_ptr &e) noexcept;
[[noreturn]] void throw_generator_running();
[[noreturn]] void throw_generator_yielded();
[[noreturn]] void throw_generator_exit();
struct generator_promise_base;
inline void wake_consumer(generator_promise_base &p) noexcept;

struct generator_promise_base : awaiting_promise {
  enum class phase : std::uint8_t { fresh, started, finished };
  void *current = nullptr; ///< the item while it stands at a `co_yield`, else null: one word says all that a step must know
  phase now = phase::fresh;
  bool consumer_suspended = false;
  std::exception_ptr error;
  list_node live;                ///< started and not finished: the loop closes it at the end
  std::coroutine_handle<> self;  ///< set when linked

  explicit generator_promise_base(std::source_location where) noexcept : awaiting_promise(where) { caller = nullptr; }
  static generator_promise_base *from_list(list_node *node) noexcept; ///< of the loop's list
  bool running() const noexcept { return now == phase::started && !current; }
  /// Where no item stands: starts it, or says false if it is finished. Throws if it is running.
  bool start(std::coroutine_handle<> h);

  /// Hands control back to the consumer: by returning to its nested call, or by resuming it if it had to suspend.
  struct handover {
    bool await_ready() const noexcept { return false; }
    template <class P> [[gnu::always_inline]] void await_suspend(std::coroutine_handle<P> h) const noexcept {
      generator_promise_base &p = h.promise();
      if (p.consumer_suspended) [[unlikely]]
        wake_consumer(p);
    }
    void await_resume() const noexcept {}
  };
  /// Part of the promise: an awaiter of its own would be kept in the frame beside it.
  struct yield_point : handover, native_awaiter {
    bool closing = false;
    yield_point() noexcept = default;
    yield_point(const yield_point &) = delete;
    yield_point &operator=(const yield_point &) = delete;
    void await_resume() const {
      if (closing) [[unlikely]]
        throw_generator_exit();
    }
  } at_yield;
#ifdef __clang__
  using yield_awaiter = yield_point &;
#else // GCC 12 copies what it is given by reference
  struct yield_awaiter : handover, native_awaiter {
    const yield_point &point;
    explicit yield_awaiter(const yield_point &p) noexcept : point(p) {}
    void await_resume() const { point.await_resume(); }
  };
#endif
  struct final_awaiter : handover {
    template <class P> [[gnu::always_inline]] void await_suspend(std::coroutine_handle<P> h) const noexcept {
      h.promise().now = phase::finished;
      h.promise().current = nullptr;
      h.promise().live.unlink();
      handover::await_suspend(h);
    }
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  final_awaiter final_suspend() const noexcept { return {}; }
  void return_void() const noexcept {}
  void unhandled_exception() noexcept {
    error = std::current_exception();
    if (is_generator_exit(error) && at_yield.closing)
      error = nullptr;
    else if (this_thread.debug) [[unlikely]]
      note_exception_passed(this);
  }
};

inline void wake_consumer(generator_promise_base &p) noexcept {
  p.consumer_suspended = false;
  p.caller = nullptr;
  resume_chain(p.continuation);
}

template <class T> struct generator_promise final : generator_promise_base {
  using value = std::remove_reference_t<T>;
  explicit generator_promise(std::source_location where = std::source_location::current()) noexcept
      : generator_promise_base(where) {}
  async_generator<T> get_return_object() noexcept;
  yield_awaiter yield_value(value &v) noexcept {
    current = const_cast<std::remove_const_t<value> *>(std::addressof(v));
    return yield_awaiter(at_yield);
  }
  yield_awaiter yield_value(value &&v) noexcept
    requires(!std::is_lvalue_reference_v<T>)
  {
    current = const_cast<std::remove_const_t<value> *>(std::addressof(v));
    return yield_awaiter(at_yield);
  }
  /// A constant: the consumer gets a copy.
  struct copy_awaiter : handover, native_awaiter {
    generator_promise &p;
    std::remove_cv_t<value> copy;
    copy_awaiter(generator_promise &promise, const value &v) : p(promise), copy(v) {}
    bool await_ready() noexcept {
      p.current = std::addressof(copy);
      return false;
    }
    void await_resume() const { p.at_yield.await_resume(); }
  };
  copy_awaiter yield_value(const value &v)
    requires(!std::is_const_v<value> && !std::is_reference_v<T>)
  {
    return copy_awaiter(*this, v);
  }
};

template <class T> struct [[nodiscard]] generator_step : native_awaiter {
  using handle = std::coroutine_handle<generator_promise<T>>;
  handle h;
  explicit generator_step(handle generator) noexcept : h(generator) {}
  bool await_ready() {
    auto &p = h.promise();
    if (!p.current && !p.start(h)) [[unlikely]]
      return true; // finished
    p.current = nullptr;
    resume_chain(h);
    return p.current || p.now == generator_promise_base::phase::finished; // else it waits for something
  }
  template <class P> void await_suspend(std::coroutine_handle<P> consumer) noexcept {
    auto &p = h.promise();
    p.continuation = consumer;
    p.consumer_suspended = true;
    if constexpr (std::is_base_of_v<promise_base, P>)
      p.caller = &consumer.promise();
  }
  std::remove_reference_t<T> *finish() { // null at the end
    auto &p = h.promise();
    if (p.current) [[likely]]
      return static_cast<std::remove_reference_t<T> *>(p.current);
    if (p.error)
      std::rethrow_exception(std::exchange(p.error, nullptr));
    return nullptr;
  }
};
template <class T> struct [[nodiscard]] next_awaiter : generator_step<T> {
  using generator_step<T>::generator_step;
  item<T> await_resume() { return item<T>(this->finish()); }
};

} // namespace detail

/// Move-only; owns the frame. Destroying it destroys the frame where it stands: destructors of its locals run, code after
/// the `co_yield` does not. `aclose()` ends it in an orderly way; `run()` does so at its end for those that outlive it.
/// `co_yield` of an lvalue or temporary gives the consumer access to it (no copy); of a constant, a copy.
template <class T> class [[nodiscard]] async_generator {
public:
  using promise_type = detail::generator_promise<T>;
  using value_type = std::remove_cvref_t<T>;
  async_generator() noexcept = default;
  async_generator(async_generator &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  async_generator &operator=(async_generator &&other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~async_generator() {
    if (handle_)
      handle_.destroy();
  }
  bool valid() const noexcept { return handle_ != nullptr; }
  /// Awaiting it runs the generator to its next `co_yield`; the item tests false at the end (and ever after). Exceptions
  /// of the generator come out here, once. Errors: invalid_state_error if another next() is not finished, or if empty.
  detail::next_awaiter<T> next() {
    check();
    return detail::next_awaiter<T>(handle_);
  }
  /// Ends the generator: generator_exit is thrown at its `co_yield`, so that handlers and destructors run, and what they
  /// await is awaited. Errors: invalid_state_error if it yields again; what its cleanup throws.
  task<> aclose() {
    check();
    auto &p = handle_.promise();
    using phase = detail::generator_promise_base::phase;
    if (p.now == phase::finished)
      co_return;
    if (p.now == phase::fresh) { // never started: nothing to clean up
      std::exchange(handle_, nullptr).destroy();
      closed_ = true;
      co_return;
    }
    if (p.running())
      detail::throw_generator_running();
    p.at_yield.closing = true;
    if (co_await next())
      detail::throw_generator_yielded();
  }
  /// Async sequences are not iterated by a plain loop: use next(), COROGUARD_AWAIT_FOR or for_each.
  void begin() = delete;
  void end() = delete;

private:
  friend promise_type;
  explicit async_generator(std::coroutine_handle<promise_type> h) noexcept : handle_(h) {}
  [[gnu::always_inline]] void check() {
    if (!handle_) [[unlikely]]
      check_empty();
  }
  [[gnu::noinline]] void check_empty() {
    if (!closed_)
      throw invalid_state_error("coroguard: this async generator is empty (moved from)");
    *this = []() -> async_generator { co_return; }(); // closed before it started: behaves as finished
    handle_.promise().now = detail::generator_promise_base::phase::finished;
  }
  std::coroutine_handle<promise_type> handle_;
  bool closed_ = false;
};

namespace detail {
template <class T> async_generator<T> generator_promise<T>::get_return_object() noexcept {
  return async_generator<T>(std::coroutine_handle<generator_promise>::from_promise(*this));
}
} // namespace detail

/// Calls `f(item)` for each item and awaits it if it gives an awaitable; a false bool ends the loop and closes the generator.
template <class T, class F> task<> for_each(async_generator<T> g, F f) {
  while (auto i = co_await g.next()) {
    using result = std::invoke_result_t<F &, std::remove_reference_t<T> &>;
    if constexpr (std::is_void_v<result>) {
      f(*i);
    } else if constexpr (std::same_as<result, bool>) {
      if (!f(*i)) {
        co_await g.aclose();
        co_return;
      }
    } else {
      co_await f(*i);
    }
  }
}

/// `COROGUARD_AWAIT_FOR(auto &x, generator) { … }`: the await-loop over an async sequence, inside a coroutine. No comma in the declaration.
#define COROGUARD_AWAIT_FOR(declaration, ...)                                                                          \
  for (auto &&coroguard_sequence = __VA_ARGS__; auto coroguard_item = co_await coroguard_sequence.next();)             \
    if (declaration = *coroguard_item; false) {                                                                        \
    } else

} // namespace coroguard
