// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The chapter about models is right: its files parse, and the errors it shows are the errors.
#include "Parsing.h"

#include "llvm/Support/MemoryBuffer.h"

namespace coroguard::catalog {
namespace {

/// Fenced block that starts at or after `from`; `language` is what follows the fence. Moves `from` behind it.
bool nextBlock(StringRef page, size_t &from, StringRef &language, StringRef &text) {
  const size_t fence = page.find("\n```", from);
  if (fence == StringRef::npos)
    return false;
  const size_t start = page.find('\n', fence + 1) + 1;
  const size_t end = page.find("\n```", start);
  language = page.slice(fence + 4, start - 1);
  text = page.slice(start, end + 1);
  from = end + 4;
  return true;
}

TEST(Book, ModelsAreAsTheyAreSaidToBe) {
  auto page = llvm::MemoryBuffer::getFile(COROGUARD_RULES "/../docs/05-writing-models.md");
  ASSERT_TRUE(bool(page));
  std::string broken;
  size_t from = 0, files = 0;
  StringRef language, text;
  while (nextBlock((*page)->getBuffer(), from, language, text)) {
    if (language == "text") {
      EXPECT_EQ(broken + "\n", text.str());
      broken.clear();
    }
    if (language != "yaml" || text.starts_with("# .clang-tidy"))
      continue;
    EXPECT_EQ(broken, "") << "only a file whose errors are shown may have some";
    ++files;
    broken = modelProblems(text, ModelOrigin::User, "corp-db.yaml");
    if (!broken.empty())
      continue;
    auto models = modelsOf(text);
    Problems problems;
    checkReferences({models.get()}, &builtinModels(), problems);
    EXPECT_EQ(messageOf(problems.takeError()), "");
  }
  EXPECT_EQ(broken, "");
  EXPECT_EQ(files, 5u);
}

} // namespace
} // namespace coroguard::catalog
