// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GoogleTest: a test fails when something blocked an event loop while it ran. In main, before RUN_ALL_TESTS():
//   coroguard::testing::watch_gtest();
// A test that must block says so: COROGUARD_MAY_BLOCK("why");
#pragma once

#include "coroguard/guard.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

namespace coroguard::testing {

/// Reports of the test that runs now.
class collected_reports {
public:
  static collected_reports &instance() {
    static collected_reports all;
    return all;
  }
  void begin(std::string test) {
    std::lock_guard lock(mutex_);
    test_ = std::move(test), texts_.clear(), exempt_.clear();
  }
  void add(const coroguard_report_view &r) {
    std::lock_guard lock(mutex_);
    texts_.push_back("'" + std::string(r.function) + "' blocks the thread of the event loop (" + r.kind + ", " + std::to_string(r.duration_ns / 1000) +
                     " us) [" + r.rule + "]" + (r.label && *r.label ? std::string(" in ") + r.label : std::string()));
  }
  void exempt(const char *why) {
    std::lock_guard lock(mutex_);
    exempt_ = *why ? why : "exempt";
  }
  /// Empty if the test is exempt.
  std::vector<std::string> take() {
    std::lock_guard lock(mutex_);
    return exempt_.empty() ? std::move(texts_) : std::vector<std::string>();
  }

private:
  std::mutex mutex_;
  std::string test_, exempt_;
  std::vector<std::string> texts_;
};

class gtest_listener : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo &info) override {
    collected_reports::instance().begin(std::string(info.test_suite_name()) + "." + info.name());
    on_guard_report([](const coroguard_report_view *r) { collected_reports::instance().add(*r); });
  }
  void OnTestEnd(const ::testing::TestInfo &) override {
    if (coroguard_settle)
      coroguard_settle();
    on_guard_report(nullptr);
    for (const std::string &text : collected_reports::instance().take())
      ADD_FAILURE() << text;
  }
};

inline void watch_gtest() {
  // First in the list of end events, so that a failure added here still counts for the printer behind it.
  ::testing::UnitTest::GetInstance()->listeners().Append(new gtest_listener);
}

} // namespace coroguard::testing

#define COROGUARD_MAY_BLOCK(why) ::coroguard::testing::collected_reports::instance().exempt(why)
