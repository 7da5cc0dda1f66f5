// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a build command to Clang's arguments.
#include "checker/driver/UnitArguments.h"

#include "clang/Basic/Version.h"
#include "clang/Options/Options.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

#include <dlfcn.h>

namespace coroguard::driver {

namespace options = clang::options;
namespace path = llvm::sys::path;

/// Programs that build systems put before the compiler.
static bool isLauncher(llvm::StringRef program) {
  return llvm::StringSwitch<bool>(path::stem(program))
      .Cases({"ccache", "sccache", "distcc", "icecc", "buildcache", "gomacc", "rewrapper"}, true)
      .Default(false);
}

/// What neither changes the meaning of the source nor works without the build's own outputs.
static bool isAboutOutput(const llvm::opt::Option &option) {
  static const options::ID outputs[] = {
      options::OPT_M_Group,        options::OPT_o,
      options::OPT_c,              options::OPT_S,
      options::OPT_E,              options::OPT_emit_llvm,
      options::OPT_save_temps,     options::OPT_save_temps_EQ,
      options::OPT__serialize_diags, options::OPT_fplugin_EQ,
      options::OPT_fpass_plugin_EQ, options::OPT_fprofile_use_EQ,
      options::OPT_fprofile_instr_use_EQ, options::OPT_fprofile_sample_use_EQ,
      options::OPT_time,           options::OPT_ftime_trace,
      options::OPT_ftime_trace_EQ, options::OPT_v,
      options::OPT__HASH_HASH_HASH, options::OPT_fsyntax_only};
  return llvm::any_of(outputs, [&](options::ID id) { return option.matches(id); });
}

/// Follows `-Xclang a -Xclang b` pairs that load what other compilers made.
class FrontendPairs {
public:
  bool drop(llvm::StringRef value) {
    if (std::exchange(dropNext_, false))
      return true;
    dropNext_ = value == "-include-pch" || value == "-load" || value == "-add-plugin" || value == "-plugin" ||
                value == "-main-file-name";
    return dropNext_ || value.starts_with("-plugin-arg-") || value.starts_with("-emit-");
  }

private:
  bool dropNext_ = false;
};

/// Expands `@file` against the command's folder.
static std::vector<std::string> expanded(const CompileCommand &command) {
  llvm::BumpPtrAllocator memory;
  llvm::SmallVector<const char *, 64> arguments;
  for (const std::string &argument : command.arguments)
    arguments.push_back(argument.c_str());
  llvm::cl::ExpansionContext expansion(memory, llvm::cl::TokenizeGNUCommandLine);
  if (llvm::Error error = expansion.setCurrentDir(command.directory).expandResponseFiles(arguments))
    llvm::consumeError(std::move(error)); // a file that is missing stays as `@file`
  return {arguments.begin(), arguments.end()};
}

UnitArguments unitArguments(const CompileCommand &command) {
  std::vector<std::string> given = expanded(command);
  if (given.size() > 1 && isLauncher(given[0]) && !llvm::StringRef(given[1]).starts_with("-"))
    given.erase(given.begin());

  std::vector<const char *> raw;
  for (const std::string &argument : llvm::drop_begin(given))
    raw.push_back(argument.c_str());
  unsigned missingIndex = 0, missingCount = 0;
  llvm::opt::InputArgList parsed = clang::getDriverOptTable().ParseArgs(raw, missingIndex, missingCount,
                                                                         llvm::opt::Visibility(options::ClangOption));
  UnitArguments result;
  result.arguments.push_back(given[0]);
  FrontendPairs frontend;
  bool namesLanguage = false;
  for (auto arg = parsed.begin(); arg != parsed.end(); ++arg) {
    const llvm::opt::Option &option = (*arg)->getOption();
    auto next = std::next(arg);
    unsigned begin = (*arg)->getIndex(), end = next != parsed.end() ? (*next)->getIndex() : raw.size();
    llvm::StringRef text = raw[begin];
    if (option.getKind() == llvm::opt::Option::InputClass && text.starts_with("@"))
      result.unread = text.str();
    if (option.getKind() == llvm::opt::Option::InputClass || text == "--" || isAboutOutput(option))
      continue;
    if (option.matches(options::OPT_Xclang) && frontend.drop((*arg)->getValue()))
      continue;
    if (text == "-fcoroutines") { // Clang takes the word and does nothing
      result.coroutines = true;
      continue;
    }
    if (text == "-fcoroutines-ts") { // gone from Clang; its macro tells the rule legacy-coroutine
      result.coroutines = true;
      result.arguments.push_back("-D__cpp_coroutines=201703L");
      continue;
    }
    if (option.getKind() == llvm::opt::Option::UnknownClass) {
      result.dropped.push_back(text.str());
      continue;
    }
    namesLanguage |= option.matches(options::OPT_x);
    result.arguments.insert(result.arguments.end(), raw.begin() + begin, raw.begin() + end);
  }
  clang::tooling::addTargetAndModeForProgramName(result.arguments, given[0]);
  if (!namesLanguage && path::extension(command.file) == ".h") {
    result.arguments.push_back("-x");
    result.arguments.push_back("c++-header");
  }
  for (const char *last : {"-fsyntax-only", "-Qunused-arguments", "--"})
    result.arguments.push_back(last);
  result.arguments.push_back(command.file);
  return result;
}

static std::string existing(llvm::SmallString<256> folder, llvm::StringRef below) {
  path::append(folder, below);
  path::remove_dots(folder, /*remove_dot_dot=*/true);
  llvm::SmallString<256> header(folder);
  path::append(header, "include", "stddef.h");
  return llvm::sys::fs::exists(header) ? folder.str().str() : std::string();
}

std::string resourceDirectory() {
  // Beside the library: lib/libclang-cpp.so.22.1 and lib/clang/22. Distributions link to it from elsewhere.
  Dl_info info;
  llvm::SmallString<256> library;
  if (dladdr(reinterpret_cast<void *>(&clang::getClangFullRepositoryVersion), &info) &&
      !llvm::sys::fs::real_path(info.dli_fname, library)) {
    llvm::SmallString<256> folder(path::parent_path(library));
    if (std::string found = existing(folder, "clang/" CLANG_VERSION_MAJOR_STRING); !found.empty())
      return found;
    if (std::string found = existing(folder, "../lib/clang/" CLANG_VERSION_MAJOR_STRING); !found.empty())
      return found;
  }
  return existing(llvm::SmallString<256>("/usr/lib"), "llvm-" CLANG_VERSION_MAJOR_STRING "/lib/clang/" CLANG_VERSION_MAJOR_STRING);
}

} // namespace coroguard::driver
