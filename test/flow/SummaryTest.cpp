// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Summaries survive being written down.
#include "checker/program/FunctionSummary.h"

#include <gtest/gtest.h>

namespace coroguard {
namespace {

using Fate = FunctionSummary::Fate;

FunctionSummary sample() {
  FunctionSummary summary;
  summary.usr = "c:@F@f#";
  summary.name = "ns::f";
  summary.file = "src/f.cpp";
  summary.line = 12;
  summary.coroutine = summary.returnsTask = summary.maySuspend = true;
  summary.start = catalog::Start::Lazy;
  summary.keepsObject = Keep::Maybe;
  summary.leavesLocked = {"mutex_", "other"};
  for (Fate fate : {Fate::NoTask, Fate::Awaited, Fate::Stored, Fate::Returned, Fate::Detached, Fate::Passed, Fate::Dropped})
    summary.parameters.push_back({"p", "const std::string &", fate, Keep::Yes});
  return summary;
}

llvm::Expected<FunctionSummary> throughText(llvm::json::Value value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  auto parsed = llvm::json::parse(text);
  if (!parsed)
    return parsed.takeError();
  return summaryFromJson(*parsed);
}

TEST(FunctionSummary, comes_back_as_it_was) {
  for (catalog::Start start : {catalog::Start::Unknown, catalog::Start::Lazy, catalog::Start::Eager}) {
    FunctionSummary summary = sample();
    summary.start = start;
    auto read = throughText(toJson(summary));
    ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
    EXPECT_TRUE(*read == summary);
  }
  auto empty = throughText(toJson(FunctionSummary()));
  ASSERT_TRUE(static_cast<bool>(empty)) << llvm::toString(empty.takeError());
  EXPECT_TRUE(*empty == FunctionSummary());
}

std::string errorWithout(llvm::StringRef member) {
  llvm::json::Object object = toJson(sample());
  object.erase(member);
  auto read = throughText(std::move(object));
  return read ? "" : llvm::toString(read.takeError());
}

TEST(FunctionSummary, names_what_is_missing_or_wrong) {
  for (const auto &[member, value] : toJson(sample()))
    EXPECT_NE(errorWithout(member).find(member.str()), std::string::npos) << member.str();
  llvm::json::Object object = toJson(sample());
  object["start"] = "sometimes";
  auto read = throughText(std::move(object));
  ASSERT_FALSE(static_cast<bool>(read));
  EXPECT_NE(llvm::toString(read.takeError()).find("start"), std::string::npos);
}

} // namespace
} // namespace coroguard
