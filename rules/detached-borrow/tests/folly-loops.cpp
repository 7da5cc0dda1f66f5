// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that hand a callback to a loop, and one that waits until the loop has run it.
#include "folly.hpp"

int compute();

int waited(folly::EventBase &base) {
  int value = 0;
  base.runInEventBaseThreadAndWait([&] { value = compute(); }); // ok: it has run by then
  return value;
}
int unwaited(folly::EventBase &base) {
  int value = 0;
  base.runInEventBaseThread([&] { value = compute(); }); // warn: "captures 'value' by reference"
  return value;
}
