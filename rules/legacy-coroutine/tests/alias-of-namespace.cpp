// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of the Coroutines TS by way of a shorter name for its namespace.
namespace std {
namespace experimental {
template <class Promise = void> struct coroutine_handle {
  void resume();
};
struct source_location {};
} // namespace experimental
} // namespace std
namespace other {
struct coroutine_handle {};
} // namespace other

namespace ts = std::experimental;
namespace mine = other;
void resume_all(ts::coroutine_handle<> waiter); // warn: "coroutine_handle"
void resume_one(mine::coroutine_handle waiter);
void say(ts::source_location where); // ok: another TS
