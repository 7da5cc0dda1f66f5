// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects and arguments of ordinary functions that start work on them and return; closures that a loop of the user keeps.
#include "acme.hpp"

#include <memory>

using acme::Deferred;

Deferred<> wait();
void print(int value);

class Session {
public:
  explicit Session(int fd) : fd_(fd) {}
  void start() { acme::launch(serve()); }
  Deferred<> finished();
  static int count;
  void name() { print(fd_); }

private:
  Deferred<> serve() {
    co_await wait();
    print(fd_);
  }
  int fd_;
};
class Stopping {
public:
  ~Stopping() { stop(); }
  void start() { acme::launch(serve()); }
  void stop();

private:
  Deferred<> serve() {
    co_await wait();
    print(fd_);
  }
  int fd_ = 0;
};

void lost(int fd) {
  Session session(fd);
  session.start(); // warn: "refers to 'session'"
}
Deferred<> waits(int fd) {
  Session session(fd);
  session.start(); // ok: waited for
  co_await session.finished();
}
void kept(std::unique_ptr<Session> &slot, int fd) {
  slot = std::make_unique<Session>(fd);
  slot->start(); // ok
}
void stops() {
  Stopping session;
  session.start(); // ok: its destructor stops it
}
void names(int fd) {
  Session session(fd);
  session.name(); // ok: starts nothing
}

Deferred<> echo(Session &session) {
  co_await wait();
  session.name();
}
void begin(Session &session) { acme::launch(echo(session)); }
void lent(int fd) {
  Session session(fd);
  begin(session); // warn: "refers to 'session'"
}

class Loop {
public:
  void post(std::function<void()> work) { queue_.push_back(std::move(work)); }
  void run();

private:
  std::vector<std::function<void()>> queue_;
};
class Listeners {
public:
  void add(std::function<void()> work) { all_.push_back(std::move(work)); }

private:
  std::vector<std::function<void()>> all_;
};

void later(Loop &loop) {
  int count = 0;
  loop.post([&count] { ++count; }); // warn: "captures 'count' by reference"
}
void runs(Loop &loop) {
  int count = 0;
  loop.post([&count] { ++count; }); // ok: it runs here
  loop.run();
}
void own() {
  Loop loop;
  int count = 0;
  loop.post([&count] { ++count; }); // ok: the loop ends with the function
  print(count);
}
void listens(Listeners &listeners) {
  int count = 0;
  listeners.add([&count] { ++count; }); // ok: who drives it is not known
}
