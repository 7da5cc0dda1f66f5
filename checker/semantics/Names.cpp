// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Catalogue names of declarations.
#include "checker/semantics/Names.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard {
namespace {

std::string lastComponent(const clang::NamedDecl *decl) {
  if (const auto *ctor = llvm::dyn_cast<clang::CXXConstructorDecl>(decl))
    return ctor->getParent()->getNameAsString();
  return decl->getNameAsString();
}

std::string spell(const clang::NamedDecl *decl) {
  llvm::SmallVector<std::string, 6> parts{lastComponent(decl)};
  const clang::DeclContext *context = decl->getDeclContext();
  for (; context && !context->isTranslationUnit(); context = context->getParent()) {
    if (const auto *space = llvm::dyn_cast<clang::NamespaceDecl>(context)) {
      if (!space->isInline() && !space->isAnonymousNamespace())
        parts.push_back(space->getNameAsString());
    } else if (const auto *record = llvm::dyn_cast<clang::RecordDecl>(context)) {
      parts.push_back(record->getNameAsString());
    } else if (llvm::isa<clang::FunctionDecl>(context)) {
      break; // a local entity has no name the catalogue could know
    }
  }
  std::string name;
  for (const std::string &part : llvm::reverse(parts))
    name += name.empty() ? part : "::" + part;
  return name;
}

} // namespace

llvm::StringRef Names::of(const clang::NamedDecl *decl) {
  decl = llvm::cast<clang::NamedDecl>(decl->getCanonicalDecl());
  std::string &name = cache_[decl];
  if (name.empty())
    name = spell(decl);
  return name;
}

std::string Names::forPeople(const clang::NamedDecl *decl) {
  if (const auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(decl)) {
    if (method->getParent()->isLambda())
      return "lambda";
    if (llvm::isa<clang::CXXConstructorDecl>(method))
      return method->getParent()->getNameAsString();
    return method->getParent()->getNameAsString() + "::" + method->getNameAsString();
  }
  return of(decl).str();
}

std::string plainName(const clang::NamedDecl *decl) {
  std::string plain;
  for (char c : nameOf(decl))
    if (c != '_')
      plain += llvm::toLower(c);
  return plain;
}

bool isOneOf(llvm::StringRef name, std::initializer_list<llvm::StringRef> names) { return llvm::is_contained(names, name); }

bool startsWithAny(llvm::StringRef name, std::initializer_list<llvm::StringRef> starts) {
  return llvm::any_of(starts, [&](llvm::StringRef start) { return name.starts_with_insensitive(start); });
}

bool containsAny(llvm::StringRef name, std::initializer_list<llvm::StringRef> parts) {
  return llvm::any_of(parts, [&](llvm::StringRef part) { return name.contains_insensitive(part); });
}

} // namespace coroguard
