// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Detached coroutines that only the object they are given can resume: without it they stay where they are. Beside them
// some that others resume.
#include "acme.hpp"

#include <coroutine>
#include <vector>

struct Waiters {
  void push(void *waiter);
};

class Channel : Waiters {
  struct Reader {
    Channel *channel;
    void *frame = nullptr;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      Channel &own = *channel;
      frame = handle.address();
      own.Waiters::push(this);
    }
    int await_resume() const noexcept { return 1; }
  };

public:
  Reader read() { return {this}; }
  int size() const;
};

class Event {
  struct Wait {
    Event &event;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) { event.waiters_.push_back(handle); }
    void await_resume() const noexcept {}
  };

public:
  Wait operator co_await() noexcept { return {*this}; }
  void set();

private:
  std::vector<std::coroutine_handle<>> waiters_;
};

struct Loop {
  void post(std::coroutine_handle<> handle);
};
Loop &loop();

class Timer {
  struct Wait {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) { loop().post(handle); }
    void await_resume() const noexcept {}
  };

public:
  Wait wait() { return {}; }
  int ticks = 0;
};

acme::Oneway readAll(Channel &channel, int &sum) {
  while (channel.size() > 0)
    sum += co_await channel.read();
}
acme::Oneway onSet(Event &event, int &count) {
  co_await event;
  ++count;
}
acme::Oneway tick(Timer &timer) {
  co_await timer.wait();
  ++timer.ticks;
}
acme::Oneway readSlowly(Channel &channel, int &sum) {
  sum += co_await channel.read();
  co_await acme::GiveWay{};
  sum += channel.size();
}

int reads() {
  Channel channel;
  int sum = 0;
  readAll(channel, sum); // ok
  return sum;
}
int waits() {
  Event event;
  int count = 0;
  onSet(event, count); // ok
  event.set();
  return count;
}
int ticks() {
  Timer timer;
  tick(timer); // warn: "timer"
  return timer.ticks;
}
int readsSlowly(Channel &channel) {
  int sum = 0;
  readSlowly(channel, sum); // warn: "sum"
  return sum;
}
int readsOther(Channel &channel) {
  int sum = 0;
  readAll(channel, sum); // warn: "sum"
  return sum;
}
