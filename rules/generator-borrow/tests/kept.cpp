// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops that keep what their generator's frame holds.
#include "acme.hpp"
#include "cppcoro.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

cppcoro::generator<std::string_view> words(std::string text) {
  std::string word;
  for (char each : text)
    if (each == ' ') {
      co_yield word; // warn: "word"
      word.clear();
    } else {
      word += each;
    }
}
std::vector<std::string_view> all_words() {
  std::vector<std::string_view> all;
  for (std::string_view word : words("a b"))
    all.push_back(word); // note: "kept"
  return all;
}
cppcoro::generator<std::string &> names() {
  std::string name;
  while (name.size() < 8) {
    name += 'x';
    co_yield name; // warn: "name"
  }
}
std::vector<std::string *> all_names() {
  std::vector<std::string *> all;
  for (std::string &name : names())
    all.push_back(&name);
  return all;
}
cppcoro::generator<std::string &> copied_names() {
  std::string name;
  co_yield name; // ok: the loop copies
}
std::vector<std::string> copies() {
  std::vector<std::string> all;
  for (std::string &name : copied_names())
    all.push_back(name);
  return all;
}
cppcoro::generator<std::string_view> parts(std::string_view text) {
  co_yield text.substr(0, 1); // ok: the text is the caller's
}
std::vector<std::string_view> all_parts(std::string_view text) {
  std::vector<std::string_view> all;
  for (std::string_view part : parts(text))
    all.push_back(part);
  return all;
}
cppcoro::generator<std::string_view> lines() {
  for (int i = 0; i < 3; ++i) {
    std::string line = std::to_string(i);
    co_yield line; // warn: "line"
  }
}
std::vector<std::string_view> all_lines() {
  std::vector<std::string_view> all;
  for (std::string_view line : lines())
    all.emplace_back(line);
  return all;
}

// Asked step by step.
template <class T> class [[nodiscard]] Lines {
public:
  struct promise_type {
    Lines get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(const T &value) noexcept;
    void unhandled_exception();
    void return_void();
  };
  const T *next();
};
Lines<std::string> shown() {
  for (int i = 0; i < 3; ++i) {
    std::string line = std::to_string(i);
    co_yield line; // warn: "line"
  }
}
std::vector<const std::string *> collected() {
  std::vector<const std::string *> all;
  auto lines = shown();
  while (auto *line = lines.next())
    all.push_back(line); // note: "kept"
  return all;
}
Lines<std::string_view> viewed() {
  for (int i = 0; i < 3; ++i) {
    std::string line = std::to_string(i);
    co_yield std::string_view(line).substr(1); // warn: "line"
  }
}
std::vector<std::string_view> views() {
  std::vector<std::string_view> all;
  Lines<std::string_view> lines = viewed();
  while (const auto *line = lines.next())
    all.push_back(*line); // note: "kept"
  return all;
}
Lines<std::string> copied() {
  std::string line = "x";
  co_yield line; // ok: the loop copies
}
std::vector<std::string> copied_lines() {
  std::vector<std::string> all;
  auto lines = copied();
  while (auto *line = lines.next())
    all.push_back(*line);
  return all;
}

// The view is made in yield_value(), and the generator is asked by its operator().
template <class T> class Stream {
public:
  struct promise_type {
    Stream get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    template <class U> std::suspend_always yield_value(U &&value) noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {}
  };
  struct Next {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept {}
    std::optional<std::reference_wrapper<T>> await_resume() noexcept;
  };
  Next operator()() noexcept;
  Stream(Stream &&) noexcept;
  ~Stream();
};
static Stream<std::string_view> labels(int count) {
  for (int i = 0; i < count; ++i) {
    std::string label = "label " + std::to_string(i);
    co_yield label; // warn: "this yields a view of 'label', which the next step destroys, but a consumer keeps the views"
  }
}
static Stream<std::string> owned(int count) {
  for (int i = 0; i < count; ++i) {
    std::string label = "label " + std::to_string(i);
    co_yield label; // ok: the consumer copies
  }
}
acme::Deferred<int> collects(int count) {
  std::vector<std::string_view> seen;
  auto stream = labels(count);
  while (auto label = co_await stream())
    seen.push_back(*label);
  std::vector<std::string> copies;
  auto strings = owned(count);
  while (auto label = co_await strings())
    copies.push_back(*label);
  co_return static_cast<int>(seen.size() + copies.size());
}

cppcoro::generator<const std::string> parts(const std::string &text) {
  for (char each : text)
    co_yield std::string(1, each);
}
/// What an element is copied to is not the generator.
std::string longest(std::string text) {
  std::string best;
  for (const auto &word : parts(text)) // ok: read here
    if (word.size() > best.size())
      best = word;
  return best;
}
