// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A recursive-descent parser without recursion: the language has no nesting.
#include "rules/catalog/Condition.h"

#include "rules/catalog/Names.h"

#include "llvm/ADT/StringExtras.h"

#include <memory>

namespace coroguard::catalog {

namespace {

bool isWordCharacter(char c) {
  return llvm::isAlnum(c) || c == '_' || c == ':' || c == '-';
}

class ConditionParser {
public:
  ConditionParser(const YamlNode &node, int parameters, llvm::BumpPtrAllocator &arena, Problems &problems)
      : node_(node), text_(node.text), parameters_(parameters), arena_(arena), problems_(problems) {}

  ArrayRef<Atom> parse();

private:
  bool parseAtom();
  bool parseArguments(const PredicateInfo &info, StringRef name, Atom &atom);
  bool checkOperands(const PredicateInfo &info, StringRef name, const std::vector<size_t> &places, Atom &atom);
  bool checkPosition(StringRef name, StringRef position, size_t place, Atom &atom);
  bool fail(size_t offset, std::string message);

  void skipSpace() { at_ = std::min(text_.find_first_not_of(" \t\n", at_), text_.size()); }
  StringRef word() {
    skipSpace();
    size_t start = at_;
    while (at_ < text_.size() && isWordCharacter(text_[at_]))
      ++at_;
    return text_.slice(start, at_);
  }
  bool take(char c) {
    skipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  const YamlNode &node_;
  StringRef text_;
  int parameters_;
  llvm::BumpPtrAllocator &arena_;
  Problems &problems_;
  size_t at_ = 0;
  std::vector<Atom> atoms_;
};

template <typename T> ArrayRef<T> keep(llvm::BumpPtrAllocator &arena, const std::vector<T> &values) {
  T *copy = arena.Allocate<T>(values.size());
  std::uninitialized_copy(values.begin(), values.end(), copy);
  return {copy, values.size()};
}

bool ConditionParser::fail(size_t offset, std::string message) {
  problems_.add(node_.at(offset), std::move(message));
  return false;
}

bool ConditionParser::checkPosition(StringRef name, StringRef position, size_t place, Atom &atom) {
  unsigned index;
  if (position.getAsInteger(10, index) || index > 99)
    return fail(place, "'" + name.str() + "' needs the 0-based position of an argument, not '" + position.str() + "'");
  if (parameters_ >= 0 && index >= static_cast<unsigned>(parameters_))
    return fail(place, "there is no argument " + position.str() + ": the signature has " + std::to_string(parameters_) +
                           (parameters_ == 1 ? " parameter" : " parameters") + ", counted from 0");
  atom.argument = static_cast<int8_t>(index);
  return true;
}

bool ConditionParser::checkOperands(const PredicateInfo &info, StringRef name, const std::vector<size_t> &places,
                                    Atom &atom) {
  const size_t count = atom.operands.size();
  const bool right = info.operands == Operands::None    ? count == 0
                     : info.operands == Operands::Names ? count >= 1
                                                        : count == 1;
  if (!right)
    return fail(places.front(), "wrong number of operands of '" + name.str() + "'; write it as " + info.usage.str());
  if (info.operands != Operands::OneNumber) return true;
  uint64_t number;
  if (atom.operands.front().getAsInteger(10, number))
    return fail(places.back(), "'" + name.str() + "' needs a number, not '" + atom.operands.front().str() + "'");
  return true;
}

bool ConditionParser::parseArguments(const PredicateInfo &info, StringRef name, Atom &atom) {
  const size_t open = at_;
  std::vector<StringRef> words;
  std::vector<size_t> places;
  if (take('(')) {
    do {
      StringRef argument = word();
      places.push_back(argument.data() - text_.data());
      if (argument.empty())
        return fail(at_, "a position or a name is missing in '" + name.str() + "'; write it as " + info.usage.str());
      words.push_back(argument);
    } while (take(','));
    if (!take(')')) return fail(at_, "missing ')' of '" + name.str() + "'");
  }
  if (words.empty()) {
    if (info.argument == TakesArgument::Yes)
      return fail(open, "'" + name.str() + "' needs an argument; write it as " + info.usage.str());
    return true;
  }
  if (info.argument == TakesArgument::No) return fail(places.front(), "'" + name.str() + "' takes no argument");
  if (!checkPosition(name, words.front(), places.front(), atom)) return false;
  words.erase(words.begin());
  atom.operands = keep(arena_, words);
  return checkOperands(info, name, places, atom);
}

bool ConditionParser::parseAtom() {
  Atom atom{};
  StringRef name = word();
  if (name == "not") {
    atom.negated = true;
    name = word();
  }
  const size_t place = at_ - name.size();
  if (name.empty())
    return fail(at_, at_ < text_.size() ? "unexpected '" + text_.substr(at_, 1).str() + "' in a condition"
                                        : std::string("the condition ends too early: a predicate must follow"));
  std::optional<Predicate> predicate = valueOf<Predicate>(name);
  if (!predicate)
    return fail(place, "unknown predicate '" + name.str() + "'" +
                           suggestion(name, namesOf<Predicate>(), "the predicates are"));
  atom.predicate = *predicate;
  if (!parseArguments(predicateInfo(*predicate), name, atom)) return false;
  atoms_.push_back(atom);
  return true;
}

ArrayRef<Atom> ConditionParser::parse() {
  for (;;) {
    if (!parseAtom()) return {};
    skipSpace();
    if (at_ == text_.size()) return keep(arena_, atoms_);
    const size_t place = at_;
    if (StringRef joint = word(); joint != "and") {
      std::string found = joint.empty() ? text_.substr(place, 1).str() : joint.str();
      fail(place, "expected 'and' between predicates, not '" + found + "'" +
                      (joint == "or" ? "; write one row per alternative" : ""));
      return {};
    }
  }
}

} // namespace

ArrayRef<Atom> parseCondition(const YamlNode &text, int parameters, llvm::BumpPtrAllocator &arena, Problems &problems) {
  return ConditionParser(text, parameters, arena, problems).parse();
}

} // namespace coroguard::catalog
