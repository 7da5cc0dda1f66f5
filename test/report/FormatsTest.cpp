// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every format against its golden file: two rules, a chain with evidence, fixes, odd characters, a problem. To accept a change:
// COROGUARD_UPDATE_GOLDEN=1 ctest -R report.formats, and read the diff.
#include "checker/report/FindingJson.h"
#include "checker/report/Format.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace coroguard;
using report::Report;
using report::SourceText;

namespace {

// Rules of the test's own, so that no rule's texts are in the golden files.
const catalog::StringRef tags[] = {"coroutine"};
const catalog::Reference references[] = {{"Page", "https://example.org/blocking"}};

catalog::RuleInfo ruleInfo(catalog::StringRef id, catalog::Severity severity) {
  catalog::RuleInfo rule{};
  rule.id = id;
  rule.name = id.drop_front(6);
  rule.summary = "a thing is wrong";
  rule.help = "do the other thing";
  rule.category = "mistakes";
  rule.severity = severity;
  rule.precision = catalog::Precision::High;
  rule.status = catalog::RuleStatus::Stable;
  rule.since = "0.1";
  rule.tags = tags;
  rule.references = references;
  rule.page = "# The page\n";
  return rule;
}

const catalog::RuleInfo blocking = ruleInfo("async-first", catalog::Severity::Warning);
const catalog::RuleInfo dropped = ruleInfo("async-second", catalog::Severity::Error);

constexpr const char *root = "/home/me/a project";

std::string under(const std::string &file) { return std::string(root) + "/" + file; }

void addSources(SourceText &sources) {
  sources.add("src/server 1.cpp", "#include \"util.hpp\"\n"
                                  "task<int> serve() {\n"
                                  "\tauto größe = size(\"日本\"); helper(1); // 100 % <done>\n"
                                  "  save();\n"
                                  "  save();\n"
                                  "}\n");
  sources.add("src/util.hpp", "inline void helper(int n) { usleep(n); }\n");
}

std::vector<Finding> findings() {
  Finding chain;
  chain.rule = &blocking;
  chain.message = "'usleep' blocks the event loop: \"100 %\", <always>";
  chain.cure = "co_await sleep(n)";
  chain.place = {under("src/server 1.cpp"), 3, 33, 3, 42};
  chain.symbol = "serve";
  chain.evidence = {{{under("src/server 1.cpp"), 2, 11, 2, 16}, "coroutine 'serve' runs on the loop"},
                    {{under("src/util.hpp"), 1, 29, 1, 38}, "'helper' calls 'usleep'"}};
  Finding drop;
  drop.rule = &dropped;
  drop.severity = catalog::Severity::Error;
  drop.precision = catalog::Precision::VeryHigh;
  drop.message = "the task returned by 'save' is dropped";
  drop.place = {under("src/server 1.cpp"), 4, 3, 4, 9};
  drop.symbol = "serve";
  drop.fixes = {{"await it", catalog::FixKind::Safe, {{under("src/server 1.cpp"), 101, 0, "co_await "}}},
                {"detach it", catalog::FixKind::Unsafe, {{under("src/server 1.cpp"), 101, 6, "detach(save())"}}}};
  Finding second = drop; // the same line once more: another fingerprint
  second.place.line = second.place.endLine = 5;
  second.fixes.clear();
  return {second, chain, drop, chain};
}

Report makeReport(SourceText &sources) {
  Report report;
  report.run.version = "1.2.3";
  report.run.root = root;
  report.run.profile = "default";
  report.run.rules = {&blocking, &dropped};
  report.run.units = report.run.analysed = 2;
  report.findings = report::arrange(findings(), root, sources);
  report.problems = {{report::Problem::Kind::Compile, "src/broken.cpp", {"src/broken.cpp", 7, 3, 0, 0},
                      "use of undeclared identifier 'x'", ""},
                     {report::Problem::Kind::Timeout, "src/slow.cpp", {}, "the analysis took longer than 1 s", "wait"}};
  return report;
}

std::string golden(const std::string &name) { return std::string(COROGUARD_GOLDEN) + "/" + name; }

void expectGolden(const std::string &name, const std::string &text) {
  if (getenv("COROGUARD_UPDATE_GOLDEN")) {
    std::error_code error;
    llvm::raw_fd_ostream(golden(name), error) << text;
    ASSERT_FALSE(error) << error.message();
  }
  auto expected = llvm::MemoryBuffer::getFile(golden(name));
  ASSERT_TRUE(static_cast<bool>(expected)) << "no golden file " << golden(name);
  EXPECT_EQ((*expected)->getBuffer().str(), text);
}

std::string written(const report::Format &format, const Report &report, SourceText &sources, report::Style style = {}) {
  std::string text;
  llvm::raw_string_ostream out(text);
  format.write(report, sources, style, out);
  return text;
}

TEST(Formats, MatchTheirGoldenFiles) {
  SourceText sources(root);
  addSources(sources);
  Report report = makeReport(sources);
  ASSERT_FALSE(report::formats().empty());
  for (const report::Format *format : report::formats()) {
    SCOPED_TRACE(format->name.str());
    expectGolden("findings." + format->name.str(), written(*format, report, sources));
  }
}

TEST(Formats, MatchTheirGoldenFilesWhenClean) {
  SourceText sources(root);
  Report report = makeReport(sources);
  report.findings.clear();
  report.problems.clear();
  for (const report::Format *format : report::formats()) {
    SCOPED_TRACE(format->name.str());
    expectGolden("clean." + format->name.str(), written(*format, report, sources));
  }
}

TEST(Formats, PrettyKeepsTheMarkerInPlaceOnNarrowTerminals) {
  SourceText sources(root);
  std::string line = std::string(200, ' ') + "save();" + std::string(200, 'x');
  sources.add("src/server 1.cpp", "\n\n\n" + line + "\n");
  Report report = makeReport(sources);
  report.findings.erase(report.findings.begin());
  report.findings.resize(1);
  report.findings[0].finding.place = {"src/server 1.cpp", 4, 201, 4, 207};
  std::string text = written(*report::findFormat("pretty"), report, sources, {/*color=*/false, /*width=*/80});
  size_t source = text.find("save();"), marker = text.find("^~~~~~");
  ASSERT_NE(source, std::string::npos) << text;
  ASSERT_NE(marker, std::string::npos) << text;
  EXPECT_EQ(source - text.rfind('\n', source), marker - text.rfind('\n', marker)) << text;
}

TEST(Formats, ColoursOnlyWhenAsked) {
  SourceText sources(root);
  addSources(sources);
  Report report = makeReport(sources);
  const report::Format &pretty = *report::findFormat("pretty");
  EXPECT_EQ(written(pretty, report, sources).find('\033'), std::string::npos);
  EXPECT_NE(written(pretty, report, sources, {/*color=*/true}).find('\033'), std::string::npos);
}

TEST(Arrange, SortsDropsDuplicatesAndTellsEqualLinesApart) {
  SourceText sources(root);
  addSources(sources);
  auto arranged = report::arrange(findings(), root, sources);
  ASSERT_EQ(arranged.size(), 3u);
  EXPECT_EQ(arranged[0].finding.place.file, "src/server 1.cpp");
  EXPECT_EQ(arranged[0].finding.place.line, 3u);
  EXPECT_EQ(arranged[0].finding.evidence[1].place.file, "src/util.hpp");
  EXPECT_NE(arranged[1].fingerprint, arranged[2].fingerprint);
  EXPECT_EQ(arranged[1].fingerprint.size(), 16u);
}

TEST(Arrange, FingerprintsSurviveMovedAndReindentedLines) {
  SourceText before(root), after(root);
  before.add("a.cpp", "  save( 1 );\n");
  after.add("a.cpp", "\n\n\tsave(  1 );\n");
  Finding finding = findings()[2];
  finding.place = {under("a.cpp"), 1, 3, 1, 8};
  std::string first = report::arrange({finding}, root, before)[0].fingerprint;
  finding.place = {under("a.cpp"), 3, 2, 3, 7};
  EXPECT_EQ(report::arrange({finding}, root, after)[0].fingerprint, first);
  finding.symbol = "other";
  EXPECT_NE(report::arrange({finding}, root, after)[0].fingerprint, first);
}

TEST(Arrange, LeavesPathsOutsideTheRootAlone) {
  EXPECT_EQ(report::rootRelative("/a/b/c.cpp", "/a/b"), "c.cpp");
  EXPECT_EQ(report::rootRelative("/a/bc.cpp", "/a/b"), "/a/bc.cpp");
  EXPECT_EQ(report::rootRelative("/c.cpp", "/"), "/c.cpp");
}

TEST(FindingJson, ReadsWhatItWrites) {
  const catalog::RuleInfo &rule = catalog::builtinRules().front();
  for (Finding finding : findings()) {
    finding.rule = &rule;
    auto read = report::findingFromJson(report::toJson(finding));
    ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
    EXPECT_EQ(llvm::json::Value(report::toJson(*read)), llvm::json::Value(report::toJson(finding)));
  }
}

TEST(FindingJson, SaysWhatIsWrong) {
  auto unknown = report::findingFromJson(llvm::json::Object{{"rule", "async-nothing"}, {"file", "a"}, {"message", "m"}});
  ASSERT_FALSE(static_cast<bool>(unknown));
  EXPECT_EQ(llvm::toString(unknown.takeError()), "a finding names the rule 'async-nothing', which this coroguard does not have");
}

TEST(SourceText, ConvertsColumns) {
  SourceText sources("/");
  sources.add("/a", "é𝄞x\n");
  EXPECT_EQ(sources.utf16Column("/a", 1, 1), 1u);
  EXPECT_EQ(sources.utf16Column("/a", 1, 3), 2u); // after é: two bytes, one unit
  EXPECT_EQ(sources.utf16Column("/a", 1, 7), 4u); // after the clef: four bytes, two units
  EXPECT_EQ(sources.at("/a", 6).column, 7u);
  EXPECT_EQ(sources.at("/a", 99).line, 0u);
  EXPECT_TRUE(sources.line("/missing", 1).empty());
}

} // namespace
