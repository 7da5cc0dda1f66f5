// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Catch2 (2 and 3): a test case fails when something blocked an event loop while it ran. Include it in one translation unit. A
// test case that must block has the tag [may-block].
#pragma once

#include "coroguard/guard.hpp"

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_case_info.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
namespace coroguard::testing {
using catch2_base = Catch::EventListenerBase;
}
#else
#include <catch2/catch.hpp>
namespace coroguard::testing {
using catch2_base = Catch::TestEventListenerBase;
}
#endif

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace coroguard::testing {

/// What is reported in the test's own thread fails the test case there and then. Catch2 takes no failures from other threads: what
/// was found there is printed at the end of the test case, and fails the run.
class catch2_listener : public catch2_base {
public:
  using catch2_base::catch2_base;

  void testCaseStarting(const Catch::TestCaseInfo &info) override {
    state &s = current();
    bool exempt = false;
    for (const auto &tag : info.tags)
      exempt = exempt || text_of(tag) == "may-block";
    s.thread = exempt ? std::thread::id() : std::this_thread::get_id();
    s.elsewhere = 0;
    on_guard_report(exempt ? nullptr : take);
  }
  void testCaseEnded(const Catch::TestCaseStats &stats) override {
    if (coroguard_settle)
      coroguard_settle();
    on_guard_report(nullptr);
    state &s = current();
    s.thread = {};
    if (s.elsewhere == 0)
      return;
    s.failed = true;
    std::fprintf(stderr, "%s: %u blocking calls or stalls on event loops of other threads while this test case ran\n", name_of(stats.testInfo), s.elsewhere.load());
  }
  void testRunEnded(const Catch::TestRunStats &) override {
    if (current().failed)
      std::atexit([] {
        std::fflush(nullptr);
        std::_Exit(1);
      });
  }

private:
  struct state {
    std::thread::id thread; ///< of the test case that runs and is not exempt
    std::atomic<unsigned> elsewhere{0};
    bool failed = false;
  };
  static state &current() {
    static state s;
    return s;
  }
  static void take(const coroguard_report_view *r) {
    if (current().thread == std::this_thread::get_id())
      FAIL_CHECK("'" << r->function << "' blocks the thread of the event loop (" << r->kind << ", " << r->duration_ns / 1000 << " us) [" << r->rule << "]");
    else
      ++current().elsewhere;
  }
  static std::string text_of(const std::string &tag) { return tag; }
  template <class Tag> static std::string text_of(const Tag &tag) { return std::string(tag.original.begin(), tag.original.end()); }
  static const char *name_of(const Catch::TestCaseInfo &info) { return info.name.c_str(); }
  static const char *name_of(const Catch::TestCaseInfo *info) { return info->name.c_str(); }
};
CATCH_REGISTER_LISTENER(catch2_listener)

} // namespace coroguard::testing
