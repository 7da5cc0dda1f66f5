// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an object hands out of itself by reference: `files_.all()` where `all` returns a member of the object's class, or
// `files_->all` itself. Reads one accessor; who changes that member is SharedState's.
#pragma once

#include "clang/AST/ExprCXX.h"

namespace coroguard {

struct HandedOut {
  const clang::ValueDecl *holder = nullptr;      ///< the member or global whose function is called
  const clang::FieldDecl *field = nullptr;       ///< of the holder's class: what is handed out, or a part of it
  const clang::CXXMethodDecl *accessor = nullptr; ///< null: the field is open
};

/// Of a call whose callee the unit shows and that returns a reference, or of an open field; nullopt for anything else.
std::optional<HandedOut> handedOutBy(const clang::Expr *expr);

/// The member or global on which a member function is called, also through a pointer to it; null for others.
const clang::ValueDecl *holderOf(const clang::CXXMemberCallExpr *call);

/// Does the class of the field have a function that may change its objects and that the unit does not show?
bool hasUnseenChangers(const HandedOut &handed);

} // namespace coroguard
