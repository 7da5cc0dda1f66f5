// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Unknown, missing and duplicate keys, and values of the wrong shape, with the texts users see.
#include "rules/catalog/RecordReader.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace coroguard::catalog {

namespace {

std::string quoted(StringRef text) {
  return "'" + text.str() + "'";
}

std::vector<StringRef> keysOf(const RecordFormat &format) {
  std::vector<StringRef> keys;
  for (const FieldFormat &field : format.fields)
    keys.push_back(field.key);
  return keys;
}

} // namespace

RecordReader::RecordReader(const YamlNode &node, const RecordFormat &format, Problems &problems)
    : node_(node), format_(format), problems_(problems) {
  if (node.kind != YamlNode::Kind::Map) {
    problems_.add(node.position, format.noun.str() + " must be a map of keys and values, not " + node.kindName().str());
    return;
  }
  for (const YamlEntry &entry : node.entries) {
    const StringRef key = entry.key->text;
    const FieldFormat *field = format.find(key);
    if (!field) {
      problems_.add(entry.key->position, "unknown key " + quoted(key) + " of " + format.noun.str() +
                                             suggestion(key, keysOf(format), "its keys are"));
      continue;
    }
    auto earlier = std::find_if(values_.begin(), values_.end(), [&](const Value &value) { return value.key == key; });
    if (earlier != values_.end()) {
      problems_.add(entry.key->position, "duplicate key " + quoted(key) + " of " + format.noun.str() +
                                             "; first given in line " + std::to_string(earlier->node->position.line));
      continue;
    }
    checkField(*field, *entry.key, *entry.value);
  }
  for (const FieldFormat &field : format.fields)
    if (field.required &&
        std::none_of(values_.begin(), values_.end(), [&](const Value &v) { return v.key == field.key; }))
      problems_.add(node.position, "missing key " + quoted(field.key) + " of " + format.noun.str());
}

void RecordReader::checkField(const FieldFormat &field, const YamlNode &key, const YamlNode &value) {
  bool usable = false;
  if (value.kind == YamlNode::Kind::Null || (value.kind == YamlNode::Kind::Scalar && value.text.trim().empty()))
    problems_.add(key.position, quoted(field.key) + " has no value; give one or leave the key out");
  else
    usable = hasShape(field, value);
  values_.push_back({field.key, &value, usable});
}

bool RecordReader::wrongShape(const FieldFormat &field, const YamlNode &value, StringRef wanted) {
  std::string got = value.kind == YamlNode::Kind::Scalar ? quoted(value.text) : value.kindName().str();
  if (value.quoted) // only then it matters: numbers and flags stand without quotes
    got = "the quoted " + got;
  problems_.add(value.position, quoted(field.key) + " must be " + wanted.str() + ", not " + got);
  return false;
}

bool RecordReader::hasShape(const FieldFormat &field, const YamlNode &value) {
  using Kind = YamlNode::Kind;
  int64_t number;
  switch (field.shape) {
  case FieldShape::Text:
    return value.kind == Kind::Scalar || wrongShape(field, value, "a text");
  case FieldShape::Flag:
    return (value.kind == Kind::Scalar && !value.quoted && (value.text == "true" || value.text == "false")) ||
           wrongShape(field, value, "true or false");
  case FieldShape::Integer:
    return (value.kind == Kind::Scalar && !value.quoted && !value.text.getAsInteger(10, number)) ||
           wrongShape(field, value, "a number");
  case FieldShape::Choice:
    return value.kind == Kind::Scalar ? isChoice(field, value) : wrongShape(field, value, "a text");
  case FieldShape::Texts:
    return value.kind == Kind::List ? hasTexts(field, value) : wrongShape(field, value, "a list of texts");
  case FieldShape::Any:
    if (value.kind == Kind::List) return hasTexts(field, value);
    return value.kind == Kind::Scalar || wrongShape(field, value, "a text, a number or a list");
  case FieldShape::Record:
    return value.kind == Kind::Map || wrongShape(field, value, "a map of keys and values");
  case FieldShape::Records:
    return value.kind == Kind::List || wrongShape(field, value, "a list of rows");
  case FieldShape::TextMap:
    return value.kind == Kind::Map ? isTextMap(field, value) : wrongShape(field, value, "a map of texts");
  }
  return false;
}

bool RecordReader::hasTexts(const FieldFormat &field, const YamlNode &list) {
  bool good = true;
  std::vector<StringRef> seen;
  for (const YamlNode *item : list.items) {
    if (item->kind != YamlNode::Kind::Scalar || item->text.trim().empty()) {
      problems_.add(item->position, "each item of " + quoted(field.key) + " must be a text, not " +
                                        (item->kind == YamlNode::Kind::Scalar ? "nothing" : item->kindName().str()));
      good = false;
    } else if (llvm::is_contained(seen, item->text)) {
      problems_.add(item->position, "duplicate item " + quoted(item->text) + " of " + quoted(field.key));
      good = false;
    }
    seen.push_back(item->text);
  }
  return good;
}

bool RecordReader::isChoice(const FieldFormat &field, const YamlNode &value) {
  if (llvm::is_contained(field.choices, value.text)) return true;
  problems_.add(value.position, quoted(field.key) + " cannot be " + quoted(value.text) +
                                    suggestion(value.text, field.choices, "it is one of"));
  return false;
}

bool RecordReader::isTextMap(const FieldFormat &field, const YamlNode &map) {
  bool good = true;
  std::vector<StringRef> seen;
  for (const YamlEntry &entry : map.entries) {
    const StringRef key = entry.key->text;
    if (!field.choices.empty() && !llvm::is_contained(field.choices, key)) {
      problems_.add(entry.key->position, "unknown key " + quoted(key) + " of " + quoted(field.key) +
                                             suggestion(key, field.choices, "its keys are"));
      good = false;
    } else if (llvm::is_contained(seen, key)) {
      problems_.add(entry.key->position, "duplicate key " + quoted(key) + " of " + quoted(field.key));
      good = false;
    } else if (entry.value->kind != YamlNode::Kind::Scalar || entry.value->text.trim().empty()) {
      problems_.add(entry.value->position, quoted(key) + " of " + quoted(field.key) + " must be a text");
      good = false;
    }
    seen.push_back(key);
  }
  return good;
}

const YamlNode *RecordReader::find(StringRef key) const {
  for (const Value &value : values_)
    if (value.key == key) return value.usable ? value.node : nullptr;
  return nullptr;
}

Position RecordReader::positionOf(StringRef key) const {
  for (const Value &value : values_)
    if (value.key == key) return value.node->position;
  return node_.position;
}

StringRef RecordReader::text(StringRef key, StringRef fallback) const {
  const YamlNode *node = find(key);
  return node && node->kind == YamlNode::Kind::Scalar ? node->text : fallback;
}

bool RecordReader::flag(StringRef key, bool fallback) const {
  const YamlNode *node = find(key);
  return node ? node->text == "true" : fallback;
}

int64_t RecordReader::integer(StringRef key, int64_t fallback) const {
  const YamlNode *node = find(key);
  int64_t number;
  return node && !node->text.getAsInteger(10, number) ? number : fallback;
}

ArrayRef<const YamlNode *> RecordReader::items(StringRef key) const {
  const YamlNode *node = find(key);
  return node ? node->items : ArrayRef<const YamlNode *>();
}

ArrayRef<YamlEntry> RecordReader::entries(StringRef key) const {
  const YamlNode *node = find(key);
  return node ? node->entries : ArrayRef<YamlEntry>();
}

void RecordReader::problem(StringRef key, std::string message) {
  problems_.add(positionOf(key), std::move(message));
}

void RecordReader::require(StringRef key, StringRef because) {
  if (std::none_of(values_.begin(), values_.end(), [&](const Value &value) { return value.key == key; }))
    problems_.add(node_.position, "missing key " + quoted(key) + " of " + format_.noun.str() + ": " + because.str());
}

void RecordReader::refuse(StringRef key, StringRef because) {
  if (find(key)) problem(key, quoted(key) + " is not allowed here: " + because.str());
}

} // namespace coroguard::catalog
