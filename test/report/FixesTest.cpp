// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which fixes are applied together, and the diff of them.
#include "checker/report/Fixes.h"

#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace coroguard;
using catalog::FixKind;

namespace {

const catalog::RuleInfo rule{};

report::ReportedFinding finding(std::vector<Fix> fixes) {
  Finding made;
  made.rule = &rule;
  made.place.file = "a.cpp";
  made.fixes = std::move(fixes);
  return {made, "0"};
}

report::Report reportOf(std::vector<report::ReportedFinding> findings) {
  report::Report report;
  report.findings = std::move(findings);
  return report;
}

std::string diffOf(const report::FixPlan &plan, const std::string &text) {
  report::SourceText sources("/");
  sources.add("a.cpp", text);
  std::string diff;
  llvm::raw_string_ostream out(diff);
  report::writeDiff(plan, sources, out);
  return diff;
}

TEST(Fixes, TakesTheFirstOfTheAllowedKind) {
  report::Report report = reportOf({finding({{"u", FixKind::Unsafe, {{"a.cpp", 0, 1, "U"}}}, {"s", FixKind::Safe, {{"a.cpp", 2, 1, "S"}}}})});
  EXPECT_EQ(report::planFixes(report, /*unsafeToo=*/false).edits["a.cpp"][0].replacement, "S");
  EXPECT_EQ(report::planFixes(report, /*unsafeToo=*/true).edits["a.cpp"][0].replacement, "U");
}

TEST(Fixes, AppliesEachWholeOrNotAtAll) {
  report::Report report = reportOf({finding({{"", FixKind::Safe, {{"a.cpp", 10, 4, "x"}}}}),
                                    finding({{"", FixKind::Safe, {{"a.cpp", 0, 0, "first "}, {"a.cpp", 12, 1, "y"}}}}),
                                    finding({{"", FixKind::Safe, {{"a.cpp", 20, 0, "z"}}}})});
  report::FixPlan plan = report::planFixes(report, false);
  EXPECT_EQ(plan.fixed, (std::vector<size_t>{0, 2}));
  EXPECT_EQ(plan.conflicts, std::vector<size_t>{1});
  EXPECT_EQ(plan.edits["a.cpp"].size(), 2u);
}

TEST(Fixes, CountsTheSameEditOnce) {
  TextEdit include{"a.cpp", 0, 0, "#include <coroutine>\n"};
  report::Report report = reportOf({finding({{"", FixKind::Safe, {include, {"a.cpp", 5, 1, "x"}}}}),
                                    finding({{"", FixKind::Safe, {include, {"a.cpp", 9, 1, "y"}}}})});
  report::FixPlan plan = report::planFixes(report, false);
  EXPECT_EQ(plan.fixed.size(), 2u);
  EXPECT_EQ(plan.edits["a.cpp"].size(), 3u);
}

TEST(Fixes, RefusesAFileThatHasShrunk) {
  std::string text;
  EXPECT_FALSE(report::editedText({{"a.cpp", 10, 1, "x"}}, "short", text));
  EXPECT_TRUE(report::editedText({{"a.cpp", 0, 5, "long"}, {"a.cpp", 5, 0, "er"}}, "short", text));
  EXPECT_EQ(text, "longer");
}

TEST(Fixes, ShowsAUnifiedDiff) {
  std::string text;
  for (int i = 1; i <= 20; ++i)
    text += "line " + std::to_string(i) + "\n";
  report::FixPlan plan;
  plan.edits["a.cpp"] = {{"a.cpp", 0, 0, "new\n"}, {"a.cpp", static_cast<unsigned>(text.find("line 19")), 4, "LINE"}};
  EXPECT_EQ(diffOf(plan, text), "--- a/a.cpp\n+++ b/a.cpp\n"
                                "@@ -1,3 +1,4 @@\n+new\n line 1\n line 2\n line 3\n"
                                "@@ -16,5 +17,5 @@\n line 16\n line 17\n line 18\n-line 19\n+LINE 19\n line 20\n");
}

TEST(Fixes, ShowsTwoEditsOfALineAsOneChange) {
  report::FixPlan plan;
  plan.edits["a.cpp"] = {{"a.cpp", 0, 1, "A"}, {"a.cpp", 2, 1, "C"}};
  EXPECT_EQ(diffOf(plan, "abc"), "--- a/a.cpp\n+++ b/a.cpp\n@@ -1,1 +1,1 @@\n-abc\n\\ No newline at end of file\n"
                                 "+AbC\n\\ No newline at end of file\n");
}

} // namespace
