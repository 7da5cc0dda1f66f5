// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Views and iterators given by reference or by value to functions that hand copies of them on.
#include "seastar.hpp"

#include <string>
#include <string_view>
#include <vector>

struct Filter {
  seastar::future<int> operator()(int value);
};
seastar::future<> save(int key);
void show(std::string_view text);
std::string name(int key);

template <class Iterator> seastar::future<int> apply(const Iterator &begin, const Iterator &end, int value) {
  auto next = begin;
  if (next == end)
    return seastar::make_ready_future<int>(value);
  return (*next)(value).then([next = next + 1, end](int result) { return apply<Iterator>(next, end, result); });
}
seastar::future<int> all(std::vector<Filter> &filters, int value) {
  return apply(filters.begin(), filters.end(), value); // ok: the continuation has the iterators
}

seastar::future<> later(std::string_view text) {
  return save(1).then([text] { show(text); });
}
seastar::future<> by_value() {
  return later(name(1)); // warn: "refers to a temporary"
}
seastar::future<> by_reference(const std::string &text) {
  return save(1).then([&text] { show(text); });
}
seastar::future<> referred() {
  return by_reference(name(1)); // warn: "refers to a temporary"
}
