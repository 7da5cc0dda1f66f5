// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From paths to units.
#include "checker/driver/UnitSelection.h"

#include "checker/driver/IncludeClosure.h"
#include "rules/catalog/Problem.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// By its name: such a file is compiled, alone or as part of another.
static bool isSource(llvm::StringRef file) {
  return llvm::StringSwitch<bool>(path::extension(file)).Cases({".cpp", ".cc", ".cxx", ".c++", ".C"}, true).Default(false);
}

static llvm::Error notInDatabase(llvm::StringRef wanted, const Database &database) {
  std::vector<llvm::StringRef> files, names;
  for (const CompileCommand &command : database.commands) {
    files.push_back(command.file);
    names.push_back(path::filename(command.file));
  }
  std::string near;
  llvm::StringRef name = catalog::nearest(path::filename(wanted), names);
  for (size_t i = 0; i < names.size() && near.empty(); ++i)
    if (!name.empty() && names[i] == name)
      near = "; did you mean '" + files[i].str() + "'?";
  if (near.empty())
    near = "; give its flags instead: coroguard check " + wanted.str() + " -- -std=c++20";
  return llvm::createStringError("'" + wanted + "' is not in '" + database.path + "'" + near);
}

namespace {

class Selection {
public:
  explicit Selection(const Database &database) : database_(database), choices_(database.commands.size()) {}

  void addAll() {
    for (Choice &choice : choices_)
      choice.whole = true;
  }

  void addFolder(const std::string &wanted) {
    const std::string real = realPath(wanted), build = path::parent_path(realPath(database_.path)).str();
    bool any = false;
    for (size_t i = 0; i < choices_.size(); ++i) {
      const CompileCommand &unit = database_.commands[i];
      const std::string realUnit = realPath(unit.file);
      if (isBelow(unit.file, wanted) || isBelow(realUnit, real)) {
        choices_[i].whole = any = true;
      } else if (isBelow(realUnit, build)) { // made by the build: it may be sources put together
        for (const std::string &part : closure_.directIncludes(unit))
          if (isSource(part) && isBelow(part, real))
            any = choices_[i].parts.insert(part).second || any;
      }
    }
    if (!any)
      parts_.push_back({wanted, real});
  }

  void addFile(const std::string &wanted) {
    bool any = false;
    for (size_t i = 0; i < choices_.size(); ++i) {
      const std::string &file = database_.commands[i].file;
      if (file == wanted || fs::equivalent(file, wanted))
        choices_[i].whole = choices_[i].named = any = true;
    }
    if (!any)
      parts_.push_back({wanted, realPath(wanted)});
  }

  /// After all that has been added.
  llvm::Error findParts() {
    if (parts_.empty())
      return llvm::Error::success();
    auto isWanted = [&](llvm::StringRef file) {
      bool any = false;
      for (Part &part : parts_)
        if (file == part.real || isBelow(file, part.real))
          any = part.found = true;
      return any;
    };
    for (size_t i = 0; i < choices_.size(); ++i)
      for (std::string &part : closure_.included(database_.commands[i], isWanted))
        choices_[i].parts.insert(std::move(part));
    for (const Part &part : parts_)
      if (!part.found)
        return fs::is_directory(part.real) ? nothingBelow(part.name) : notInDatabase(part.name, database_);
    return llvm::Error::success();
  }

  std::vector<CompileCommand> units() const {
    std::vector<CompileCommand> result;
    llvm::StringSet<> seen; // a file built for two targets is checked as the first builds it
    for (size_t i = 0; i < choices_.size(); ++i) {
      const Choice &choice = choices_[i];
      if ((!choice.whole && choice.parts.empty()) || !seen.insert(database_.commands[i].file).second)
        continue;
      CompileCommand &unit = result.emplace_back(database_.commands[i]);
      unit.named = choice.named;
      unit.whole = choice.whole;
      unit.parts.assign(choice.parts.begin(), choice.parts.end());
    }
    return result;
  }

private:
  struct Choice {
    bool whole = false, named = false;
    std::set<std::string> parts;
  };

  /// A file without a command, or a folder without units.
  struct Part {
    std::string name, real; ///< as given, and without links
    bool found = false;
  };

  llvm::Error nothingBelow(llvm::StringRef folder) const {
    return llvm::createStringError("no unit of '" + database_.path + "' lies below '" + folder +
                                   "', nor includes anything from there; run without a path to check all of them");
  }

  const Database &database_;
  std::vector<Choice> choices_;
  std::vector<Part> parts_;
  IncludeClosure closure_;
};

} // namespace

llvm::Expected<std::vector<CompileCommand>> selectUnits(const Database &database, llvm::ArrayRef<std::string> paths) {
  Selection selection(database);
  if (paths.empty())
    selection.addAll();
  for (const std::string &wanted : paths)
    if (fs::is_directory(wanted))
      selection.addFolder(wanted);
    else
      selection.addFile(wanted);
  if (llvm::Error error = selection.findParts())
    return std::move(error);
  return selection.units();
}

} // namespace coroguard::driver
