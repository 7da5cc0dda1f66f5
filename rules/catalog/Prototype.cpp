// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small declarator parser: enough for the prototypes that people copy from manual pages.
#include "rules/catalog/Prototype.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::catalog {

using llvm::StringRef;

namespace {

bool isIdentifierCharacter(char c) {
  return llvm::isAlnum(c) || c == '_';
}

llvm::Error mistake(const llvm::Twine &message) {
  return llvm::createStringError(std::make_error_code(std::errc::invalid_argument), message);
}

/// Position of `wanted` outside every bracket, or npos. `<` counts as a bracket only after an identifier.
size_t findTopLevel(StringRef text, char wanted, size_t from = 0) {
  int depth = 0;
  for (size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (depth == 0 && c == wanted) return i;
    if (c == '(' || c == '[' || c == '{' || c == '<') ++depth;
    if ((c == ')' || c == ']' || c == '}' || (c == '>' && i > 0 && text[i - 1] != '-')) && --depth < 0)
      return StringRef::npos;
  }
  return StringRef::npos;
}

std::string withoutExtraSpace(StringRef text) {
  std::string result;
  for (char c : text.trim()) {
    const char one = llvm::isSpace(c) ? ' ' : c;
    if (one != ' ' || (!result.empty() && result.back() != ' ')) result += one;
  }
  return result;
}

bool isTypeWord(StringRef word) {
  static constexpr StringRef words[] = {"void",   "char",     "short",  "int",   "long",     "float",     "double",
                                        "signed", "unsigned", "struct", "union", "enum",     "const",     "volatile",
                                        "bool",   "_Bool",    "auto",   "class", "restrict", "__restrict"};
  return llvm::is_contained(words, word);
}

/// Start of the declared name inside `text`, npos when the parameter has none.
size_t findName(StringRef text, size_t &length) {
  StringRef inside = text;
  size_t base = 0;
  if (size_t star = text.find("(*"); star != StringRef::npos) { // pointer to function or to array
    base = star + 2;
    inside = text.substr(base, text.find(')', base) - base);
  } else {
    inside = text.take_front(std::min(text.find('['), text.size()));
  }
  size_t end = inside.size();
  while (end > 0 && llvm::isSpace(inside[end - 1]))
    --end;
  size_t start = end;
  while (start > 0 && isIdentifierCharacter(inside[start - 1]))
    --start;
  length = end - start;
  StringRef word = inside.slice(start, end);
  StringRef before = inside.take_front(start).rtrim();
  const bool tag = before.ends_with("struct") || before.ends_with("union") || before.ends_with("enum");
  if (word.empty() || llvm::isDigit(word.front()) || isTypeWord(word) || before.ends_with("::") || tag ||
      (base == 0 && before.empty()))
    return StringRef::npos;
  // `const timespec` declares nothing; `const timespec t` does: something other than qualifiers must precede.
  llvm::SmallVector<StringRef> words;
  before.split(words, ' ', -1, /*KeepEmpty=*/false);
  const bool onlyQualifiers =
      base == 0 && llvm::all_of(words, [](StringRef w) { return w == "const" || w == "volatile"; });
  return onlyQualifiers ? StringRef::npos : base + start;
}

Parameter parseParameter(StringRef text, size_t index) {
  if (size_t assign = findTopLevel(text, '='); assign != StringRef::npos) text = text.take_front(assign).rtrim();
  Parameter result;
  size_t length = 0;
  const size_t name = findName(text, length);
  if (name == StringRef::npos) {
    result.name = "arg" + std::to_string(index);
    result.type = text.str();
    const size_t star = text.find("(*");
    const size_t array = text.find('[');
    const size_t at = star != StringRef::npos ? star + 2 : std::min(array, text.size());
    result.declaration =
        (text.take_front(at) + (at == text.size() ? " " : "") + result.name + text.drop_front(at)).str();
  } else {
    result.name = text.substr(name, length).str();
    result.declaration = text.str();
    result.type = withoutExtraSpace((text.take_front(name) + text.drop_front(name + length)).str());
  }
  if (StringRef(result.type).contains("(*")) return result;
  if (size_t bracket = result.type.find('['); bracket != std::string::npos) {
    result.type = StringRef(result.type).take_front(bracket).rtrim().str();
    result.type += result.type.back() == '*' ? "*" : " *";
  }
  return result;
}

} // namespace

llvm::Expected<Prototype> parsePrototype(StringRef signature, StringRef function) {
  std::string text = withoutExtraSpace(signature.rtrim("; \n"));
  StringRef rest = text;
  if (rest.consume_front("template")) {
    rest = rest.ltrim();
    const size_t end = rest.starts_with("<") ? findTopLevel(rest, '>', 1) : StringRef::npos;
    if (end == StringRef::npos) return mistake("the template parameters of the signature do not end");
    rest = rest.drop_front(end + 1).ltrim();
  }
  StringRef wanted = function.substr(function.rfind(':') + 1);
  const bool isOperator = wanted.starts_with("operator") && rest.contains(wanted); // its name may have brackets
  const size_t open = isOperator ? rest.find('(', rest.find(wanted) + wanted.size()) : findTopLevel(rest, '(');
  if (open == StringRef::npos)
    return mistake("the signature has no parameter list; write it like: ssize_t read(int fd, void *buf, size_t n)");
  const size_t close = findTopLevel(rest, ')', open + 1);
  if (close == StringRef::npos) return mistake("the parameter list of the signature does not end");

  Prototype result;
  StringRef head = rest.take_front(open).rtrim();
  size_t start = isOperator ? rest.find(wanted) : head.size();
  while (start > 0 && (isIdentifierCharacter(head[start - 1]) || head[start - 1] == ':' || head[start - 1] == '~'))
    --start;
  StringRef qualified = head.drop_front(start);
  result.name = qualified.substr(qualified.rfind(':') + 1).str();
  if (result.name != wanted)
    return mistake("the signature declares '" + llvm::Twine(result.name) + "', the row is about '" + wanted + "'");
  result.returnType = head.take_front(start).rtrim().str();

  StringRef list = rest.slice(open + 1, close).trim();
  if (list.empty() || list == "void") return result;
  for (;;) {
    const size_t comma = findTopLevel(list, ',');
    StringRef one = list.take_front(std::min(comma, list.size())).trim();
    if (one.empty()) return mistake("an empty parameter in the signature");
    if (one == "...")
      result.variadic = true;
    else
      result.parameters.push_back(parseParameter(one, result.parameters.size()));
    if (comma == StringRef::npos) return result;
    list = list.drop_front(comma + 1);
  }
}

} // namespace coroguard::catalog
