// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .coroguard.yaml: what a project says once for everybody who runs coroguard in it. Options of rules are not in it; they
// stand in .clang-tidy, where editors see them too.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace coroguard::driver {

class ProjectFile {
public:
  static constexpr llvm::StringLiteral name = ".coroguard.yaml";

  /// Settings that are laid over others.
  struct Layer {
    std::vector<std::string> paths; ///< of an override
    std::string profile;            ///< empty: as before
    std::vector<std::string> rules; ///< globs
    std::string where;              ///< "FILE:LINE", for people
  };

  /// The file at or above `start`, looking no further up than the git work tree; empty if there is none.
  static std::string find(llvm::StringRef start);

  /// Reads it strictly; the error has one problem per line. Names of rules are checked by the Configuration.
  static llvm::Expected<std::unique_ptr<const ProjectFile>> read(llvm::StringRef path);

  const std::string &path() const { return path_; }
  const std::string &build() const { return build_; }       ///< absolute or empty
  const std::string &baseline() const { return baseline_; } ///< absolute or empty
  const std::vector<std::string> &models() const { return models_; } ///< absolute
  const std::string &modelsWhere() const { return modelsWhere_; }
  llvm::ArrayRef<Layer> layers() const { return layers_; } ///< the file's own settings, then its overrides

  /// For an absolute file: whether it is left out, and which layers apply.
  bool excludes(llvm::StringRef file) const;
  bool applies(const Layer &layer, llvm::StringRef file) const;

private:
  bool matchesAny(llvm::ArrayRef<std::string> globs, llvm::StringRef file) const;

  std::string path_, folder_, build_, baseline_, modelsWhere_;
  std::vector<std::string> models_, exclude_;
  std::vector<Layer> layers_;
};

} // namespace coroguard::driver
