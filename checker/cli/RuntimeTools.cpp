// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checker/cli/RuntimeTools.h"

#include "checker/cli/Terminal.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <unistd.h>

namespace coroguard::cli {

int becomeRuntimeTool(int count, char **words) {
  const llvm::StringRef command = count > 1 ? words[1] : "";
  if (command != "run" && command != "report")
    return 0;
  llvm::SmallString<256> program(
      llvm::sys::fs::getMainExecutable(words[0], reinterpret_cast<void *>(&becomeRuntimeTool)));
  llvm::sys::path::remove_filename(program);
  llvm::sys::path::append(program, "coroguard-" + command);
  const char *path = program.c_str(); // terminates it
  words[1] = program.data();
  execv(path, words + 1);
  sayError("'" + program.str().str() + "' cannot be started; build the runtime too, or install the package again", "auto");
  return 2;
}

} // namespace coroguard::cli
