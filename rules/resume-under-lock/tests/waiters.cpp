// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of a library that run who waits, known by their models; helpers that call helpers.
#include "acme.hpp"

#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace coro {
struct thread_pool {};
enum class order { lifo, fifo };
class event {
public:
  void set(order policy = order::lifo) noexcept;
  void set(std::unique_ptr<thread_pool> &executor) noexcept;
  bool is_set() const noexcept;
};
} // namespace coro
namespace unifex {
namespace _rec_cpo {
inline const struct _set_value_fn {
  template <class Receiver, class... Values> void operator()(Receiver &&receiver, Values &&...values) const {
    static_cast<Receiver &&>(receiver).set_value(static_cast<Values &&>(values)...);
  }
} set_value{};
} // namespace _rec_cpo
using _rec_cpo::set_value;
} // namespace unifex

class Store {
public:
  void put(int value) {
    std::lock_guard lock(mutex_);
    value_ = value;
    filled_.set(); // warn: "'event::set' runs whoever waits for it while 'lock' is held"
  }
  void put_in_order(int value) {
    std::lock_guard lock(mutex_);
    value_ = value;
    filled_.set(coro::order::fifo); // warn: "event::set"
  }
  void put_elsewhere(int value) {
    std::lock_guard lock(mutex_);
    value_ = value;
    filled_.set(pool_); // ok: resumed by the pool
  }
  void put_right(int value) {
    {
      std::lock_guard lock(mutex_);
      value_ = value;
    }
    filled_.set(); // ok
  }
  void own_mutex(int value) {
    std::mutex mine;
    auto keep = [&mine, value, this] {
      std::lock_guard lock(mine);
      value_ = value;
      filled_.set(); // ok: who waits does not know this mutex
    };
    keep();
    std::mutex &shared = mutex_;
    std::lock_guard lock(shared);
    filled_.set(); // warn: "event::set"
  }
  bool asks() {
    std::lock_guard lock(mutex_);
    return filled_.is_set(); // ok
  }
  void helper_of_helper(int value) {
    std::unique_lock lock(mutex_);
    value_ = value;
    announce(); // warn: "'announce' resumes a coroutine"
  }
  void deep_callback() {
    std::unique_lock lock(mutex_);
    report(3); // warn: "'report' runs a callback"
  }
  void three_deep() {
    std::unique_lock lock(mutex_);
    first(); // ok: too deep to be sure
    announce(); // warn: "'announce' resumes a coroutine"
    fourth(); // warn: "'fourth' resumes a coroutine"
  }
  void recursion(int depth) {
    std::unique_lock lock(mutex_);
    again(depth); // ok: resumes nothing
  }

private:
  void first() { second(); }
  void second() { third(); }
  void third() { fourth(); }
  void fourth() { announce(); }
  void announce() { tell(); }
  void tell() {
    if (value_)
      filled_.set(); // note: "resumed here"
  }
  void report(int times) {
    while (times--)
      reportOnce();
  }
  void reportOnce() {
    listener_(value_); // note: "called here"
  }
  void again(int depth) {
    if (depth)
      once(depth - 1);
  }
  void once(int depth) { again(depth); }

  std::mutex mutex_;
  coro::event filled_;
  std::unique_ptr<coro::thread_pool> pool_;
  std::function<void(int)> listener_;
  int value_ = 0;
};

template <class Receiver> class Operation {
public:
  void fires() {
    std::lock_guard lock(mutex_);
    done_ = true;
    unifex::set_value(std::move(receiver_), 3); // warn: "unifex::set_value"
  }
  void fires_right() {
    std::unique_lock lock(mutex_);
    done_ = true;
    lock.unlock();
    unifex::set_value(std::move(receiver_), 3); // ok
  }

private:
  std::mutex mutex_;
  Receiver receiver_;
  bool done_ = false;
};
struct Prints {
  void set_value(int);
};
void use(Operation<Prints> &operation) {
  operation.fires();
  operation.fires_right();
}
