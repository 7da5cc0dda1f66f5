// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function bodies need not be parsed: about half the cost of a unit lies in bodies that no rule looks at.
#pragma once

#include "clang/Sema/ExternalSemaSource.h"

#include <vector>

namespace clang {
class CompilerInstance;
class Decl;
class SourceManager;
struct LateParsedTemplate;
} // namespace clang

namespace coroguard::catalog {
class ModelIndex;
} // namespace coroguard::catalog

namespace coroguard::driver {

class UnmadeTemplates;

/// True for functions of system headers whose bodies say nothing about the user's code. Clang itself keeps bodies that
/// decide about types (constexpr, deduced results). What the coroutine protocol is made of stays: whether an awaiter
/// can suspend is read from the bodies of its functions, and what a guard, a handle or a task does when it dies from its
/// destructor.
bool isSkippableBody(const clang::Decl &declaration, const clang::SourceManager &sources);

/// Bodies of templates in system headers are kept as text until the unit ends, as with -fdelayed-template-parsing. Then
/// those are parsed and instantiated that may instantiate a template of the user's: std::thread runs its function in
/// one, a test library its typed tests. The others, most of them, are left out like the ones that isSkippableBody()
/// names, and cost no instantiation either.
class DelayedTemplates : public clang::ExternalSemaSource {
public:
  /// Before the first token is read.
  DelayedTemplates(clang::CompilerInstance &compiler, const catalog::ModelIndex &models);

  void attachTo(clang::Sema &sema);

  /// True if there was no error without what was put off, and then there was one. It may be ours: names in a template
  /// that is parsed late mean what they mean at the end of the unit.
  bool failed() const { return failed_; }

private:
  using PendingInstantiation = std::pair<clang::ValueDecl *, clang::SourceLocation>;
  class FileWatch;

  /// Clang asks for it when the unit ends, before it instantiates what is pending.
  void ReadPendingInstantiations(llvm::SmallVectorImpl<PendingInstantiation> &) override;
  void instantiateOthers();
  bool instantiateSome(const UnmadeTemplates &unmade);
  void leaveOutRest();

  clang::CompilerInstance &compiler_;
  const catalog::ModelIndex &models_;
  clang::Sema *sema_ = nullptr;
  void (*parse_)(void *parser, clang::LateParsedTemplate &body) = nullptr; ///< the parser's
  std::vector<PendingInstantiation> putOff_;
  bool failed_ = false;
};

} // namespace coroguard::driver
