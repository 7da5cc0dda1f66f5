// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How entities are called: in the catalogue qualified, without template arguments, inline and anonymous namespaces; by
// themselves with their identifier. What names tell where types tell nothing.
#pragma once

#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/DenseMap.h"

#include <initializer_list>
#include <string>

namespace coroguard {

/// Catalogue names of declarations, computed once per canonical declaration. Not thread-safe: one per unit.
class Names {
public:
  /// `boost::asio::basic_waitable_timer::wait`; a C function is its bare name. The reference lives as long as *this.
  llvm::StringRef of(const clang::NamedDecl *decl);

  /// For messages: `timer.wait`-like short form, the last two components at most for members, else qualified as the
  /// user would write it (`std::this_thread::sleep_for`).
  std::string forPeople(const clang::NamedDecl *decl);

private:
  llvm::DenseMap<const clang::NamedDecl *, std::string> cache_;
};

/// The identifier of `decl`. Empty for null and for what has none: operators, constructors, unnamed types.
inline llvm::StringRef nameOf(const clang::NamedDecl *decl) {
  return decl && decl->getIdentifier() ? decl->getName() : llvm::StringRef();
}

/// nameOf() in lower case and without underscores: the habits of naming differ.
std::string plainName(const clang::NamedDecl *decl);

/// To the letter.
bool isOneOf(llvm::StringRef name, std::initializer_list<llvm::StringRef> names);
/// In upper or lower case.
bool startsWithAny(llvm::StringRef name, std::initializer_list<llvm::StringRef> starts);
bool containsAny(llvm::StringRef name, std::initializer_list<llvm::StringRef> parts);

} // namespace coroguard
