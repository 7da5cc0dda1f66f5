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
