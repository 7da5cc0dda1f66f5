// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks one YAML map against its RecordFormat and hands out typed values. Every deviation becomes a problem with its
// place; a value that is wrong reads as its fallback, so that one mistake does not hide the next.
#pragma once

#include "rules/catalog/Format.h"
#include "rules/catalog/Names.h"
#include "rules/catalog/YamlTree.h"

namespace coroguard::catalog {

class RecordReader {
public:
  /// `node`, `format` and `problems` must outlive the reader.
  RecordReader(const YamlNode &node, const RecordFormat &format, Problems &problems);

  Position position() const { return node_.position; }
  /// The key's value if it is given and has the right shape, else null.
  const YamlNode *find(StringRef key) const;
  /// Where to point for the value of `key`; the record's start when it is not given.
  Position positionOf(StringRef key) const;

  StringRef text(StringRef key, StringRef fallback = "") const;
  bool flag(StringRef key, bool fallback) const;
  int64_t integer(StringRef key, int64_t fallback) const;
  ArrayRef<const YamlNode *> items(StringRef key) const;
  ArrayRef<YamlEntry> entries(StringRef key) const;
  template <typename Enum> Enum choice(StringRef key, Enum fallback) const {
    return valueOf<Enum>(text(key)).value_or(fallback);
  }

  /// A problem at the value of `key`.
  void problem(StringRef key, std::string message);
  /// A problem unless `key` is given.
  void require(StringRef key, StringRef because);
  /// A problem if `key` is given.
  void refuse(StringRef key, StringRef because);

private:
  void checkField(const FieldFormat &field, const YamlNode &key, const YamlNode &value);
  bool hasShape(const FieldFormat &field, const YamlNode &value);
  bool hasTexts(const FieldFormat &field, const YamlNode &list);
  bool isChoice(const FieldFormat &field, const YamlNode &value);
  bool isTextMap(const FieldFormat &field, const YamlNode &map);
  bool wrongShape(const FieldFormat &field, const YamlNode &value, StringRef wanted);

  const YamlNode &node_;
  const RecordFormat &format_;
  Problems &problems_;
  struct Value {
    StringRef key;
    const YamlNode *node;
    bool usable;
  };
  std::vector<Value> values_;
};

} // namespace coroguard::catalog
