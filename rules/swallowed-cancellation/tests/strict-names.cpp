// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An empty handler that names cancellation, for strict.
#include "cppcoro.hpp"

cppcoro::task<int> page(cppcoro::cancellation_token token);
cppcoro::task<> audit(int value);

cppcoro::task<> goes_on(cppcoro::cancellation_token token) {
  try {
    co_await audit(co_await page(token));
  } catch (const cppcoro::operation_cancelled &) { // warn: "cppcoro::operation_cancelled"
  }
  co_await audit(2);
}
cppcoro::task<> ends(cppcoro::cancellation_token token) {
  try {
    co_await audit(co_await page(token));
  } catch (const cppcoro::operation_cancelled &) { // ok: and is over
  }
}
