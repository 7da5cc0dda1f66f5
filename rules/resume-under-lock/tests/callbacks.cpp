// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callbacks that are taken out of their container, or called by helpers, under a lock.
#include "acme.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

template <class... A> class Signal {
public:
  void emit(A... values) {
    for (auto &slot : slots_)
      slot(values...); // note: "called here"
  }

private:
  std::vector<std::function<void(A...)>> slots_;
};
struct Step {
  std::function<void(int)> next;
  void set(int value) {
    if (next)
      next(value);
  }
  int doubled(int value) { return value * 2; }
};

class Machine {
public:
  void takes_out() {
    std::lock_guard lock(mutex_);
    if (queue_.empty())
      return;
    auto first = std::move(queue_.front());
    queue_.pop_front();
    first(); // warn: "first"
  }
  void tells(int value) {
    std::lock_guard lock(mutex_);
    changed_.emit(value); // warn: "runs a callback"
  }
  void steps(int value) {
    std::scoped_lock lock(mutex_);
    step_.set(value); // warn: "runs a callback"
  }
  void counts(int value) {
    std::scoped_lock lock(mutex_);
    step_.doubled(value);
  }
  void takes_out_and_leaves() {
    std::function<void()> first;
    {
      std::lock_guard lock(mutex_);
      first = std::move(queue_.front());
    }
    first();
  }
  void lets_go(std::unique_lock<std::mutex> &lock) {
    lock.unlock();
    queue_.front()();
    lock.lock();
  }
  void through_helper() {
    std::unique_lock lock(mutex_);
    lets_go(lock); // ok: unlocks first
  }
  void own_code(int limit) {
    std::function<void()> mine = [&limit] { ++limit; };
    std::lock_guard lock(mutex_);
    mine(); // ok: made here
  }

private:
  std::mutex mutex_;
  std::deque<std::function<void()>> queue_;
  Signal<int> changed_;
  Step step_;
};

// Gives the lock back while it lives.
template <class Mutex> class Unlocked {
public:
  explicit Unlocked(Mutex &mutex) : mutex_(mutex) { mutex_.unlock(); }
  ~Unlocked() { mutex_.lock(); }

private:
  Mutex &mutex_;
};

class Client {
public:
  void ends() {
    std::lock_guard lock(mutex_);
    endsLocked();
  }
  void tells() {
    std::lock_guard lock(mutex_);
    {
      Unlocked<std::mutex> unlocked(mutex_);
      done_(); // ok
    }
    done_(); // warn: "done_"
  }
  void tells_by_hand() {
    mutex_.lock();
    {
      Unlocked unlocked(mutex_);
      done_(); // ok
    }
    done_(); // warn: "done_"
    mutex_.unlock();
  }
  void tells_under_another() {
    std::lock_guard lock(mutex_);
    other_.lock();
    Unlocked unlocked(other_);
    done_(); // warn: "done_"
  }

private:
  void endsLocked() {
    Unlocked<std::mutex> unlocked(mutex_);
    done_();
  }

  std::mutex mutex_, other_;
  std::function<void()> done_;
};

class Service {
public:
  void fails() {
    try {
      work();
      std::lock_guard lock(mutex_);
      done_(1); // warn: "done_"
    } catch (const Failure &) {
      std::lock_guard lock(mutex_);
      done_(2); // warn: "done_"
    } catch (...) {
      {
        std::lock_guard lock(mutex_);
        ++failures_;
      }
      done_(3); // ok
    }
  }
  void tells() {
    std::lock_guard lock(mutex_);
    logger_("told"); // ok: nothing comes back from a log
    log_callback_("told");
    login_(1); // warn: "login_"
  }
  void again() {
    std::lock_guard<std::recursive_mutex> lock(again_);
    done_(4); // ok: it may lock again
    again_.lock();
    done_(5);
    again_.unlock();
    std::unique_lock other(again_);
    done_(6);
  }

private:
  struct Failure {};
  void work();

  std::mutex mutex_;
  std::recursive_mutex again_;
  int failures_ = 0;
  std::function<void(int)> done_, login_;
  std::function<void(const char *)> logger_, log_callback_;
};
