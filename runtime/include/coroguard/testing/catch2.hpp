// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Catch2 (3): a test case fails when something blocked an event loop while it ran. Include it in one translation unit. A test
// case that must block has the tag [may-block].
#pragma once

#include "coroguard/guard.hpp"

#include <catch2/catch_test_case_info.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace coroguard::testing {

/// Catch2 has no way to fail a test case from a listener's end event: what was found is printed there, and the process's exit
/// status says it at the end of the run.
class catch2_listener : public Catch::EventListenerBase {
public:
  using Catch::EventListenerBase::EventListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo &info) override {
    exempt_ = false;
    for (const auto &tag : info.tags)
      exempt_ = exempt_ || std::string(tag.original.begin(), tag.original.end()) == "may-block";
    before_ = guard_counts().reports;
  }
  void testCaseEnded(const Catch::TestCaseStats &stats) override {
    uint64_t found = guard_counts().reports - before_;
    if (!found || exempt_)
      return;
    failed() = true;
    std::fprintf(stderr, "%s: %llu blocking calls or stalls on an event loop while this test case ran\n", stats.testInfo->name.c_str(),
                 static_cast<unsigned long long>(found));
  }
  void testRunEnded(const Catch::TestRunStats &) override {
    if (failed())
      std::atexit([] {
        std::fflush(nullptr);
        std::_Exit(1);
      });
  }

private:
  static bool &failed() {
    static bool any = false;
    return any;
  }
  bool exempt_ = false;
  uint64_t before_ = 0;
};
CATCH_REGISTER_LISTENER(catch2_listener)

} // namespace coroguard::testing
