// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Baselines: what is known is left out, what is gone is counted.
#include "checker/report/Baseline.h"

#include <gtest/gtest.h>

using namespace coroguard;

namespace {

const catalog::RuleInfo rule = [] {
  catalog::RuleInfo info{};
  info.id = "async-first";
  return info;
}();

report::Report reportOf(std::vector<std::string> fingerprints) {
  report::Report report;
  for (std::string &fingerprint : fingerprints) {
    Finding finding;
    finding.rule = &rule;
    finding.message = "m";
    finding.place.file = "a.cpp";
    report.findings.push_back({finding, std::move(fingerprint)});
  }
  return report;
}

TEST(Baseline, LeavesOutWhatIsKnown) {
  report::Baseline baseline = report::baselineOf(reportOf({"1", "2", "3"}));
  report::Report report = reportOf({"2", "4"});
  report::Looked everywhere;
  everywhere.everywhere = true;
  report::BaselineUse use = report::leaveOutKnown(baseline, everywhere, report);
  EXPECT_EQ(use.known, 1u);
  EXPECT_EQ(use.gone, 2u);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].fingerprint, "4");
}

TEST(Baseline, KnowsNothingOfWhatARunDidNotLookAt) {
  report::Looked looked;
  looked.files.insert("a.cpp");
  looked.rules.insert("async-unawaited-task");
  EXPECT_TRUE(looked.at({"async-unawaited-task", "a.cpp", "m"}));
  EXPECT_FALSE(looked.at({"async-unawaited-task", "a.hpp", "m"}));
  EXPECT_FALSE(looked.at({"async-blocking-call", "a.cpp", "m"})) << "the rule did not run";
  EXPECT_FALSE(looked.at({"async-of-yesterday", "a.cpp", "m"}));
  looked.everywhere = true;
  EXPECT_TRUE(looked.at({"async-unawaited-task", "a.hpp", "m"}));
  EXPECT_FALSE(looked.at({"async-blocking-call", "a.cpp", "m"}));
  EXPECT_TRUE(looked.at({"async-of-yesterday", "a.cpp", "m"})) << "no rule finds it any more";
}

TEST(Baseline, GrowsOnlyWhenAsked) {
  report::Baseline old = report::baselineOf(reportOf({"1", "2"})), now = report::baselineOf(reportOf({"2", "3"}));
  report::Looked everywhere;
  everywhere.everywhere = true;
  report::BaselineChange change = report::updated(old, now, everywhere, /*grow=*/false);
  EXPECT_EQ(change.next.entries.size(), 1u);
  EXPECT_EQ(change.gone, 1u);
  EXPECT_EQ(change.left, 1u);
  change = report::updated(old, now, everywhere, /*grow=*/true);
  EXPECT_EQ(change.next.entries.size(), 2u);
  EXPECT_EQ(change.added, 1u);
  change = report::updated(old, now, report::Looked(), /*grow=*/true);
  EXPECT_EQ(change.next.entries.size(), 3u) << "nobody looked whether 1 is gone";
}

TEST(Baseline, HasOneLinePerFinding) {
  EXPECT_EQ(report::toText(report::baselineOf(reportOf({"b", "a"}))),
            "{\n  \"coroguard-baseline\": 1,\n  \"findings\": [\n"
            "    {\"file\":\"a.cpp\",\"fingerprint\":\"a\",\"message\":\"m\",\"rule\":\"async-first\"},\n"
            "    {\"file\":\"a.cpp\",\"fingerprint\":\"b\",\"message\":\"m\",\"rule\":\"async-first\"}\n  ]\n}\n");
  EXPECT_EQ(report::toText({}), "{\n  \"coroguard-baseline\": 1,\n  \"findings\": [\n  ]\n}\n");
}

} // namespace
