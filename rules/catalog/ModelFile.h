// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads model files: facts about the types and functions of libraries. The built-in ones at build time, the ones of
// users when the tool starts.
#pragma once

#include "rules/catalog/Catalog.h"
#include "rules/catalog/RuleFile.h"

namespace coroguard::catalog {

/// Built-in files are held to more: the library's id is the file's stem, names, sources and prototypes are there.
enum class ModelOrigin : uint8_t { Builtin, User };

/// The rows of one model file and the memory of all their texts. Not movable: hand the pointer on.
class ParsedModels {
public:
  const Models &models() const { return models_; }
  ModelOrigin origin() const { return origin_; }
  StringRef file() const { return file_; }

  /// Where each row is written, parallel to the arrays of models().
  ArrayRef<Position> typePositions() const { return typePositions_; }
  ArrayRef<Position> functionPositions() const { return functionPositions_; }
  ArrayRef<Position> blockingPositions() const { return blockingPositions_; }
  ArrayRef<Position> categoryPositions() const { return categoryPositions_; }
  Position libraryPosition() const { return libraryPosition_; }
  /// Libraries and categories that rows name; checkReferences() resolves them.
  ArrayRef<Mention> libraryMentions() const { return libraryMentions_; }
  ArrayRef<Mention> categoryMentions() const { return categoryMentions_; }

private:
  friend class ModelFileReader;
  ParsedModels() = default;
  ParsedModels(const ParsedModels &) = delete;

  llvm::BumpPtrAllocator arena_;
  Models models_;
  ModelOrigin origin_ = ModelOrigin::User;
  StringRef file_;
  std::vector<Position> typePositions_, functionPositions_, blockingPositions_, categoryPositions_;
  Position libraryPosition_;
  std::vector<Mention> libraryMentions_, categoryMentions_;
};

/// Parses one file. The buffer's identifier is its path. The error is a ProblemsError with every problem of the file;
/// references to other files are left to checkReferences().
llvm::Expected<std::unique_ptr<ParsedModels>> parseModels(llvm::MemoryBufferRef buffer, ModelOrigin origin);
llvm::Expected<std::unique_ptr<ParsedModels>> readModels(StringRef path, ModelOrigin origin);

/// Reads a user's model files and checks them, together, against the built-in models. What `--models` and the option
/// `Models` call. All problems of all files are in the error.
llvm::Expected<std::vector<std::shared_ptr<const ParsedModels>>> readUserModels(ArrayRef<std::string> paths,
                                                                                const Models &builtin);

/// Problems that only show across files: rules and models with the same name, rows said twice, related rules, libraries
/// and categories that do not exist. `builtin` are models known beside `files` (null: none).
void checkReferences(ArrayRef<const ParsedModels *> files, const Models *builtin, Problems &problems);
void checkReferences(ArrayRef<const ParsedRule *> rules, Problems &problems);

} // namespace coroguard::catalog
