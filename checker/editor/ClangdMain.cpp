// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// coroguard-clangd: clangd 22 with our rules. What it changes in clangd is in ClangdHooks.cpp.
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <string>
#include <vector>

// libclangdMain.a comes without a header.
namespace clang::clangd {
int clangdMain(int argc, char *argv[]);
}

int main(int argc, char *argv[]) {
  // Clang looks for its headers beside the program, and would not find them beside ours.
  std::string resources = "--resource-dir=" COROGUARD_RESOURCE_DIR;
  std::vector<char *> arguments(argv, argv + argc);
  const bool given = std::any_of(arguments.begin(), arguments.end(), [](llvm::StringRef argument) {
    return argument.ltrim('-').starts_with("resource-dir");
  });
  if (!given)
    arguments.insert(arguments.begin() + 1, resources.data());
  const int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  return clang::clangd::clangdMain(count, arguments.data());
}
