// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard doctor`: one line per thing that must work, tried and not only looked for.
#include "checker/cli/Checkup.h"
#include "checker/cli/Commands.h"
#include "checker/cli/Terminal.h"
#include "checker/driver/UnitArguments.h"
#include "checker/plugin/Canary.gen.h"

#include "clang/Basic/Version.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {
namespace {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

constexpr llvm::StringLiteral canaryRule = "async-unawaited-task";

/// The installation: this program, and what stands beside it.
class Installation {
public:
  explicit Installation(Checkup &checkup) : checkup_(checkup), canary_(checkup.scratchFile("canary.cpp")) {
    std::error_code error;
    llvm::raw_fd_ostream out(canary_, error);
    if (!error)
      out << canarySource;
  }

  void versions() {
    checkup_.good("coroguard", llvm::formatv("{0}, with {1}", versionText(), clang::getClangFullVersion()));
    std::string resources = driver::resourceDirectory();
    if (resources.empty())
      checkup_.bad("Clang's headers", "not found", "apt-get install libclang-common-" CLANG_VERSION_MAJOR_STRING "-dev");
    else
      checkup_.good("Clang's headers", resources);
  }

  /// The rules, in this program.
  void ownCanary() {
    Checkup::Finished done = checkup_.run(checkup_.self(), {checkup_.self(), "check", "--format", "concise", "--quiet", canary_, "--", "-std=c++20"});
    if (llvm::StringRef(done.output).contains(canaryRule))
      checkup_.good("coroguard check", "finds the known mistake");
    else
      checkup_.bad("coroguard check", "does not find the known mistake (exit status " + std::to_string(done.status) + ")",
          firstLine(done.output));
  }

  /// The rules, in a clang-tidy that somebody else built.
  void plugin() {
    std::string file = pluginFile();
    if (!fs::exists(file)) {
      checkup_.bad("plugin", "'" + file + "' is missing", "build the target coroguard-tidy, or install the package again");
      return;
    }
    auto tidy = llvm::sys::findProgramByName("clang-tidy-" CLANG_VERSION_MAJOR_STRING);
    if (!tidy)
      tidy = llvm::sys::findProgramByName("clang-tidy");
    if (!tidy) {
      checkup_.unsure("clang-tidy", "not installed; only the plugin needs it", "apt-get install clang-tidy-" CLANG_VERSION_MAJOR_STRING);
      return;
    }
    unsigned major = majorOf(checkup_.run(*tidy, {*tidy, "--version"}).output);
    if (major != CLANG_VERSION_MAJOR) {
      checkup_.bad("clang-tidy", llvm::formatv("'{0}' is of LLVM {1}, the plugin is for {2}", *tidy, major, CLANG_VERSION_MAJOR),
          "apt-get install clang-tidy-" CLANG_VERSION_MAJOR_STRING);
      return;
    }
    std::string load = "--load=" + file;
    Checkup::Finished done = checkup_.run(*tidy, {*tidy, load, "--checks=-*,async-*", canary_, "--", "-std=c++20"});
    if (llvm::StringRef(done.output).contains(canaryRule))
      checkup_.good("plugin", "finds the known mistake in " + *tidy);
    else
      checkup_.bad("plugin", "'" + *tidy + " " + load + "' does not find the known mistake", firstLine(done.output));
  }

  /// Other clang-tidy programs on the path load the plugin without a word and find nothing.
  void otherClangTidy() {
    auto tidy = llvm::sys::findProgramByName("clang-tidy");
    if (!tidy)
      return;
    unsigned major = majorOf(checkup_.run(*tidy, {*tidy, "--version"}).output);
    if (major && major != CLANG_VERSION_MAJOR)
      checkup_.unsure("clang-tidy", llvm::formatv("'{0}' is of LLVM {1}; the plugin stops it", *tidy, major),
             "use clang-tidy-" CLANG_VERSION_MAJOR_STRING " with the plugin");
  }

private:
  /// Beside this program: in a build tree under lib, installed where the distribution keeps libraries.
  std::string pluginFile() const {
    std::string found;
    for (llvm::StringRef folder : {"../lib", "../" COROGUARD_LIBDIR}) {
      llvm::SmallString<256> file(path::parent_path(checkup_.self()));
      path::append(file, folder, "libcoroguard-tidy.so");
      path::remove_dots(file, /*remove_dot_dot=*/true);
      if (found.empty() || fs::exists(file))
        found = file.str().str();
    }
    return found;
  }

  static std::string firstLine(llvm::StringRef text) { return text.trim().split('\n').first.str(); }

  static unsigned majorOf(llvm::StringRef text) {
    unsigned major = 0;
    llvm::StringRef number = text.split("version ").second;
    number.consumeInteger(10, major);
    return major;
  }

  Checkup &checkup_;
  std::string canary_;
};

} // namespace

int runDoctorCommand(const DoctorArguments &arguments, const char *program, const std::string &color) {
  if (!arguments.path.empty() && !llvm::sys::fs::exists(arguments.path)) {
    sayError("there is no file or folder '" + arguments.path + "'; type: coroguard doctor FOLDER", color);
    return exitFailure;
  }
  Checkup checkup(llvm::sys::fs::getMainExecutable(program, reinterpret_cast<void *>(&runDoctorCommand)),
                  report::Palette(styleFor(color, STDOUT_FILENO)));
  Installation installation(checkup);
  installation.versions();
  installation.ownCanary();
  installation.plugin();
  installation.otherClangTidy();
  examineProject(arguments, checkup);
  return checkup.healthy() ? exitClean : exitFailure;
}

} // namespace coroguard::cli
