// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading .coroguard.yaml, and matching its paths.
#include "checker/driver/ProjectFile.h"

#include "checker/driver/Database.h"
#include "rules/catalog/RecordReader.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
using catalog::RecordReader;

static std::string below(llvm::StringRef folder, llvm::StringRef name) {
  if (name.empty())
    return {};
  llvm::SmallString<256> full(name);
  if (llvm::sys::path::is_relative(name)) {
    full = folder;
    llvm::sys::path::append(full, name);
  }
  return absolutePath(full);
}

static std::vector<std::string> texts(const RecordReader &record, llvm::StringRef key) {
  std::vector<std::string> result;
  for (const catalog::YamlNode *item : record.items(key))
    result.push_back(item->text.str());
  return result;
}

/// The globs of `key`; a `./` and a `/` at the ends do not matter.
static std::vector<std::string> globs(RecordReader &record, llvm::StringRef key) {
  std::vector<std::string> result;
  for (const std::string &item : texts(record, key)) {
    llvm::StringRef glob = llvm::StringRef(item).rtrim('/');
    glob.consume_front("./");
    if (auto pattern = llvm::GlobPattern::create(glob, 1024); !pattern)
      record.problem(key, "'" + item + "' is not a pattern: " + llvm::toString(pattern.takeError()));
    result.push_back(glob.str());
  }
  return result;
}

std::string ProjectFile::find(llvm::StringRef start) {
  std::string folder = absolutePath(start);
  if (!fs::is_directory(folder))
    folder = llvm::sys::path::parent_path(folder).str();
  for (; !folder.empty(); folder = llvm::sys::path::parent_path(folder).str()) {
    std::string file = folder + (folder == "/" ? "" : "/") + name.str();
    if (fs::exists(file))
      return file;
    if (fs::exists(folder + "/.git"))
      break;
  }
  return {};
}

llvm::Expected<std::unique_ptr<const ProjectFile>> ProjectFile::read(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError("cannot read '" + path + "': " + buffer.getError().message() +
                                   "; 'coroguard init' writes a " + name);
  auto file = std::make_unique<ProjectFile>();
  file->path_ = absolutePath(path);
  file->folder_ = llvm::sys::path::parent_path(file->path_).str();
  auto saysNothing = [](llvm::StringRef line) { return line.trim().empty() || line.ltrim().starts_with("#"); };
  if (llvm::all_of(llvm::split((*buffer)->getBuffer(), '\n'), saysNothing)) {
    file->layers_.emplace_back();
    return file;
  }
  llvm::BumpPtrAllocator arena;
  catalog::Problems problems;
  const catalog::YamlNode *root = catalog::parseYaml(llvm::MemoryBufferRef((*buffer)->getBuffer(), file->path_), arena, problems);
  if (!root)
    return problems.takeError();
  auto layer = [&](const RecordReader &record) {
    Layer result{{}, record.text("profile").str(), texts(record, "rules"), {}};
    result.where = path.str() + ":" + std::to_string(std::max(1u, record.position().line));
    return result;
  };
  RecordReader record(*root, catalog::projectFormat(), problems);
  file->build_ = below(file->folder_, record.text("build"));
  file->baseline_ = below(file->folder_, record.text("baseline"));
  file->exclude_ = globs(record, "exclude");
  for (const std::string &models : texts(record, "models"))
    file->models_.push_back(below(file->folder_, models));
  file->modelsWhere_ = path.str() + ":" + std::to_string(record.positionOf("models").line);
  file->layers_.push_back(layer(record));
  for (const catalog::YamlNode *item : record.items("overrides")) {
    RecordReader one(*item, *catalog::projectFormat().find("overrides")->record, problems);
    file->layers_.push_back(layer(one));
    file->layers_.back().paths = globs(one, "paths");
  }
  if (llvm::Error error = problems.takeError())
    return error;
  return file;
}

bool ProjectFile::matchesAny(llvm::ArrayRef<std::string> globs, llvm::StringRef given) const {
  // By its own name, for sandboxes that show the sources through links; else by where links lead.
  std::string folder = folder_, name = absolutePath(given);
  if (!llvm::StringRef(name).starts_with(folder + "/")) {
    folder = realPath(folder);
    name = realPath(given);
  }
  llvm::StringRef file = name;
  if (!file.consume_front(folder) || !file.consume_front("/"))
    return false;
  return llvm::any_of(globs, [&](llvm::StringRef glob) {
    auto matches = [&](llvm::StringRef text) { return llvm::cantFail(llvm::GlobPattern::create(glob, 1024)).match(text); };
    bool anywhere = glob.consume_front("**/"); // also at the top
    for (llvm::StringRef part = file; !part.empty(); part = llvm::sys::path::parent_path(part)) {
      if (matches(part))
        return true;
      for (size_t slash = part.find('/'); anywhere && slash != llvm::StringRef::npos; slash = part.find('/', slash + 1))
        if (matches(part.drop_front(slash + 1)))
          return true;
    }
    return false;
  });
}

bool ProjectFile::excludes(llvm::StringRef file) const { return matchesAny(exclude_, file); }

bool ProjectFile::applies(const Layer &layer, llvm::StringRef file) const {
  return &layer == &layers_.front() || matchesAny(layer.paths, file);
}

} // namespace coroguard::driver
