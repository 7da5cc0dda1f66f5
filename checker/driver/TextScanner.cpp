// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One pass over a text.
#include "checker/driver/TextScanner.h"

#include "checker/driver/SourceFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace coroguard::driver {
namespace {

bool isWordStart(char c) {
  return llvm::isAlpha(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}
bool isWordPart(char c) {
  return isWordStart(c) || llvm::isDigit(c);
}

/// What decides how a standard library is, by the manuals of libstdc++, libc++ and glibc (feature_test_macros(7)); and
/// keywords that some redefine to get at private members.
bool decidesAboutLibrary(llvm::StringRef macro) {
  static constexpr llvm::StringLiteral beginnings[] = {
      "_GLIBCXX", "_LIBCPP", "_ISOC", "_POSIX", "_XOPEN", "_LARGEFILE", "_FILE_OFFSET", "_TIME_BITS", "_FORTIFY", "_REENTRANT",
      "_THREAD_SAFE", "__STDC", "__cpp", "__cplusplus", "__GNUC", "__GXX", "__GLIBC", "__EXCEPTIONS", "__USE_", "__NO_"};
  return (macro.starts_with("_") && macro.ends_with("_SOURCE")) ||
         llvm::any_of(beginnings, [&](llvm::StringRef beginning) { return macro.starts_with(beginning); }) ||
         macro == "private" || macro == "protected" || macro == "class" || macro == "struct";
}

class Scanner {
public:
  Scanner(llvm::StringRef text, SourceText &result, llvm::function_ref<void(llvm::StringRef, bool)> word)
      : at_(text.begin()), end_(text.end()), result_(result), word_(word) {}

  void run() {
    while (skipBlanks()) {
      if (lineStart_ && (peek() == '#' || (peek() == '%' && peek(1) == ':'))) {
        directive();
      } else {
        // `import name;` brings names of which no file here holds a word.
        result_.computed |= lineStart_ && (rest().starts_with("import") || rest().starts_with("export"));
        lineStart_ = false;
        onlyIncludes_ = false;
        outside_ |= depth_ == 0;
        bracket();
        token();
      }
    }
    result_.balanced &= open_.empty();
    result_.guarded |= guard_ == Guard::Closed && !outside_;
    for (auto [line, depth] : depths_)
      result_.includes[line].certain = depth == 0 || (depth == 1 && guard_ == Guard::Closed);
  }

private:
  enum class Guard { None, Open, Defined, Closed };

  char peek(size_t ahead = 0) const { return ahead < static_cast<size_t>(end_ - at_) ? at_[ahead] : '\0'; }
  bool isSplice() const { return peek() == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n')); }
  void splice() { at_ += peek(1) == '\n' ? 2 : 3; }

  /// Leaves blanks, ends of lines and comments behind; false at the end of the text.
  bool skipBlanks() {
    for (; at_ < end_;) {
      if (*at_ == '\n')
        lineStart_ = true, ++at_;
      else if (llvm::isSpace(*at_))
        ++at_;
      else if (isSplice())
        splice();
      else if (!comment())
        return true;
    }
    return false;
  }

  bool comment() {
    if (peek() != '/' || (peek(1) != '/' && peek(1) != '*')) return false;
    if (peek(1) == '*') {
      const size_t close = rest().find("*/", 2);
      const llvm::StringRef inside = rest().take_front(close);
      lineStart_ |= inside.contains('\n');
      at_ = close == llvm::StringRef::npos ? end_ : at_ + close + 2;
      return true;
    }
    skipLine();
    return true;
  }

  /// To the end of a logical line, before its line feed.
  void skipLine() {
    while (at_ < end_ && *at_ != '\n') {
      if (isSplice())
        splice();
      else
        ++at_;
    }
  }

  llvm::StringRef rest() const { return {at_, static_cast<size_t>(end_ - at_)}; }

  void token() {
    if (isWordStart(peek()))
      word();
    else if (llvm::isDigit(peek()) || (peek() == '.' && llvm::isDigit(peek(1))))
      number();
    else if (peek() == '"')
      string();
    else if (peek() == '\'')
      quoted('\'');
    else
      ++at_;
  }

  void word() {
    const char *begin = at_;
    while (at_ < end_ && isWordPart(*at_))
      ++at_;
    llvm::StringRef text(begin, at_ - begin);
    result_.computed |= isSplice() && isWordPart(peek(peek(1) == '\n' ? 2 : 3)); // a word over two lines
    if (peek() == '"' && (text == "R" || text == "u8R" || text == "uR" || text == "UR" || text == "LR"))
      return rawString();
    if (peek() == '"' || peek() == '\'') // u8"…"
      return;
    const char *next = at_;
    while (next < end_ && llvm::isSpace(*next))
      ++next;
    word_(text, next < end_ && *next == '(');
  }

  /// Outside directives: macros may open what others close.
  void bracket() {
    static constexpr llvm::StringLiteral opening = "([{", closing = ")]}";
    if (opening.contains(peek()))
      open_.push_back(peek());
    else if (const size_t kind = closing.find(peek()); kind != llvm::StringRef::npos)
      result_.balanced &= !open_.empty() && open_.pop_back_val() == opening[kind];
  }

  void number() { // 1'000, 0x1p+3: of no interest
    while (at_ < end_ && (isWordPart(*at_) || *at_ == '.' || (*at_ == '\'' && isWordPart(peek(1)))))
      ++at_;
  }

  void quoted(char mark) {
    for (++at_; at_ < end_ && *at_ != mark && *at_ != '\n';
         ++at_) // an apostrophe in text that is compiled out ends with its line
      if (*at_ == '\\') at_ += peek(1) == '\r' ? 2 : 1;
    if (at_ < end_ && *at_ == mark) ++at_;
    at_ = std::min(at_, end_);
  }

  void string() {
    const char *begin = at_;
    quoted('"');
    if (llvm::StringRef(begin, at_ - begin).contains("coroguard::")) word_("coroguard", false);
  }

  void rawString() {
    const auto [mark, body] = rest().drop_front().split('(');
    const std::string close = (")" + mark + "\"").str();
    const size_t end = mark.size() > 16 ? llvm::StringRef::npos : body.find(close);
    if (end == llvm::StringRef::npos)
      quoted('"'); // not a raw string after all: text that is compiled out
    else
      at_ = body.begin() + end + close.size();
  }

  void directive() {
    at_ += peek() == '#' ? 1 : 2;
    lineStart_ = false;
    skipInLine();
    const char *begin = at_;
    while (at_ < end_ && isWordPart(*at_))
      ++at_;
    const llvm::StringRef name(begin, at_ - begin);
    skipInLine();
    if (name == "include" || name == "include_next" || name == "import") {
      include();
      return;
    }
    if (name == "pragma" && rest().starts_with("once"))
      result_.guarded |= depth_ == 0;
    else
      onlyIncludes_ = false;
    if ((name == "define" && !(guard_ == Guard::Open && depth_ == 1)) || name == "undef")
      result_.redefines |= decidesAboutLibrary(rest().take_while(isWordPart));
    conditional(name);
    while (at_ < end_ && *at_ != '\n') { // the words of conditions and macros count
      if (isSplice())
        splice();
      else if (llvm::isSpace(*at_))
        ++at_;
      else if (!comment())
        token();
      if (lineStart_) // a comment over several lines
        break;
    }
  }

  /// Blanks and comments, but not the end of the line.
  void skipInLine() {
    while (at_ < end_ && *at_ != '\n' && (llvm::isSpace(*at_) || isSplice() || (peek() == '/' && peek(1) == '*'))) {
      if (isSplice())
        splice();
      else if (!comment())
        ++at_;
    }
  }

  void conditional(llvm::StringRef name) {
    if (name == "if" || name == "ifdef" || name == "ifndef") {
      const bool first = guard_ == Guard::None && depth_ == 0 && !outside_ && result_.includes.empty();
      if (first && (name == "ifndef" || rest().starts_with("!")))
        guard_ = Guard::Open;
      else
        outside_ |= depth_ == 0;
      ++depth_;
    } else if (name == "endif") {
      if (depth_ > 0 && --depth_ == 0 && guard_ == Guard::Defined) guard_ = Guard::Closed;
    } else if (name == "define" && guard_ == Guard::Open && depth_ == 1) {
      guard_ = Guard::Defined;
    } else if (depth_ == 1 && (name.starts_with("else") || name.starts_with("elif"))) {
      outside_ = true;
    } else if (guard_ == Guard::Open) {
      outside_ = true; // something before the define
    } else if (depth_ == 0 && name != "pragma") {
      outside_ = true;
    }
  }

  void include() {
    const char close = peek() == '"' ? '"' : peek() == '<' ? '>' : '\0';
    const size_t end = close ? rest().find(close, 1) : llvm::StringRef::npos;
    if (end == llvm::StringRef::npos || rest().take_front(end).contains('\n')) {
      result_.computed = true;
      onlyIncludes_ = false;
      skipLine();
      return;
    }
    outside_ |= depth_ == 0;
    depths_.emplace_back(result_.includes.size(), depth_);
    result_.includes.push_back({rest().slice(1, end).str(), close == '"', false});
    result_.leading += onlyIncludes_;
    at_ += end + 1;
    skipLine();
  }

  const char *at_, *end_;
  SourceText &result_;
  llvm::function_ref<void(llvm::StringRef, bool)> word_;
  bool lineStart_ = true, onlyIncludes_ = true;
  bool outside_ = false; ///< something stands outside the guard
  Guard guard_ = Guard::None;
  unsigned depth_ = 0; ///< of conditions
  std::vector<std::pair<size_t, unsigned>> depths_;
  llvm::SmallVector<char, 64> open_; ///< brackets
};

} // namespace

void scanText(llvm::StringRef text, SourceText &result, llvm::function_ref<void(llvm::StringRef, bool)> word) {
  text.consume_front("\xEF\xBB\xBF");
  result.bytes = text.size();
  Scanner(text, result, word).run();
}

} // namespace coroguard::driver
