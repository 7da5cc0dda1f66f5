// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine library no pack knows: everything about it has to be inferred. Nested promise_type, member
// `operator co_await`, custom awaiters, a lazy `Deferred`, an eager `Started`, a fire-and-forget `Oneway`.
#pragma once

#include "mock.hpp"

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace acme {

using Millis = std::chrono::milliseconds;

template <class T> class Deferred;
template <class T> class Started;

namespace impl {

struct Resumer {
  bool await_ready() const noexcept { return false; }
  template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) const noexcept {
    return done.promise().waiter ? done.promise().waiter : std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

template <class T> struct Result {
  std::optional<T> value;
  template <class U> void return_value(U &&u) { value.emplace(std::forward<U>(u)); }
  T take() { return std::move(*value); }
};
template <> struct Result<void> {
  void return_void() const noexcept {}
  void take() const noexcept {}
};

template <class T> struct PromiseBase : Result<T> {
  std::coroutine_handle<> waiter;
  std::exception_ptr error;
  void unhandled_exception() noexcept { error = std::current_exception(); }
  Resumer final_suspend() const noexcept { return {}; }
};

} // namespace impl

/// Lazy: nothing happens until it is awaited or driven. Dropping it destroys the frame unstarted.
template <class T = void> class Deferred {
public:
  struct promise_type : impl::PromiseBase<T> {
    Deferred get_return_object() { return Deferred{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
  };

  Deferred(Deferred &&other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Deferred &operator=(Deferred &&other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Deferred() {
    if (frame_) frame_.destroy();
  }
  bool valid() const noexcept { return frame_ != nullptr; }
  bool finished() const noexcept { return frame_ && frame_.done(); }

  struct Waiter {
    std::coroutine_handle<promise_type> frame;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
      frame.promise().waiter = waiter;
      return frame;
    }
    T await_resume() { return frame.promise().take(); }
  };
  Waiter operator co_await() && noexcept { return Waiter{frame_}; }

  std::coroutine_handle<> release() noexcept { return std::exchange(frame_, nullptr); }

private:
  explicit Deferred(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

/// Eager: runs to its first suspension at once. Dropping it loses the result and the exception.
template <class T = void> class Started {
public:
  struct promise_type : impl::PromiseBase<T> {
    Started get_return_object() { return Started{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
  };
  Started(Started &&other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~Started() {
    if (frame_) frame_.destroy();
  }
  struct Waiter {
    std::coroutine_handle<promise_type> frame;
    bool await_ready() const noexcept { return frame.done(); }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { frame.promise().waiter = waiter; }
    T await_resume() { return frame.promise().take(); }
  };
  Waiter operator co_await() const noexcept { return Waiter{frame_}; }

private:
  explicit Started(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

/// Fire and forget: nothing to keep, nothing to await; dropping it is its use.
struct Oneway {
  struct promise_type {
    Oneway get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

/// The event loop.
class Reactor {
public:
  Reactor();
  ~Reactor();
  void post(std::function<void()> callback);
  void resume_later(std::coroutine_handle<> handle);
  void turn();
  void spin();
  void halt() noexcept;
  template <class T> T drive(Deferred<T> work);
  void adopt(Deferred<void> work);
};
Reactor &reactor();

/// Runs a task from synchronous code and blocks until it is done.
template <class T> T execute(Deferred<T> work);
/// Starts a task; the reactor owns it.
inline void launch(Deferred<void> work) {
  reactor().resume_later(work.release());
}

struct PauseFor {
  Millis duration;
  bool await_ready() const noexcept { return duration.count() <= 0; }
  void await_suspend(std::coroutine_handle<> waiter) const;
  void await_resume() const noexcept {}
};
inline PauseFor pause_for(Millis duration) {
  return {duration};
}

struct GiveWay {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const { reactor().resume_later(waiter); }
  void await_resume() const noexcept {}
};

/// Both run concurrently; the result must itself be awaited.
template <class... T> Deferred<std::tuple<T...>> both(Deferred<T>... parts);
Deferred<void> every(std::vector<Deferred<void>> parts);

/// Threads for work that may block.
class Workers {
public:
  explicit Workers(unsigned threads);
  struct Hop {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const;
    void await_resume() const noexcept {}
  };
  Hop enter() noexcept;
  Hop leave() noexcept;
  template <class F> Deferred<std::invoke_result_t<F>> call(F function) {
    mock::opaque(&function);
    return mock::some<Deferred<std::invoke_result_t<F>>>();
  }
};

/// Async sequence: `begin()` and `++` have to be awaited.
template <class T> class Feed {
public:
  struct promise_type {
    Feed get_return_object();
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(T value);
    void return_void() const noexcept {}
    void unhandled_exception() noexcept;
  };
  class Cursor {
  public:
    struct Advance {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter);
      Cursor &await_resume();
    };
    Advance operator++();
    T &operator*() const;
    bool operator==(const Cursor &other) const;
  };
  struct Begin {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter);
    Cursor await_resume();
  };
  Feed(Feed &&other) noexcept;
  ~Feed();
  Begin begin();
  Cursor end();
};

/// Reads a feed to its end, blocking the caller.
template <class T> std::vector<T> collect_now(Feed<T> feed);

/// Async mutex.
class Latch {
public:
  class Held {
  public:
    Held(Held &&other) noexcept;
    ~Held();
    void drop();
  };
  struct Acquire {
    bool await_ready() const noexcept;
    bool await_suspend(std::coroutine_handle<> waiter) noexcept;
    Held await_resume() const noexcept;
  };
  Acquire acquire() noexcept;
};

/// One-shot event.
class Signal {
public:
  void raise();
  bool raised() const noexcept;
  struct Wait {
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> waiter);
    void await_resume() const noexcept {}
  };
  Wait operator co_await() noexcept;
};

struct Cancelled : std::exception {};

class Socket {
public:
  static Deferred<Socket> dial(std::string host, int port);
  Socket(Socket &&) noexcept;
  ~Socket();
  Deferred<std::string> receive();
  Deferred<std::size_t> send(std::string bytes);
  Deferred<void> shutdown();
};

} // namespace acme
