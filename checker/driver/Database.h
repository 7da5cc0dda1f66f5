// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compile_commands.json: finding it and reading it strictly.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace coroguard::driver {

/// One translation unit and how it is compiled.
struct CompileCommand {
  std::string file;                   ///< absolute, dots removed
  std::string directory;              ///< absolute; where the command runs
  std::vector<std::string> arguments; ///< with the compiler as the first
  bool named = false;                 ///< the user asked for this very file, so it is parsed whatever it holds
  std::vector<std::string> parts;     ///< real paths of what the user asked for and it may include, having no command
  bool whole = true;                  ///< false: only findings in `parts` are wanted
};

struct Database {
  std::string path; ///< of the json file
  std::vector<CompileCommand> commands;
};

/// The database for `start` (a file or folder): compile_commands.json there or in a parent, or in a usual build folder
/// (build, out, cmake-build-*, …) of `start` or of a parent that is the top of a project. Looks no further up than the git
/// work tree. With several build folders the newest database wins. Empty if there is none.
std::string findDatabase(llvm::StringRef start);

/// Reads one database. `path` may also be the folder that holds it. An error says which entry is wrong and how.
llvm::Expected<Database> readDatabase(llvm::StringRef path);

/// The one name of a file that exists, links resolved; else its absolute path.
std::string realPath(llvm::StringRef path);

/// Does `file` lie in `folder` or below it, by their names?
bool isBelow(llvm::StringRef file, llvm::StringRef folder);

/// `path` made absolute against the working directory, with dots removed.
std::string absolutePath(llvm::StringRef path);

} // namespace coroguard::driver
