// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Model files: what is read, and the exact text and place of every mistake.
#include "Parsing.h"

namespace coroguard::catalog {
namespace {

const std::string head = "library: m\nnamespaces: [m, vendor::m]\n";

/// Problems of one blocking row, which stands in line 4 from column 5 on.
std::string blocking(StringRef row, ModelOrigin origin = ModelOrigin::User) {
  return modelProblems(head + "blocking:\n  - { " + row.str() + " }\n", origin);
}
std::string type(StringRef row) {
  return modelProblems(head + "types:\n  - { " + row.str() + " }\n");
}
std::string function(StringRef row) {
  return modelProblems(head + "functions:\n  - { " + row.str() + " }\n");
}

TEST(ModelFile, ReadsEverything) {
  auto parsed = readModels(COROGUARD_FIXTURES "/project/rules/models/acme.yaml", ModelOrigin::Builtin);
  ASSERT_TRUE(bool(parsed)) << messageOf(parsed.takeError());
  const Models &models = (*parsed)->models();
  ASSERT_EQ(models.libraries.size(), 1u);
  EXPECT_EQ(models.libraries[0].id, "acme");
  EXPECT_EQ(models.libraries[0].namespaces.size(), 2u);
  EXPECT_EQ(models.libraries[0].cures[1].library, "sleep");
  EXPECT_EQ(models.libraries[0].cures[1].text, "co_await acme::sleep({duration})");
  ASSERT_EQ(models.types.size(), 2u);
  EXPECT_EQ(models.types[0].name, "$::task");
  EXPECT_EQ(models.types[0].start, Start::Lazy);
  EXPECT_EQ(models.types[0].drop, Drop::NeverStarts);
  EXPECT_TRUE(models.types[0].singleShot);
  EXPECT_EQ(models.types[0].source, "https://example.org/acme");
  ASSERT_EQ(models.functions.size(), 2u);
  EXPECT_EQ(models.functions[0].argument, 1);
  EXPECT_TRUE(models.functions[0].keepsCallable);
  ASSERT_EQ(models.blocking.size(), 4u);
  const BlockingModel &read = models.blocking[0];
  EXPECT_EQ(read.blocks, Blocks::When);
  EXPECT_EQ(read.unknown, WhenUnknown::Strict);
  ASSERT_EQ(read.when.size(), 2u);
  EXPECT_EQ(read.when[1].predicate, Predicate::Flag);
  EXPECT_TRUE(read.when[1].negated);
  EXPECT_EQ(read.when[1].argument, 2);
  EXPECT_EQ(read.when[1].operands[0], "O_NONBLOCK");
  EXPECT_TRUE(read.intercept);
  EXPECT_EQ(read.instead[0].library, "");
  EXPECT_EQ(read.instead[1].library, "acme");
}

TEST(ModelFile, BlockingRows) {
  EXPECT_EQ(blocking("function: f, blocks: always, category: io, reason: r"), "");
  EXPECT_EQ(blocking("function: f, blcks: always, blocks: always, category: io, reason: r"),
            "m.yaml:4:20: unknown key 'blcks' of a blocking row; did you mean 'blocks'?");
  EXPECT_EQ(blocking("function: f, category: io, reason: r"), "m.yaml:4:7: missing key 'blocks' of a blocking row");
  EXPECT_EQ(blocking("function: f, blocks: alwas, category: io, reason: r"),
            "m.yaml:4:28: 'blocks' cannot be 'alwas'; did you mean 'always'?");
  EXPECT_EQ(blocking("function: f, blocks: when, category: io, reason: r"),
            "m.yaml:4:7: missing key 'when' of a blocking row: 'blocks: when' needs a condition; without one write "
            "'blocks: always'");
  EXPECT_EQ(blocking("function: f, blocks: always, when: contended, category: io, reason: r"),
            "m.yaml:4:42: 'when' is not allowed here: 'blocks' is not 'when'");
  EXPECT_EQ(blocking("function: f, blocks: always, unknown: strict, category: io, reason: r"),
            "m.yaml:4:45: 'unknown' is not allowed here: 'blocks' is not 'when'");
  EXPECT_EQ(blocking("function: f, blocks: always, reason: r"),
            "m.yaml:4:7: missing key 'category' of a blocking row: it decides in which profile and how loudly the call "
            "is reported");
  EXPECT_EQ(blocking("function: f, blocks: never, reason: it is a fake"), "");
  EXPECT_EQ(blocking("function: f, blocks: always, category: io, reason: r, header: <a.h>"),
            "m.yaml:4:69: a header is written without brackets or quotes: a.h");
  EXPECT_EQ(blocking("function: f, blocks: always, category: io, reason: r, intercept: true"),
            "m.yaml:4:72: 'intercept' is not allowed here: the guard hooks C functions of its own list only");
  EXPECT_EQ(blocking("function: f, blocks: always, category: io, reason: r, intercept: maybe"),
            "m.yaml:4:72: 'intercept' must be true or false, not 'maybe'");
}

TEST(ModelFile, Hooks) {
  const std::string start = "library: m\nname: M\ndocumentation: d\nblocking:\n  - ";
  const StringRef row = "{ function: f, blocks: always, category: io, reason: r, intercept: true }\n";
  EXPECT_EQ(
      modelProblems(start + row.str(), ModelOrigin::Builtin),
      "m.yaml:5:7: missing key 'signature' of a blocking row: the guard needs the prototype to hook the function\n"
      "m.yaml:5:7: missing key 'header' of a blocking row: the guard needs the header to hook the function");
  const StringRef method = "{ function: m::f, blocks: always, category: io, reason: r, intercept: true, header: h, "
                           "signature: void f(int a) }\n";
  EXPECT_EQ(modelProblems(start + method.str(), ModelOrigin::Builtin), "m.yaml:5:75: only C functions can be hooked");
  EXPECT_EQ(modelProblems(start + "{ function: f, blocks: never, reason: r }\n", ModelOrigin::Builtin),
            "m.yaml:5:28: 'never' is for models of users; leave the row out");
}

TEST(ModelFile, Signatures) {
  auto row = [](StringRef signature, StringRef when) {
    return blocking("function: f, blocks: when, when: \"" + when.str() + "\", category: io, reason: r, signature: \"" +
                    signature.str() + "\"");
  };
  EXPECT_EQ(row("int f(int a, int b)", "zero(1)"), "");
  EXPECT_EQ(row("int f(int a)", "zero(1)"),
            "m.yaml:4:46: there is no argument 1: the signature has 1 parameter, counted from 0");
  EXPECT_EQ(row("int f(int a, ...)", "zero(2)"), "");
  EXPECT_EQ(row("int g(int a)", "zero(0)"), "m.yaml:4:87: the signature declares 'g', the row is about 'f'");
  EXPECT_EQ(row("int f", "zero(0)"),
            "m.yaml:4:87: the signature has no parameter list; write it like: ssize_t read(int "
            "fd, void *buf, size_t n)");
}

TEST(ModelFile, Names) {
  EXPECT_EQ(type("type: m::task<int>, role: task"),
            "m.yaml:4:13: a name has no parameters and no template arguments: 'm::task'");
  EXPECT_EQ(type("type: ::m::task, role: task"),
            "m.yaml:4:13: a name is written like 'acme::db::query', not '::m::task'");
  EXPECT_EQ(type("type: $task, role: task"), "m.yaml:4:13: '$' is followed by '::', as in '$::task'");
  EXPECT_EQ(modelProblems("library: m\ntypes: [{ type: $::task, role: task }]\n"),
            "m.yaml:2:17: '$' stands for the library's namespaces, but the file has no 'namespaces'");
  EXPECT_EQ(function("function: void f, role: sink"),
            "m.yaml:4:17: a name has no spaces: 'void f'; the prototype goes to 'signature'");
  EXPECT_EQ(function("function: \"$::fn::operator()\", role: sink"), "");
}

TEST(ModelFile, RolesAndPositions) {
  EXPECT_EQ(type("type: m::task, role: tsk"), "m.yaml:4:28: 'role' cannot be 'tsk'; did you mean 'task'?");
  EXPECT_EQ(type("type: m::task, role: task, start: lasy"),
            "m.yaml:4:41: 'start' cannot be 'lasy'; did you mean 'lazy'?");
  EXPECT_EQ(function("function: m::f, role: spawner, argument: -1"),
            "m.yaml:4:48: 'argument' is a 0-based position; leave it out for any argument");
  EXPECT_EQ(function("function: m::f, role: spawner, argument: \"1\""),
            "m.yaml:4:48: 'argument' must be a number, not the quoted '1'");
  EXPECT_EQ(function("function: m::f, role: spawner, argument: first"),
            "m.yaml:4:48: 'argument' must be a number, not 'first'");
}

TEST(ModelFile, Libraries) {
  EXPECT_EQ(
      modelProblems("types: [{ type: a, role: task }]\n"),
      "m.yaml:1:1: missing key 'library' of a model file: rows belong to a library; any short name of yours will do");
  EXPECT_EQ(modelProblems("library: My Lib\n"),
            "m.yaml:1:10: a library's id has lower-case letters, digits and '-', not 'My Lib'");
  EXPECT_EQ(modelProblems("library: any\n"), "m.yaml:1:10: 'any' means every library in 'instead'; choose another id");
  EXPECT_EQ(modelProblems("library: a\nnamespaces: [\"a::\"]\n"),
            "m.yaml:2:14: a namespace is written like 'boost::asio', not 'a::'");
  EXPECT_EQ(modelProblems("library: a\ncures: { slep: x }\n"),
            "m.yaml:2:10: unknown key 'slep' of 'cures'; did you mean 'sleep'?");
  EXPECT_EQ(modelProblems("library: b\nname: B\n", ModelOrigin::Builtin, "rules/models/a.yaml"),
            "rules/models/a.yaml:1:10: the library of 'a.yaml' must be 'a', not 'b'");
  EXPECT_EQ(modelProblems("library: a\nname: A\ntypes: [{ type: t, role: task }]\n", ModelOrigin::Builtin, "a.yaml"),
            "a.yaml:3:11: missing key 'source' of a type row: every built-in fact names the page it comes from, or the "
            "library its 'documentation'");
  EXPECT_EQ(modelProblems("categories: [{ name: a, doc: d, profile: strict, severity: note }]\n"), "");
}

TEST(ModelFile, CannotBeRead) {
  auto parsed = readModels("no/such.yaml", ModelOrigin::User);
  EXPECT_EQ(messageOf(parsed.takeError()), "no/such.yaml: cannot read the model file: No such file or directory");
}

/// Problems across files.
std::string together(std::initializer_list<std::pair<StringRef, StringRef>> files, ModelOrigin origin) {
  std::vector<std::unique_ptr<ParsedModels>> parsed;
  std::vector<const ParsedModels *> pointers;
  for (auto [name, text] : files) {
    auto one = parseModels(llvm::MemoryBufferRef(text, name), origin);
    EXPECT_TRUE(bool(one)) << messageOf(one.takeError());
    parsed.push_back(std::move(*one));
    pointers.push_back(parsed.back().get());
  }
  Problems problems;
  checkReferences(pointers, nullptr, problems);
  return messageOf(problems.takeError());
}

TEST(References, AcrossFiles) {
  const StringRef categories = "categories: [{ name: io, doc: d, profile: strict, severity: note }]\n";
  EXPECT_EQ(
      together({{"c.yaml", categories},
                {"a.yaml", "library: a\nblocking:\n  - { function: f, blocks: always, category: ioo, reason: r }\n"}},
               ModelOrigin::User),
      "a.yaml:3:46: unknown category 'ioo'; did you mean 'io'?");
  EXPECT_EQ(
      together({{"c.yaml", categories},
                {"a.yaml", "library: acme\nblocking:\n  - { function: f, blocks: always, category: io, reason: r, "
                           "instead: { acmee: x } }\n"}},
               ModelOrigin::User),
      "a.yaml:3:72: unknown library 'acmee'; did you mean 'acme'?");
  EXPECT_EQ(together({{"a.yaml", "library: a\ntypes:\n  - { type: t, role: task }\n  - { type: t, role: task }\n"}},
                     ModelOrigin::User),
            "a.yaml:4:13: duplicate row of type 't'; first given in line 3");
  EXPECT_EQ(together({{"a.yaml", "library: a\nfunctions: [{ function: f, role: sink }]\n"},
                      {"b.yaml", "library: b\nfunctions: [{ function: f, role: sink }]\n"}},
                     ModelOrigin::User),
            "b.yaml:2:25: duplicate row of function 'f' with role sink; first given at a.yaml:2");
  EXPECT_EQ(together({{"a.yaml", "library: a\nnamespaces: [a]\ntypes: [{ type: $::t, role: task }]\n"},
                      {"b.yaml", "library: b\nnamespaces: [b]\ntypes: [{ type: $::t, role: task }]\n"}},
                     ModelOrigin::User),
            "");
  EXPECT_EQ(together({{"c.yaml", categories}, {"d.yaml", categories}}, ModelOrigin::User),
            "d.yaml:1:22: duplicate category 'io'; first given at c.yaml:1");
  EXPECT_EQ(together({{"a.yaml", "library: a\nname: A\nnamespaces: [x]\n"},
                      {"b.yaml", "library: b\nname: B\nnamespaces: [x]\n"}},
                     ModelOrigin::Builtin),
            "b.yaml:1:10: duplicate namespace 'x'; first given at a.yaml:1");
}

TEST(References, BlockingRows) {
  const StringRef two = "library: a\ncategories: [{ name: io, doc: d, profile: strict, severity: note }]\nblocking:\n"
                        "  - { function: f, blocks: when, when: zero(0), category: io, reason: r }\n"
                        "  - { function: f, blocks: when, when: null(0), category: io, reason: r }\n"
                        "  - { function: f, blocks: when, when: zero(0), category: io, reason: r }\n";
  EXPECT_EQ(together({{"a.yaml", two}}, ModelOrigin::User),
            "a.yaml:6:17: duplicate blocking row of 'f' with the same condition; first given in line 4");
}

TEST(References, Rules) {
  auto quiet = readRule(COROGUARD_FIXTURES "/project/rules/quiet-rule/rule.yaml");
  auto sample = readRule(COROGUARD_FIXTURES "/project/rules/sample-call/rule.yaml");
  ASSERT_TRUE(bool(quiet) && bool(sample));
  Problems none, dangling;
  checkReferences({&*quiet, &*sample}, none);
  EXPECT_TRUE(none.empty());
  checkReferences({&*sample}, dangling);
  EXPECT_EQ(messageOf(dangling.takeError()), COROGUARD_FIXTURES
            "/project/rules/sample-call/rule.yaml:25:11: unknown rule 'quiet-rule'; known are: sample-call");
}

TEST(References, YieldingInACircle) {
  auto rule = [](StringRef name, StringRef to) {
    std::string text = "id: async-" + name.str() + "\nsummary: s\nhelp: h\ncategory: mistakes\nseverity: warning\n"
                       "precision: high\nprofile: default\nstatus: { state: stable, since: \"0.1\" }\nfix: none\n"
                       "messages: { a: b }\nyields_to: [" + to.str() + "]\n";
    return parseRule(llvm::MemoryBufferRef(text, (name + ".yaml").str()));
  };
  auto loud = rule("loud", "quiet"), quiet = rule("quiet", "loud");
  ASSERT_TRUE(bool(loud) && bool(quiet));
  Problems circle;
  checkReferences({&*loud, &*quiet}, circle);
  EXPECT_EQ(messageOf(circle.takeError()), "loud.yaml:11:13: rule 'loud' yields to itself by way of 'quiet'\n"
                                           "quiet.yaml:11:13: rule 'quiet' yields to itself by way of 'loud'");
}

TEST(References, UserFiles) {
  auto good = readUserModels({COROGUARD_FIXTURES "/user/db.yaml"}, builtinModels());
  EXPECT_TRUE(bool(good)) << messageOf(good.takeError());
  auto bad = readUserModels({COROGUARD_FIXTURES "/user/broken.yaml", "missing.yaml"}, builtinModels());
  ASSERT_FALSE(bool(bad));
  EXPECT_EQ(messageOf(bad.takeError()),
            COROGUARD_FIXTURES
                "/user/broken.yaml:6:38: unknown key 'blcks' of a blocking row; did you mean 'blocks'?\n" +
                std::string("missing.yaml: cannot read the model file: No such file or directory"));
}

} // namespace
} // namespace coroguard::catalog
