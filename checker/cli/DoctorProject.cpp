// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of `coroguard doctor` that looks at the project: is there a database of this tree, do its files exist, can they
// hold coroutines, are the settings right, and does a unit go through.
#include "checker/cli/Checkup.h"
#include "checker/cli/CommandLine.h"
#include "checker/cli/Settings.h"
#include "checker/cli/Units.h"
#include "checker/driver/UnitArguments.h"
#include "checker/report/Report.h"
#include "checker/report/Summary.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace coroguard::cli {
namespace {

namespace fs = llvm::sys::fs;
using driver::CompileCommand;

/// Whether Clang would see coroutines in the unit.
bool hasCoroutines(const CompileCommand &unit) {
  bool has = true; // Clang's default is C++17, GCC's too; who says nothing is asked nothing
  for (llvm::StringRef argument : unit.arguments) {
    if (argument == "-fcoroutines")
      return true;
    if (argument.consume_front("-std=") || argument.consume_front("--std="))
      has = argument.contains("2a") || argument.contains("20") || argument.contains("2b") || argument.contains("23") ||
            argument.contains("2c") || argument.contains("26");
  }
  return has;
}

class Project {
public:
  Project(const DoctorArguments &arguments, Checkup &checkup) : checkup_(checkup) {
    if (!arguments.path.empty())
      check_.paths = {arguments.path};
    if (fs::is_directory(arguments.path))
      check_.root = arguments.path;
    check_.build = arguments.build;
  }

  void examine() {
    if (readSettings() && readDatabase()) {
      examineFiles();
      examineStandard();
      tryUnit();
    }
  }

private:
  bool readSettings() {
    auto whole = withProject(check_);
    if (!whole) {
      checkup_.bad("settings", llvm::toString(whole.takeError()), "mend .coroguard.yaml; docs/reference/formats.md lists its keys");
      return false;
    }
    check_ = std::move(*whole);
    auto configuration = configurationFor(check_);
    if (!configuration) {
      checkup_.bad("settings", llvm::toString(configuration.takeError()), "");
      return false;
    }
    configuration_ = std::move(*configuration);
    if (check_.project.empty())
      checkup_.unsure("settings", "no .coroguard.yaml here or in a parent; the defaults apply", "coroguard init");
    else
      checkup_.good("settings", check_.project);
    if (!check_.baseline.empty() && !fs::exists(check_.baseline))
      checkup_.bad("baseline", "'" + check_.baseline + "' is named but missing", "coroguard baseline create");
    return true;
  }

  bool readDatabase() {
    std::string start = check_.paths.empty() ? "." : check_.paths.front();
    std::string found = check_.build.empty() ? driver::findDatabase(start) : check_.build;
    if (found.empty()) {
      checkup_.unsure("database", "no compile_commands.json here, in a build folder or in a parent",
                      "configure with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, or run 'bear -- make'");
      return false;
    }
    auto database = driver::readDatabase(found);
    if (!database) {
      checkup_.bad("database", llvm::toString(database.takeError()), "");
      return false;
    }
    path_ = database->path;
    units_ = std::move(database->commands);
    return true;
  }

  void examineFiles() {
    std::string size = path_ + ", " + report::counted(units_.size(), "unit");
    auto isMissing = [](const CompileCommand &unit) { return !fs::exists(unit.file); };
    auto first = llvm::find_if(units_, isMissing);
    std::string top = driver::realPath(llvm::sys::path::parent_path(path_));
    std::string root = rootFor(check_, {});
    bool isOurs = llvm::any_of(units_, [&](const CompileCommand &unit) {
      return llvm::any_of(std::initializer_list<llvm::StringRef>{root, top},
                          [&](llvm::StringRef folder) { return llvm::StringRef(unit.file).starts_with(folder.str() + "/"); });
    });
    if (first != units_.end())
      checkup_.bad("database", size + ", " + report::counted(llvm::count_if(units_, isMissing), "file") + " of it missing, as " + first->file,
                   "configure and build the project again");
    else if (!isOurs)
      checkup_.bad("database", size + ", all of another tree, as " + units_.front().file,
                   "configure this tree anew, or name its build folder with -p");
    else
      checkup_.good("database", size);
    llvm::StringRef made = path_;
    llvm::sys::fs::file_status database, cmake;
    std::string lists = root + "/CMakeLists.txt";
    if (made.starts_with(root) && !fs::status(path_, database) && !fs::status(lists, cmake) &&
        cmake.getLastModificationTime() > database.getLastModificationTime())
      checkup_.unsure("database", "is older than CMakeLists.txt: files may be missing in it", "configure again");
  }

  void examineStandard() {
    size_t without = llvm::count_if(units_, [](const CompileCommand &unit) { return !hasCoroutines(unit); });
    if (without == units_.size())
      checkup_.bad("C++ standard", "no unit is compiled as C++20 or later: there can be no coroutine",
                   "compile with -std=c++20, or check files by hand: coroguard check FILE -- -std=c++20");
    else if (without)
      checkup_.unsure("C++ standard", std::to_string(without) + " of " + report::counted(units_.size(), "unit") +
                          " are compiled before C++20 and hold no coroutines", "");
  }

  /// The smallest unit of the project, as `check` would look at it.
  void tryUnit() {
    const CompileCommand *smallest = nullptr;
    uint64_t least = UINT64_MAX;
    for (const CompileCommand &unit : units_) {
      uint64_t size = 0;
      bool excluded = configuration_->project() && configuration_->project()->excludes(unit.file);
      if (!excluded && hasCoroutines(unit) && !fs::file_size(unit.file, size) && size < least) {
        smallest = &unit;
        least = size;
      }
    }
    if (!smallest)
      return;
    if (auto settings = configuration_->of(smallest->file); !settings) {
      checkup_.bad("settings", llvm::toString(settings.takeError()), "");
      return;
    }
    Checkup::Finished done = checkup_.run(checkup_.self(), {checkup_.self(), "check", "--quiet", "--format", "concise", "--exit-zero",
                                                            "--no-baseline", "--timeout", "100", "-p", path_, smallest->file});
    std::string first = llvm::StringRef(done.output).trim().split('\n').first.str();
    if (done.status == 0)
      checkup_.good("a unit", report::rootRelative(smallest->file, rootFor(check_, {})) + " goes through");
    else
      checkup_.bad("a unit", smallest->file + " does not: " + first,
                   first.find("file not found") != std::string::npos ? "build the project first, so that generated headers are there"
                                                                     : "see whether clang++-22 compiles it");
  }

  Checkup &checkup_;
  CheckArguments check_;
  std::unique_ptr<driver::Configuration> configuration_;
  std::string path_;
  std::vector<CompileCommand> units_;
};

} // namespace

void examineProject(const DoctorArguments &arguments, Checkup &checkup) { Project(arguments, checkup).examine(); }

} // namespace coroguard::cli
