// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What kind of project a folder holds, by looking at its files: build system, coroutine libraries, CI service. Nothing is run.
#pragma once

#include "rules/catalog/Catalog.h"

#include <map>
#include <string>
#include <vector>

namespace coroguard::cli {

struct BuildSystem {
  llvm::StringRef name;     ///< "CMake"
  llvm::StringRef file;     ///< by which it is known
  llvm::StringRef database; ///< command that makes it write compile_commands.json; empty: it needs another way in
};

struct LibraryUse {
  size_t files = 0;
  std::string example; ///< "src/a.cpp:3: #include <boost/asio.hpp>"
};

struct ProjectSurvey {
  std::string root;                                    ///< absolute
  const BuildSystem *buildSystem = nullptr;            ///< null when none is known
  size_t sources = 0, coroutines = 0;                  ///< C++ files; those with co_await, co_yield or co_return
  size_t promises = 0;                                 ///< files that define a promise_type
  std::map<const catalog::LibraryInfo *, LibraryUse> libraries;
  std::vector<std::string> thirdParty;                 ///< folders of others' code, relative
  bool github = false, gitlab = false;
  bool truncated = false; ///< there were too many files to look at all of them
};

ProjectSurvey surveyProject(std::string root);

} // namespace coroguard::cli
