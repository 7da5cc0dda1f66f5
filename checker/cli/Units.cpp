// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Units and root of a command line.
#include "checker/cli/Units.h"

#include "checker/driver/UnitSelection.h"
#include "checker/report/Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace coroguard::cli {

namespace fs = llvm::sys::fs;
using driver::CompileCommand;

static llvm::Error noSuchPath(llvm::StringRef path) {
  return llvm::createStringError("there is no file or folder '" + path + "'");
}

static llvm::Expected<std::vector<CompileCommand>> unitsWithFlags(const CheckArguments &arguments) {
  if (arguments.paths.empty())
    return llvm::createStringError("no file before '--'; type: coroguard check FILE… -- FLAGS");
  std::vector<CompileCommand> units;
  for (const std::string &path : arguments.paths) {
    if (!fs::exists(path))
      return noSuchPath(path);
    if (fs::is_directory(path))
      return llvm::createStringError("'" + path + "' is a folder; before '--' stand files. A folder needs a compilation "
                                                  "database: coroguard check " + path + " -p BUILD");
    CompileCommand unit;
    unit.file = driver::absolutePath(path);
    unit.directory = driver::absolutePath(".");
    unit.arguments = {"clang++"};
    unit.named = true;
    unit.arguments.insert(unit.arguments.end(), arguments.flags->begin(), arguments.flags->end());
    units.push_back(std::move(unit));
  }
  return units;
}

static std::string databaseFor(const CheckArguments &arguments, llvm::ArrayRef<std::string> paths) {
  if (!arguments.build.empty())
    return arguments.build;
  for (const std::string &path : paths)
    if (std::string found = driver::findDatabase(path); !found.empty())
      return found;
  return driver::findDatabase(".");
}

llvm::Expected<std::vector<CompileCommand>> unitsFor(const CheckArguments &arguments) {
  if (arguments.flags)
    return unitsWithFlags(arguments);
  std::vector<std::string> paths;
  for (const std::string &path : arguments.paths) {
    if (!fs::exists(path))
      return noSuchPath(path);
    paths.push_back(driver::absolutePath(path));
  }
  std::string found = databaseFor(arguments, paths);
  if (found.empty()) {
    std::string file = paths.empty() || fs::is_directory(paths[0]) ? "FILE" : arguments.paths[0];
    return llvm::createStringError(
        "no compile_commands.json here, in a build folder or in a parent; configure with "
        "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON (or run 'bear -- make'), name the build folder with -p, or give flags: "
        "coroguard check " + file + " -- -std=c++20");
  }
  auto database = driver::readDatabase(found);
  if (!database)
    return database.takeError();
  return driver::selectUnits(*database, paths);
}

llvm::Error keepShard(llvm::StringRef shard, const UnitCosts &costs, llvm::StringRef root, std::vector<CompileCommand> &units) {
  if (shard.empty())
    return llvm::Error::success();
  auto [part, parts] = shard.split('/');
  unsigned wanted = 0, count = 0;
  if (part.getAsInteger(10, wanted) || parts.getAsInteger(10, count) || wanted == 0 || wanted > count)
    return llvm::createStringError("--shard " + shard + ": write I/N with 1 <= I <= N, for example --shard 2/8");
  double known = 0;
  for (const auto &[unit, seconds] : costs)
    known += seconds;
  std::vector<std::pair<double, std::string>> byCost; // largest first, each to the part that has least
  for (const CompileCommand &unit : units) {
    constexpr double headers = 32768; // every unit costs its headers, however small it is
    uint64_t size = 0;
    if (fs::file_size(unit.file, size))
      size = 0;
    auto found = costs.find(report::rootRelative(unit.file, root));
    // A unit that is new among known ones costs as much as they do on average.
    byCost.emplace_back(found != costs.end() ? found->second : costs.empty() ? static_cast<double>(size) + headers : known / static_cast<double>(costs.size()), unit.file);
  }
  llvm::sort(byCost, std::greater<>());
  std::vector<double> load(count);
  llvm::StringSet<> mine;
  for (const auto &[cost, file] : byCost) {
    auto least = std::min_element(load.begin(), load.end());
    *least += cost;
    if (least - load.begin() + 1 == wanted)
      mine.insert(file);
  }
  llvm::erase_if(units, [&](const CompileCommand &unit) { return !mine.contains(unit.file); });
  return llvm::Error::success();
}

/// The nearest folder from `start` upward that holds .git; empty if none does.
static std::string workTree(llvm::StringRef start) {
  for (std::string folder = start.str(); !folder.empty(); folder = llvm::sys::path::parent_path(folder).str())
    if (fs::exists(folder + "/.git"))
      return folder;
  return {};
}

std::string rootFor(const CheckArguments &arguments, llvm::ArrayRef<CompileCommand> units) {
  if (!arguments.root.empty())
    return arguments.keepLinks ? driver::absolutePath(arguments.root) : driver::realPath(arguments.root);
  std::string here = driver::realPath("."), tree = workTree(here);
  std::string root = tree.empty() ? here : tree;
  auto below = [&](const CompileCommand &unit) { return llvm::StringRef(driver::realPath(unit.file)).starts_with(root + "/"); };
  if (units.empty() || llvm::any_of(units, below))
    return root;
  tree = workTree(llvm::sys::path::parent_path(driver::realPath(units.front().file)));
  return tree.empty() ? root : tree;
}

} // namespace coroguard::cli
