// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The base of every rule: a clang-tidy check that looks at a whole parsed unit once and reports findings, either
// through clang-tidy's diagnostics (plugin, clang-tidy, clangd) or, structured, to a FindingSink (coroguard check).
#pragma once

#include "checker/framework/Finding.h"
#include "checker/framework/SpokenPlaces.h"
#include "checker/framework/UnitWords.h"
#include "checker/semantics/Unit.h"

#include "clang-tidy/ClangTidyCheck.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace coroguard {

class RuleCheck;
struct RuleSession;

/// A finding under construction; delivered when the builder goes out of scope (at the end of the statement that calls
/// RuleCheck::report). Locations inside macros are mapped to where the user wrote them.
class FindingBuilder {
public:
  FindingBuilder(RuleCheck &check, const Body *body, clang::SourceRange range, std::string message);
  FindingBuilder(FindingBuilder &&other) noexcept;
  ~FindingBuilder();

  /// An ordered step of the proof. Steps without a place in the user's files are left out.
  FindingBuilder &step(clang::SourceLocation location, std::string message);
  FindingBuilder &cure(std::string imperative);
  FindingBuilder &severity(catalog::Severity severity);
  FindingBuilder &precision(catalog::Precision precision);
  /// Dropped silently when an edit touches text that a macro made: a fix that may not apply is no fix.
  FindingBuilder &fix(catalog::FixKind kind, std::string description, std::vector<clang::FixItHint> hints);

private:
  friend class RuleCheck;
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

  /// Findings go to `sink` (not owned, outlives the check) instead of clang-tidy's diagnostics. A host that sets a sink
  /// calls analyse() itself and registers no matchers.
  void setSink(FindingSink *sink) { sink_ = sink; }

  /// checkUnit(), unless the rule is to stay silent here. What hosts call, in the order of inSpeakingOrder(); `spoken` is
  /// shared by the rules of one unit.
  void analyse(Unit &unit, SpokenPlaces &spoken);

  /// The models the unit is judged by: the built-in ones and those of the option `Models` (files, `;` between them).
  /// Null, with the problems in `error`, if a file cannot be used.
  std::shared_ptr<const catalog::ModelIndex> models(std::string *error = nullptr) const;

  /// Could checkUnit() find anything in a unit of these words? No means never, in whatever way it is parsed. `async` is
  /// mayBeAsync() of the unit: enough for rules that speak about async code only.
  virtual bool mayFire(const UnitWords &, bool async) const { return async; }

  /// `Profile: strict` (of the rule or global): findings meant for strict are shown.
  bool strict() const { return strict_; }
  /// Problems with the values of options, for hosts that want to stop on them.
  virtual std::vector<std::string> optionProblems() const { return {}; }

  void registerMatchers(clang::ast_matchers::MatchFinder *finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &result) override;
  bool isLanguageVersionSupported(const clang::LangOptions &options) const override { return options.CPlusPlus; }
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;

protected:
  /// One finding per rule and place: later ones at the same place (other instantiations) are dropped. `body` (may be
  /// null) is the function the finding is in.
  FindingBuilder report(const Body *body, clang::SourceRange range, std::string message);

  /// Rules that look at the preprocessor call this in registerPPCallbacks: no unit exists yet.
  void useSources(const clang::SourceManager &sources, const clang::LangOptions &language);

private:
  friend class FindingBuilder;
  void deliver(FindingBuilder::State &state);
  bool yields(const FindingBuilder::State &state) const;
  void deliverToTidy(const FindingBuilder::State &state);

  const catalog::RuleInfo &info_;
  FindingSink *sink_ = nullptr;
  std::shared_ptr<RuleSession> session_;
  SpokenPlaces *spoken_ = nullptr;
  const clang::SourceManager *sources_ = nullptr;
  const clang::LangOptions *language_ = nullptr;
  std::string userModels_;
  bool strict_ = false;
  bool active_ = true;
  std::set<std::pair<unsigned, unsigned>> reported_;
};

} // namespace coroguard
