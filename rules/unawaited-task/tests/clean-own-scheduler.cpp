// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: a task and a scheduler written for the occasion, with timers, a queue and a group.
#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mini {

using Clock = std::chrono::steady_clock;

class Scheduler {
public:
  void post(std::coroutine_handle<> handle) { ready_.push_back(handle); }
  void at(Clock::time_point when, std::coroutine_handle<> handle) { timers_.emplace(when, handle); }

  void run() {
    while (!ready_.empty() || !timers_.empty()) {
      while (!ready_.empty()) {
        const std::coroutine_handle<> next = ready_.front();
        ready_.pop_front();
        next.resume();
      }
      if (timers_.empty())
        continue;
      const auto first = timers_.begin();
      std::this_thread::sleep_until(first->first); // nothing else to do on the only thread there is
      ready_.push_back(first->second);
      timers_.erase(first);
    }
  }

private:
  std::deque<std::coroutine_handle<>> ready_;
  std::multimap<Clock::time_point, std::coroutine_handle<>> timers_;
};

template <class T> class Task;

struct PromiseBase {
  std::coroutine_handle<> continuation;
  std::exception_ptr problem;

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise> std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      const std::coroutine_handle<> next = self.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { problem = std::current_exception(); }
};

template <class T> struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U> void return_value(U &&result) { value.emplace(std::forward<U>(result)); }
  T take() {
    if (problem)
      std::rethrow_exception(problem);
    return std::move(*value);
  }
};
template <> struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const {
    if (problem)
      std::rethrow_exception(problem);
  }
};

template <class T = void> class [[nodiscard]] Task {
public:
  using promise_type = Promise<T>;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task &operator=(Task &&other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_)
      handle_.destroy();
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> handle;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) const noexcept {
        handle.promise().continuation = waiter;
        return handle;
      }
      T await_resume() const { return handle.promise().take(); }
    };
    return Awaiter{handle_};
  }

private:
  std::coroutine_handle<promise_type> handle_;
};

template <class T> Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

/// Runs on by itself and says when it is done.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

struct Sleep {
  Scheduler &scheduler;
  Clock::duration duration;
  bool await_ready() const noexcept { return duration <= Clock::duration::zero(); }
  void await_suspend(std::coroutine_handle<> waiter) const { scheduler.at(Clock::now() + duration, waiter); }
  void await_resume() const noexcept {}
};

class Group {
public:
  explicit Group(Scheduler &scheduler) : scheduler_(scheduler) {}

  void add(Task<> task) {
    ++left_;
    drive(std::move(task));
  }
  bool await_ready() const noexcept { return left_ == 0; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
  void await_resume() {
    if (auto problem = std::exchange(problem_, nullptr))
      std::rethrow_exception(problem);
  }

private:
  Detached drive(Task<> task) {
    try {
      co_await std::move(task);
    } catch (...) {
      problem_ = std::current_exception();
    }
    if (--left_ == 0 && waiter_)
      scheduler_.post(std::exchange(waiter_, nullptr));
  }

  Scheduler &scheduler_;
  std::size_t left_ = 0;
  std::coroutine_handle<> waiter_;
  std::exception_ptr problem_;
};

template <class T> class Queue {
public:
  explicit Queue(Scheduler &scheduler) : scheduler_(scheduler) {}

  void push(T value) {
    values_.push_back(std::move(value));
    if (waiter_)
      scheduler_.post(std::exchange(waiter_, nullptr));
  }
  void close() {
    closed_ = true;
    if (waiter_)
      scheduler_.post(std::exchange(waiter_, nullptr));
  }
  auto pop() {
    struct Awaiter {
      Queue &queue;
      bool await_ready() const noexcept { return queue.closed_ || !queue.values_.empty(); }
      void await_suspend(std::coroutine_handle<> waiter) noexcept { queue.waiter_ = waiter; }
      std::optional<T> await_resume() {
        if (queue.values_.empty())
          return std::nullopt;
        T value = std::move(queue.values_.front());
        queue.values_.pop_front();
        return value;
      }
    };
    return Awaiter{*this};
  }

private:
  Scheduler &scheduler_;
  std::deque<T> values_;
  std::coroutine_handle<> waiter_;
  bool closed_ = false;
};

} // namespace mini

namespace {

using namespace std::chrono_literals;
using mini::Task;

Task<> produce(mini::Scheduler &scheduler, mini::Queue<std::string> &queue, std::string name, int count) {
  for (int i = 0; i < count; ++i) {
    co_await mini::Sleep{scheduler, 1ms};
    queue.push(name + std::to_string(i));
  }
}

Task<std::size_t> consume(mini::Queue<std::string> &queue) {
  std::size_t letters = 0;
  while (std::optional<std::string> text = co_await queue.pop())
    letters += text->size();
  co_return letters;
}

Task<> produce_all(mini::Scheduler &scheduler, mini::Queue<std::string> &queue) {
  mini::Group group(scheduler);
  for (const char *name : {"a", "bb", "ccc"})
    group.add(produce(scheduler, queue, name, 4));
  co_await group;
  queue.close();
}

mini::Detached program(mini::Scheduler &scheduler, std::size_t &result) {
  mini::Queue<std::string> queue(scheduler);
  mini::Group group(scheduler);
  group.add(produce_all(scheduler, queue));
  result = co_await consume(queue);
  co_await group;
}

} // namespace

int main() {
  mini::Scheduler scheduler;
  std::size_t result = 0;
  program(scheduler, result);
  scheduler.run();
  std::printf("%zu\n", result);
}
