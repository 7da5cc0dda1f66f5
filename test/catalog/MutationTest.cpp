// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Broken input of every kind must give problems, never a crash or a hang: real files with small random damage.
#include "Parsing.h"

#include "llvm/ADT/StringExtras.h"

#include <chrono>
#include <random>

namespace coroguard::catalog {
namespace {

std::vector<std::string> seeds() {
  std::vector<std::string> result;
  for (StringRef file : {"/project/rules/models/acme.yaml", "/project/rules/sample-call/rule.yaml", "/user/db.yaml"}) {
    auto buffer = llvm::MemoryBuffer::getFile(COROGUARD_FIXTURES + file);
    if (buffer) result.push_back((*buffer)->getBuffer().str());
  }
  return result;
}

std::string mutated(std::string text, std::mt19937 &random) {
  static constexpr StringRef tokens[] = {
      "{",    "}",     "[",     "]",    ":",           ": ",   "- ",  "\n",
      "\n  ", "'",     "\"",    "|",    ">",           "#",    "&a ", "*a",
      "!t ",  "---\n", "...\n", "\t",   "%",           "? ",   "$",   "\xff",
      "\xc3", "\\",    "(",     ")",    " and ",       "not ", "-1",  "99999999999999999999",
      ",",    "@",     "`",     "\r\n", "\xef\xbb\xbf"};
  auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  for (size_t i = 0, count = 1 + below(4); i < count; ++i) {
    const size_t at = below(text.size()), length = below(std::min<size_t>(text.size() - at, 40) + 1);
    switch (below(4)) {
    case 0:
      text.erase(at, length);
      break;
    case 1:
      text.insert(at, tokens[below(std::size(tokens))].str());
      break;
    case 2:
      text.insert(below(text.size()), text.substr(at, length));
      break;
    default:
      if (!text.empty()) text[at] = static_cast<char>(random());
    }
  }
  return text;
}

TEST(Mutation, NeverCrashes) {
  std::mt19937 random(20); // the same inputs in every run
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  size_t refused = 0;
  for (size_t i = 0; i < 4000 && std::chrono::steady_clock::now() < end; ++i)
    for (const std::string &seed : seeds()) {
      const std::string text = mutated(seed, random);
      for (const std::string &problems : {modelProblems(text), ruleProblems(text)}) {
        refused += !problems.empty();
        for (StringRef line : llvm::split(problems, '\n'))
          EXPECT_FALSE(line.starts_with("m.yaml:0") || line.starts_with("r.yaml:0")) << line.str();
      }
    }
  EXPECT_GT(refused, 0u);
}

TEST(Mutation, PathologicalInputs) {
  for (std::string text :
       {std::string(100000, '{'), std::string(100000, '['), std::string(20000, '-') + "\n", std::string("a: &x [*x]\n"),
        std::string("? "), std::string("{a"), std::string("[,"), std::string("'"), std::string("\""), std::string("|"),
        std::string(">"), std::string("%YAML"), std::string("- - - - - - - - - - - - - - - - - - - - a\n"),
        std::string("\t"), std::string(":"), std::string("library: \"\\xZZ\"\n"),
        std::string("library: \"\\U99999999\"\n")}) {
    EXPECT_NE(modelProblems(text), "") << text.substr(0, 40);
    EXPECT_NE(ruleProblems(text), "") << text.substr(0, 40);
  }
}

} // namespace
} // namespace coroguard::catalog
