// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Option values as users write them.
#include "Parsing.h"

#include "rules/catalog/Names.h"
#include "rules/catalog/OptionValue.h"

namespace coroguard::catalog {
namespace {

class OptionValues : public testing::Test {
protected:
  OptionValues() : rule_(llvm::cantFail(readRule(COROGUARD_FIXTURES "/project/rules/sample-call/rule.yaml"))) {}
  const RuleInfo &rule() { return rule_.info(); }
  /// The last problem said, or "".
  std::string problem() { return problems_.empty() ? "" : problems_.back(); }

  ParsedRule rule_;
  std::vector<std::string> problems_;
};

TEST_F(OptionValues, Defaults) {
  EXPECT_EQ(readList(rule(), "Categories", nullptr, problems_), (std::vector<std::string>{"sleep", "wait"}));
  EXPECT_TRUE(readList(rule(), "Functions", nullptr, problems_).empty());
  EXPECT_TRUE(readFlag(rule(), "FollowCalls", nullptr, problems_));
  EXPECT_EQ(readNumber(rule(), "Depth", nullptr, problems_), 5);
  EXPECT_EQ(readText(rule(), "Mode", nullptr, problems_), "loud");
  EXPECT_EQ(problem(), "");
}

TEST_F(OptionValues, Configured) {
  StringRef list = " disk ; sleep;", empty = "", no = "false", seven = "7", mild = "mild", text = "x;y";
  EXPECT_EQ(readList(rule(), "Categories", &list, problems_), (std::vector<std::string>{"disk", "sleep"}));
  EXPECT_TRUE(readList(rule(), "Categories", &empty, problems_).empty());
  EXPECT_FALSE(readFlag(rule(), "FollowCalls", &no, problems_));
  EXPECT_EQ(readNumber(rule(), "Depth", &seven, problems_), 7);
  EXPECT_EQ(readText(rule(), "Mode", &mild, problems_), "mild");
  EXPECT_EQ(readText(rule(), "Prefix", &text, problems_), "x;y");
  EXPECT_EQ(problem(), "");
}

TEST_F(OptionValues, Mistakes) {
  StringRef slep = "slep;disk", comma = "sleep,wait", yes = "yes", many = "many", lod = "lod", huge = "99999999999";
  EXPECT_EQ(readList(rule(), "Categories", &slep, problems_), (std::vector<std::string>{"disk"}));
  EXPECT_EQ(problem(), "option async-sample-call.Categories: unknown item 'slep'; did you mean 'sleep'?");
  EXPECT_TRUE(readList(rule(), "Categories", &comma, problems_).empty());
  EXPECT_EQ(problem(), "option async-sample-call.Categories: unknown item 'sleep,wait'; items are separated by ';'");
  EXPECT_TRUE(readFlag(rule(), "FollowCalls", &yes, problems_));
  EXPECT_EQ(problem(), "option async-sample-call.FollowCalls: must be true or false, not 'yes'");
  EXPECT_EQ(readNumber(rule(), "Depth", &many, problems_), 5);
  EXPECT_EQ(problem(), "option async-sample-call.Depth: must be a whole number, not 'many'");
  EXPECT_EQ(readNumber(rule(), "Depth", &huge, problems_), 5);
  EXPECT_EQ(readText(rule(), "Mode", &lod, problems_), "loud");
  EXPECT_EQ(problem(), "option async-sample-call.Mode: unknown value 'lod'; did you mean 'loud'?");
}

TEST(Nearest, Words) {
  EXPECT_EQ(nearest("blcks", {"blocks", "when"}), "blocks");
  EXPECT_EQ(nearest("Async_Mutex", {"async-mutex"}), "async-mutex");
  EXPECT_EQ(nearest("xyz", {"blocks", "when"}), "");
  EXPECT_EQ(nearest("a", {"b"}), "");
  EXPECT_EQ(nearest("", {"b"}), "");
}

TEST(Names, RoundTrip) {
  EXPECT_EQ(valueOf<TypeRole>("async-sequence"), TypeRole::AsyncSequence);
  EXPECT_EQ(nameOf(FunctionRole::ResumeOn), "resume-on");
  EXPECT_EQ(valueOf<Predicate>("stream_on_device"), Predicate::StreamOnDevice);
  EXPECT_EQ(valueOf<Severity>("fatal"), std::nullopt);
  EXPECT_EQ(enumeratorOf("never-starts"), "NeverStarts");
}

} // namespace
} // namespace coroguard::catalog
