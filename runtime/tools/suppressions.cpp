// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Suppression files: reading and matching.
#include "runtime/tools/suppressions.h"

#include "runtime/tools/known_frames.h"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace coroguard::run {
namespace {

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return std::string(text);
}

/// `ns::f(int)` is matched by `ns::f`, `ns::f*`, or itself; unnamed namespaces need not be written.
bool names(std::string_view pattern, const std::string &function) {
  for (const std::string &name : {function, without_unnamed_namespaces(function)})
    if (wildcard_match(pattern, name) || wildcard_match(pattern, std::string_view(name).substr(0, name.find('('))))
      return true;
  return false;
}

} // namespace

bool wildcard_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*')
      star = p++, mark = t;
    else if (p < pattern.size() && pattern[p] == text[t])
      ++p, ++t;
    else if (star != std::string_view::npos)
      p = star + 1, t = ++mark;
    else
      return false;
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

std::vector<std::string> suppressions::read(const std::string &path) {
  std::vector<std::string> problems;
  std::ifstream in(path);
  if (!in)
    return {path + ": " + std::strerror(errno)};
  std::string raw;
  for (unsigned line = 1; std::getline(in, raw); ++line) {
    std::string text = trimmed(std::string_view(raw).substr(0, raw.find('#')));
    if (text.empty())
      continue;
    auto problem = [&](const std::string &what) { problems.push_back(path + ":" + std::to_string(line) + ": " + what); };
    std::size_t colon = text.find(':');
    std::string word = text.substr(0, colon);
    std::string pattern = colon == std::string::npos ? "" : trimmed(std::string_view(text).substr(colon + 1));
    entry e;
    if (word == "function")
      e.what = kind::function;
    else if (word == "caller")
      e.what = kind::caller;
    else if (word == "module")
      e.what = kind::module;
    else if (word == "stack")
      e.what = kind::stack;
    else {
      problem("unknown kind '" + word + "'; write function:, caller:, module: or stack:");
      continue;
    }
    if (pattern.empty()) {
      problem("nothing follows '" + word + ":'; write a name, * matches anything");
      continue;
    }
    e.pattern = pattern;
    if (e.what == kind::caller) {
      std::size_t arrow = pattern.find("->");
      if (arrow == std::string::npos) {
        problem("'caller:' needs a call: caller:my_function -> read");
        continue;
      }
      e.pattern = trimmed(std::string_view(pattern).substr(0, arrow));
      e.callee = trimmed(std::string_view(pattern).substr(arrow + 2));
    }
    entries_.push_back(e);
    uses_.push_back({path, line, text, 0});
  }
  return problems;
}

bool suppressions::matches(const entry &e, const finding &f) {
  switch (e.what) {
  case kind::function:
    return wildcard_match(e.pattern, f.function) || wildcard_match(e.pattern, f.symbol);
  case kind::caller: {
    if (!wildcard_match(e.callee, f.function) && !wildcard_match(e.callee, f.symbol))
      return false;
    for (std::size_t i = 0; i < f.stack.size() && i <= f.user_frame; ++i)
      if (names(e.pattern, f.stack[i].function))
        return true;
    return false;
  }
  case kind::module: {
    if (f.stack.empty())
      return false;
    const std::string &module = f.stack[0].module;
    return wildcard_match(e.pattern, module) || wildcard_match(e.pattern, module.substr(module.rfind('/') + 1));
  }
  case kind::stack:
    for (const source_frame &s : f.stack)
      if (names(e.pattern, s.function))
        return true;
    return false;
  }
  return false;
}

bool suppressions::match(const finding &f) {
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (matches(entries_[i], f)) {
      uses_[i].hits += f.count ? f.count : 1;
      return true;
    }
  return false;
}

} // namespace coroguard::run
