// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gathers the words of a unit and asks its rules.
#include "checker/driver/Prefilter.h"

#include "checker/driver/MakeRules.h"

#include "clang/Basic/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"

namespace coroguard::driver {

/// The rules of one configuration, made to be asked and not to analyse.
struct Prefilter::Rules {
  explicit Rules(const FileConfiguration &configuration)
      : diagnostics(clang::DiagnosticIDs::create(), options, new clang::IgnoringDiagConsumer),
        context(std::make_unique<clang::tidy::DefaultOptionsProvider>(clang::tidy::ClangTidyGlobalOptions(),
                                                                      configuration.options)) {
    context.setDiagnosticsEngine(std::make_unique<clang::DiagnosticOptions>(), &diagnostics);
    context.setCurrentFile("options.cpp");
    rules = makeRules(&context, [&](const catalog::RuleInfo &rule) { return configuration.rules.contains(rule.id); });
  }

  clang::DiagnosticOptions options;
  clang::DiagnosticsEngine diagnostics;
  clang::tidy::ClangTidyContext context;
  std::vector<std::unique_ptr<RuleCheck>> rules;
};

class Prefilter::Words : public UnitWords {
public:
  explicit Words(const Prefilter &filter) : filter_(filter) {}

  bool has(llvm::StringRef word) const override {
    if (llvm::none_of(word, llvm::isUpper)) return holds(filter_.files_.wordNumber(word));
    return holds(filter_.files_.wordNumber(word.lower()));
  }
  bool hasLike(llvm::function_ref<bool(llvm::StringRef)> wanted) const override {
    for (unsigned number = 0; number < filter_.seenWords_.size(); ++number)
      if (holds(number) && wanted(filter_.files_.word(number))) return true;
    return false;
  }

private:
  bool holds(unsigned number) const {
    return number < filter_.seenWords_.size() && filter_.seenWords_[number] == filter_.unit_;
  }

  const Prefilter &filter_;
};

Prefilter::Prefilter(SourceFiles &files) : files_(files) {}
Prefilter::~Prefilter() = default;

const Prefilter::Rules &Prefilter::rulesOf(const FileConfiguration &configuration) {
  std::unique_ptr<Rules> &rules = rules_[&configuration];
  if (!rules) rules = std::make_unique<Rules>(configuration);
  return *rules;
}

bool Prefilter::mayMatter(const UnitSource &unit) {
  const SearchPath &search = *unit.search;
  if (search.opaque || !search.forced.empty()) return true;
  ++unit_;
  const SourceFiles::File main = files_.file(unit.file);
  if (!files_.text(main).balanced) return true;
  std::vector<SourceFiles::File> read;
  const bool plain = files_.walk({main}, search, [&](SourceFiles::File file, bool standard) {
    if (standard) return true;
    const SourceText &text = files_.text(file);
    read.push_back(file);
    return !text.async && !text.computed && !files_.includes(file, search).missing;
  });
  if (!plain) return true;
  auto meet = [&](unsigned word) {
    if (word >= seenWords_.size()) seenWords_.resize(word + 1);
    seenWords_[word] = unit_;
  };

  std::vector<unsigned> given; // by macros of the command line
  for (size_t i = 0; i < unit.arguments.size(); ++i) {
    llvm::StringRef argument = unit.arguments[i];
    const bool value = i > 0 && (unit.arguments[i - 1] == "-D" || unit.arguments[i - 1] == "-Xclang");
    if (argument.consume_front("-D") || value) files_.addWords(argument, given);
  }
  for (unsigned word : given)
    meet(word);
  for (SourceFiles::File file : read)
    for (unsigned word : files_.text(file).words)
      meet(word);

  const Words words(*this);
  const bool async = mayBeAsync(words, *unit.configuration->models);
  return llvm::any_of(rulesOf(*unit.configuration).rules,
                      [&](const std::unique_ptr<RuleCheck> &rule) { return rule->mayFire(words, async); });
}

} // namespace coroguard::driver
