// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ways around that are no loop statement, that only ask again, and computations.
#include "acme.hpp"

#include <atomic>
#include <optional>
#include <vector>

using acme::Deferred;

struct Item {
  int kind;
};
class Source {
public:
  std::optional<Item> poll();
  std::optional<Item> next(int index);
  Item *front();
};
Deferred<> handle(Item item);

Deferred<> jumps(std::atomic<int> &left) {
again: // warn: "does not suspend until"
  if (left.load() > 0)
    goto again;
  co_await handle({0});
}
Deferred<> jumps_and_waits(std::atomic<int> &left) {
again:
  co_await handle({1});
  if (left.load() > 0)
    goto again;
}
Deferred<> asks_again(Source &source) {
  while (true) { // warn: "may turn without suspending"
    auto item = source.poll();
    if (!item)
      continue;
    co_await handle(*item);
  }
}
Deferred<> asks_again_pointer(Source &source, const bool &stop) {
  while (!stop) { // warn: "may turn without suspending"
    if (Item *item = source.front())
      co_await handle(*item);
  }
}
Deferred<> skips(Source &source) {
  while (true) { // ok: what is left out is used up, too
    auto item = source.poll();
    if (!item)
      break;
    if (item->kind == 0)
      continue;
    co_await handle(*item);
  }
}
Deferred<> walks(Source &source, int count) {
  for (int i = 0; i < count; ++i) { // ok: another one each time
    auto item = source.next(i);
    if (!item)
      continue;
    co_await handle(*item);
  }
}
Deferred<> pauses(Source &source) {
  while (true) {
    auto item = source.poll();
    if (!item) {
      co_await acme::GiveWay{};
      continue;
    }
    co_await handle(*item);
  }
}

Deferred<long> primes(long limit) {
  long count = 0;
  for (long i = 2; i < limit; ++i) { // warn: "computes while"
    bool prime = true;
    for (long j = 2; j * j <= i; ++j)
      if (i % j == 0)
        prime = false;
    count += prime;
  }
  co_await handle({2});
  co_return count;
}
Deferred<long> small_tables() {
  long sum = 0;
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < i; ++j)
      sum += i * j;
  co_await handle({3});
  co_return sum;
}
Deferred<long> cells(const std::vector<int> image, int rows, int columns) {
  long sum = 0;
  for (int row = 0; row < rows; ++row)
    for (int column = row; column < columns; ++column)
      sum += image[row * columns + column]; // ok: as many as there are
  co_await handle({4});
  co_return sum;
}
Deferred<long> primes_with_pauses(long limit) {
  long count = 0;
  for (long i = 2; i < limit; ++i) {
    for (long j = 2; j * j <= i; ++j)
      count += i % j == 0;
    co_await acme::GiveWay{};
  }
  co_return count;
}
void print(int value);
class Ring {
public:
  bool try_pop(int &item);
};
Deferred<> asks_the_ring(Ring &ring) {
  for (;;) { // warn: "does not suspend until"
    int item;
    if (!ring.try_pop(item))
      continue;
    if (item < 0)
      co_return;
    co_await handle({item});
  }
}
Deferred<> empties_the_ring(Ring &ring) {
  int item;
  while (ring.try_pop(item)) // ok: as many as there are
    print(item);
  co_await handle({0});
}
