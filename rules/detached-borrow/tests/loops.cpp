// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Work started in a loop on an object that is ended on the way out of the loop.
#include "seastar.hpp"

struct Producer {
  seastar::future<> produce(int value);
  seastar::future<> disconnect();
};
int ask();

seastar::future<> ended() {
  return seastar::async([] {
    Producer producer;
    while (true) {
      const int value = ask();
      if (value == 0) {
        producer.disconnect().wait();
        break;
      }
      (void)producer.produce(value).handle_exception([](std::exception_ptr) {}); // ok
    }
  });
}
seastar::future<> left() {
  return seastar::async([] {
    Producer producer;
    while (true) {
      const int value = ask();
      if (value == 0)
        break;
      (void)producer.produce(value).handle_exception([](std::exception_ptr) {}); // warn: "'producer'"
    }
  });
}
seastar::future<> each() {
  return seastar::async([] {
    while (true) {
      Producer producer;
      if (ask() == 0) {
        producer.disconnect().wait();
        break;
      }
      (void)producer.produce(1).handle_exception([](std::exception_ptr) {}); // warn: "'producer'"
    }
  });
}
