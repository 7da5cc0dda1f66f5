// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A break belongs to the innermost loop.
#include "acme.hpp"

using acme::Deferred;
void use(int value);

Deferred<int> primes() {
  int found = 0;
  for (int i = 2; i < 5'000'000; ++i) { // warn: "turns"
    bool prime = true;
    for (int d = 2; d * d <= i; ++d)
      if (i % d == 0) {
        prime = false;
        break;
      }
    found += prime;
  }
  co_return found;
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> first(int wanted) {
  int at = 0;
  for (int i = 2; i < 5'000'000; ++i) { // ok: it may leave early
    if (i % wanted == 0) {
      at = i;
      break;
    }
  }
  co_return at;
}
static bool is_prime(long number) {
  for (long i = 2; i * i <= number; ++i)
    if (number % i == 0)
      return false;
  return true;
}
static long square(long number) { return number * number; }
Deferred<long> counts(long limit) {
  co_await acme::GiveWay{};
  long count = 0;
  for (long i = 2; i < limit; ++i) // warn: "computes while"
    count += is_prime(i);
  co_return count;
}
Deferred<long> sums(long limit) {
  co_await acme::GiveWay{};
  long sum = 0;
  for (long i = 2; i < limit; ++i) // ok: as many as there are
    sum += square(i);
  co_return sum;
}

Deferred<bool> is_prime(unsigned long number) {
  for (unsigned long d = 2; d * d <= number; ++d) // warn: "d * d <= number"
    if (number % d == 0)
      co_return false;
  co_return true;
}
Deferred<bool> is_small_prime(int number) {
  for (int d = 2; d * d <= number; ++d) // ok: 46341 turns at most
    if (number % d == 0)
      co_return false;
  co_return true;
}
