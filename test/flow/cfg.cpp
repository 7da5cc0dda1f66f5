// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coroutine-aware graph: suspensions and their classes, what starts and ends suspended, edges of every control structure.
// RUN: coroguard check -q --dump=cfg %s -- %flags | FileCheck %s
#include "acme.hpp"

#include <stdexcept>

acme::Deferred<int> number();
acme::Deferred<> step();
void note(int value);

struct Inline {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> self) const noexcept { return self; }
  void await_resume() const noexcept {}
};

// CHECK-LABEL: coroutine `classes`
// CHECK-NEXT: initial suspend: always, final suspend: always
// CHECK: `co_await std::suspend_never()` never suspends
// CHECK: `co_await Inline()` resumes inline
// CHECK: `co_await step()` may suspend
// CHECK: `co_await workers.enter()` may hop thread
// CHECK: -> 0 destroyed while suspended
acme::Deferred<> classes(acme::Workers &workers) {
  co_await std::suspend_never();
  co_await Inline();
  co_await step();
  co_await workers.enter();
}

// A coroutine that never suspends for real has no way to be destroyed while suspended.
// CHECK-LABEL: coroutine `never`
// CHECK-NEXT: initial suspend: never, final suspend: never
// CHECK: `co_await std::suspend_never()` never suspends
// CHECK-NOT: destroyed while suspended
acme::Oneway never() {
  co_await std::suspend_never();
}

// CHECK-LABEL: coroutine `eager`
// CHECK-NEXT: initial suspend: never, final suspend: always
acme::Started<> eager() { co_await step(); }

// CHECK-LABEL: coroutine `yields`
// CHECK: `co_yield 1` may suspend
// CHECK: `co_yield 2` may suspend
acme::Feed<int> yields() {
  co_yield 1;
  co_yield 2;
}

// The right side of `&&` has a block of its own: it suspends only if the left side is true.
// CHECK-LABEL: coroutine `shortCircuit`
// CHECK: -> [[RIGHT:[0-9]+]] when `ready` is true
// CHECK-NEXT: -> [[BOTH:[0-9]+]] when `ready` is false
// CHECK: block [[RIGHT]]
// CHECK: `co_await number()` may suspend
// CHECK-NEXT: -> [[BOTH]]{{$}}
// CHECK: block [[BOTH]]
// CHECK-NEXT: -> {{[0-9]+}} when `ready && co_await number()` is true
// CHECK-NEXT: -> {{[0-9]+}} when `ready && co_await number()` is false
acme::Deferred<> shortCircuit(bool ready) {
  if (ready && co_await number())
    note(1);
}

// CHECK-LABEL: coroutine `conditional`
// CHECK: -> [[YES:[0-9]+]] when `ready` is true
// CHECK: -> [[NO:[0-9]+]] when `ready` is false
// CHECK: block [[NO]]
// CHECK-NOT: co_await
// CHECK: block [[YES]]
// CHECK: `co_await number()` may suspend
acme::Deferred<> conditional(bool ready) {
  note(ready ? co_await number() : 0);
}

// The handler is entered by exception only; what it does not catch goes on to the exit.
// CHECK-LABEL: coroutine `handlers`
// CHECK: `co_await step()` may suspend
// CHECK-NEXT: -> [[AFTER:[0-9]+]]
// CHECK-NEXT: -> [[CATCH:[0-9]+]] by exception
// CHECK-NEXT: -> 0 by exception
// CHECK-NEXT: -> 0 destroyed while suspended
// CHECK: block [[CATCH]]
// CHECK-NEXT: `note(1)`
// CHECK-NEXT: -> [[AFTER]]
acme::Deferred<> handlers() {
  try {
    co_await step();
  } catch (const std::runtime_error &) {
    note(1);
  }
  note(2);
}

// A catch of everything lets nothing out; a throw in a handler goes past it.
// CHECK-LABEL: function `catchesAll`
// CHECK: `note(1)`
// CHECK-NEXT: -> 0{{$}}
// CHECK-NEXT: -> [[CATCH:[0-9]+]] by exception
// CHECK-NEXT: block [[CATCH]]
// CHECK-NEXT: `throw`
// CHECK-NEXT: -> 0 by exception
void catchesAll() {
  try {
    note(1);
  } catch (...) {
    throw;
  }
}

// CHECK-LABEL: coroutine `loops`
// CHECK: (entry)
// CHECK-NEXT: -> [[START:[0-9]+]]{{$}}
// CHECK-NEXT: block [[START]]
// CHECK-NEXT: -> [[HEAD:[0-9]+]]{{$}}
// CHECK-NEXT: block [[BODY:[0-9]+]]
// CHECK: `co_await step()` may suspend
// CHECK-NEXT: -> [[NEXT:[0-9]+]]{{$}}
// CHECK: block [[NEXT]]
// CHECK-NEXT: -> [[HEAD]]{{$}}
// CHECK-NEXT: block [[HEAD]]
// CHECK-NEXT: -> [[BODY]]
// CHECK-NEXT: -> [[DONE:[0-9]+]]
// CHECK-NEXT: block [[DONE]]
// CHECK-NEXT: end of `values`
acme::Deferred<> loops(std::vector<int> values) {
  for (int value : values)
    co_await step();
}

// CHECK-LABEL: coroutine `jumps`
// CHECK: (entry)
// CHECK-NEXT: -> [[AGAIN:[0-9]+]]{{$}}
// CHECK-NEXT: block [[AGAIN]]
// CHECK: `co_await step()` may suspend
// CHECK: -> [[BACK:[0-9]+]] when `left` is true
// CHECK: block [[BACK]]
// CHECK-NEXT: -> [[AGAIN]]{{$}}
acme::Deferred<> jumps(bool left) {
again:
  co_await step();
  if (left)
    goto again;
}

// A lambda is a body of its own; the enclosing one sees that it is made.
// CHECK-LABEL: function `lambdas`
// CHECK-NOT: may suspend
// CHECK: auto inner
// CHECK-LABEL: coroutine `lambdas::(lambda)`
// CHECK: `co_await step()` may suspend
void lambdas() {
  auto inner = []() -> acme::Deferred<> { co_await step(); };
  note(sizeof(inner));
}

// Locals die in the reverse order of their making.
// CHECK-LABEL: coroutine `scopes`
// CHECK: `co_await step()` may suspend
// CHECK: end of `second`
// CHECK-NEXT: end of `first`
acme::Deferred<> scopes() {
  std::string first, second;
  co_await step();
}

// Templates are looked at where they are instantiated.
// CHECK-LABEL: coroutine `generic` {{.*}} (instantiation)
// CHECK: `co_await number()` may suspend
template <class T> acme::Deferred<T> generic() { co_return co_await number(); }
template acme::Deferred<int> generic<int>();
