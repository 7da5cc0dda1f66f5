// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lists folders once.
#include "checker/driver/Folders.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

const Folders::Folder *Folders::at(llvm::StringRef name) {
  auto [entry, isNew] = known_.try_emplace(name, nullptr);
  if (!isNew) return entry->second;
  llvm::SmallString<256> real;
  if (fs::real_path(name, real) || !fs::is_directory(real)) return nullptr;
  std::unique_ptr<Folder> &folder = folders_[real];
  if (!folder) {
    folder = std::make_unique<Folder>();
    folder->path = real.str().str();
    std::error_code error;
    for (fs::directory_iterator at(real, error, /*follow_symlinks=*/false), end; !error && at != end; at.increment(error))
      folder->names.insert(path::filename(at->path()));
  }
  return entry->second = folder.get();
}

std::string Folders::find(llvm::StringRef folder, llvm::StringRef name) {
  llvm::SmallString<256> full(name);
  if (path::is_relative(name)) {
    full = folder;
    path::append(full, name);
  }
  const Folder *in = at(path::parent_path(full));
  const llvm::StringRef last = path::filename(full);
  if (!in || !in->names.contains(last)) return {};
  std::string result = (in->path == "/" ? "/" + last : in->path + "/" + last).str();
  auto [entry, isNew] = isFile_.try_emplace(result, false);
  if (isNew) entry->second = fs::exists(result) && !fs::is_directory(result);
  return entry->second ? result : std::string();
}

} // namespace coroguard::driver
