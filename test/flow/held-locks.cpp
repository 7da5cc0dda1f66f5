// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which locks are held at which suspension, for every way of taking and giving them back.
// RUN: coroguard check -q --dump=held-locks %s -- %flags | FileCheck %s
#include "acme.hpp"

#include <mutex>
#include <shared_mutex>

acme::Deferred<> step();
std::mutex m, n;

// CHECK-LABEL: coroutine `ctad`
// CHECK-NEXT: guard `guard` {{.*}} of type `std::lock_guard<std::mutex>`
// CHECK-NEXT: `co_await step()`: held, taken {{.*}} `std::lock_guard guard(m);`
acme::Deferred<> ctad() {
  std::lock_guard guard(m);
  co_await step();
}

using Guard = std::unique_lock<std::mutex>;
// CHECK-LABEL: coroutine `aliased`
// CHECK-NEXT: guard `guard` {{.*}} of type `Guard`
// CHECK-NEXT: `co_await step()`: held
acme::Deferred<> aliased() {
  Guard guard(m);
  co_await step();
}

// CHECK-LABEL: coroutine `byAuto`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: held
acme::Deferred<> byAuto() {
  auto guard = std::scoped_lock(m, n);
  co_await step();
}

struct Account {
  std::mutex mutex_;
  void enter() { mutex_.lock(); }
  void leave() { mutex_.unlock(); }
  bool tryEnter() { return mutex_.try_lock(); }
  void visit() {
    enter();
    leave();
  }

  // CHECK-LABEL: coroutine `Account::helpers`
  // CHECK-NEXT: mutex `mutex_` locked by hand
  // CHECK-NEXT: `co_await step()`: held, taken {{.*}} `enter()`
  // CHECK-NEXT: `co_await step()`: free
  // CHECK-NEXT: `co_await step()`: held, taken {{.*}} `this->tryEnter()`
  // CHECK-NEXT: `co_await step()`: free
  // CHECK-NEXT: at the exit: free
  acme::Deferred<> helpers() {
    enter();
    co_await step();
    leave();
    visit();
    co_await step();
    if (this->tryEnter()) {
      co_await step();
      leave();
    }
    co_await step();
  }
};

// CHECK-LABEL: coroutine `ofAnother`
// CHECK-NEXT: mutex `account.mutex_` locked by hand
// CHECK-NEXT: `co_await step()`: held, taken {{.*}} `account.enter()`
acme::Deferred<> ofAnother(Account &account) {
  account.enter();
  co_await step();
  account.leave();
}

// CHECK-LABEL: coroutine `inIf`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: {{[0-9]+}}:5 `co_await step()`: held
// CHECK-NEXT: {{[0-9]+}}:3 `co_await step()`: free
acme::Deferred<> inIf(bool ready) {
  if (std::lock_guard guard(m); ready)
    co_await step();
  co_await step();
}

// CHECK-LABEL: coroutine `inScope`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: free
acme::Deferred<> inScope() {
  { std::lock_guard guard(m); }
  co_await step();
}

// CHECK-LABEL: coroutine `unlocked`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: free
// CHECK-NEXT: `co_await step()`: held, taken {{.*}} `guard.lock()`
acme::Deferred<> unlocked() {
  std::unique_lock guard(m);
  guard.unlock();
  co_await step();
  guard.lock();
  co_await step();
}

// CHECK-LABEL: coroutine `onSomePath`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: held on some ways
acme::Deferred<> onSomePath(bool early) {
  std::unique_lock guard(m);
  if (early)
    guard.unlock();
  co_await step();
}

// CHECK-LABEL: coroutine `deferred`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: free
acme::Deferred<> deferred() {
  std::unique_lock guard(m, std::defer_lock);
  co_await step();
}

// CHECK-LABEL: coroutine `tried`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: held
// CHECK-NEXT: `co_await step()`: free
acme::Deferred<> tried() {
  std::unique_lock guard(m, std::try_to_lock);
  if (guard.owns_lock())
    co_await step();
  else
    co_await step();
}

// CHECK-LABEL: coroutine `adopted`
// CHECK-NEXT: mutex `m` locked by hand
// CHECK-NEXT: `co_await step()`: free
// CHECK-NEXT: at the exit: free
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: held, taken {{.*}} `std::lock_guard guard(m, std::adopt_lock);`
acme::Deferred<> adopted() {
  m.lock();
  std::lock_guard guard(m, std::adopt_lock);
  co_await step();
}

// CHECK-LABEL: coroutine `byHand`
// CHECK-NEXT: mutex `m` locked by hand
// CHECK-NEXT: `co_await step()`: held, taken {{.*}} `m.lock()`
// CHECK-NEXT: `co_await step()`: free
// CHECK-NEXT: at the exit: free
acme::Deferred<> byHand() {
  m.lock();
  co_await step();
  m.unlock();
  co_await step();
}

// CHECK-LABEL: coroutine `triedByHand`
// CHECK-NEXT: mutex `m` locked by hand
// CHECK-NEXT: `co_await step()`: held
// CHECK-NEXT: `co_await step()`: free
acme::Deferred<> triedByHand() {
  if (m.try_lock()) {
    co_await step();
    m.unlock();
  }
  co_await step();
}

struct Registry {
  std::mutex mutex_;
  // CHECK-LABEL: coroutine `Registry::member`
  // CHECK-NEXT: mutex `mutex_` locked by hand
  // CHECK-NEXT: `co_await step()`: held
  // CHECK-NEXT: at the exit: held, taken {{.*}} `mutex_.lock()`
  acme::Deferred<> member() {
    mutex_.lock();
    co_await step();
  }
};

void keep(std::unique_lock<std::mutex> guard);
// CHECK-LABEL: coroutine `movedAway`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: free
acme::Deferred<> movedAway() {
  std::unique_lock guard(m);
  keep(std::move(guard));
  co_await step();
}

// CHECK-LABEL: coroutine `releasedGuard`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: free
acme::Deferred<> releasedGuard() {
  std::unique_lock guard(m);
  guard.release()->unlock();
  co_await step();
}

struct Section {
  explicit Section(std::mutex &mutex) : mutex_(mutex) { mutex_.lock(); }
  ~Section() { mutex_.unlock(); }
  std::mutex &mutex_;
};
struct Owner {
  Owner() : guard_(m) {}
  std::lock_guard<std::mutex> guard_;
};
// A class that unlocks when it dies, one that has a guard as a member, an optional of one.
// CHECK-LABEL: coroutine `ofThatShape`
// CHECK: guard `section`
// CHECK-NEXT: `co_await step()`: held
// CHECK: guard `owner`
// CHECK-NEXT: `co_await step()`: held, taken {{.*}} `Owner owner;`
// CHECK: guard `maybe`
// CHECK-NEXT: `co_await step()`: held, taken {{.*}} `maybe.emplace(
acme::Deferred<> ofThatShape() {
  Section section(m);
  Owner owner;
  std::optional<std::unique_lock<std::mutex>> maybe;
  maybe.emplace(n);
  co_await step();
}

struct AsyncMutex {
  acme::Deferred<> lock();
  void unlock();
};
// A mutex that is locked by awaiting blocks no thread.
// CHECK-NOT: `awaitedMutex`
acme::Deferred<> awaitedMutex(AsyncMutex &mutex) {
  co_await mutex.lock();
  co_await step();
  mutex.unlock();
}

// CHECK-LABEL: coroutine `inLoop`
// CHECK-NEXT: guard `guard`
// CHECK-NEXT: `co_await step()`: free
acme::Deferred<> inLoop() {
  for (int i = 0; i < 3; ++i) {
    { std::shared_lock<std::shared_mutex> guard; }
    co_await step();
  }
}
