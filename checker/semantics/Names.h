// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How entities are called in the catalogue: qualified, without template arguments, inline and anonymous namespaces.
#pragma once

#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/DenseMap.h"

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

} // namespace coroguard
