// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard doctor`: one line per thing that must work, tried and not only looked for.
#include "checker/cli/Commands.h"
#include "checker/cli/Terminal.h"
#include "checker/cli/Units.h"
#include "checker/driver/CheckRun.h"
#include "checker/driver/UnitArguments.h"
#include "checker/plugin/Canary.gen.h"
#include "checker/report/Excerpt.h"
#include "checker/report/Summary.h"

#include "clang/Basic/Version.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {
namespace {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

constexpr llvm::StringLiteral canaryRule = "async-unawaited-task";

struct Finished {
  int status = -1;
  std::string output; ///< standard output and error
};

/// A folder that is removed in the end.
class ScratchFolder {
public:
  ScratchFolder() { failed_ = static_cast<bool>(fs::createUniqueDirectory("coroguard-doctor", path_)); }
  ~ScratchFolder() {
    if (!failed_)
      fs::remove_directories(path_);
  }
  std::string file(llvm::StringRef name) const { return (path_ + "/" + name).str(); }

private:
  llvm::SmallString<128> path_;
  bool failed_ = false;
};

class Doctor {
public:
  Doctor(const char *program, const std::string &color) : paint_(styleFor(color, STDOUT_FILENO)) {
    self_ = fs::getMainExecutable(program, reinterpret_cast<void *>(&runDoctorCommand));
    canary_ = scratch_.file("canary.cpp");
    std::error_code error;
    llvm::raw_fd_ostream out(canary_, error);
    if (!error)
      out << canarySource;
  }

  void versions() {
    good("coroguard", llvm::formatv("{0}, with {1}", versionText(), clang::getClangFullVersion()));
    std::string resources = driver::resourceDirectory();
    if (resources.empty())
      bad("Clang's headers", "not found", "apt-get install libclang-common-" CLANG_VERSION_MAJOR_STRING "-dev");
    else
      good("Clang's headers", resources);
  }

  /// The rules, in this program.
  void ownCanary() {
    Finished done = run(self_, {self_, "check", "--format", "concise", "--quiet", canary_, "--", "-std=c++20"});
    if (llvm::StringRef(done.output).contains(canaryRule))
      good("coroguard check", "finds the known mistake");
    else
      bad("coroguard check", "does not find the known mistake (exit status " + std::to_string(done.status) + ")",
          firstLine(done.output));
  }

  /// The rules, in a clang-tidy that somebody else built.
  void plugin() {
    std::string file = pluginFile();
    if (!fs::exists(file)) {
      bad("plugin", "'" + file + "' is missing", "build the target coroguard-tidy, or install the package again");
      return;
    }
    auto tidy = llvm::sys::findProgramByName("clang-tidy-" CLANG_VERSION_MAJOR_STRING);
    if (!tidy)
      tidy = llvm::sys::findProgramByName("clang-tidy");
    if (!tidy) {
      unsure("clang-tidy", "not installed; only the plugin needs it", "apt-get install clang-tidy-" CLANG_VERSION_MAJOR_STRING);
      return;
    }
    unsigned major = majorOf(run(*tidy, {*tidy, "--version"}).output);
    if (major != CLANG_VERSION_MAJOR) {
      bad("clang-tidy", llvm::formatv("'{0}' is of LLVM {1}, the plugin is for {2}", *tidy, major, CLANG_VERSION_MAJOR),
          "apt-get install clang-tidy-" CLANG_VERSION_MAJOR_STRING);
      return;
    }
    std::string load = "--load=" + file;
    Finished done = run(*tidy, {*tidy, load, "--checks=-*,async-*", canary_, "--", "-std=c++20"});
    if (llvm::StringRef(done.output).contains(canaryRule))
      good("plugin", "finds the known mistake in " + *tidy);
    else
      bad("plugin", "'" + *tidy + " " + load + "' does not find the known mistake", firstLine(done.output));
  }

  /// Other clang-tidy programs on the path load the plugin without a word and find nothing.
  void otherClangTidy() {
    auto tidy = llvm::sys::findProgramByName("clang-tidy");
    if (!tidy)
      return;
    unsigned major = majorOf(run(*tidy, {*tidy, "--version"}).output);
    if (major && major != CLANG_VERSION_MAJOR)
      unsure("clang-tidy", llvm::formatv("'{0}' is of LLVM {1}; the plugin stops it", *tidy, major),
             "use clang-tidy-" CLANG_VERSION_MAJOR_STRING " with the plugin");
  }

  void database(const DoctorArguments &arguments) {
    std::string found = arguments.build.empty() ? driver::findDatabase(arguments.path.empty() ? "." : arguments.path) : arguments.build;
    if (found.empty()) {
      unsure("database", "no compile_commands.json here, in a build folder or in a parent",
             "configure with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, or run 'bear -- make'");
      return;
    }
    auto database = driver::readDatabase(found);
    if (!database) {
      bad("database", llvm::toString(database.takeError()), "");
      return;
    }
    size_t missing = llvm::count_if(database->commands, [](const auto &unit) { return !fs::exists(unit.file); });
    std::string size = database->path + ", " + report::counted(database->commands.size(), "unit");
    if (missing)
      bad("database", size + ", " + report::counted(missing, "file") + " of it missing", "configure and build the project again");
    else
      good("database", size);
  }

  bool healthy() const { return healthy_; }

private:
  void good(llvm::StringRef what, const std::string &text) { say(paint_.green, "ok     ", what, text); }
  void unsure(llvm::StringRef what, const std::string &text, llvm::StringRef cure) {
    say(paint_.yellow, "note   ", what, text);
    sayCure(cure);
  }
  void bad(llvm::StringRef what, const std::string &text, llvm::StringRef cure) {
    healthy_ = false;
    say(paint_.red, "broken ", what, text);
    sayCure(cure);
  }
  void say(llvm::StringRef color, llvm::StringRef mark, llvm::StringRef what, llvm::StringRef text) {
    llvm::outs() << color << mark << paint_.off << paint_.bold << llvm::left_justify(what, 17) << paint_.off << text << '\n';
  }
  static void sayCure(llvm::StringRef cure) {
    if (!cure.empty())
      llvm::outs() << std::string(24, ' ') << "-> " << cure << '\n';
  }

  /// Beside this program: in a build tree under lib, installed where the distribution keeps libraries.
  std::string pluginFile() const {
    std::string found;
    for (llvm::StringRef folder : {"../lib", "../" COROGUARD_LIBDIR}) {
      llvm::SmallString<256> file(path::parent_path(self_));
      path::append(file, folder, "libcoroguard-tidy.so");
      path::remove_dots(file, /*remove_dot_dot=*/true);
      if (found.empty() || fs::exists(file))
        found = file.str().str();
    }
    return found;
  }

  Finished run(const std::string &program, llvm::ArrayRef<llvm::StringRef> arguments) {
    std::string log = scratch_.file("output");
    std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(log), llvm::StringRef(log)};
    Finished done;
    done.status = llvm::sys::ExecuteAndWait(program, arguments, std::nullopt, redirects, /*SecondsToWait=*/60);
    if (auto buffer = llvm::MemoryBuffer::getFile(log))
      done.output = (*buffer)->getBuffer().str();
    return done;
  }

  static std::string firstLine(llvm::StringRef text) { return text.trim().split('\n').first.str(); }

  static unsigned majorOf(llvm::StringRef text) {
    unsigned major = 0;
    llvm::StringRef number = text.split("version ").second;
    number.consumeInteger(10, major);
    return major;
  }

  report::Palette paint_;
  ScratchFolder scratch_;
  std::string self_, canary_;
  bool healthy_ = true;
};

} // namespace

int runDoctorCommand(const DoctorArguments &arguments, const char *program, const std::string &color) {
  Doctor doctor(program, color);
  doctor.versions();
  doctor.ownCanary();
  doctor.plugin();
  doctor.otherClangTidy();
  doctor.database(arguments);
  return doctor.healthy() ? exitClean : exitFailure;
}

} // namespace coroguard::cli
