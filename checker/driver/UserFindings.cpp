// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Filters of findings.
#include "checker/driver/UserFindings.h"

#include "checker/driver/Database.h"
#include "checker/report/FindingJson.h"

#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Tooling/Core/Diagnostic.h"

namespace coroguard::driver {

UserFindings::UserFindings(clang::CompilerInstance &compiler, const clang::tidy::ClangTidyOptions &options, bool keepLinks,
                           LineWriter &lines)
    : compiler_(compiler), keepLinks_(keepLinks), lines_(lines) {
  if (options.HeaderFilterRegex && !options.HeaderFilterRegex->empty())
    headers_.emplace(*options.HeaderFilterRegex);
  if (options.ExcludeHeaderFilterRegex && !options.ExcludeHeaderFilterRegex->empty())
    excludedHeaders_.emplace(*options.ExcludeHeaderFilterRegex);
}

clang::SourceLocation UserFindings::locate(const Place &place) const {
  auto file = compiler_.getFileManager().getOptionalFileRef(place.file);
  return file ? compiler_.getSourceManager().translateFileLineCol(&file->getFileEntry(), place.line, place.column)
              : clang::SourceLocation();
}

bool UserFindings::wantsFile(clang::SourceLocation location, llvm::StringRef file) const {
  const clang::SourceManager &sources = compiler_.getSourceManager();
  if (location.isValid() && sources.isInSystemHeader(location))
    return false;
  if (location.isValid() && sources.isInMainFile(location))
    return true;
  return (!headers_ || headers_->match(file)) && !(excludedHeaders_ && excludedHeaders_->match(file));
}

void UserFindings::writeNoLintErrors(llvm::ArrayRef<clang::tooling::Diagnostic> errors) {
  const clang::SourceManager &sources = compiler_.getSourceManager();
  for (const clang::tooling::Diagnostic &error : errors) {
    report::Problem problem;
    problem.kind = report::Problem::Kind::Configuration;
    problem.message = error.Message.Message;
    problem.place.file = realName(error.Message.FilePath);
    if (auto file = compiler_.getFileManager().getOptionalFileRef(error.Message.FilePath)) {
      clang::FileID id = sources.translateFile(*file);
      problem.place.line = sources.getLineNumber(id, error.Message.FileOffset);
      problem.place.column = sources.getColumnNumber(id, error.Message.FileOffset);
    }
    lines_.write("problem", report::toJson(problem));
  }
}

bool UserFindings::suppressed(clang::SourceLocation location, const Finding &finding) {
  if (location.isInvalid())
    return false;
  clang::DiagnosticStorage noArguments;
  clang::Diagnostic diagnostic(&compiler_.getDiagnostics(), location, 0, noArguments, finding.message);
  llvm::SmallVector<clang::tooling::Diagnostic, 1> errors;
  bool result = nolint_.shouldSuppress(clang::DiagnosticsEngine::Warning, diagnostic, finding.rule->id, errors,
                                       /*AllowIO=*/true, /*EnableNoLintBlocks=*/true);
  writeNoLintErrors(errors);
  return result;
}

std::string UserFindings::realName(llvm::StringRef file) {
  std::string &name = realNames_[file];
  if (name.empty()) {
    name = keepLinks_ ? absolutePath(file) : realPath(file);
  }
  return name;
}

void UserFindings::add(Finding finding) {
  clang::SourceLocation location = locate(finding.place);
  if (ignored_.isValid() && location.isValid() && compiler_.getSourceManager().getFileID(location) == ignored_)
    return;
  finding.place.file = realName(finding.place.file);
  if (!wantsFile(location, finding.place.file))
    return;
  if (suppressed(location, finding)) {
    lines_.write("suppressed", llvm::json::Object{{"file", finding.place.file}, {"line", finding.place.line}, {"rule", finding.rule->id}});
    return;
  }
  for (EvidenceStep &step : finding.evidence)
    step.place.file = realName(step.place.file);
  for (Fix &fix : finding.fixes)
    for (TextEdit &edit : fix.edits)
      edit.file = realName(edit.file);
  lines_.write("finding", report::toJson(finding));
}

} // namespace coroguard::driver
