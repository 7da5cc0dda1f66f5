// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checker/editor/RulePage.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace coroguard::editor {

std::string rulePage(llvm::StringRef name) {
  constexpr llvm::StringRef base = COROGUARD_DOCS_URL;
  if (!base.empty())
    return (base + "/rules/" + name + "/README.md").str();

  llvm::SmallString<256> page(llvm::sys::fs::getMainExecutable(nullptr, reinterpret_cast<void *>(&rulePage)));
  llvm::sys::path::remove_filename(page);
  llvm::sys::path::append(page, "..", "share", "coroguard", "rules");
  llvm::sys::path::append(page, name, "README.md");
  llvm::SmallString<256> real;
  if (llvm::sys::fs::real_path(page, real))
    return "";
  return ("file://" + real).str();
}

} // namespace coroguard::editor
