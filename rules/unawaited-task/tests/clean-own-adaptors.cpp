// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// sync_wait, when_all and friends as a coroutine library writes them for itself: helper tasks that are started by their
// own members, handles moved around, events. Nothing here is wrong.
#include "acme.hpp"

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace own {

using acme::Deferred;

class event {
public:
  void set() {
    {
      std::lock_guard lock(mutex_);
      set_ = true;
    }
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

/// A lazy helper coroutine that tells an event when it is done. Started by start().
template <class T> class waiting_task {
public:
  struct promise_type {
    event *done = nullptr;
    std::optional<T> value;
    std::exception_ptr error;
    waiting_task get_return_object() noexcept {
      return waiting_task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    auto final_suspend() const noexcept {
      struct notifier {
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) const noexcept { self.promise().done->set(); }
        void await_resume() const noexcept {}
      };
      return notifier{};
    }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() noexcept { error = std::current_exception(); }
  };
  explicit waiting_task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  waiting_task(waiting_task &&other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~waiting_task() {
    if (frame_)
      frame_.destroy();
  }
  void start(event &done) {
    frame_.promise().done = &done;
    frame_.resume();
  }
  T result() {
    if (frame_.promise().error)
      std::rethrow_exception(frame_.promise().error);
    return std::move(*frame_.promise().value);
  }

private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T> waiting_task<T> make_waiting_task(Deferred<T> work) { co_return co_await std::move(work); }

template <class T> T sync_wait(Deferred<T> work) {
  event done;
  auto waiting = make_waiting_task(std::move(work));
  waiting.start(done);
  done.wait();
  return waiting.result();
}

/// Counts down; resumes its waiter at zero.
class countdown {
public:
  explicit countdown(std::size_t count) : left_(count + 1) {}
  bool attach(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    return left_.fetch_sub(1) > 1;
  }
  void arrive() {
    if (left_.fetch_sub(1) == 1)
      waiter_.resume();
  }

private:
  std::atomic<std::size_t> left_;
  std::coroutine_handle<> waiter_;
};

template <class T> class part {
public:
  struct promise_type {
    countdown *counter = nullptr;
    std::optional<T> value;
    part get_return_object() noexcept { return part(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    auto final_suspend() const noexcept {
      struct arriver {
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) const noexcept { self.promise().counter->arrive(); }
        void await_resume() const noexcept {}
      };
      return arriver{};
    }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() noexcept { std::terminate(); }
  };
  explicit part(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  part(part &&other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~part() {
    if (frame_)
      frame_.destroy();
  }
  void start(countdown &counter) {
    frame_.promise().counter = &counter;
    frame_.resume();
  }
  T take() { return std::move(*frame_.promise().value); }

private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T> part<T> make_part(Deferred<T> work) { co_return co_await std::move(work); }

template <class T> class all_of {
public:
  explicit all_of(std::vector<Deferred<T>> works) : counter_(works.size()) {
    parts_.reserve(works.size());
    for (auto &work : works)
      parts_.push_back(make_part(std::move(work)));
  }
  bool await_ready() const noexcept { return parts_.empty(); }
  bool await_suspend(std::coroutine_handle<> waiter) {
    for (auto &each : parts_)
      each.start(counter_);
    return counter_.attach(waiter);
  }
  std::vector<T> await_resume() {
    std::vector<T> values;
    for (auto &each : parts_)
      values.push_back(each.take());
    return values;
  }

private:
  countdown counter_;
  std::vector<part<T>> parts_;
};
template <class T> all_of<T> when_all(std::vector<Deferred<T>> works) { return all_of<T>(std::move(works)); }

/// Maps the result of a task.
template <class T, class F> auto then(Deferred<T> work, F function) -> Deferred<std::invoke_result_t<F, T>> {
  co_return function(co_await std::move(work));
}
/// Starts work that owns itself.
inline acme::Oneway detach(Deferred<void> work) { co_await std::move(work); }

} // namespace own

acme::Deferred<int> load(int key);
acme::Deferred<> save(int key);

acme::Deferred<int> total(int count) {
  std::vector<acme::Deferred<int>> works;
  for (int i = 0; i < count; ++i)
    works.push_back(own::then(load(i), [](int value) { return value * 2; }));
  int sum = 0;
  for (int value : co_await own::when_all(std::move(works)))
    sum += value;
  own::detach(save(sum));
  co_return sum;
}

int main() {
  int value = own::sync_wait(total(3));
  auto later = total(4);
  return value + own::sync_wait(std::move(later));
}
