// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The chess exhibition: 24 boards, 30 moves each; 5 s for a move of hers, 55 s for one of theirs. On virtual time.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

constexpr int boards = 24, moves = 30;

task<> game(mutex &judit) {
  for (int i = 0; i < moves; ++i) {
    {
      auto turn = co_await judit.scoped_lock(); // one move at a time is hers
      co_await sleep(5s);
    }
    co_await sleep(55s);                        // the opponent thinks
  }
}

task<> synchronous() {
  for (int b = 0; b < boards; ++b) {
    mutex judit;
    co_await game(judit);
  }
}
task<> asynchronous() {
  mutex judit;
  std::vector<task<>> games;
  for (int b = 0; b < boards; ++b)
    games.push_back(game(judit));
  co_await gather(std::move(games));
}

int main() {
  for (bool async : {false, true}) {
    auto started = std::chrono::steady_clock::now();
    double hours = run([&]() -> task<double> {
      if (async) // a conditional operator in the awaited expression is more than GCC 12 can compile
        co_await asynchronous();
      else
        co_await synchronous();
      co_return std::chrono::duration<double, std::ratio<3600>>(now().time_since_epoch()).count();
    }, {.clock = virtual_clock});
    auto real = std::chrono::steady_clock::now() - started;
    std::printf("%s: %.0f hour(s), in less than a real second: %s\n", async ? "asynchronous" : "synchronous", hours, real < 1s ? "yes" : "no");
  }
}

// prints:
// synchronous: 12 hour(s), in less than a real second: yes
// asynchronous: 1 hour(s), in less than a real second: yes
