// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the Coroutines TS in directives and tokens.
#include "rules/legacy-coroutine/Check.h"

#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard::rules {

namespace message = legacy_coroutine::message;

LegacyCoroutineCheck::LegacyCoroutineCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, legacy_coroutine::info()) {}

/// Collects the user's files and what conditional compilation left out of them; scans them at the end of the unit.
class LegacyCoroutineCheck::Directives : public PPCallbacks {
public:
  Directives(LegacyCoroutineCheck &check, const SourceManager &sources, const Preprocessor &preprocessor)
      : check_(check), sources_(sources), preprocessor_(preprocessor) {}

  void FileChanged(SourceLocation location, FileChangeReason reason, SrcMgr::CharacteristicKind kind, FileID) override {
    if (reason == EnterFile && kind == SrcMgr::C_User && location.isValid())
      files_.insert(sources_.getFileID(location));
  }
  void SourceRangeSkipped(SourceRange range, SourceLocation) override { skipped_.push_back(range); }
  void InclusionDirective(SourceLocation hash, const Token &, StringRef file, bool, CharSourceRange spelled,
                          OptionalFileEntryRef, StringRef, StringRef, const Module *, bool,
                          SrcMgr::CharacteristicKind) override {
    if (file == "experimental/coroutine" && !sources_.isInSystemHeader(hash))
      check_.reportHeader(spelled, file);
  }
  void EndOfMainFile() override {
    const IdentifierInfo *macro = preprocessor_.getIdentifierInfo("__cpp_coroutines");
    if (preprocessor_.getMacroInfo(macro)) // what -fcoroutines-ts defined
      check_.reportFlag(sources_.getLocForStartOfFile(sources_.getMainFileID()));
    for (FileID file : files_)
      check_.scanTokens(file, skipped_);
  }

private:
  LegacyCoroutineCheck &check_;
  const SourceManager &sources_;
  const Preprocessor &preprocessor_;
  llvm::SetVector<FileID, std::vector<FileID>, std::set<FileID>> files_;
  std::vector<SourceRange> skipped_;
};

bool LegacyCoroutineCheck::mayFire(const UnitWords &words, bool async) const { return async || words.has("experimental"); }

void LegacyCoroutineCheck::registerPPCallbacks(const SourceManager &sources, Preprocessor *preprocessor, Preprocessor *) {
  useSources(sources, preprocessor->getLangOpts());
  files_ = &sources;
  options_ = &preprocessor->getLangOpts();
  preprocessor->addPPCallbacks(std::make_unique<Directives>(*this, sources, *preprocessor));
}

void LegacyCoroutineCheck::reportHeader(CharSourceRange spelled, StringRef header) {
  report(nullptr, SourceRange(spelled.getBegin()), message::header(header))
      .fix(catalog::FixKind::Safe, "include <coroutine>", {FixItHint::CreateReplacement(spelled, "<coroutine>")});
}

void LegacyCoroutineCheck::reportFlag(SourceLocation location) {
  report(nullptr, SourceRange(location), message::flag()).cure(message::flagCure());
}

namespace {

bool isTsName(StringRef name) {
  return llvm::StringSwitch<bool>(name)
      .Cases({"coroutine_handle", "coroutine_traits", "suspend_always", "suspend_never", "noop_coroutine"}, true)
      .Cases({"noop_coroutine_handle", "noop_coroutine_promise", "generator"}, true)
      .Default(false);
}

} // namespace

void LegacyCoroutineCheck::scanTokens(FileID file, llvm::ArrayRef<SourceRange> skipped) {
  const std::optional<llvm::MemoryBufferRef> buffer = files_->getBufferOrNone(file);
  if (!buffer || (!buffer->getBuffer().contains("experimental") && !buffer->getBuffer().contains("co_await")))
    return;
  Lexer lexer(file, *buffer, *files_, *options_);
  auto text = [&](const Token &token) { return token.is(tok::raw_identifier) ? token.getRawIdentifier() : StringRef(); };
  auto isSkipped = [&](SourceLocation at) {
    return llvm::any_of(skipped, [&](SourceRange range) { return range.getBegin() <= at && at <= range.getEnd(); });
  };
  // A window over the last tokens: `std :: experimental :: name` and `for co_await`.
  llvm::SmallVector<Token, 5> window;
  llvm::SmallVector<StringRef, 2> aliases; // `namespace stdx = std::experimental;`
  Token token;
  for (bool last = false; !last;) {
    last = lexer.LexFromRawLexer(token);
    if (token.is(tok::eof))
      break;
    window.push_back(token);
    if (window.size() > 5)
      window.erase(window.begin());
    const size_t n = window.size();
    const bool loop = n >= 2 && text(window[n - 1]) == "co_await" && text(window[n - 2]) == "for";
    const bool name = n == 5 && text(window[0]) == "std" && window[1].is(tok::coloncolon) && text(window[2]) == "experimental" &&
                      window[3].is(tok::coloncolon) && isTsName(text(window[4]));
    if (n == 5 && window[1].is(tok::equal) && text(window[2]) == "std" && window[3].is(tok::coloncolon) &&
        text(window[4]) == "experimental" && !isSkipped(token.getLocation()))
      aliases.push_back(text(window[0]));
    const bool aliased = n >= 3 && window[n - 2].is(tok::coloncolon) && isTsName(text(token)) && llvm::is_contained(aliases, text(window[n - 3]));
    if ((!loop && !name && !aliased) || isSkipped(token.getLocation())) // a unit has thousands of skipped ranges: ask late
      continue;
    if (loop)
      report(nullptr, SourceRange(window[n - 2].getLocation(), token.getLocation()), message::loop()).cure(message::loopCure());
    else if (aliased || text(token) == "generator") // the standard's is in another header, and in few libraries
      report(nullptr, SourceRange(window[n - 3].getLocation(), token.getLocation()), message::name(text(token)));
    else
      report(nullptr, SourceRange(window[0].getLocation(), token.getLocation()), message::name(text(token)))
          .fix(catalog::FixKind::Safe, "use the standard name",
               {FixItHint::CreateRemoval(CharSourceRange::getCharRange(window[2].getLocation(), token.getLocation()))});
  }
}

} // namespace coroguard::rules
