// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks a project's folders and reads its includes.
#include "checker/cli/ProjectSurvey.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace coroguard::cli {
namespace {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

constexpr size_t enoughFiles = 20000; // a few seconds; the rest of such a project looks the same

constexpr BuildSystem buildSystems[] = {
    {"CMake", "CMakeLists.txt", "cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON"},
    {"Meson", "meson.build", "meson setup build"},
    {"Bazel", "MODULE.bazel", ""},
    {"Bazel", "WORKSPACE", ""},
    {"Bazel", "WORKSPACE.bazel", ""},
    {"xmake", "xmake.lua", "xmake project -k compile_commands build"},
    {"configure", "configure", "./configure && bear -- make"},
    {"autoconf", "configure.ac", "./autogen.sh && ./configure && bear -- make"},
    {"Make", "Makefile", "bear -- make"},
    {"Make", "GNUmakefile", "bear -- make"},
    {"Ninja", "build.ninja", "ninja -t compdb > compile_commands.json"},
};

bool isSource(llvm::StringRef file) {
  return llvm::is_contained({".cpp", ".cc", ".cxx", ".c++", ".C", ".hpp", ".hh", ".hxx", ".h", ".ipp", ".cppm", ".ixx"}, path::extension(file));
}

bool isThirdParty(llvm::StringRef folder) {
  return llvm::is_contained({"third_party", "third-party", "thirdparty", "3rdparty", "vendor", "external", "extern", "deps", "_deps",
                             "node_modules", "subprojects"},
                            folder);
}

bool isBuildFolder(const std::string &folder) {
  return fs::exists(folder + "/CMakeCache.txt") || fs::exists(folder + "/build.ninja") || fs::exists(folder + "/meson-info");
}

/// Whether `#include <name>` is of the library that owns the namespace: <boost/asio/…>, <boost/asio.hpp>,
/// <folly/experimental/coro/…>.
bool isHeaderOf(llvm::StringRef name, llvm::StringRef nameSpace) {
  auto [first, last] = nameSpace.split("::");
  if (last.empty())
    return name.consume_front_insensitive(first) && (name.starts_with("/") || name.starts_with("."));
  if (!name.consume_front(first) || !name.consume_front("/"))
    return false;
  size_t at = name.find(last);
  return at != llvm::StringRef::npos && (at == 0 || name[at - 1] == '/') && name.substr(at + last.size()).find_first_of("/.") == 0;
}

class Surveyor {
public:
  explicit Surveyor(ProjectSurvey &survey) : survey_(survey) {
    for (const catalog::LibraryInfo &library : catalog::builtinModels().libraries) {
      auto isTask = [&](const catalog::TypeModel &type) {
        return type.library == library.id && (type.role == catalog::TypeRole::Task || type.role == catalog::TypeRole::Loop);
      };
      if (llvm::any_of(catalog::builtinModels().types, isTask))
        libraries_.push_back(&library);
    }
  }

  void walk(const std::string &folder) {
    std::vector<std::string> folders, files;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error, /*follow_symlinks=*/false), end; !error && entry != end; entry.increment(error)) {
      llvm::StringRef name = path::filename(entry->path());
      if (entry->type() == fs::file_type::directory_file && !name.starts_with("."))
        folders.push_back(entry->path());
      else if (entry->type() == fs::file_type::regular_file && isSource(name))
        files.push_back(entry->path());
    }
    llvm::sort(files);
    llvm::sort(folders);
    for (const std::string &file : files)
      if (!(survey_.truncated |= survey_.sources >= enoughFiles))
        read(file);
    for (const std::string &below : folders) {
      if (isThirdParty(path::filename(below)))
        survey_.thirdParty.push_back(relative(below));
      else if (!survey_.truncated && !isBuildFolder(below))
        walk(below);
    }
  }

private:
  std::string relative(llvm::StringRef file) const { return file.drop_front(survey_.root.size()).ltrim('/').str(); }

  void read(const std::string &file) {
    auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!buffer)
      return;
    llvm::StringRef text = (*buffer)->getBuffer();
    ++survey_.sources;
    survey_.coroutines += llvm::any_of(std::initializer_list<const char *>{"co_await", "co_yield", "co_return"},
                                       [&](const char *word) { return text.contains(word); });
    survey_.promises += text.contains("struct promise_type") || text.contains("class promise_type") || text.contains("using promise_type");
    std::map<const catalog::LibraryInfo *, std::string> met;
    unsigned number = 0;
    for (llvm::StringRef line : llvm::split(text, '\n')) {
      ++number;
      llvm::StringRef rest = line.trim();
      if (!rest.consume_front("#") || !(rest = rest.ltrim()).consume_front("include"))
        continue;
      llvm::StringRef name = rest.ltrim().drop_front(!rest.ltrim().empty()).take_until([](char c) { return c == '>' || c == '"'; });
      for (const catalog::LibraryInfo *library : libraries_)
        if (llvm::any_of(library->namespaces, [&](llvm::StringRef nameSpace) { return isHeaderOf(name, nameSpace); }))
          met.try_emplace(library, relative(file) + ":" + std::to_string(number) + ": " + line.trim().str());
    }
    for (auto &[library, example] : met) {
      LibraryUse &use = survey_.libraries[library];
      if (use.files++ == 0)
        use.example = std::move(example);
    }
  }

  ProjectSurvey &survey_;
  std::vector<const catalog::LibraryInfo *> libraries_;
};

} // namespace

ProjectSurvey surveyProject(std::string root) {
  ProjectSurvey survey;
  survey.root = std::move(root);
  for (const BuildSystem &system : buildSystems)
    if (!survey.buildSystem && fs::exists(survey.root + "/" + system.file))
      survey.buildSystem = &system;
  survey.github = fs::exists(survey.root + "/.github");
  survey.gitlab = fs::exists(survey.root + "/.gitlab-ci.yml");
  Surveyor(survey).walk(survey.root);
  return survey;
}

} // namespace coroguard::cli
