// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Templates of the user's that nobody instantiates, as long as the bodies of system headers are left out: a generic
// lambda that is given to a library, the virtual functions of what a library makes, a typed test.
#pragma once

#include "clang/AST/TemplateBase.h"
#include "clang/AST/Type.h"
#include "llvm/ADT/SmallPtrSet.h"

#include <memory>

namespace clang {
class ASTContext;
class Decl;
class FunctionDecl;
class LambdaExpr;
} // namespace clang

namespace coroguard::catalog {
class ModelIndex;
} // namespace coroguard::catalog

namespace coroguard::driver {

class NotableNames;

/// Generic lambdas anywhere that suspend or call something of the user's or of the models; in the main file, where
/// nobody writes what is never used, class templates and what libraries call of them.
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

  bool isNotable(const clang::LambdaExpr &lambda);
  bool isNamedBy(const clang::Decl *declaration, unsigned depth) const;
  bool isNamedBy(llvm::ArrayRef<clang::TemplateArgument> arguments, unsigned depth) const;
  bool isNamedBy(clang::QualType type, unsigned depth) const;

  const clang::ASTContext &unit_;
  const catalog::ModelIndex &models_;
  std::unique_ptr<NotableNames> names_; ///< made when it is first asked for
  llvm::SmallPtrSet<const clang::Decl *, 8> closures_;
  bool others_ = false; ///< there are class templates or operators of the main file, too
};

} // namespace coroguard::driver
