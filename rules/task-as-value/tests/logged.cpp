// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task given to a log, a formatter or a comparison of a test framework instead of its result.
#include "folly.hpp"
#include "seastar.hpp"

#include <string>

seastar::future<int> load(int key);
seastar::future<std::string> name();
seastar::logger logger("app");

namespace fmt {
template <class... A> std::string format(const char *pattern, const A &...args);
template <class... A> void print(const char *pattern, const A &...args);
} // namespace fmt

seastar::future<> logs(int key) {
  logger.info("{}", load(key));                         // warn: "load"
  logger.warn("{} {}", key, name());                    // warn: "name"
  std::string text = fmt::format("{}", load(2));        // warn: "load"
  fmt::print("{}\n", name());                           // warn: "name"
  logger.info("{}", co_await load(key));                // ok
  logger.info("{} {}", key, co_await name());           // ok
  fmt::print("{}\n", text);                             // ok
}

folly::coro::Task<int> total();
struct Stream {
  template <class T> Stream &operator<<(const T &value);
};
Stream &log();

folly::coro::Task<void> streams() {
  log() << "total: " << total();          // warn: "total"
  log() << "total: " << co_await total(); // ok
}
