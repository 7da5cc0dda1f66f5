// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// for x in async_queryset: an async sequence has no begin(); iterate it with an await-loop.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

async_generator<std::string> users() {
  for (const char *name : {"ann", "bob", "eve"}) {
    co_await sleep(1ms); // the database
    std::string copy = name;
    co_yield copy;
  }
}

task<> program() {
  // for (auto &u : users())              // error: begin() is deleted
  COROGUARD_AWAIT_FOR(std::string & name, users())
    std::printf("%s\n", name.c_str());
  auto g = users();
  while (auto item = co_await g.next())
    std::printf("%zu letters\n", item->size());
}

int main() { run(program()); }

// prints:
// ann
// bob
// eve
// 3 letters
// 3 letters
// 3 letters
