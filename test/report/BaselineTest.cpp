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
  report::BaselineUse use = report::leaveOutKnown(baseline, report);
  EXPECT_EQ(use.known, 1u);
  EXPECT_EQ(use.gone, 2u);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].fingerprint, "4");
}

TEST(Baseline, HasOneLinePerFinding) {
  EXPECT_EQ(report::toText(report::baselineOf(reportOf({"b", "a"}))),
            "{\n  \"coroguard-baseline\": 1,\n  \"findings\": [\n"
            "    {\"file\":\"a.cpp\",\"fingerprint\":\"a\",\"message\":\"m\",\"rule\":\"async-first\"},\n"
            "    {\"file\":\"a.cpp\",\"fingerprint\":\"b\",\"message\":\"m\",\"rule\":\"async-first\"}\n  ]\n}\n");
  EXPECT_EQ(report::toText({}), "{\n  \"coroguard-baseline\": 1,\n  \"findings\": [\n  ]\n}\n");
}

} // namespace
