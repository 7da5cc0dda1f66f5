// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a command to its search path.
#include "checker/driver/SearchPath.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// libstdc++ lives in c++/12 and in a folder of that name for the target, libc++ in c++/v1.
static bool isStandardLibrary(llvm::StringRef folder) {
  const bool named = std::find(path::begin(folder), path::end(folder), "c++") != path::end(folder);
  return named &&
         (fs::exists(folder + "/vector") || fs::exists(folder + "/bits/c++config.h") || folder.ends_with("/backward"));
}

static std::string against(llvm::StringRef directory, llvm::StringRef name) {
  llvm::SmallString<256> full(name);
  if (path::is_relative(name)) {
    full = directory;
    path::append(full, name);
  }
  path::remove_dots(full, /*remove_dot_dot=*/false); // what `..` means depends on links
  return full.str().str();
}

static std::unique_ptr<SearchPath> askDriver(llvm::StringRef directory, llvm::ArrayRef<std::string> arguments) {
  auto search = std::make_unique<SearchPath>();
  std::vector<const char *> raw;
  for (const std::string &argument : arguments)
    raw.push_back(argument.c_str());
  clang::IgnoringDiagConsumer ignored;
  clang::DiagnosticOptions plain;
  clang::CreateInvocationOptions create;
  create.Diags = clang::CompilerInstance::createDiagnostics(*llvm::vfs::getRealFileSystem(), plain, &ignored,
                                                            /*ShouldOwnClient=*/false);
  std::shared_ptr<clang::CompilerInvocation> invocation = clang::createInvocation(raw, create);
  if (!invocation) {
    search->opaque = true;
    return search;
  }
  const clang::HeaderSearchOptions &headers = invocation->getHeaderSearchOpts();
  const clang::PreprocessorOptions &preprocessor = invocation->getPreprocessorOpts();
  search->opaque = headers.ImplicitModuleMaps || !invocation->getFrontendOpts().ModuleMapFiles.empty() ||
                   !headers.VFSOverlayFiles.empty() || !preprocessor.ImplicitPCHInclude.empty() ||
                   !preprocessor.ChainedIncludes.empty();
  const std::string own = (llvm::Twine(headers.ResourceDir) + "/include").str();
  for (const clang::HeaderSearchOptions::Entry &entry : headers.UserEntries) {
    search->opaque |= entry.IsFramework || (!entry.IgnoreSysRoot && llvm::StringRef(entry.Path).starts_with("="));
    const bool system = entry.Group != clang::frontend::Quoted && entry.Group != clang::frontend::Angled;
    SearchPath::Folder folder{against(directory, entry.Path), system, false};
    folder.standard = system && (entry.Path == own || isStandardLibrary(folder.path));
    llvm::SmallString<256> real;
    if (!fs::real_path(folder.path, real)) folder.path = real.str().str();
    search->folders.push_back(std::move(folder));
  }
  llvm::append_range(search->forced, preprocessor.Includes);
  llvm::append_range(search->forced, preprocessor.MacroIncludes);
  return search;
}

const SearchPath &SearchPaths::of(llvm::StringRef directory, llvm::ArrayRef<std::string> arguments) {
  std::vector<std::string> key{directory.str()}; // all but the macros and the file, which comes last
  for (size_t i = 0; i + 1 < arguments.size(); ++i) {
    llvm::StringRef argument = arguments[i];
    if (!argument.starts_with("-D") && !argument.starts_with("-U"))
      key.push_back(argument.str());
    else if (argument.size() == 2)
      ++i;
  }
  std::unique_ptr<SearchPath> &known = known_[key];
  if (!known) known = askDriver(directory, arguments);
  return *known;
}

} // namespace coroguard::driver
