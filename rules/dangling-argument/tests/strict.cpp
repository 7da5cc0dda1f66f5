// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Temporaries given to functions that the unit does not show, with a task that is returned.
#include "seastar.hpp"

#include <string>

using seastar::future;

struct Row {
  int id;
  std::string value;
};
struct Store {
  future<> put(const Row &row);
};

future<> returned(Store &store) {
  return store.put(Row{1, "x"}); // warn: "whether 'Store::put' has copied it by then cannot be seen here"
}
future<> awaited(Store &store) {
  co_await store.put(Row{1, "x"}); // ok
}

// What came too late may go on.
future<> fill(std::string &text) {
  co_await seastar::make_ready_future<>();
  text = "done";
}
future<> with_timeout(int seconds, future<> work);
future<> raced() {
  std::string text;
  co_await with_timeout(3, fill(text)); // warn: "'with_timeout' may be done before it: nothing here shows that 'text' lives"
}
future<> waited_for() {
  std::string text;
  co_await fill(text); // ok
}

// The same with work that the unit does not show.
struct Reader {
  int left = 0;
  future<int> read();
};
future<int> with_timeout(int seconds, future<int> work);
future<> raced_object() {
  Reader reader;
  co_await with_timeout(3, reader.read()); // warn: "'with_timeout' may be done before it: nothing here shows that 'reader' lives"
}
future<> object_waited_for() {
  Reader reader;
  co_await reader.read(); // ok
}
class Writer {
  Store store_;
  future<> last_ = seastar::make_ready_future<>();

public:
  void put() {
    last_ = store_.put(Row{1, "x"}); // warn: "ends with this statement, and its task goes on"
  }
  void put(const Row &row) {
    last_ = store_.put(row); // ok: no temporary
  }
};
