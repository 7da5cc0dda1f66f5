// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which keys the files we read have: rule.yaml, model files and a project's .coroguard.yaml. The parser, the JSON schemas and the reference page
// of the format all read these tables, so a key is described once.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace coroguard::catalog {

struct RecordFormat;

enum class FieldShape : uint8_t {
  Text,
  Flag,    ///< true or false
  Integer, ///< decimal
  Choice,  ///< one of `choices`
  Texts,   ///< list of texts
  Any,     ///< a scalar or a list of texts (an option's default)
  Record,  ///< a map with `record`'s keys
  Records, ///< a list of those
  TextMap, ///< a map of texts; its keys are `choices`, or free when there are none
};

struct FieldFormat {
  llvm::StringRef key;
  FieldShape shape;
  bool required;
  llvm::StringRef doc; ///< what it means and what happens without it; markdown, one line
  llvm::ArrayRef<llvm::StringRef> choices = {};
  const RecordFormat *record = nullptr;
};

struct RecordFormat {
  llvm::StringRef noun; ///< with its article: "a blocking row"
  llvm::ArrayRef<FieldFormat> fields;

  const FieldFormat *find(llvm::StringRef key) const;
};

/// rules/<name>/rule.yaml.
const RecordFormat &ruleFormat();
/// rules/models/<library>.yaml and the model files of users.
const RecordFormat &modelFormat();
/// .coroguard.yaml of a project.
const RecordFormat &projectFormat();

} // namespace coroguard::catalog
