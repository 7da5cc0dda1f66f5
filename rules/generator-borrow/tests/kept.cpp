// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops that keep what their generator's frame holds.
#include "cppcoro.hpp"

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
