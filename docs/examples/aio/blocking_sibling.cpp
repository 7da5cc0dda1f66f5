// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A blocking call where the class has an asynchronous sibling (get for aget): debug mode names the coroutine that held the loop.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <thread>

struct database {
  int get(int id) {
    std::this_thread::sleep_for(30ms); // blocks whoever calls
    return id;
  }
  task<int> aget(int id) {
    co_await sleep(30ms);
    co_return id;
  }
};

task<> view(database &db) {
  co_await yield_now();
  db.get(1);            // wrong: nobody else runs for 30 ms
  co_await yield_now();
  co_await db.aget(2);  // right
}

int main() {
  set_report_handler([](const report &r) {
    std::printf("[%s] %s\n", r.rule.c_str(), r.message.substr(0, r.message.find(" held")).c_str());
  });
  database db;
  run(view(db), {.debug = true, .slow_callback = 20ms});
}

// prints:
// [async-blocking-call] task 'main' in coroutine 'view'
