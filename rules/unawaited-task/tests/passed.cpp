// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task given to a callee whose body can be seen to drop it.
#include "acme.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
void log(bool valid);

void ignore(Deferred<> task) { log(true); }
void ignore_unnamed(Deferred<>) {}
void only_asks(Deferred<> task) { log(task.valid()); }
void asks_by_reference(const Deferred<> &task) { log(task.valid()); }
void takes_and_drops(Deferred<> &&task) { log(false); }
void moves_to_nobody(Deferred<> task) { auto mine = std::move(task); }
void passes_on(Deferred<> task) { ignore(std::move(task)); }
template <class T> void ignore_any(T &&thing) { log(false); }
template <class... T> void ignore_all(T... things) {}
struct Sinkhole {
  void take(Deferred<> task) {}
  static void swallow(Deferred<> task, int) {}
  void operator()(Deferred<> task) const {}
};

Deferred<> drops(Sinkhole &hole) {
  ignore(save(1));                  // warn: "save"
  ignore_unnamed(save(2));          // warn: "save"
  only_asks(save(3));               // warn: "save"
  asks_by_reference(save(4));       // warn: "save"
  takes_and_drops(save(5));         // warn: "save"
  moves_to_nobody(save(6));         // warn: "save"
  passes_on(save(7));               // warn: "save"
  ignore_any(save(8));              // warn: "save"
  ignore_all(save(9), 1);           // warn: "save"
  hole.take(save(10));              // warn: "save"
  Sinkhole::swallow(save(11), 1);   // warn: "save"
  hole(save(12));                   // warn: "save"
  auto nothing = [](Deferred<> task) {};
  nothing(save(13)); // warn: "save"
  auto task = save(14); // warn: "save"
  ignore(std::move(task));
  co_return;
}

// --- callees that take the task over, or that cannot be seen -------------------------------------------------------

void unseen(Deferred<> task);
void unseen_reference(Deferred<> &task);
template <class T> void unseen_any(T &&thing);

void starts(Deferred<> task) { acme::launch(std::move(task)); }
void releases(Deferred<> task) { task.release(); }
Deferred<> returns(Deferred<> task) { return task; }
Deferred<> awaits(Deferred<> task) { co_await std::move(task); }
Deferred<> awaits_reference(Deferred<> &&task) { co_await std::move(task); }
std::vector<Deferred<>> &backlog();
void stores(Deferred<> task) { backlog().push_back(std::move(task)); }
void executes(Deferred<> task) { acme::execute(std::move(task)); }
void forwards(Deferred<> task) { starts(std::move(task)); }
void sometimes(Deferred<> task, bool wanted) {
  if (wanted)
    acme::launch(std::move(task));
}
template <class F> auto with(Deferred<> task, F func) { return func(std::move(task)); }
struct Queue {
  std::vector<Deferred<>> tasks;
  std::optional<Deferred<>> last;
  void push(Deferred<> task) { tasks.push_back(std::move(task)); }
  void keep(Deferred<> &&task) { last = std::move(task); }
  explicit Queue(Deferred<> first) { tasks.push_back(std::move(first)); }
  Queue() = default;
};
struct Scope {
  Deferred<> held;
  Scope(Deferred<> task) : held(std::move(task)) {}
};
struct Base {
  virtual void accept(Deferred<> task) {}
  virtual ~Base() = default;
};

Deferred<> kept(Queue &queue, Base &base, std::function<void(Deferred<>)> sink) {
  unseen(save(1));
  auto lent = save(2);
  unseen_reference(lent);
  unseen_any(save(3));
  starts(save(4));
  releases(save(5));
  co_await returns(save(6));
  co_await awaits(save(7));
  co_await awaits_reference(save(8));
  stores(save(9));
  executes(save(10)); // warn: [async-sync-wait] "executes"
  forwards(save(11));
  queue.push(save(13));
  queue.keep(save(14));
  Queue other(save(15));
  Scope scope(save(16));
  base.accept(save(17)); // ok: an override may keep it
  sink(save(18));
  with(save(19), [](Deferred<> task) { acme::launch(std::move(task)); });
  for (auto &task : other.tasks)
    co_await std::move(task);
  co_await std::move(scope.held);
}
