// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an object hands out of itself by reference: `files_.all()` where `all` returns a member of the object's class,
// `files_->all` itself, and the containers in the elements of a container, `rooms_[id].members`. Reads one accessor; who changes
// that member is SharedState's.
#pragma once

#include "clang/AST/ExprCXX.h"

namespace coroguard {

struct HandedOut {
  const clang::ValueDecl *holder = nullptr;      ///< the member or global whose function is called, or in which the element is
  const clang::FieldDecl *field = nullptr;       ///< of the holder's or the element's class; null: the element itself, `levels_[i]`
  clang::QualType type;                          ///< of what is handed out, or of what it is a part of
};

/// Of a call whose callee the unit shows and that returns a reference, or of an open field; nullopt for anything else.
std::optional<HandedOut> handedOutBy(const clang::Expr *expr);

/// The container `expr` names if it is an open field of an object that others have, too, `files_->all`, or lies in an element
/// of a container: `levels_[i]`, `room.members` where `auto &room = rooms_[id]`, `it->second.members`. All elements count as one.
std::optional<HandedOut> containerInside(const clang::Expr *expr);

/// The container of which `value` is an element, or to whose element it points: `members.back()`, `members.find(id)`, `&members[i]`.
const clang::Expr *containerOf(const clang::Expr *value);

/// The member or global on which a member function is called, also through a pointer to it; null for others.
const clang::ValueDecl *holderOf(const clang::CXXMemberCallExpr *call);

/// Does the class of the field have a function that may change its objects and that the unit does not show?
bool hasUnseenChangers(const HandedOut &handed);

} // namespace coroguard
