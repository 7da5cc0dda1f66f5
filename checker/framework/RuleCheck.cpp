// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs rules over units and carries their findings to the host.
#include "checker/framework/RuleCheck.h"

#include "rules/catalog/ModelFile.h"

#include "clang-tidy/GlobList.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/ASTMatchers/ASTMatchers.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>
#include <mutex>

using namespace clang;

namespace coroguard {

/// The rules that look at one unit together, so that it is laid out once. Joined while matchers are registered; lives
/// as long as one of its rules.
struct RuleSession {
  const ast_matchers::MatchFinder *finder = nullptr;
  std::vector<RuleCheck *> rules;
  const ASTContext *analysed = nullptr;
};

struct FindingBuilder::State {
  RuleCheck *check;
  const Body *body;
  SourceRange range;
  Finding finding;
  std::vector<std::pair<SourceLocation, std::string>> steps;
  struct Edit {
    catalog::FixKind kind;
    std::string description;
    std::vector<FixItHint> hints;
  };
  std::vector<Edit> fixes;
};

FindingBuilder::FindingBuilder(RuleCheck &check, const Body *body, SourceRange range, std::string message)
    : state_(std::make_unique<State>()) {
  state_->check = &check;
  state_->body = body;
  state_->range = range;
  state_->finding.rule = &check.info();
  state_->finding.severity = check.info().severity;
  state_->finding.precision = check.info().precision;
  state_->finding.cure = check.info().help.str();
  state_->finding.message = std::move(message);
}
FindingBuilder::FindingBuilder(FindingBuilder &&other) noexcept = default;
FindingBuilder::~FindingBuilder() {
  if (state_)
    state_->check->deliver(*state_);
}

FindingBuilder &FindingBuilder::step(SourceLocation location, std::string message) {
  if (location.isValid())
    state_->steps.emplace_back(location, std::move(message));
  return *this;
}
FindingBuilder &FindingBuilder::cure(std::string imperative) {
  if (!imperative.empty())
    state_->finding.cure = std::move(imperative);
  return *this;
}
FindingBuilder &FindingBuilder::severity(catalog::Severity severity) {
  state_->finding.severity = severity;
  return *this;
}
FindingBuilder &FindingBuilder::precision(catalog::Precision precision) {
  state_->finding.precision = precision;
  return *this;
}
FindingBuilder &FindingBuilder::fix(catalog::FixKind kind, std::string description, std::vector<FixItHint> hints) {
  const bool writable = !hints.empty() && llvm::all_of(hints, [](const FixItHint &hint) {
    return hint.RemoveRange.getBegin().isFileID() && hint.RemoveRange.getEnd().isFileID() && !hint.isNull();
  });
  if (writable)
    state_->fixes.push_back({kind, std::move(description), std::move(hints)});
  return *this;
}

namespace {

/// Models by the text of the option, so that thirty rules (and the units of one run) share one index.
std::shared_ptr<const catalog::ModelIndex> modelsFor(const std::string &option, std::string *error) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const catalog::ModelIndex>> known;
  std::lock_guard lock(mutex);
  auto &index = known[option];
  if (index)
    return index;
  llvm::SmallVector<llvm::StringRef, 4> parts;
  llvm::StringRef(option).split(parts, ';', -1, /*KeepEmpty=*/false);
  std::vector<std::string> paths;
  for (llvm::StringRef part : parts)
    paths.push_back(part.trim().str());
  auto user = catalog::readUserModels(paths, catalog::builtinModels());
  if (!user) {
    std::string problems = llvm::toString(user.takeError());
    if (error)
      *error = problems;
    return nullptr;
  }
  index = std::make_shared<catalog::ModelIndex>(catalog::builtinModels(), std::move(*user));
  return index;
}

/// `async-*` may have switched a strict rule on; only its own name does so on purpose.
bool namedExplicitly(llvm::StringRef name, const tidy::ClangTidyContext &context) {
  llvm::SmallVector<llvm::StringRef, 16> globs;
  const tidy::ClangTidyOptions &options = context.getOptions();
  llvm::StringRef(options.Checks ? *options.Checks : "").split(globs, ',');
  return llvm::any_of(globs, [&](llvm::StringRef glob) { return glob.trim() == name; });
}

thread_local std::weak_ptr<RuleSession> currentSession;

} // namespace

RuleCheck::RuleCheck(llvm::StringRef name, tidy::ClangTidyContext *context, const catalog::RuleInfo &info)
    : ClangTidyCheck(name, context), info_(info), userModels_(Options.getLocalOrGlobal("Models", "").str()) {
  strict_ = Options.getLocalOrGlobal("Profile", "default") == "strict";
  active_ = strict_ || info.profile == catalog::Profile::Default || namedExplicitly(name, *context);
  const llvm::StringRef profile = Options.getLocalOrGlobal("Profile", "default");
  if (profile != "default" && profile != "strict")
    configurationDiag("invalid value '%0' for option Profile; it is 'default' or 'strict'") << profile;
}

RuleCheck::~RuleCheck() {
  if (session_)
    llvm::erase(session_->rules, this);
}

std::shared_ptr<const catalog::ModelIndex> RuleCheck::models(std::string *error) const {
  return modelsFor(userModels_, error);
}

void RuleCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  Options.store(options, "Models", userModels_);
  Options.store(options, "Profile", strict_ ? "strict" : "default");
}

void RuleCheck::registerMatchers(ast_matchers::MatchFinder *finder) {
  using namespace ast_matchers;
  session_ = currentSession.lock();
  if (!session_ || session_->finder != finder) {
    session_ = std::make_shared<RuleSession>();
    session_->finder = finder;
    currentSession = session_;
    // clangd restricts traversal to the main file's declarations: the unit itself is then never matched.
    finder->addMatcher(decl(anyOf(translationUnitDecl(), hasDeclContext(translationUnitDecl()))).bind("first"), this);
  }
  session_->rules.push_back(this);
}

void RuleCheck::check(const ast_matchers::MatchFinder::MatchResult &result) {
  if (session_->analysed == result.Context)
    return;
  session_->analysed = result.Context;
  std::string error;
  std::shared_ptr<const catalog::ModelIndex> index = models(&error);
  if (!index) {
    configurationDiag("%0") << error;
    index = modelsFor("", nullptr);
  }
  Unit unit(*result.Context, std::move(index));
  SpokenPlaces spoken;
  for (RuleCheck *rule : inSpeakingOrder(session_->rules))
    rule->analyse(unit, spoken);
}

void RuleCheck::analyse(Unit &unit, SpokenPlaces &spoken) {
  if (!active_)
    return;
  useSources(unit.ast().getSourceManager(), unit.ast().getLangOpts());
  for (const std::string &problem : optionProblems())
    configurationDiag("%0") << problem;
  spoken_ = &spoken;
  checkUnit(unit);
  spoken_ = nullptr;
}

void RuleCheck::useSources(const SourceManager &sources, const LangOptions &language) {
  if (sources_ != &sources)
    reported_.clear();
  sources_ = &sources;
  language_ = &language;
}

FindingBuilder RuleCheck::report(const Body *body, SourceRange range, std::string message) {
  return FindingBuilder(*this, body, range, std::move(message));
}

namespace {

struct PlaceReader {
  const SourceManager &sources;
  const LangOptions &language;

  Place of(SourceRange range) const {
    Place place;
    const SourceLocation begin = sources.getFileLoc(range.getBegin());
    SourceLocation last = sources.getFileLoc(range.getEnd());
    if (last.isInvalid() || sources.getFileID(last) != sources.getFileID(begin) || last < begin)
      last = begin;
    const SourceLocation end = Lexer::getLocForEndOfToken(last, 0, sources, language);
    place.file = sources.getFilename(begin).str();
    place.line = sources.getSpellingLineNumber(begin);
    place.column = sources.getSpellingColumnNumber(begin);
    place.endLine = end.isValid() ? sources.getSpellingLineNumber(end) : place.line;
    place.endColumn = end.isValid() ? sources.getSpellingColumnNumber(end) : place.column + 1;
    return place;
  }

  TextEdit of(const FixItHint &hint) const {
    const CharSourceRange range = Lexer::getAsCharRange(hint.RemoveRange, sources, language);
    const auto [file, begin] = sources.getDecomposedLoc(range.getBegin());
    return {sources.getFilename(range.getBegin()).str(), begin, sources.getFileOffset(range.getEnd()) - begin,
            hint.CodeToInsert};
  }
};

} // namespace

/// Does a rule that says more of the same speak at this place, or at one that the proof names?
bool RuleCheck::yields(const FindingBuilder::State &state) const {
  auto silenced = [&](SourceLocation at) { return spoken_->silences(info_, sources_->getFileLoc(at)); };
  return spoken_ && (silenced(state.range.getBegin()) ||
                     llvm::any_of(state.steps, [&](const auto &step) { return silenced(step.first); }));
}

void RuleCheck::deliver(FindingBuilder::State &state) {
  if (!sources_ || state.range.isInvalid())
    return;
  const SourceLocation location = sources_->getFileLoc(state.range.getBegin());
  if (sources_->isInSystemHeader(location) || yields(state))
    return;
  const auto [file, offset] = sources_->getDecomposedLoc(location);
  if (!reported_.insert({file.getHashValue(), offset}).second)
    return;
  if (spoken_)
    spoken_->add(info_, location);
  if (!sink_) {
    deliverToTidy(state);
    return;
  }
  const PlaceReader read{*sources_, *language_};
  Finding &finding = state.finding;
  finding.place = read.of(state.range);
  finding.symbol = state.body ? qualifiedName(*state.body) : std::string();
  for (auto &[where, message] : state.steps)
    finding.evidence.push_back({read.of(where), std::move(message)});
  for (FindingBuilder::State::Edit &edit : state.fixes) {
    Fix fix{std::move(edit.description), edit.kind, {}};
    for (const FixItHint &hint : edit.hints)
      fix.edits.push_back(read.of(hint));
    finding.fixes.push_back(std::move(fix));
  }
  sink_->add(std::move(finding));
}

void RuleCheck::deliverToTidy(const FindingBuilder::State &state) {
  const Finding &finding = state.finding;
  const std::string text = finding.cure.empty() ? finding.message : finding.message + "; " + finding.cure;
  {
    DiagnosticBuilder builder = diag(sources_->getFileLoc(state.range.getBegin()), "%0");
    builder << text;
    if (state.range.getEnd().isFileID() && state.range.getBegin().isFileID())
      builder << state.range;
    for (const FindingBuilder::State::Edit &edit : state.fixes)
      if (edit.kind == catalog::FixKind::Safe)
        for (const FixItHint &hint : edit.hints)
          builder << hint;
  }
  for (const auto &[where, message] : state.steps)
    diag(sources_->getFileLoc(where), "%0", DiagnosticIDs::Note) << message;
  for (const FindingBuilder::State::Edit &edit : state.fixes) {
    if (edit.kind == catalog::FixKind::Safe)
      continue;
    DiagnosticBuilder note = diag(sources_->getFileLoc(state.range.getBegin()), "%0", DiagnosticIDs::Note);
    note << edit.description;
    for (const FixItHint &hint : edit.hints)
      note << hint;
  }
}

} // namespace coroguard
