// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Markdown on a terminal.
#include "checker/cli/Markdown.h"

#include "checker/report/Excerpt.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {
namespace {

class Renderer {
public:
  Renderer(const report::Style &style, llvm::raw_ostream &out) : style_(style), paint_(style), out_(out) {}

  void line(llvm::StringRef line) {
    if (line.ltrim().starts_with("```")) {
      flush();
      inCode_ = !inCode_;
      return;
    }
    if (inCode_) {
      codeLine(line);
    } else if (line.starts_with("<!--")) {
      return; // licence lines and marks for generators
    } else if (line.trim().empty()) {
      flush();
      blank();
    } else if (line.starts_with("#")) {
      flush();
      out_ << paint_.bold << line.ltrim('#').trim() << paint_.off << '\n';
      lastBlank_ = false;
    } else if (line.starts_with("|")) {
      flush();
      out_ << line << '\n';
      lastBlank_ = false;
    } else if (isItem(line)) {
      flush();
      indent_ = 2;
      paragraph_ = line.trim().str();
    } else {
      paragraph_ += (paragraph_.empty() ? "" : " ") + line.trim().str();
    }
  }

  void flush() {
    if (paragraph_.empty())
      return;
    writeWrapped(plainLinks(paragraph_));
    paragraph_.clear();
    indent_ = 0;
    lastBlank_ = false;
  }

private:
  static bool isItem(llvm::StringRef line) {
    line = line.ltrim();
    llvm::StringRef number = line.take_while([](char c) { return llvm::isDigit(c); });
    return line.starts_with("- ") || line.starts_with("* ") || (!number.empty() && line.drop_front(number.size()).starts_with(". "));
  }

  /// Test markers of executed examples are for the runner; the finding they ask for is worth showing.
  void codeLine(llvm::StringRef line) {
    out_ << "    " << paint_.cyan << line << paint_.off << '\n';
    lastBlank_ = false;
  }

  void blank() {
    if (!std::exchange(lastBlank_, true))
      out_ << '\n';
  }

  /// `[text](target)` as text, with the target when it is an address.
  static std::string plainLinks(llvm::StringRef text) {
    std::string result;
    while (!text.empty()) {
      size_t open = text.find('[');
      size_t middle = open == llvm::StringRef::npos ? open : text.find("](", open);
      size_t close = middle == llvm::StringRef::npos ? middle : text.find(')', middle);
      if (close == llvm::StringRef::npos)
        return result + text.str();
      llvm::StringRef target = text.slice(middle + 2, close);
      result += text.take_front(open).str() + text.slice(open + 1, middle).str();
      if (target.starts_with("http"))
        result += " (" + target.str() + ")";
      text = text.drop_front(close + 1);
    }
    return result;
  }

  void writeWrapped(llvm::StringRef text) {
    size_t room = std::min(style_.width, 100u), column = 0;
    llvm::SmallVector<llvm::StringRef> words;
    text.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    for (llvm::StringRef word : words) {
      if (column > 0 && column + word.size() + 1 > room) {
        out_ << '\n' << std::string(indent_, ' ');
        column = indent_;
      } else if (column > 0) {
        out_ << ' ';
        ++column;
      }
      writeWord(word);
      column += word.size();
    }
    out_ << '\n';
  }

  /// Toggles bold at `**` and colour at backquotes; the marks stay where there is no colour.
  void writeWord(llvm::StringRef word) {
    if (!style_.color) {
      out_ << word;
      return;
    }
    for (size_t i = 0; i < word.size(); ++i) {
      if (word[i] == '`') {
        code_ = !code_;
        out_ << (code_ ? paint_.cyan : paint_.off);
      } else if (!code_ && word.substr(i).starts_with("**")) {
        bold_ = !bold_;
        out_ << (bold_ ? paint_.bold : paint_.off);
        ++i;
      } else {
        out_ << word[i];
      }
    }
  }

  const report::Style &style_;
  report::Palette paint_;
  llvm::raw_ostream &out_;
  std::string paragraph_;
  unsigned indent_ = 0;
  bool inCode_ = false, lastBlank_ = true, code_ = false, bold_ = false;
};

} // namespace

void writeMarkdown(llvm::StringRef text, const report::Style &style, llvm::raw_ostream &out) {
  Renderer renderer(style, out);
  for (llvm::StringRef line : llvm::split(text, '\n'))
    renderer.line(line);
  renderer.flush();
}

} // namespace coroguard::cli
