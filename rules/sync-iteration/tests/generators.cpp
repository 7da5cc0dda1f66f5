// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Synchronous generators of unknown make: coroutines, but iterated without awaiting. All silent.
#include "acme.hpp"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

template <class T> class Sequence {
public:
  struct promise_type {
    const T *value = nullptr;
    Sequence get_return_object() { return Sequence(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(const T &v) noexcept {
      value = &v;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { throw; }
  };
  struct iterator {
    std::coroutine_handle<promise_type> frame;
    iterator &operator++() {
      frame.resume();
      return *this;
    }
    const T &operator*() const { return *frame.promise().value; }
    bool operator==(std::default_sentinel_t) const { return frame.done(); }
  };
  explicit Sequence(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Sequence(Sequence &&other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~Sequence() {
    if (frame_)
      frame_.destroy();
  }
  iterator begin() {
    frame_.resume();
    return {frame_};
  }
  std::default_sentinel_t end() const { return {}; }

private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T> class Pull {
public:
  struct promise_type {
    Pull get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T value);
    void return_void() {}
    void unhandled_exception() {}
  };
  bool next();
  T value() const;
  std::optional<T> pop();
};

Sequence<int> numbers(int count) {
  for (int i = 0; i < count; ++i)
    co_yield i;
}
Pull<std::string> names() {
  co_yield "a";
  co_yield "b";
}
void print(int value);

acme::Deferred<> uses() {
  for (int number : numbers(3))
    print(number);
  auto sequence = numbers(4);
  for (auto it = sequence.begin(); it != sequence.end(); ++it)
    print(*it);
  auto pull = names();
  while (pull.next())
    print(static_cast<int>(pull.value().size()));
  while (auto name = pull.pop())
    print(static_cast<int>(name->size()));
  pull.next();
  auto it = sequence.begin();
  ++it;
  co_return;
}
int main() {
  int sum = 0;
  for (int number : numbers(3))
    sum += number;
  return sum;
}
