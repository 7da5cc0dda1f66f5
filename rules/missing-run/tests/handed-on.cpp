// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A local loop that is given its work by a function of the unit.
#include "acme.hpp"

#include <memory>
#include <thread>

using acme::Deferred;

Deferred<> serve();

class Loop {
public:
  void post(std::function<void()> work);
  void adopt(Deferred<> work);
  void run();
};
class Holder {
public:
  explicit Holder(Loop &loop) : loop_(loop) {}

private:
  Loop &loop_;
};
Holder *global;
void spawn(Loop &loop, Deferred<> work) { loop.adopt(std::move(work)); }
void spawn_and_run(Loop &loop, Deferred<> work) {
  loop.adopt(std::move(work));
  loop.run();
}
void elsewhere(Loop &loop, Deferred<> work);

void never() {
  Loop loop;
  spawn(loop, serve()); // warn: "loop"
}
void here() {
  Loop loop;
  spawn(loop, serve()); // ok
  loop.run();
}
void inside() {
  Loop loop;
  spawn_and_run(loop, serve()); // ok
}
void unseen() {
  Loop loop;
  elsewhere(loop, serve()); // ok: nobody knows
}
void held() {
  Loop loop;
  spawn(loop, serve()); // ok: it escapes
  global = new Holder(loop);
}

void behind_a_pointer() {
  auto loop = std::make_unique<Loop>();
  loop->adopt(serve()); // warn: "'loop'"
}
void behind_a_pointer_and_run() {
  auto loop = std::make_shared<Loop>(); // ok
  loop->adopt(serve());
  loop->run();
}
std::shared_ptr<Loop> gives_the_pointer() {
  auto loop = std::make_shared<Loop>(); // ok: somebody else runs it
  loop->adopt(serve());
  return loop;
}
