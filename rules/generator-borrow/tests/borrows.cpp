// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generators that hand out references to what is gone, or are fed with what is gone.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using cppcoro::async_generator;
using cppcoro::generator;

std::string make_name();
std::vector<std::string> make_names();
void show(std::string_view text);

generator<std::string_view> views_of_locals() {
  for (int i = 0; i < 3; ++i) {
    std::string name = make_name();
    co_yield name; // warn: "name"
  }
}
std::vector<std::string_view> keeps_views() {
  std::vector<std::string_view> kept;
  for (auto view : views_of_locals())
    kept.push_back(view);
  return kept;
}
generator<std::string_view> views_read_at_once() {
  for (int i = 0; i < 3; ++i) {
    std::string name = make_name();
    co_yield name; // ok: nobody keeps them
  }
}
void reads_at_once() {
  for (auto view : views_read_at_once())
    show(view);
}

generator<const std::string &> each(const std::vector<std::string> &names) {
  for (const auto &name : names)
    co_yield name;
}
generator<char> letters(std::string_view text) {
  for (char c : text)
    co_yield c;
}
generator<char> own_letters(std::string text) {
  for (char c : text)
    co_yield c;
}

void loops() {
  for (const auto &name : each(make_names())) // warn: "each"
    show(name);
  for (char c : letters(make_name())) // warn: "letters"
    show(std::string(1, c));
  auto kept = letters(make_name()); // warn: "letters"
  for (char c : kept)
    show(std::string(1, c));
}

generator<const std::string &> temporaries(int count) {
  while (count--)
    co_yield make_name(); // warn: "temporary"
}
std::vector<const std::string *> keeps_addresses() {
  std::vector<const std::string *> kept;
  for (const auto &name : temporaries(3))
    kept.push_back(&name);
  return kept;
}
generator<const std::string &> copied_temporaries(int count) {
  while (count--)
    co_yield make_name(); // ok: the consumer copies them
}
std::vector<std::string> keeps_copies() {
  std::vector<std::string> kept;
  for (const auto &name : copied_temporaries(3))
    kept.push_back(name);
  return kept;
}

// --- silent -----------------------------------------------------------------------------------------------------

generator<std::string> values() {
  for (int i = 0; i < 3; ++i) {
    std::string name = make_name();
    co_yield name;
  }
}
generator<const std::string &> references_until_the_next_step() {
  std::string name = make_name();
  for (int i = 0; i < 3; ++i) {
    co_yield name; // ok: lives in the frame
    name += "x";
  }
}
generator<std::string_view> literals() {
  co_yield "a";
  co_yield "b";
}
void right() {
  auto names = make_names();
  for (const auto &name : each(names))
    show(name);
  for (char c : own_letters(make_name()))
    show(std::string(1, c));
  for (char c : letters("literal"))
    show(std::string(1, c));
}
