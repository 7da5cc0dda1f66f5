// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard version`.
#include "checker/cli/Commands.h"

#include "rules/catalog/Catalog.h"

#include "clang/Basic/Version.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

const char *versionText() { return COROGUARD_VERSION; }

int runVersionCommand() {
  llvm::outs() << "coroguard " << versionText() << " (" << catalog::builtinRules().size() << " rules, "
               << clang::getClangFullVersion() << ")\n";
  return exitClean;
}

} // namespace coroguard::cli
