// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells them by who waits for what.
#include "checker/program/OwnWaits.h"

#include "checker/semantics/LocalValues.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

bool isStartOfThreads(const BlockingCall &call, const Invocation &invocation, const Body &body, Unit &unit) {
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  const Expr *object = invocation.site.object;
  const VarDecl *local = object ? localOf(peelMoves(object)) : nullptr;
  return call.category == "wait" && method && !method->isStatic() && local && !local->getType()->isReferenceType() &&
         !unit.contexts().ownsThreads(local->getType()) &&
         unit.contexts().ownsThreads(unit.ast().getCanonicalTagType(method->getParent()));
}

static const DeclContext *outermostNamespace(const Decl *decl) {
  const DeclContext *outermost = nullptr;
  for (const DeclContext *scope = decl->getDeclContext(); scope; scope = scope->getParent())
    if (isa<NamespaceDecl>(scope) && !cast<NamespaceDecl>(scope)->isAnonymousNamespace())
      outermost = scope->getPrimaryContext();
  return outermost;
}

bool isLoopsOwnWait(const BlockingStep &last, const LoopCall &call) {
  const bool idles = last.blocking->row && llvm::any_of(last.blocking->row->when, [](const catalog::Atom &atom) {
    return atom.predicate == catalog::Predicate::IdleSite;
  });
  const CXXRecordDecl *task = classOf(call.where->function->getReturnType());
  const DeclContext *library = task ? outermostNamespace(task) : nullptr;
  const bool ofAMember = llvm::any_of(last.invocation->site.arguments, [](const Expr *argument) {
    return anyDescendant(argument, [](const Stmt *node) { return isa<CXXThisExpr>(node); });
  });
  return idles && ofAMember && library && library == outermostNamespace(last.body->function);
}

} // namespace coroguard
