// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole catalogue in memory, as the emitters read it.
#pragma once

#include "rules/catalog/ModelFile.h"
#include "rules/catalog/RuleFile.h"

namespace coroguard::rulegen {

using catalog::ArrayRef;
using catalog::StringRef;

struct Rule {
  catalog::ParsedRule parsed;
  bool hasCheck = false; ///< has Check.h: written in C++; else declarative

  const catalog::RuleInfo &info() const { return parsed.info(); }
  std::string snakeName() const; ///< namespace of its generated parts: blocking_call
  std::string className() const; ///< BlockingCallCheck
};

/// Everything of `<root>/rules`, ordered by file name.
struct Catalogue {
  std::vector<Rule> rules;
  std::vector<std::unique_ptr<catalog::ParsedModels>> files;
  /// Rows of all files, in file order.
  std::vector<catalog::LibraryInfo> libraries;
  std::vector<catalog::CategoryInfo> categories;
  std::vector<catalog::TypeModel> types;
  std::vector<catalog::FunctionModel> functions;
  std::vector<catalog::BlockingModel> blocking;

  catalog::Models models() const { return {libraries, categories, types, functions, blocking}; }
};

/// Reads and checks `<root>/rules/*/rule.yaml` and `<root>/rules/models/*.yaml`. The error holds every problem of every
/// file.
llvm::Expected<Catalogue> readCatalogue(StringRef root);

} // namespace coroguard::rulegen
