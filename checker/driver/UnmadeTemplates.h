// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Templates of the user's that nobody instantiates, as long as the bodies of system headers are left out: a generic
// lambda that is given to a library, the virtual functions of what a library makes, a typed test.
#pragma once

#include "llvm/ADT/SmallPtrSet.h"

#include <memory>

namespace clang {
class ASTContext;
class Decl;
class FunctionDecl;
class Stmt;
} // namespace clang

namespace coroguard::catalog {
class ModelIndex;
} // namespace coroguard::catalog

namespace coroguard::driver {

class NotableNames;

/// Generic lambdas and call operators anywhere that suspend or call something of the user's or of the models; in the main
/// file, where nobody writes what is never used, class templates and what libraries call of them.
class UnmadeTemplates {
public:
  UnmadeTemplates(const clang::ASTContext &unit, const catalog::ModelIndex &models);
  ~UnmadeTemplates();

  /// Looks for them in what is parsed and instantiated by now.
  void find();

  /// True if the arguments of the instantiation `function`, or of the classes and functions around it, name one that
  /// find() found. What names none cannot instantiate one.
  bool mayBeMadeBy(const clang::FunctionDecl &function) const;

private:
  class Search;
  class NameSearch;

  bool isNotable(const clang::Stmt *body);

  const clang::ASTContext &unit_;
  const catalog::ModelIndex &models_;
  std::unique_ptr<NotableNames> names_; ///< made when it is first asked for
  llvm::SmallPtrSet<const clang::Decl *, 8> callables_; ///< classes of such lambdas and function objects
  bool others_ = false; ///< there are class templates or operators of the main file, too
};

} // namespace coroguard::driver
