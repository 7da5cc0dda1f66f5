// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: senders and receivers written for the occasion, on a pool, some of them awaited.
#include <concepts>
#include <condition_variable>
#include <coroutine>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace ex {

template <class Receiver, class Value>
concept ReceiverOf = requires(Receiver receiver, Value value, std::exception_ptr problem) {
  receiver.set_value(std::move(value));
  receiver.set_error(problem);
  receiver.set_stopped();
};

struct Operation {
  virtual void execute() noexcept = 0;

protected:
  ~Operation() = default;
};

class Pool {
public:
  explicit Pool(unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      threads_.emplace_back([this] { work(); });
  }
  ~Pool() {
    {
      std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread &thread : threads_)
      thread.join();
  }
  void submit(Operation *operation) {
    {
      std::lock_guard guard(mutex_);
      queue_.push_back(operation);
    }
    changed_.notify_one();
  }

private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty())
        return;
      Operation *next = queue_.front();
      queue_.pop_front();
      lock.unlock();
      next->execute();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Operation *> queue_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

struct Unit {};

struct ScheduleSender {
  using value_type = Unit;
  Pool *pool;
  template <class Receiver> struct State : Operation {
    State(Pool *where, Receiver to) : pool(where), receiver(std::move(to)) {}
    void start() noexcept { pool->submit(this); }
    void execute() noexcept override { receiver.set_value(Unit()); }
    Pool *pool;
    Receiver receiver;
  };
  template <class Receiver> State<Receiver> connect(Receiver receiver) const { return {pool, std::move(receiver)}; }
};
inline ScheduleSender schedule(Pool &pool) { return {&pool}; }

template <class T> struct JustSender {
  using value_type = T;
  T value;
  template <class Receiver> struct State {
    T value;
    Receiver receiver;
    void start() noexcept { receiver.set_value(std::move(value)); }
  };
  template <class Receiver> State<Receiver> connect(Receiver receiver) { return {std::move(value), std::move(receiver)}; }
};
template <class T> JustSender<T> just(T value) { return {std::move(value)}; }

template <class Sender, class Function> struct ThenSender {
  using value_type = std::invoke_result_t<Function, typename Sender::value_type>;
  Sender sender;
  Function function;
  template <class Receiver> struct Inner {
    Function function;
    Receiver receiver;
    void set_value(typename Sender::value_type value) noexcept {
      try {
        receiver.set_value(function(std::move(value)));
      } catch (...) {
        receiver.set_error(std::current_exception());
      }
    }
    void set_error(std::exception_ptr problem) noexcept { receiver.set_error(problem); }
    void set_stopped() noexcept { receiver.set_stopped(); }
  };
  template <class Receiver> auto connect(Receiver receiver) {
    return sender.connect(Inner<Receiver>{std::move(function), std::move(receiver)});
  }
};
template <class Function> struct ThenClosure {
  Function function;
  template <class Sender> friend ThenSender<Sender, Function> operator|(Sender sender, ThenClosure closure) {
    return {std::move(sender), std::move(closure.function)};
  }
};
template <class Function> ThenClosure<Function> then(Function function) { return {std::move(function)}; }

template <class T> struct SyncState {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<T> value;
  std::exception_ptr problem;
  bool done = false;

  void finish() {
    std::lock_guard guard(mutex);
    done = true;
    changed.notify_one();
  }
};
template <class T> struct SyncReceiver {
  SyncState<T> *state;
  void set_value(T value) noexcept {
    state->value.emplace(std::move(value));
    state->finish();
  }
  void set_error(std::exception_ptr problem) noexcept {
    state->problem = problem;
    state->finish();
  }
  void set_stopped() noexcept { state->finish(); }
};

template <class Sender> auto sync_wait(Sender sender) -> std::optional<typename Sender::value_type> {
  SyncState<typename Sender::value_type> state;
  auto operation = sender.connect(SyncReceiver<typename Sender::value_type>{&state});
  operation.start();
  std::unique_lock lock(state.mutex);
  state.changed.wait(lock, [&] { return state.done; });
  if (state.problem)
    std::rethrow_exception(state.problem);
  return std::move(state.value);
}

/// Lets coroutines await senders.
template <class Sender> class SenderAwaiter {
  using Value = typename Sender::value_type;
  struct Receiver {
    SenderAwaiter *awaiter;
    void set_value(Value value) noexcept {
      awaiter->value_.emplace(std::move(value));
      awaiter->waiter_.resume();
    }
    void set_error(std::exception_ptr problem) noexcept {
      awaiter->problem_ = problem;
      awaiter->waiter_.resume();
    }
    void set_stopped() noexcept { set_error(std::make_exception_ptr(std::runtime_error("stopped"))); }
  };
  using State = decltype(std::declval<Sender &>().connect(std::declval<Receiver>()));

public:
  explicit SenderAwaiter(Sender sender) : state_(sender.connect(Receiver{this})) {}
  SenderAwaiter(SenderAwaiter &&) = delete;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept {
    waiter_ = waiter;
    state_.start();
  }
  Value await_resume() {
    if (problem_)
      std::rethrow_exception(problem_);
    return std::move(*value_);
  }

private:
  std::coroutine_handle<> waiter_;
  std::optional<Value> value_;
  std::exception_ptr problem_;
  State state_;
};
template <class Sender>
  requires requires { typename Sender::value_type; }
SenderAwaiter<Sender> operator co_await(Sender sender) {
  return SenderAwaiter<Sender>(std::move(sender));
}

/// A coroutine whose end others can wait for on a thread.
class Job {
public:
  struct promise_type {
    std::shared_ptr<SyncState<int>> state = std::make_shared<SyncState<int>>();
    Job get_return_object() const { return Job(state); }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_value(int value) {
      state->value = value;
      state->finish();
    }
    void unhandled_exception() {
      state->problem = std::current_exception();
      state->finish();
    }
  };
  int wait() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->done; });
    if (state_->problem)
      std::rethrow_exception(state_->problem);
    return *state_->value;
  }

private:
  explicit Job(std::shared_ptr<SyncState<int>> state) : state_(std::move(state)) {}
  std::shared_ptr<SyncState<int>> state_;
};

} // namespace ex

namespace {

int digits(const std::string &text) {
  int count = 0;
  for (char each : text)
    count += each >= '0' && each <= '9';
  return count;
}

ex::Job count(ex::Pool &pool, std::vector<std::string> texts) {
  int total = 0;
  for (std::string &text : texts)
    total += co_await (ex::schedule(pool) | ex::then([&text](ex::Unit) { return digits(text); }));
  co_return total;
}

} // namespace

int main() {
  ex::Pool pool(2);
  const auto sum = ex::sync_wait(ex::just(20) | ex::then([](int value) { return value + 1; }) | ex::then([](int value) { return value * 2; }));
  ex::Job job = count(pool, {"a1", "b22", "c333"});
  const int total = job.wait();
  std::printf("%d %d\n", sum.value_or(0), total);
}
