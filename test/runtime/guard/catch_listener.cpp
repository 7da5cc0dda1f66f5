// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Test cases that Catch2's listener of the guard must judge: run by test_commands.py.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#endif
#include "coroguard/testing/catch2.hpp"

#include <unistd.h>

namespace {
void block() {
  coroguard::forbid_blocking here("test");
  usleep(1000);
}
} // namespace

TEST_CASE("clean") { CHECK(coroguard::guard_active()); }
TEST_CASE("blocks") {
  CHECK(true);
  block();
}
TEST_CASE("may block", "[may-block]") { block(); }
TEST_CASE("blocks elsewhere", "[elsewhere]") { std::thread(block).join(); }
TEST_CASE("is left alone") { CHECK(true); }
