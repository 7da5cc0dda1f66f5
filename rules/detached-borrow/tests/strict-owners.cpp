// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Member coroutines set loose by classes that do not count their owners, for strict.
#include "acme.hpp"

#include <utility>

using acme::Deferred;

Deferred<> turn();
struct Scope {
  ~Scope();
  void launch(Deferred<> work);
};

class Sampler {
public:
  void starts() { acme::launch(samples()); } // warn: "nothing waits for coroutine 'Sampler::samples'"
  void starts_in_scope() { scope_.launch(samples()); } // ok: it ends with the object
  void starts_without() { acme::launch(says()); } // ok: it does without the object

private:
  Deferred<> samples() {
    while (on_)
      co_await turn();
  }
  Deferred<> says() { co_await turn(); }
  bool on_ = true;
  Scope scope_;
};
class Stopped {
public:
  ~Stopped() { stop_and_wait(); }
  void starts() { acme::launch(samples()); } // ok: its destructor sees to it

private:
  void stop_and_wait();
  Deferred<> samples() {
    while (on_)
      co_await turn();
  }
  bool on_ = true;
};
