// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape of Seastar's API for rule tests: names, signatures, eagerness and drop semantics, nearly no bodies.
// Not Seastar: nothing here runs.
#pragma once

#include "mock.hpp"

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace seastar {

using sstring = std::string;
using lowres_clock = std::chrono::steady_clock;

template <class T = void> class promise;
template <class T = void> class [[nodiscard]] future;

template <class T> struct futurize {
  using type = future<T>;
};
template <class T> struct futurize<future<T>> {
  using type = future<T>;
};
template <class T> using futurize_t = typename futurize<T>::type;

class task {
public:
  virtual ~task() = default;
  virtual void run_and_dispose() noexcept = 0;
};

namespace internal {
template <class F, class T> struct then_result {
  using type = futurize_t<std::invoke_result_t<F, T>>;
};
template <class F> struct then_result<F, void> {
  using type = futurize_t<std::invoke_result_t<F>>;
};
template <class F, class T> using then_result_t = typename then_result<F, T>::type;

struct future_base {
  bool available() const noexcept;
  bool failed() const noexcept;
};
} // namespace internal

template <class T> class [[nodiscard]] future : private internal::future_base {
public:
  using value_type = T;
  using promise_type = promise<T>;
  future(future &&other) noexcept;
  future(const future &) = delete;
  future &operator=(future &&other) noexcept;
  ~future();
  using internal::future_base::available;
  using internal::future_base::failed;
  T get();
  void wait() noexcept;
  std::exception_ptr get_exception() noexcept;
  void ignore_ready_future() noexcept;
  template <class F> internal::then_result_t<F, T> then(F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<internal::then_result_t<F, T>>();
  }
  template <class F> futurize_t<std::invoke_result_t<F, future>> then_wrapped(F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<futurize_t<std::invoke_result_t<F, future>>>();
  }
  template <class F> future finally(F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<future>();
  }
  template <class F> future handle_exception(F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<future>();
  }
  template <class F> future handle_exception_type(F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<future>();
  }
  future<> discard_result() noexcept;
  template <class... U> future or_terminate(U &&...) noexcept;
};

template <class T> class promise {
public:
  promise() noexcept;
  promise(promise &&other) noexcept;
  future<T> get_future() noexcept;
  template <class... A> void set_value(A &&...value) noexcept;
  void set_exception(std::exception_ptr ex) noexcept;
};

template <class T = void> class shared_promise {
public:
  future<T> get_shared_future();
  template <class... A> void set_value(A &&...value);
};

template <class T = void, class... A> future<T> make_ready_future(A &&...value) noexcept;
future<void> now() noexcept;
template <class T = void> future<T> make_exception_future(std::exception_ptr ex) noexcept;
template <class T = void> future<T> current_exception_as_future() noexcept;

namespace internal {
template <class T> struct awaiter {
  explicit awaiter(future<T> &&f) noexcept;
  bool await_ready() const noexcept;
  template <class P> void await_suspend(std::coroutine_handle<P> handle) noexcept;
  T await_resume();
};

template <class... T> struct coroutine_traits_base;
template <class T> struct coroutine_traits_base<T> {
  class promise_type final : public task {
  public:
    template <class U> void return_value(U &&value);
    void unhandled_exception() noexcept;
    future<T> get_return_object() noexcept;
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void run_and_dispose() noexcept override;

  private:
    promise<T> promise_;
  };
};
template <> struct coroutine_traits_base<> {
  class promise_type final : public task {
  public:
    void return_void() noexcept {}
    void unhandled_exception() noexcept;
    future<> get_return_object() noexcept;
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void run_and_dispose() noexcept override;

  private:
    promise<> promise_;
  };
};
} // namespace internal

template <class T> auto operator co_await(future<T> &&f) noexcept {
  return internal::awaiter<T>(std::move(f));
}

} // namespace seastar

template <class T, class... Args>
struct std::coroutine_traits<seastar::future<T>, Args...> : seastar::internal::coroutine_traits_base<T> {};
template <class... Args>
struct std::coroutine_traits<seastar::future<>, Args...> : seastar::internal::coroutine_traits_base<> {};

namespace seastar {

template <class C = lowres_clock, class R = std::chrono::milliseconds::rep, class P = std::milli>
future<> sleep(std::chrono::duration<R, P> duration);
class abort_source {
public:
  void request_abort() noexcept;
  bool abort_requested() const noexcept;
  void check() const;
};
class abort_requested_exception : public std::exception {};
class sleep_aborted : public abort_requested_exception {};
template <class R, class P> future<> sleep_abortable(std::chrono::duration<R, P> duration, abort_source &as);
future<> yield() noexcept;

template <class... F> future<std::tuple<std::decay_t<F>...>> when_all(F &&...futures) noexcept;
template <class It>
  requires std::forward_iterator<It>
future<std::vector<std::iter_value_t<It>>> when_all(It begin, It end) noexcept;
template <class... F> future<> when_all_succeed(F &&...futures) noexcept;
template <class T> future<std::vector<T>> when_all_succeed(std::vector<future<T>> &&futures) noexcept;
template <class Iterator>
  requires requires(Iterator at) { ++at; }
future<> when_all_succeed(Iterator begin, Iterator end) noexcept;

class named_semaphore_exception_factory;
class semaphore {
public:
  explicit semaphore(std::size_t count);
  future<> wait(std::size_t units = 1) noexcept;
  void signal(std::size_t units = 1) noexcept;
  bool try_wait(std::size_t units = 1) noexcept;
  std::size_t available_units() const noexcept;
  void broken();
};
class semaphore_units {
public:
  semaphore_units() noexcept;
  semaphore_units(semaphore_units &&other) noexcept;
  semaphore_units &operator=(semaphore_units &&other) noexcept;
  ~semaphore_units();
  void return_all() noexcept;
  std::size_t count() const noexcept;
};
future<semaphore_units> get_units(semaphore &sem, std::size_t units) noexcept;
std::optional<semaphore_units> try_get_units(semaphore &sem, std::size_t units) noexcept;
template <class F>
futurize_t<std::invoke_result_t<F>> with_semaphore(semaphore &sem, std::size_t units, F &&func) noexcept {
  mock::opaque(&func);
  return mock::some<futurize_t<std::invoke_result_t<F>>>();
}

class shared_mutex {
public:
  future<> lock() noexcept;
  future<> lock_shared() noexcept;
  void unlock() noexcept;
  void unlock_shared() noexcept;
};
template <class F> futurize_t<std::invoke_result_t<F>> with_lock(shared_mutex &mutex, F &&func) noexcept {
  mock::opaque(&func);
  return mock::some<futurize_t<std::invoke_result_t<F>>>();
}

class gate_closed_exception : public std::exception {};
class gate {
public:
  class holder {
  public:
    explicit holder(gate &g);
    holder(holder &&other) noexcept;
    ~holder();
    void release() noexcept;
  };
  void enter();
  bool try_enter() noexcept;
  void leave() noexcept;
  void check() const;
  holder hold();
  future<> close() noexcept;
  bool is_closed() const noexcept;
};
template <class F> futurize_t<std::invoke_result_t<F>> with_gate(gate &g, F &&func) {
  mock::opaque(&func);
  return mock::some<futurize_t<std::invoke_result_t<F>>>();
}

class condition_variable {
public:
  future<> wait() noexcept;
  template <class P> future<> wait(P &&predicate) noexcept {
    mock::opaque(&predicate);
    return mock::some<future<>>();
  }
  template <class R, class P> future<> wait(std::chrono::duration<R, P> timeout) noexcept;
  template <class P> future<> when(P &&predicate) noexcept {
    mock::opaque(&predicate);
    return mock::some<future<>>();
  }
  void signal() noexcept;
  void broadcast() noexcept;
};

template <class T> class queue {
public:
  explicit queue(std::size_t size);
  bool push(T &&value);
  T pop() noexcept;
  future<T> pop_eventually() noexcept;
  future<> push_eventually(T &&value) noexcept;
  bool empty() const noexcept;
};

template <class T, class F>
auto do_with(T &&value, F &&func) noexcept -> futurize_t<std::invoke_result_t<F, std::decay_t<T> &>> {
  mock::opaque(&func);
  return mock::some<futurize_t<std::invoke_result_t<F, std::decay_t<T> &>>>();
}
template <class F> future<> repeat(F &&func) noexcept {
  mock::opaque(&func);
  return mock::some<future<>>();
}
template <class F> future<> keep_doing(F &&func) noexcept {
  mock::opaque(&func);
  return mock::some<future<>>();
}
template <class S, class F> future<> do_until(S stop, F func) noexcept {
  mock::opaque(&stop);
  mock::opaque(&func);
  return mock::some<future<>>();
}
template <class I, class F> future<> do_for_each(I begin, I end, F func) noexcept {
  mock::opaque(&func);
  return mock::some<future<>>();
}
template <class C, class F> future<> do_for_each(C &container, F func) noexcept {
  mock::opaque(&func);
  return mock::some<future<>>();
}
template <class C, class F> future<> parallel_for_each(C &&container, F &&func) noexcept {
  mock::opaque(&func);
  return mock::some<future<>>();
}
template <class C, class F> future<> max_concurrent_for_each(C &&container, std::size_t max, F &&func) noexcept {
  mock::opaque(&func);
  return mock::some<future<>>();
}
enum class stop_iteration_tag { no, yes };
struct stop_iteration {
  static constexpr stop_iteration_tag no = stop_iteration_tag::no, yes = stop_iteration_tag::yes;
};
template <class F, class... A>
futurize_t<std::invoke_result_t<F, A...>> futurize_invoke(F &&func, A &&...args) noexcept {
  mock::opaque(&func);
  return mock::some<futurize_t<std::invoke_result_t<F, A...>>>();
}

struct thread_attributes {};
/// Runs `func` in a stackful thread: there `.get()` waits without stopping the reactor.
template <class F, class... A> futurize_t<std::invoke_result_t<F, A...>> async(F &&func, A &&...args) noexcept {
  mock::opaque(&func);
  return mock::some<futurize_t<std::invoke_result_t<F, A...>>>();
}
template <class F, class... A>
futurize_t<std::invoke_result_t<F, A...>> async(thread_attributes attr, F &&func, A &&...args) noexcept {
  mock::opaque(&func);
  return mock::some<futurize_t<std::invoke_result_t<F, A...>>>();
}
class thread {
public:
  template <class F> explicit thread(F func) { mock::opaque(&func); }
  future<> join();
  static bool running_in_thread();
  static void yield();
  static void maybe_yield();
};

namespace alien {
template <class F> void run_on(unsigned shard, F func) {
  mock::opaque(&func);
}
} // namespace alien
class smp {
public:
  template <class F> static futurize_t<std::invoke_result_t<F>> submit_to(unsigned shard, F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<futurize_t<std::invoke_result_t<F>>>();
  }
  template <class F> static future<> invoke_on_all(F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<future<>>();
  }
  static unsigned count;
};

template <class T> class sharded {
public:
  template <class... A> future<> start(A &&...args) noexcept;
  future<> stop() noexcept;
  template <class F> future<> invoke_on_all(F &&func) noexcept {
    mock::opaque(&func);
    return mock::some<future<>>();
  }
  template <class F> futurize_t<std::invoke_result_t<F, T &>> invoke_on(unsigned id, F &&func) {
    mock::opaque(&func);
    return mock::some<futurize_t<std::invoke_result_t<F, T &>>>();
  }
  T &local() noexcept;
};

template <class T> class lw_shared_ptr {
public:
  T *operator->() const noexcept;
  T &operator*() const noexcept;
  explicit operator bool() const noexcept;
};
template <class T, class... A> lw_shared_ptr<T> make_lw_shared(A &&...args);

template <class C> class temporary_buffer {
public:
  const C *get() const noexcept;
  std::size_t size() const noexcept;
  bool empty() const noexcept;
  explicit operator bool() const noexcept;
};
template <class C> class input_stream {
public:
  future<temporary_buffer<C>> read() noexcept;
  future<temporary_buffer<C>> read_exactly(std::size_t n) noexcept;
  future<> close() noexcept;
  bool eof() const noexcept;
};
template <class C> class output_stream {
public:
  output_stream() noexcept;
  output_stream(output_stream &&other) noexcept;
  output_stream &operator=(output_stream &&other) noexcept;
  future<> write(const C *data, std::size_t n) noexcept;
  future<> write(temporary_buffer<C> data) noexcept;
  future<> write(const std::string &text) noexcept;
  future<> flush() noexcept;
  future<> close() noexcept;
};
class connected_socket {
public:
  input_stream<char> input();
  output_stream<char> output();
  void shutdown_input();
};
struct socket_address {};
struct accept_result {
  connected_socket connection;
  socket_address remote_address;
};
class server_socket {
public:
  future<accept_result> accept();
  void abort_accept();
};
server_socket listen(socket_address address);
future<connected_socket> connect(socket_address address);

class app_template {
public:
  app_template();
  int run(int argc, char **argv, std::function<future<int>()> &&func) noexcept;
  int run(int argc, char **argv, std::function<future<>()> &&func) noexcept;
};

class logger {
public:
  explicit logger(std::string name);
  template <class... A> void info(const char *format, A &&...args);
  template <class... A> void warn(const char *format, A &&...args);
};

template <class R = lowres_clock> class timer {
public:
  explicit timer(std::function<void()> &&callback);
  void set_callback(std::function<void()> &&callback);
  template <class D> void arm(D delay);
  template <class D> void arm_periodic(D delay);
};

} // namespace seastar

#include "seastar_coroutine.hpp"
