// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles whose scope ends with the statement that fills them.
#include "acme.hpp"

#include <functional>
#include <vector>

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

// Ends a subscription when it is dropped, whatever that is called.
class [[nodiscard]] Cord {
public:
  explicit Cord(std::function<void()> cut);
  Cord(Cord &&other) noexcept;
  ~Cord() {
    if (cut_) cut_();
  }

private:
  std::function<void()> cut_;
};
class Bus {
public:
  Cord on(int topic, std::function<void(int)> handler);
  Cord finally(std::function<void()> handler);
};

class Hub {
public:
  void watches(int topic) {
    auto cord = bus_.on(topic, [this](int value) { sum_ += value; }); // warn: "Cord"
  }
  void drops(int topic) {
    static_cast<void>(0);
    bus_.on(topic, [this](int value) { sum_ += value; }); // warn: "Cord"
  }
  void keeps(int topic) {
    cords_.push_back(bus_.on(topic, [this](int value) { sum_ += value; })); // ok
  }
  Deferred<> stays(int topic) {
    auto cord = bus_.on(topic, [this](int value) { sum_ += value; }); // ok: until the work is done
    co_await work(topic);
  }
  void at_the_end() {
    auto cleanup = bus_.finally([this] { sum_ = 0; }); // ok: it is for the end
  }

private:
  Bus bus_;
  int sum_ = 0;
  std::vector<Cord> cords_;
};
