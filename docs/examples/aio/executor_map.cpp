// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// executor.map over many small tasks and a few large ones; small ones are put into chunks automatically.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <cmath>
#include <ranges>

bool is_prime(std::uint64_t n) {
  if (n < 2 || (n % 2 == 0 && n != 2))
    return false;
  for (std::uint64_t i = 3, root = std::uint64_t(std::sqrt(double(n))); i <= root; i += 2)
    if (n % i == 0)
      return false;
  return true;
}

int main() {
  thread_pool_executor pool;
  auto small = pool.map(is_prime, std::views::iota(std::uint64_t(0), std::uint64_t(100'000)));
  long primes = 0;
  for (bool p : small)
    primes += p;
  std::printf("%ld primes below 100000\n", primes);
  const std::vector<std::uint64_t> large{112272535095293, 112582705942171, 115280095190773};
  for (bool p : pool.map(is_prime, large, 1))
    std::printf("large: %s\n", p ? "prime" : "not prime");
  process_pool_executor processes(2);
  for (bool p : processes.map(is_prime, large, 1))
    std::printf("in a process: %s\n", p ? "prime" : "not prime");
}

// prints:
// 9592 primes below 100000
// large: prime
// large: prime
// large: prime
// in a process: prime
// in a process: prime
// in a process: prime
