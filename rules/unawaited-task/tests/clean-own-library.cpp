// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small coroutine library as teams write their own, and its tests. Nothing here is wrong.
#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace own {

template <class T> class [[nodiscard]] task {
public:
  class promise_type;
  using handle = std::coroutine_handle<promise_type>;

  class promise_type {
  public:
    task get_return_object() noexcept { return task(handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    auto final_suspend() const noexcept {
      struct awaiter {
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(handle self) const noexcept { return self.promise().continuation_; }
        void await_resume() const noexcept {}
      };
      return awaiter{};
    }
    template <class U> void return_value(U &&value) { result_.template emplace<1>(std::forward<U>(value)); }
    void unhandled_exception() noexcept { result_.template emplace<2>(std::current_exception()); }
    T take() {
      if (result_.index() == 2)
        std::rethrow_exception(std::get<2>(result_));
      return std::move(std::get<1>(result_));
    }
    void continue_with(std::coroutine_handle<> continuation) noexcept { continuation_ = continuation; }

  private:
    std::variant<std::monostate, T, std::exception_ptr> result_;
    std::coroutine_handle<> continuation_ = std::noop_coroutine();
  };

  task(task &&other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  task &operator=(task &&other) noexcept {
    if (this != &other) {
      if (coroutine_)
        coroutine_.destroy();
      coroutine_ = std::exchange(other.coroutine_, nullptr);
    }
    return *this;
  }
  ~task() {
    if (coroutine_)
      coroutine_.destroy();
  }

  auto operator co_await() && noexcept {
    struct awaiter {
      handle coroutine;
      bool await_ready() const noexcept { return coroutine.done(); }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
        coroutine.promise().continue_with(waiting);
        return coroutine;
      }
      T await_resume() { return coroutine.promise().take(); }
    };
    return awaiter{coroutine_};
  }

private:
  explicit task(handle coroutine) noexcept : coroutine_(coroutine) {}
  handle coroutine_;
};

/// Runs on its own and frees itself; exceptions end the program.
struct fire {
  struct promise_type {
    fire get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

class loop {
public:
  void post(std::coroutine_handle<> coroutine) {
    {
      std::lock_guard lock(mutex_);
      ready_.push_back(coroutine);
    }
    changed_.notify_one();
  }
  auto schedule() noexcept {
    struct awaiter {
      loop &self;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiting) const { self.post(waiting); }
      void await_resume() const noexcept {}
    };
    return awaiter{*this};
  }
  void run() {
    while (auto next = take())
      next.resume();
  }
  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
  }

private:
  std::coroutine_handle<> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
    if (ready_.empty())
      return nullptr;
    auto next = ready_.front();
    ready_.pop_front();
    return next;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::coroutine_handle<>> ready_;
  bool stopping_ = false;
};

template <class T> fire drive(task<T> work, std::optional<T> &result, std::exception_ptr &error, loop &on) {
  try {
    result.emplace(co_await std::move(work));
  } catch (...) {
    error = std::current_exception();
  }
  on.stop();
}

template <class T> T run(loop &on, task<T> work) {
  std::optional<T> result;
  std::exception_ptr error;
  drive(std::move(work), result, error, on);
  on.run();
  if (error)
    std::rethrow_exception(error);
  return std::move(*result);
}

/// A queue whose pop() is awaited.
template <class T> class channel {
public:
  explicit channel(loop &on) : loop_(on) {}
  void push(T value) {
    std::coroutine_handle<> waiter;
    {
      std::lock_guard lock(mutex_);
      values_.push_back(std::move(value));
      if (!waiters_.empty()) {
        waiter = waiters_.front();
        waiters_.pop_front();
      }
    }
    if (waiter)
      loop_.post(waiter);
  }
  task<T> pop() {
    while (true) {
      if (auto value = try_pop())
        co_return std::move(*value);
      co_await parked{*this};
    }
  }

private:
  struct parked {
    channel &self;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) const {
      std::lock_guard lock(self.mutex_);
      if (!self.values_.empty())
        return false;
      self.waiters_.push_back(waiting);
      return true;
    }
    void await_resume() const noexcept {}
  };
  std::optional<T> try_pop() {
    std::lock_guard lock(mutex_);
    if (values_.empty())
      return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    return value;
  }
  loop &loop_;
  std::mutex mutex_;
  std::deque<T> values_;
  std::deque<std::coroutine_handle<>> waiters_;
};

} // namespace own

own::task<int> sum(own::channel<int> &numbers, int count) {
  int total = 0;
  for (int i = 0; i < count; ++i)
    total += co_await numbers.pop();
  co_return total;
}

own::fire produce(own::loop &on, own::channel<int> &numbers) {
  for (int i = 0; i < 10; ++i) {
    co_await on.schedule();
    numbers.push(i);
  }
}

int main() {
  own::loop loop;
  own::channel<int> numbers(loop);
  std::thread other([&] { produce(loop, numbers); });
  int total = own::run(loop, sum(numbers, 10));
  other.join();
  return total == 45 ? 0 : 1;
}
