// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Includes by text.
#include "checker/driver/IncludeClosure.h"

#include "checker/driver/UnitArguments.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static std::string joined(llvm::StringRef folder, llvm::StringRef name) {
  llvm::SmallString<256> full(name);
  if (path::is_relative(name)) {
    full = folder;
    path::append(full, name);
  }
  return full.str().str();
}

const IncludeClosure::File &IncludeClosure::read(const std::string &name) {
  auto [entry, isNew] = files_.try_emplace(name);
  File &file = entry->second;
  if (!isNew)
    return file;
  auto buffer = llvm::MemoryBuffer::getFile(name, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return file;
  for (llvm::StringRef line : llvm::split((*buffer)->getBuffer(), '\n')) {
    line = line.ltrim();
    if (!line.consume_front("#"))
      continue;
    line = line.ltrim();
    if (!line.consume_front("include") && !line.consume_front("import"))
      continue;
    line.consume_front("_next");
    line = line.ltrim();
    if (line.consume_front("\""))
      file.includes.push_back({line.split('"').first.str(), true});
    else if (line.consume_front("<"))
      file.includes.push_back({line.split('>').first.str(), false});
    else
      file.computed = true;
  }
  return file;
}

std::vector<std::string> IncludeClosure::searchFolders(const CompileCommand &unit, std::vector<std::string> &forced) {
  std::vector<std::string> folders;
  std::vector<std::string> arguments = unitArguments(unit).arguments;
  for (size_t i = 1; i < arguments.size(); ++i) {
    llvm::StringRef argument = arguments[i];
    for (llvm::StringRef option : {"-I", "-iquote", "-isystem", "-idirafter", "-include"}) {
      llvm::StringRef value = argument;
      if (!value.consume_front(option) || (option == "-I" && argument.starts_with("-include")))
        continue;
      if (value.empty() && i + 1 < arguments.size())
        value = arguments[i + 1];
      (option == "-include" ? forced : folders).push_back(joined(unit.directory, value));
      break;
    }
  }
  return folders;
}

bool IncludeClosure::reaches(const CompileCommand &unit, const llvm::StringSet<> &wanted) {
  std::vector<std::string> pending{unit.file};
  std::vector<std::string> folders = searchFolders(unit, pending);
  llvm::StringSet<> seen;
  while (!pending.empty()) {
    std::string name = realPath(pending.back());
    pending.pop_back();
    if (!seen.insert(name).second)
      continue;
    const File &file = read(name);
    if (wanted.contains(name) || file.computed)
      return true;
    for (const Include &include : file.includes) {
      std::string beside = joined(path::parent_path(name), include.name);
      if (include.quoted && fs::exists(beside)) {
        pending.push_back(std::move(beside));
        continue;
      }
      for (const std::string &folder : folders)
        if (std::string found = joined(folder, include.name); fs::exists(found)) {
          pending.push_back(std::move(found));
          break;
        }
    }
  }
  return false;
}

} // namespace coroguard::driver
