// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lives across a suspension, and what does not.
#include "acme.hpp"

#include <array>
#include <memory>
#include <string>

using acme::Deferred;

Deferred<int> receive(char *into, int size);
Deferred<> turn();
int parse(const char *text, int size);

struct Page { char text[32 * 1024]; };

Deferred<int> local() {
  char buffer[65536]; // warn: "'buffer' (65536 bytes) lives across an await, so the frame of 'local' has at least 65540 bytes"
  const int got = co_await receive(buffer, 65536);
  co_await turn(); // note: "suspended here"
  co_return parse(buffer, got);
}
Deferred<int> parameter(Page page) { // warn: "'page' (32768 bytes) lives across an await"
  co_await turn();
  co_return parse(page.text, 1);
}
Deferred<int> sum() {
  std::array<char, 12288> first; // warn: "the frame of 'sum' has at least 24576 bytes"
  std::array<char, 12288> second; // note: "'second' lives across it, too: 12288 bytes"
  co_await receive(first.data(), 1);
  co_return parse(second.data(), 1);
}
Deferred<int> one_after_the_other() {
  {
    std::array<char, 12288> first;
    co_await receive(first.data(), 1);
  }
  std::array<char, 12288> second;
  co_return co_await receive(second.data(), 1);
}
Deferred<int> only_between() {
  co_await turn();
  int result;
  {
    char text[65536];
    result = parse(text, 1);
  }
  co_await turn();
  co_return result;
}
Deferred<int> made_after() {
  co_await turn();
  char text[65536];
  co_return parse(text, 1);
}
Deferred<int> on_the_heap() {
  auto buffer = std::make_unique<std::array<char, 65536>>(); // ok
  co_return co_await receive(buffer->data(), 65536);
}
Deferred<int> elsewhere(Page &page) {
  static char scratch[65536]; // ok
  co_await turn();
  co_return parse(page.text, 1) + parse(scratch, 1);
}
Deferred<int> small() {
  char buffer[4096]; // ok
  co_return co_await receive(buffer, 4096);
}
int ordinary() {
  char buffer[65536];
  return parse(buffer, 1);
}
void in_a_lambda() {
  auto serve = []() -> Deferred<int> {
    Page page; // warn: "'page' (32768 bytes) lives across an await"
    co_return co_await receive(page.text, 1);
  };
  (void)serve;
}
template <int Size> Deferred<int> sized() {
  char buffer[Size]; // warn: "'buffer' (40000 bytes) lives across an await"
  co_return co_await receive(buffer, Size);
}
Deferred<> use_sized() {
  co_await sized<100>();
  co_await sized<40000>();
}
