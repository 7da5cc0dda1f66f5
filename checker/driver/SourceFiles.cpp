// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads files once and finds includes.
#include "checker/driver/SourceFiles.h"

#include "checker/driver/TextScanner.h"
#include "checker/framework/UnitWords.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace coroguard::driver {

namespace path = llvm::sys::path;

SourceFiles::SourceFiles() {
  for (llvm::StringRef word : asyncWords())
    intern(word);
  asyncWords_ = words_.size();
}

SourceFiles::File SourceFiles::file(llvm::StringRef name) {
  auto [entry, isNew] = files_.try_emplace(name, paths_.size());
  if (isNew) {
    paths_.push_back(name.str());
    texts_.emplace_back();
  }
  return entry->second;
}

unsigned SourceFiles::intern(llvm::StringRef word) {
  auto [entry, isNew] = wordNumbers_.try_emplace(word, words_.size());
  if (isNew) words_.push_back(entry->first());
  return entry->second;
}

unsigned SourceFiles::wordNumber(llvm::StringRef word) const {
  auto found = wordNumbers_.find(word);
  return found == wordNumbers_.end() ? ~0u : found->second;
}

static void scanInto(llvm::StringRef text, SourceText &result, llvm::function_ref<unsigned(llvm::StringRef)> intern) {
  llvm::StringMap<bool> seen; // by spelling: most words of a file are met many times
  llvm::SmallString<64> lower;
  scanText(text, result, [&](llvm::StringRef word, bool called) {
    auto [entry, isNew] = seen.try_emplace(word, false);
    if (!isNew && (!called || entry->second)) return;
    lower.clear();
    for (char c : word)
      lower.push_back(llvm::toLower(c));
    if (isNew) result.words.push_back(intern(lower));
    if (called) {
      entry->second = true;
      lower.push_back('(');
      result.words.push_back(intern(lower));
    }
  });
  llvm::sort(result.words);
  result.words.erase(llvm::unique(result.words), result.words.end());
}

const SourceText &SourceFiles::text(File file) {
  std::unique_ptr<SourceText> &text = texts_[file];
  if (text) return *text;
  text = std::make_unique<SourceText>();
  auto buffer = llvm::MemoryBuffer::getFile(paths_[file], /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) {
    text->computed = true; // nothing is known about it
    return *text;
  }
  scanInto((*buffer)->getBuffer(), *text, [&](llvm::StringRef word) { return intern(word); });
  text->async = !text->words.empty() && text->words.front() < asyncWords_;
  return *text;
}

void SourceFiles::addWords(llvm::StringRef text, std::vector<unsigned> &into) {
  SourceText words;
  scanInto(text, words, [&](llvm::StringRef word) { return intern(word); });
  llvm::append_range(into, words.words);
}

static bool isIn(const SearchPath::Folder &folder, llvm::StringRef file) {
  return file.starts_with(folder.path) && file.drop_front(folder.path.size()).starts_with("/");
}

bool SourceFiles::isStandard(llvm::StringRef file, const SearchPath &search) {
  return llvm::any_of(search.folders, [&](const auto &folder) { return folder.standard && isIn(folder, file); });
}

bool SourceFiles::isSystem(llvm::StringRef file, const SearchPath &search) {
  return llvm::any_of(search.folders, [&](const auto &folder) { return folder.system && isIn(folder, file); });
}

llvm::ArrayRef<SourceFiles::File> SourceFiles::meant(const IncludeLine &line, llvm::StringRef folder,
                                                     const SearchPath &search) {
  const std::string key = (line.quoted ? folder + "\"" : "<").str() + line.name;
  auto [entry, isNew] = found_[&search].try_emplace(key);
  llvm::SmallVector<File, 2> &found = entry->second;
  if (!isNew) return found;
  auto look = [&](llvm::StringRef where) {
    const std::string name = folders_.find(where, line.name);
    if (!name.empty() && !llvm::is_contained(found, file(name))) found.push_back(file(name));
  };
  if (line.quoted) look(folder);
  for (const SearchPath::Folder &other : search.folders)
    look(other.path);
  return found;
}

const SourceFiles::Includes &SourceFiles::includes(File file, const SearchPath &search) {
  auto [entry, isNew] = includes_.try_emplace({&search, file});
  Includes &includes = entry->second;
  if (!isNew || isStandard(path(file), search)) return includes;
  const std::string folder = path::parent_path(path(file)).str();
  for (const IncludeLine &line : text(file).includes) {
    llvm::ArrayRef<File> files = meant(line, folder, search);
    includes.missing |= files.empty() && line.certain;
    llvm::append_range(includes.files, files);
  }
  return includes;
}

bool SourceFiles::walk(std::vector<File> pending, const SearchPath &search, llvm::function_ref<bool(File, bool)> visit) {
  ++walk_;
  while (!pending.empty()) {
    const File file = pending.back();
    pending.pop_back();
    if (file >= walked_.size()) walked_.resize(count());
    if (std::exchange(walked_[file], walk_) == walk_) continue;
    const bool standard = isStandard(path(file), search);
    if (!visit(file, standard)) return false;
    if (!standard) llvm::append_range(pending, includes(file, search).files);
  }
  return true;
}

} // namespace coroguard::driver
