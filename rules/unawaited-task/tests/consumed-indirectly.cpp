// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Less usual ways to take a task over: all silent.
#include "acme.hpp"
#include "cppcoro.hpp"

#include <algorithm>
#include <any>
#include <coroutine>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <new>
#include <optional>
#include <queue>
#include <span>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
void print(int value);
template <class T> struct Expectation {
  Expectation &WillOnce(T action);
};
template <class T> T Return(T value);
Expectation<Deferred<>> &expect_call();

Deferred<> swapped(std::vector<Deferred<>> &backlog) {
  auto mine = save(1);
  auto other = save(2);
  std::swap(mine, other);
  co_await std::move(mine);
  co_await std::move(other);
  std::vector<Deferred<>> fresh;
  fresh.push_back(save(3));
  backlog.swap(fresh);
  std::vector<Deferred<>> more;
  more.push_back(save(4));
  backlog.insert(backlog.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::vector<Deferred<>> last;
  last.push_back(save(5));
  std::move(last.begin(), last.end(), std::back_inserter(backlog));
}
Deferred<> through_references() {
  auto task = save(1);
  Deferred<> &same = task;
  co_await std::move(same);
  auto second = save(2);
  auto *pointer = &second;
  co_await std::move(*pointer);
  auto third = save(3);
  auto wrapped = std::ref(third);
  co_await std::move(wrapped.get());
  auto tasks = std::make_tuple(load(1), load(2));
  auto [a, b] = co_await std::apply([](auto &&...each) { return acme::both(std::move(each)...); }, std::move(tasks));
  print(a + b);
}
Deferred<> by_visit(bool number) {
  std::variant<std::monostate, Deferred<>, Deferred<int>> either;
  if (number)
    either = load(1);
  else
    either = save(1);
  co_await std::visit(
      []<class T>(T &&task) -> Deferred<> {
        if constexpr (!std::is_same_v<T, std::monostate>)
          co_await std::move(task);
      },
      std::move(either));
}
Deferred<> queues(std::queue<Deferred<>> &queue) {
  queue.push(save(1));
  queue.emplace(save(2));
  while (!queue.empty()) {
    Deferred<> next = std::move(queue.front());
    queue.pop();
    co_await std::move(next);
  }
  std::optional<Deferred<>> pending;
  auto pop = [&]() -> std::optional<Deferred<>> { return std::exchange(pending, std::nullopt); };
  pending = save(3);
  while (auto task = pop())
    co_await std::move(*task);
}
Deferred<> owned() {
  auto shared = std::make_shared<Deferred<>>(save(1));
  auto later = [shared]() -> Deferred<> { co_await std::move(*shared); };
  co_await later();
  std::unique_ptr<Deferred<>> unique(new Deferred<>(save(2)));
  co_await std::move(*unique);
  alignas(Deferred<>) unsigned char storage[sizeof(Deferred<>)];
  auto *placed = new (storage) Deferred<>(save(3));
  co_await std::move(*placed);
  placed->~Deferred<>();
}
Deferred<> mocks() {
  expect_call().WillOnce(Return(save(1)));
  co_return;
}
Deferred<> binds() {
  auto bound = std::bind_front(save, 1); // ok: calls nothing
  co_await bound();
  auto partial = [key = 2] { return save(key); };
  co_await partial();
  co_await std::invoke(save, 3);
  co_await std::apply(save, std::tuple{4});
}
class Scope {
public:
  Scope &operator<<(Deferred<> task);
  Scope &operator+=(Deferred<> task);
  template <class F> void with(F function) { add(function()); }
  void add(Deferred<> task);
  Deferred<> join();
};
Deferred<> operators(Scope &scope) {
  scope << save(1) << save(2);
  scope += save(3);
  scope.with([] { return save(4); });
  for (int i = 0; i < 3; ++i)
    scope.add(save(i));
  co_await scope.join();
}
Deferred<> handles() {
  auto task = save(1);
  auto handle = task.release();
  handle.resume();
  handle.destroy();
}
struct Awaiting {
  Deferred<int> task;
  explicit Awaiting(Deferred<int> t) : task(std::move(t)) {}
  auto operator co_await() && { return std::move(task).operator co_await(); }
};
Deferred<int> adapted() {
  int sum = co_await Awaiting(load(1));
  auto adapter = Awaiting{load(2)};
  sum += co_await std::move(adapter);
  co_return sum;
}
acme::Feed<Deferred<int>> yields() {
  for (int i = 0; i < 3; ++i)
    co_yield load(i);
  auto last = load(3);
  co_yield std::move(last);
}
template <class T> Deferred<T> forwarded(Deferred<T> &&task) { return std::forward<Deferred<T>>(task); }
Deferred<int> macros() {
#define AWAIT(task) co_await (task)
#define TRY_AWAIT(name, task)                                                                                          \
  auto name##_task = (task);                                                                                           \
  auto name = co_await std::move(name##_task)
  AWAIT(save(1));
  TRY_AWAIT(value, load(1));
  co_return value + AWAIT(forwarded(load(2)));
}
cppcoro::task<> nested_functions(std::vector<int> keys) {
  struct Local {
    cppcoro::task<> one(int key) { co_await two(key); }
    static cppcoro::task<> two(int) { co_return; }
  };
  Local local;
  std::vector<cppcoro::task<>> tasks;
  std::transform(keys.begin(), keys.end(), std::back_inserter(tasks), [&](int key) { return local.one(key); });
  std::ranges::transform(keys, std::back_inserter(tasks), &Local::two);
  co_await cppcoro::when_all(std::move(tasks));
}
