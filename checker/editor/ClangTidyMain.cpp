// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// coroguard-clang-tidy: clang-tidy 22 with all stock checks and ours, for IDEs that take a program but no plugin.
#include <string>
#include <vector>

// libclangTidyMain.a comes without a header.
namespace clang::tidy {
int clangTidyMain(int argc, const char **argv);
}

int main(int argc, const char **argv) {
  // Clang looks for its headers beside the program, and would not find them beside ours. In front: a -resource-dir of the
  // user's own flags comes later and wins.
  const std::string resources = "--extra-arg-before=-resource-dir=" COROGUARD_RESOURCE_DIR;
  std::vector<const char *> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, resources.c_str());
  arguments.push_back(nullptr);
  return clang::tidy::clangTidyMain(argc + 1, arguments.data());
}
