// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard init`: a starter setup that fits the project. Never writes over a file.
#include "checker/cli/Commands.h"
#include "checker/cli/ProjectSurvey.h"
#include "checker/cli/StarterFiles.h"
#include "checker/cli/Terminal.h"
#include "checker/driver/Database.h"
#include "checker/driver/ProjectFile.h"
#include "checker/report/Excerpt.h"
#include "checker/report/Report.h"
#include "checker/report/Summary.h"
#include "checker/report/WholeFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {
namespace {

namespace fs = llvm::sys::fs;

class Init {
public:
  Init(const InitArguments &arguments, const std::string &color)
      : arguments_(arguments), color_(color), paint_(styleFor(color, STDOUT_FILENO)) {}

  int run() {
    std::string root = driver::realPath(arguments_.path.empty() ? "." : arguments_.path);
    if (!fs::is_directory(root))
      return fail("'" + arguments_.path + "' is no folder; type: coroguard init FOLDER");
    if (!arguments_.build.empty() && !fs::exists(arguments_.build))
      return fail("there is no '" + arguments_.build + "'; name the build folder or its compile_commands.json with -p");
    survey_ = surveyProject(root);
    if (survey_.sources == 0)
      return fail("there are no C++ files in '" + root + "'; type: coroguard init FOLDER");
    if (!findDatabase())
      return exitFailure;
    sayFound();
    bool good = true;
    for (const StarterFile &file : starterFiles(survey_, build_))
      good &= write(file);
    if (!arguments_.preview && good)
      sayNext();
    return good ? exitClean : exitFailure;
  }

private:
  int fail(const std::string &text) {
    sayError(text, color_);
    return exitFailure;
  }

  bool findDatabase() {
    std::string own = driver::findDatabase(survey_.root);
    database_ = arguments_.build.empty() ? own : driver::absolutePath(arguments_.build);
    if (database_.empty())
      return true;
    auto database = driver::readDatabase(database_);
    if (!database) {
      sayError(llvm::toString(database.takeError()), color_);
      return false;
    }
    units_ = database->commands.size();
    if (database->path != own) // will not be found by itself
      build_ = report::rootRelative(database_, survey_.root);
    database_ = report::rootRelative(database->path, survey_.root);
    return true;
  }

  void say(llvm::StringRef color, llvm::StringRef mark, const std::string &text) {
    llvm::outs() << color << llvm::left_justify(mark, 8) << paint_.off << text << '\n';
  }
  void found(const std::string &text) { say(paint_.green, "found", text); }
  void missing(const std::string &text, const std::string &cure) {
    say(paint_.yellow, "missing", text);
    llvm::outs() << "        -> " << cure << '\n';
  }

  void sayFound() {
    found(report::counted(survey_.sources, "C++ file") + (survey_.truncated ? " and more" : "") + ", " +
          std::to_string(survey_.coroutines) + " with coroutines");
    if (survey_.buildSystem)
      found((survey_.buildSystem->name + ", by " + survey_.buildSystem->file).str());
    if (!database_.empty())
      found(database_ + ", " + report::counted(units_, "unit"));
    else
      missing("compile_commands.json", databaseCure());
    for (const auto &[library, use] : survey_.libraries)
      found(library->name.str() + " in " + report::counted(use.files, "file") + ", as in " + use.example);
    if (survey_.promises)
      found(report::counted(survey_.promises, "file") + " with coroutine types of your own: they are understood by their promise_type");
  }

  std::string databaseCure() const {
    if (!survey_.buildSystem)
      return "let your build write one: bear -- BUILD COMMAND";
    if (survey_.buildSystem->database.empty())
      return "Bazel needs none: docs/02-ci.md shows the aspect of coroguard.bzl";
    return survey_.buildSystem->database.str();
  }

  bool write(const StarterFile &file) {
    std::string path = survey_.root + "/" + file.name;
    if (fs::exists(path)) {
      say(paint_.dim, "kept", file.name + ", which is there already");
      return true;
    }
    if (arguments_.preview) {
      llvm::outs() << "--- " << file.name << '\n' << file.text;
      return true;
    }
    std::error_code error = fs::create_directories(llvm::sys::path::parent_path(path));
    if (!error)
      if (llvm::Error failed = report::writeWholeFile(path, [&](llvm::raw_ostream &out) { out << file.text; }))
        error = llvm::errorToErrorCode(std::move(failed));
    if (error) {
      sayError("cannot write '" + path + "': " + error.message(), color_);
      return false;
    }
    say(paint_.green, "wrote", file.name + (file.about.empty() ? "" : ": " + file.about));
    return true;
  }

  void sayNext() {
    llvm::outs() << "\nNext:\n";
    auto step = [](llvm::StringRef command, llvm::StringRef why) {
      llvm::outs() << "  " << llvm::left_justify(command, 34) << (command.size() >= 34 ? "  " : "") << why << '\n';
    };
    if (database_.empty() && survey_.buildSystem && !survey_.buildSystem->database.empty())
      step(survey_.buildSystem->database, "writes how the files are compiled");
    step("coroguard check", "what there is to say today");
    step("coroguard baseline create", "accept it, so that only new findings count");
    step("coroguard config FILE", "which settings apply to a file, and why");
    step("coroguard doctor", "if something does not work");
  }

  const InitArguments &arguments_;
  const std::string &color_;
  report::Palette paint_;
  ProjectSurvey survey_;
  std::string database_, build_;
  size_t units_ = 0;
};

} // namespace

int runInitCommand(const InitArguments &arguments, const std::string &color) { return Init(arguments, color).run(); }

} // namespace coroguard::cli
