// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// rule.yaml: what is read, and the exact text and place of every mistake.
#include "Parsing.h"

namespace coroguard::catalog {
namespace {

const std::string head = "id: async-x\n"
                         "summary: something is wrong\n"
                         "help: change it\n"
                         "category: mistakes\n"
                         "severity: warning\n"
                         "precision: high\n"
                         "profile: default\n"
                         "status: { state: stable, since: \"0.1\" }\n"
                         "fix: none\n";
const std::string good = head + "messages: { direct: \"'{callee}' blocks '{function}'\" }\n";

/// Problems of a good rule with more lines; line 11 is the first of these.
std::string with(StringRef more) {
  return ruleProblems(good + more.str());
}
/// Problems of a good rule with one text replaced.
std::string changed(StringRef from, StringRef to) {
  std::string text = good;
  text.replace(text.find(from.str()), from.size(), to.str());
  return ruleProblems(text);
}

TEST(RuleFile, ReadsEverything) {
  auto rule = readRule(COROGUARD_FIXTURES "/project/rules/sample-call/rule.yaml");
  ASSERT_TRUE(bool(rule)) << messageOf(rule.takeError());
  const RuleInfo &info = rule->info();
  EXPECT_EQ(info.id, "async-sample-call");
  EXPECT_EQ(info.name, "sample-call");
  EXPECT_EQ(info.severity, Severity::Warning);
  EXPECT_EQ(info.precision, Precision::High);
  EXPECT_EQ(info.profile, Profile::Default);
  EXPECT_EQ(info.fix, FixKind::Safe);
  EXPECT_EQ(info.status, RuleStatus::Stable);
  EXPECT_EQ(info.since, "0.1");
  EXPECT_EQ(info.runtimeDetector, "sample-call");
  ASSERT_EQ(info.options.size(), 6u);
  EXPECT_EQ(info.options[0].defaultValue, "sleep;wait");
  EXPECT_EQ(info.options[0].choices.size(), 3u);
  EXPECT_EQ(info.options[1].defaultValue, "");
  EXPECT_EQ(info.options[3].defaultValue, "5");
  ASSERT_EQ(info.messages.size(), 2u);
  EXPECT_EQ(info.messages[0].name, "direct");
  ASSERT_EQ(info.references.size(), 1u);
  EXPECT_EQ(info.references[0].url, "https://example.org/a");
  ASSERT_EQ(info.related.size(), 1u);
  EXPECT_EQ(info.related[0], "quiet-rule");
  EXPECT_TRUE(info.page.starts_with("# async-sample-call\n"));
}

TEST(RuleFile, GoodOnesHaveNoProblems) {
  EXPECT_EQ(ruleProblems(good), "");
}

TEST(RuleFile, Keys) {
  EXPECT_EQ(with("tgas: [a]\n"), "r.yaml:11:1: unknown key 'tgas' of a rule; did you mean 'tags'?");
  EXPECT_EQ(with("id: async-y\n"), "r.yaml:11:1: duplicate key 'id' of a rule; first given in line 1");
  EXPECT_EQ(with("tags:\n"), "r.yaml:11:1: 'tags' has no value; give one or leave the key out");
  EXPECT_EQ(with("tags: a\n"), "r.yaml:11:7: 'tags' must be a list of texts, not 'a'");
  EXPECT_EQ(with("tags: [a, [b]]\n"), "r.yaml:11:11: each item of 'tags' must be a text, not a list");
  EXPECT_EQ(with("tags: [a, a]\n"), "r.yaml:11:11: duplicate item 'a' of 'tags'");
  EXPECT_EQ(with("runtime: x\n"), "r.yaml:11:10: 'runtime' must be a map of keys and values, not 'x'");
  EXPECT_EQ(ruleProblems(head), "r.yaml:1:1: missing key 'messages' of a rule: what its findings say");
  EXPECT_EQ(ruleProblems(head + "runtime: { detector: d, only: true }\n"), "");
  EXPECT_EQ(ruleProblems(head + "runtime: { detector: d }\n"), "r.yaml:1:1: missing key 'messages' of a rule: what its findings say");
  EXPECT_EQ(with("runtime: { detector: d, only: 1 }\n"), "r.yaml:11:31: 'only' must be true or false, not '1'");
  EXPECT_EQ(ruleProblems("- a\n"), "r.yaml:1:1: a rule must be a map of keys and values, not a list");
  EXPECT_EQ(with("zzzzzzzz: 1\n"),
            "r.yaml:11:1: unknown key 'zzzzzzzz' of a rule; its keys are: id, summary, help, category, severity, "
            "precision, profile, status, fix, options, messages, runtime, query, references, related, yields_to, tags");
}

TEST(RuleFile, AllProblemsAtOnce) {
  EXPECT_EQ(ruleProblems("id: async-x\nsumary: s\nhelp: h\ncategory: mistake\nseverity: warn\nprecision: high\n"
                         "profile: default\nstatus: { state: stabel, since: x }\nfix: none\nmessages: { a: b }\n"),
            "r.yaml:1:1: missing key 'summary' of a rule\n"
            "r.yaml:2:1: unknown key 'sumary' of a rule; did you mean 'summary'?\n"
            "r.yaml:4:11: 'category' cannot be 'mistake'; did you mean 'mistakes'?\n"
            "r.yaml:5:11: 'severity' cannot be 'warn'; it is one of: note, warning, error\n"
            "r.yaml:8:18: 'state' cannot be 'stabel'; did you mean 'stable'?");
}

TEST(RuleFile, Identity) {
  EXPECT_EQ(changed("async-x", "blocking"),
            "r.yaml:1:5: an id is 'async-' and lower-case words joined by '-', not 'blocking'");
  EXPECT_EQ(changed("async-x", "async-X"),
            "r.yaml:1:5: an id is 'async-' and lower-case words joined by '-', not 'async-X'");
  EXPECT_EQ(ruleProblems(good, "rules/y/rule.yaml"),
            "rules/y/rule.yaml:1:5: the id of a rule in folder 'y' must be 'async-y', not 'async-x'");
  EXPECT_EQ(ruleProblems(good, "rules/x/rule.yaml"), "");
  EXPECT_EQ(changed("something is", "Something is"), "r.yaml:2:10: a summary starts in lower case, as the messages do");
  EXPECT_EQ(changed("something is", "RAII is"), "");
  EXPECT_EQ(
      changed("precision: high", "precision: low"),
      "r.yaml:6:12: a rule of the default profile is right 19 times in 20: its precision is high or very-high, or "
      "its profile strict");
}

TEST(RuleFile, Options) {
  EXPECT_EQ(with("options: [{ name: a, type: bool, default: true, doc: d }]\n"),
            "r.yaml:11:19: an option's name is in PascalCase, not 'a'");
  EXPECT_EQ(with("options: [{ name: A, type: bool, default: yes, doc: d }]\n"),
            "r.yaml:11:43: the default: must be true or false, not 'yes'");
  EXPECT_EQ(with("options: [{ name: A, type: int, default: many, doc: d }]\n"),
            "r.yaml:11:42: the default: must be a whole number, not 'many'");
  EXPECT_EQ(with("options: [{ name: A, type: list, default: a, doc: d }]\n"),
            "r.yaml:11:43: the default of an option of type list cannot be a text");
  EXPECT_EQ(with("options: [{ name: A, type: int, default: [1], doc: d }]\n"),
            "r.yaml:11:42: the default of an option of type int cannot be a list");
  EXPECT_EQ(with("options: [{ name: A, type: enum, default: a, doc: d }]\n"),
            "r.yaml:11:13: missing key 'choices' of an option: an enum must say which values it has\n"
            "r.yaml:11:43: the default: unknown value 'a'");
  EXPECT_EQ(with("options: [{ name: A, type: enum, default: lod, choices: [loud, mild], doc: d }]\n"),
            "r.yaml:11:43: the default: unknown value 'lod'; did you mean 'loud'?");
  EXPECT_EQ(with("options: [{ name: A, type: list, default: [x], choices: [loud, mild], doc: d }]\n"),
            "r.yaml:11:43: the default: unknown item 'x'; the items are: loud, mild");
  EXPECT_EQ(with("options: [{ name: A, type: bool, default: true, choices: [a], doc: d }]\n"),
            "r.yaml:11:58: 'choices' is not allowed here: only an enum or a list has choices");
  EXPECT_EQ(with("options:\n  - { name: A, type: bool, default: true, doc: d }\n"
                 "  - { name: A, type: bool, default: true, doc: d }\n"),
            "r.yaml:13:13: duplicate option 'A'");
  EXPECT_EQ(with("options: [{ name: A, type: boolean, default: true, doc: d }]\n"),
            "r.yaml:11:28: 'type' cannot be 'boolean'; it is one of: bool, int, string, list, enum");
  EXPECT_EQ(with("options: [A]\n"), "r.yaml:11:11: an option must be a map of keys and values, not a text");
}

TEST(RuleFile, Messages) {
  auto message = [](StringRef text) { return ruleProblems(head + "messages:\n  " + text.str() + "\n"); };
  EXPECT_EQ(message("a: \"x {callee\""), "r.yaml:11:9: '{' without '}'");
  EXPECT_EQ(message("a: \"x callee}\""), "r.yaml:11:15: '}' without '{'");
  EXPECT_EQ(message("a: \"x {} y\""),
            "r.yaml:11:9: a placeholder is a lowerCamel identifier and no C++ keyword, not ''");
  EXPECT_EQ(message("a: \"x {this}\""),
            "r.yaml:11:9: a placeholder is a lowerCamel identifier and no C++ keyword, not 'this'");
  EXPECT_EQ(message("default: x"),
            "r.yaml:11:3: a message's name is a lowerCamel identifier and no C++ keyword, not 'default'");
  EXPECT_EQ(message("a: ends."), "r.yaml:11:6: a message ends without a full stop");
  EXPECT_EQ(message("a: Starts"), "r.yaml:11:6: a message starts in lower case");
  EXPECT_EQ(message("a: b\n  a: c"), "r.yaml:12:3: duplicate key 'a' of 'messages'");
  EXPECT_EQ(message("a: [b]"), "r.yaml:11:6: 'a' of 'messages' must be a text");
  EXPECT_EQ(ruleProblems(head + "messages: {}\n"), "r.yaml:10:11: a rule needs at least one message");
}

TEST(RuleFile, References) {
  EXPECT_EQ(with("references: [{ title: t, url: http://a }]\n"), "r.yaml:11:31: an address starts with https://");
  EXPECT_EQ(with("references: [{ title: t }]\n"), "r.yaml:11:16: missing key 'url' of a reference");
}

TEST(RuleFile, Placeholders) {
  EXPECT_EQ(placeholdersOf("{b} and {a} and {b}"), (std::vector<StringRef>{"b", "a"}));
  EXPECT_TRUE(placeholdersOf("none").empty());
}

TEST(RuleFile, Syntax) {
  EXPECT_EQ(ruleProblems(""), "r.yaml: the file is empty");
  EXPECT_EQ(ruleProblems("# only a comment\n"), "r.yaml: the file is empty");
  EXPECT_EQ(ruleProblems("id: async-x\n---\nid: async-y\n"), "r.yaml:3:1: only one document per file");
  EXPECT_EQ(ruleProblems("id: &a async-x\n"),
            "r.yaml:1:8: anchors and aliases are not part of the format; write the value out");
  EXPECT_EQ(ruleProblems("id: *a\n"),
            "r.yaml:1:5: anchors and aliases are not part of the format; write the value out");
  EXPECT_EQ(ruleProblems("id: !!str a\n"), "r.yaml:1:11: tags are not part of the format");
  EXPECT_EQ(ruleProblems("id: [a\nb: c\n").rfind("r.yaml:2:", 0), 0u) << ruleProblems("id: [a\nb: c\n");
  EXPECT_EQ(ruleProblems(StringRef("id: a\0b\n", 8)),
            "r.yaml:1:6: the file is not a text file: it contains a zero byte");
  EXPECT_EQ(ruleProblems("? [a]\n: b\n"), "r.yaml:1:3: a key must be a plain word, not a list");
  EXPECT_EQ(ruleProblems(std::string(4000, '[')), "r.yaml:1:18: nested too deeply");
}

} // namespace
} // namespace coroguard::catalog
