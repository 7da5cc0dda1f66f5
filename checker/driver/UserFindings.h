// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sink of a unit: lets through the findings the user wants to hear of and writes them down.
#pragma once

#include "checker/driver/LineWriter.h"
#include "checker/framework/Finding.h"

#include "clang-tidy/ClangTidyOptions.h"
#include "clang-tidy/NoLintDirectiveHandler.h"
#include "clang/Basic/SourceLocation.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Regex.h"

#include <optional>

namespace clang {
class CompilerInstance;
}

namespace coroguard::driver {

/// Drops what lies in system headers, what the header filters leave out, and what NOLINT comments suppress (by
/// clang-tidy's own reading of them). Makes file names absolute and real, so that a header has one name in all units; with
/// `keepLinks` only absolute, for build systems that show the sources through links.
class UserFindings : public FindingSink {
public:
  UserFindings(clang::CompilerInstance &compiler, const clang::tidy::ClangTidyOptions &options, bool keepLinks, LineWriter &lines);
  void add(Finding finding) override;
  /// Text that no user wrote: what is found there is dropped.
  void ignore(clang::FileID file) { ignored_ = file; }

  /// Whether findings there are wanted at all; `file` is the real name.
  bool wantsFile(clang::SourceLocation location, llvm::StringRef file) const;
  /// The one name of a file in all units.
  std::string realName(llvm::StringRef file);

private:
  clang::SourceLocation locate(const Place &place) const;
  bool suppressed(clang::SourceLocation location, const Finding &finding);
  void writeNoLintErrors(llvm::ArrayRef<clang::tooling::Diagnostic> errors);

  clang::CompilerInstance &compiler_;
  bool keepLinks_;
  LineWriter &lines_;
  clang::FileID ignored_;
  clang::tidy::NoLintDirectiveHandler nolint_;
  mutable std::optional<llvm::Regex> headers_, excludedHeaders_;
  llvm::StringMap<std::string> realNames_;
};

} // namespace coroguard::driver
