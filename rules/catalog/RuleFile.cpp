// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// rule.yaml → RuleInfo, with the house rules for ids, option defaults and message texts.
#include "rules/catalog/RuleFile.h"

#include "rules/catalog/OptionValue.h"
#include "rules/catalog/RecordReader.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

namespace coroguard::catalog {

namespace {

bool isKebabCase(StringRef text) {
  return !text.empty() && llvm::isLower(text.front()) && llvm::isAlnum(text.back()) && !text.contains("--") &&
         llvm::all_of(text, [](char c) { return llvm::isLower(c) || llvm::isDigit(c) || c == '-'; });
}

bool isIdentifier(StringRef text, bool upperFirst) {
  return !text.empty() && (upperFirst ? llvm::isUpper(text.front()) : llvm::isLower(text.front())) &&
         llvm::all_of(text, [](char c) { return llvm::isAlnum(c); });
}

/// Messages and placeholders become functions and parameters of generated code.
bool isReservedWord(StringRef text) {
  static constexpr StringRef words[] = {
      "auto",    "bool",     "break",  "case",     "catch",  "char",     "class",   "const",  "continue",
      "default", "delete",   "do",     "double",   "else",   "enum",     "export",  "extern", "false",
      "float",   "for",      "friend", "goto",     "if",     "inline",   "int",     "long",   "mutable",
      "new",     "operator", "or",     "and",      "not",    "private",  "public",  "return", "short",
      "signed",  "sizeof",   "static", "struct",   "switch", "template", "this",    "throw",  "true",
      "try",     "typename", "union",  "unsigned", "using",  "void",     "virtual", "while"};
  return llvm::is_contained(words, text);
}

} // namespace

std::vector<StringRef> placeholdersOf(StringRef message) {
  std::vector<StringRef> result;
  for (size_t open = message.find('{'); open != StringRef::npos; open = message.find('{', open + 1)) {
    StringRef name = message.substr(open + 1).take_until([](char c) { return c == '}'; });
    if (!llvm::is_contained(result, name)) result.push_back(name);
  }
  return result;
}

class RuleFileReader {
public:
  RuleFileReader(llvm::MemoryBufferRef buffer, StringRef page) : buffer_(buffer), page_(page) {}
  llvm::Expected<ParsedRule> read();

private:
  void readIdentity(RecordReader &record, RuleInfo &info);
  ArrayRef<OptionInfo> readOptions(RecordReader &record);
  OptionInfo readOption(RecordReader &option);
  StringRef readDefault(RecordReader &option, const OptionInfo &info);
  ArrayRef<MessageInfo> readMessages(RecordReader &record);
  void checkMessage(const YamlEntry &entry);
  ArrayRef<Reference> readReferences(RecordReader &record);
  ArrayRef<StringRef> readTexts(RecordReader &record, StringRef key);

  template <typename T> ArrayRef<T> keep(const std::vector<T> &values) {
    T *copy = rule_.arena_->Allocate<T>(values.size());
    std::uninitialized_copy(values.begin(), values.end(), copy);
    return {copy, values.size()};
  }
  StringRef save(const llvm::Twine &text) { return llvm::StringSaver(*rule_.arena_).save(text); }

  llvm::MemoryBufferRef buffer_;
  StringRef page_;
  ParsedRule rule_;
  Problems problems_;
};

void RuleFileReader::readIdentity(RecordReader &record, RuleInfo &info) {
  info.id = record.text("id");
  info.name = info.id;
  if (record.find("id") && (!info.name.consume_front("async-") || !isKebabCase(info.name)))
    record.problem("id", "an id is 'async-' and lower-case words joined by '-', not '" + info.id.str() + "'");
  const StringRef path = buffer_.getBufferIdentifier();
  const StringRef folder = llvm::sys::path::filename(llvm::sys::path::parent_path(path));
  if (llvm::sys::path::filename(path) == "rule.yaml" && !folder.empty() && record.find("id") && info.name != folder)
    record.problem("id", "the id of a rule in folder '" + folder.str() + "' must be 'async-" + folder.str() +
                             "', not '" + info.id.str() + "'");
  info.summary = record.text("summary");
  if (!info.summary.empty() && llvm::isUpper(info.summary.front()) &&
      !llvm::isUpper(info.summary.substr(1, 1).empty() ? 'a' : info.summary[1]))
    record.problem("summary", "a summary starts in lower case, as the messages do");
  info.help = record.text("help");
  info.category = record.text("category");
  info.severity = record.choice("severity", Severity::Warning);
  info.precision = record.choice("precision", Precision::Medium);
  info.profile = record.choice("profile", Profile::Strict);
  info.fix = record.choice("fix", FixKind::None);
  if (info.profile == Profile::Default && info.precision > Precision::High && record.find("precision"))
    record.problem("precision", "a rule of the default profile is right 19 times in 20: its precision is high or "
                                "very-high, or its profile strict");
}

StringRef RuleFileReader::readDefault(RecordReader &option, const OptionInfo &info) {
  const YamlNode *node = option.find("default");
  if (!node || info.type.empty()) return "";
  if ((node->kind == YamlNode::Kind::List) != (info.type == "list")) {
    option.problem("default",
                   "the default of an option of type " + info.type.str() + " cannot be " + node->kindName().str());
    return "";
  }
  StringRef text = node->text;
  if (node->kind == YamlNode::Kind::List) {
    std::vector<std::string> items;
    for (const YamlNode *item : node->items)
      items.push_back(item->text.str());
    text = save(llvm::join(items, ";"));
  }
  std::vector<std::string> problems;
  checkOptionValue(info, text, "the default", problems);
  for (std::string &problem : problems)
    option.problem("default", std::move(problem));
  return text;
}

OptionInfo RuleFileReader::readOption(RecordReader &option) {
  OptionInfo info;
  info.name = option.text("name");
  if (option.find("name") && !isIdentifier(info.name, /*upperFirst=*/true))
    option.problem("name", "an option's name is in PascalCase, not '" + info.name.str() + "'");
  info.type = option.text("type");
  info.doc = option.text("doc");
  info.choices = readTexts(option, "choices");
  if (info.type == "enum")
    option.require("choices", "an enum must say which values it has");
  else if (info.type != "list" && !info.type.empty())
    option.refuse("choices", "only an enum or a list has choices");
  info.defaultValue = readDefault(option, info);
  return info;
}

ArrayRef<OptionInfo> RuleFileReader::readOptions(RecordReader &record) {
  std::vector<OptionInfo> options;
  for (const YamlNode *node : record.items("options")) {
    RecordReader option(*node, *ruleFormat().find("options")->record, problems_);
    OptionInfo info = readOption(option);
    for (const OptionInfo &earlier : options)
      if (!info.name.empty() && earlier.name == info.name)
        option.problem("name", "duplicate option '" + info.name.str() + "'");
    options.push_back(info);
  }
  return keep(options);
}

void RuleFileReader::checkMessage(const YamlEntry &entry) {
  StringRef name = entry.key->text, text = entry.value->text;
  if (!isIdentifier(name, /*upperFirst=*/false) || isReservedWord(name))
    problems_.add(entry.key->position,
                  "a message's name is a lowerCamel identifier and no C++ keyword, not '" + name.str() + "'");
  if (text.ends_with(".")) problems_.add(entry.value->position, "a message ends without a full stop");
  if (text.size() > 1 && llvm::isUpper(text[0]) && llvm::isLower(text[1]))
    problems_.add(entry.value->position, "a message starts in lower case");
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '}') {
      problems_.add(entry.value->at(i), "'}' without '{'");
      return;
    }
    if (text[i] != '{') continue;
    const size_t close = text.find('}', i);
    StringRef placeholder = text.slice(i + 1, close);
    if (close == StringRef::npos || !isIdentifier(placeholder, /*upperFirst=*/false) || isReservedWord(placeholder)) {
      problems_.add(entry.value->at(i), close == StringRef::npos
                                            ? std::string("'{' without '}'")
                                            : "a placeholder is a lowerCamel identifier and no C++ keyword, not '" +
                                                  placeholder.str() + "'");
      return;
    }
    i = close;
  }
}

ArrayRef<MessageInfo> RuleFileReader::readMessages(RecordReader &record) {
  std::vector<MessageInfo> messages;
  for (const YamlEntry &entry : record.entries("messages")) {
    checkMessage(entry);
    messages.push_back({entry.key->text, entry.value->text});
  }
  if (record.find("messages") && messages.empty()) record.problem("messages", "a rule needs at least one message");
  return keep(messages);
}

ArrayRef<Reference> RuleFileReader::readReferences(RecordReader &record) {
  std::vector<Reference> references;
  for (const YamlNode *node : record.items("references")) {
    RecordReader reference(*node, *ruleFormat().find("references")->record, problems_);
    references.push_back({reference.text("title"), reference.text("url")});
    if (reference.find("url") && !references.back().url.starts_with("https://"))
      reference.problem("url", "an address starts with https://");
  }
  return keep(references);
}

ArrayRef<StringRef> RuleFileReader::readTexts(RecordReader &record, StringRef key) {
  std::vector<StringRef> texts;
  for (const YamlNode *item : record.items(key))
    texts.push_back(item->text);
  return keep(texts);
}

llvm::Expected<ParsedRule> RuleFileReader::read() {
  const YamlNode *root = parseYaml(buffer_, *rule_.arena_, problems_);
  if (!root) return problems_.takeError();
  RecordReader record(*root, ruleFormat(), problems_);
  RuleInfo info{};
  readIdentity(record, info);
  if (const YamlNode *node = record.find("status")) {
    RecordReader status(*node, *ruleFormat().find("status")->record, problems_);
    info.status = status.choice("state", RuleStatus::Preview);
    info.since = status.text("since");
  }
  if (const YamlNode *node = record.find("runtime")) {
    RecordReader runtime(*node, *ruleFormat().find("runtime")->record, problems_);
    info.runtimeDetector = runtime.text("detector");
    info.runtimeOnly = runtime.flag("only", false);
  }
  info.options = readOptions(record);
  info.messages = readMessages(record);
  if (!info.runtimeOnly && record.find("id")) record.require("messages", "what its findings say");
  info.references = readReferences(record);
  info.tags = readTexts(record, "tags");
  info.related = readTexts(record, "related");
  for (const YamlNode *item : record.items("related"))
    rule_.related_.push_back({item->text, item->position});
  info.yieldsTo = readTexts(record, "yields_to");
  for (const YamlNode *item : record.items("yields_to"))
    rule_.yieldsTo_.push_back({item->text, item->position});
  info.page = save(page_);
  rule_.info_ = new (rule_.arena_->Allocate<RuleInfo>()) RuleInfo(info);
  rule_.position_ = record.positionOf("id");
  rule_.query_ = record.text("query");
  if (llvm::Error error = problems_.takeError()) return error;
  return std::move(rule_);
}

llvm::Expected<ParsedRule> parseRule(llvm::MemoryBufferRef buffer, StringRef page) {
  return RuleFileReader(buffer, page).read();
}

llvm::Expected<ParsedRule> readRule(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file) return llvm::createFileError(path, file.getError());
  llvm::SmallString<128> readme(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(readme, "README.md");
  auto page = llvm::MemoryBuffer::getFile(readme);
  return parseRule(**file, page ? (*page)->getBuffer() : StringRef());
}

} // namespace coroguard::catalog
