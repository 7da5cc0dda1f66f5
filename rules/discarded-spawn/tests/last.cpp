// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles whose scope ends with the statement that fills them.
#include "acme.hpp"

using acme::Deferred;

Deferred<> work(int key);

class [[nodiscard]] Child {
public:
  Child(Child &&other) noexcept;
  ~Child() { cancel(); }
  void cancel();
  void detach() &&;
  Deferred<> done();
};
Child start(Deferred<> task);

void last() {
  auto child = start(work(1)); // warn: "start"
}
Deferred<> each(int count) {
  for (int i = 0; i < count; ++i)
    auto child = start(work(i)); // warn: "start"
  for (int i = 0; i < count; ++i) {
    auto child = start(work(i)); // warn: "start"
  }
  co_await work(0);
}
Deferred<> scoped() {
  auto child = start(work(1)); // ok: lives while this waits
  co_await work(2);
}
Child given() {
  auto child = start(work(1)); // ok
  return child;
}
void meant() {
  [[maybe_unused]] auto child = start(work(1)); // ok: says so
}
