// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The base of every rule: a clang-tidy check that looks at a whole parsed unit once and reports findings, either
// through clang-tidy's diagnostics (plugin, clang-tidy, clangd) or, structured, to a FindingSink (coroguard check).
#pragma once

#include "checker/framework/Finding.h"

#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace coroguard {

class RuleCheck;
class Unit;

/// A finding under construction; it is delivered when the builder goes out of scope. Locations inside macros are
/// mapped to where the user wrote them.
class FindingBuilder {
public:
  FindingBuilder(RuleCheck &check, clang::SourceRange range, std::string message);
  FindingBuilder(FindingBuilder &&other) noexcept;
  ~FindingBuilder();

  /// An ordered step of the proof. Invalid locations are left out.
  FindingBuilder &step(clang::SourceLocation location, std::string message);
  FindingBuilder &cure(std::string imperative);
  FindingBuilder &severity(catalog::Severity severity);
  FindingBuilder &precision(catalog::Precision precision);
  FindingBuilder &in(const clang::FunctionDecl *function);
  /// Dropped silently when an edit touches macro-expanded or unwritable text: a fix that may not apply is no fix.
  FindingBuilder &fix(catalog::FixKind kind, std::string description, std::vector<clang::FixItHint> hints);

private:
  struct State;
  std::unique_ptr<State> state_;
};

class RuleCheck : public clang::tidy::ClangTidyCheck {
public:
  RuleCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context, const catalog::RuleInfo &info);
  ~RuleCheck() override;

  const catalog::RuleInfo &info() const { return info_; }

  /// Analyses one parsed unit. Called once per unit, after parsing, on the parsing thread.
  virtual void checkUnit(Unit &unit) = 0;

  /// Findings go to `sink` (not owned, outlives the check) instead of clang-tidy's diagnostics; the host that sets a
  /// sink calls checkUnit() itself.
  void setSink(FindingSink *sink) { sink_ = sink; }

  /// False where the rule must stay silent in this host: a strict rule that a glob switched on in the default profile.
  bool active() const { return active_; }
  /// `Profile` option (of the rule or global): findings meant for strict are shown.
  bool strict() const { return strict_; }

  void registerMatchers(clang::ast_matchers::MatchFinder *finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &result) override;
  void onEndOfTranslationUnit() override;
  void onStartOfTranslationUnit() override;
  bool isLanguageVersionSupported(const clang::LangOptions &options) const override { return options.CPlusPlus; }
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;

protected:
  /// One finding per rule and place: later ones at the same place (other instantiations) are dropped.
  FindingBuilder report(clang::SourceRange range, std::string message);

  /// Rules that look at the preprocessor (directives, macros) call this before any unit exists.
  void setSourceManager(const clang::SourceManager *sources) { sources_ = sources; }

private:
  friend class FindingBuilder;
  void deliver(Finding finding, clang::SourceLocation location, const std::vector<std::pair<clang::SourceLocation, std::string>> &steps,
               const std::vector<clang::FixItHint> &hints);

  const catalog::RuleInfo &info_;
  FindingSink *sink_ = nullptr;
  const clang::SourceManager *sources_ = nullptr;
  const clang::LangOptions *language_ = nullptr;
  std::shared_ptr<Unit> unit_;
  std::string userModels_;
  bool strict_ = false;
  bool active_ = true;
  std::set<std::string> reported_;
};

} // namespace coroguard
