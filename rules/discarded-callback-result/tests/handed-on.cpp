// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Task lambdas that reach the callback by way of a member's initialiser, a binder, a template, or a signal.
#include "acme.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

using acme::Deferred;

Deferred<> save(int key);

struct Options {
  std::function<void()> done = []() -> Deferred<> { co_await save(1); }; // warn: "function<void"
  std::function<Deferred<>()> made = []() -> Deferred<> { co_await save(2); };
};
std::function<void()> at_exit = []() -> Deferred<> { co_await save(3); }; // warn: "function<void"

struct Button {
  std::function<void(int)> clicked;
};
class View {
public:
  explicit View(Button &button) {
    button.clicked = std::bind_front(&View::pressed, this); // warn: "function<void"
    std::function<Deferred<>(int)> task = save;
    button.clicked = task; // warn: "function<void"
    button.clicked = std::bind_front(&View::repaint, this);
  }
  Deferred<> pressed(int key);
  void repaint(int key);
};

class Bus {
public:
  template <class F> void on(std::string topic, F &&handler) {
    handlers_[topic] = std::forward<F>(handler); // note: "ends up here"
  }
  template <class F> void each(F &&handler) { tasks_ = std::forward<F>(handler); }

private:
  std::map<std::string, std::function<void(int)>> handlers_;
  std::function<Deferred<>(int)> tasks_;
};
void listen(Bus &bus) {
  bus.on("saved", [](int key) -> Deferred<> { co_await save(key); }); // warn: "function<void"
  bus.on("shown", [](int key) { acme::launch(save(key)); });
  bus.each([](int key) -> Deferred<> { co_await save(key); });
}

struct Timer {
  void timeout();
  void elapsed(int milliseconds);
};
struct Connection {};
template <class Signal, class Slot> Connection connect(Timer *timer, Signal signal, View *view, Slot slot) { return {}; }
template <class F> auto invoke(F member, Timer *timer) { return (timer->*member)(); }
void wire(Timer *timer, View *view) {
  connect(timer, &Timer::timeout, view, []() -> Deferred<> { co_await save(4); }); // warn: "connect"
  connect(timer, &Timer::elapsed, view, &View::pressed);                           // warn: "connect"
  connect(timer, &Timer::timeout, view, [] { acme::launch(save(5)); });
  connect(timer, &Timer::elapsed, view, &View::repaint);
  connect(timer, &Timer::timeout, view, []() -> acme::Oneway { co_return; }); // ok: runs by itself
  invoke(&Timer::timeout, timer);
}
