// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What callers need to know of each function, one JSON object per line.
// RUN: coroguard check -q --dump=summaries %s -- %flags | FileCheck %s
#include "acme.hpp"

#include <mutex>

std::mutex m;
acme::Deferred<> step();
void note(const std::string &text);
std::vector<acme::Deferred<>> kept;

// CHECK-DAG: "fate":"no-task","keeps":"yes","name":"borrowed"
acme::Deferred<> readsLate(const std::string &borrowed) {
  co_await step();
  note(borrowed);
}
// CHECK-DAG: "coroutine":false,{{.*}}"maySuspend":false,"name":"wraps","parameters":[{"fate":"no-task","keeps":"yes","name":"handedOn"{{.*}}"returnsTask":true,"start":"lazy"
acme::Deferred<> wraps(const std::string &handedOn) { return readsLate(handedOn); }
// CHECK-DAG: "fate":"awaited","keeps":"no","name":"waited"
acme::Deferred<> waits(acme::Deferred<> waited) { co_await std::move(waited); }
// CHECK-DAG: "fate":"stored","keeps":"no","name":"collected"
void stores(acme::Deferred<> collected) { kept.push_back(std::move(collected)); }
// CHECK-DAG: "fate":"returned","keeps":"no","name":"given"
acme::Deferred<> gives(acme::Deferred<> given) { return given; }
// CHECK-DAG: "fate":"detached","keeps":"no","name":"launched"
void launches(acme::Deferred<> launched) { acme::launch(std::move(launched)); }
// CHECK-DAG: "fate":"dropped","keeps":"no","name":"lost"
void loses(acme::Deferred<> lost) {}
// CHECK-DAG: "leavesLocked":["m"],{{.*}}"name":"acquires"
void acquires() { m.lock(); }
// CHECK-DAG: "leavesLocked":[],{{.*}}"name":"releases"
void releases() {
  m.lock();
  m.unlock();
}
// CHECK-DAG: "maySuspend":false,"name":"never"{{.*}}"start":"eager"
acme::Started<> never() { co_await std::suspend_never(); }
struct Session {
  std::string name_;
  // CHECK-DAG: "keepsObject":"yes",{{.*}}"maySuspend":true,"name":"Session::run"{{.*}}"usr":"c:@S@Session@F@run#"
  acme::Deferred<> run() {
    co_await step();
    note(name_);
  }
};
