// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the bodies of destructors, of templates as they are written.
#include "checker/semantics/TaskDestructors.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace coroguard {

static bool isDestroy(const Stmt *node) {
  const auto *member = dyn_cast<MemberExpr>(node);
  if (member && member->getMemberDecl()->getDeclName().isIdentifier())
    return member->getMemberDecl()->getName() == "destroy";
  const auto *dependent = dyn_cast<CXXDependentScopeMemberExpr>(node);
  return dependent && dependent->getMember().getAsString() == "destroy";
}

/// What the destructor of `record` does; null if the unit does not show it.
static const Stmt *destructionOf(const CXXRecordDecl *record) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  const CXXDestructorDecl *destructor = definition ? definition->getDestructor() : nullptr;
  return destructor && !destructor->hasSkippedBody() ? destructor->getBody() : nullptr;
}

/// `struct Destroy { void operator()(promise *) { … .destroy(); } };`
static bool isDestroyer(const CXXRecordDecl *record) {
  return record && llvm::any_of(operatorsOf(record, OO_Call), [](const CXXMethodDecl *method) {
           return method->getBody() && anyDescendant(method->getBody(), isDestroy);
         });
}

/// A class whose destructor says nothing of its own, or is not seen, may have a member that owns the handle.
static bool ownsByMember(const CXXRecordDecl *record) {
  return record->hasDefinition() && llvm::any_of(record->getDefinition()->fields(), [](const FieldDecl *field) {
           const CXXRecordDecl *member = classOf(field->getType());
           if (!member || field->getType()->isReferenceType())
             return false;
           const auto *specialization = dyn_cast<ClassTemplateSpecializationDecl>(member);
           if (!specialization || !member->isInStdNamespace() || nameOf(member) != "unique_ptr") {
             const Stmt *body = destructionOf(member);
             return body && anyDescendant(body, isDestroy);
           }
           const TemplateArgumentList &arguments = specialization->getTemplateArgs();
           return arguments.size() == 2 && arguments[1].getKind() == TemplateArgument::Type && isDestroyer(classOf(arguments[1].getAsType()));
         });
}

bool destroysItsCoroutine(const CXXRecordDecl *record) {
  const Stmt *body = destructionOf(record);
  if (body && anyDescendant(body, isDestroy))
    return true;
  const CXXDestructorDecl *destructor = record->hasDefinition() ? record->getDefinition()->getDestructor() : nullptr;
  return !(destructor && destructor->isUserProvided()) && ownsByMember(record);
}

bool detachesItself(const CXXRecordDecl *record) {
  const Stmt *body = destructionOf(record);
  return body && anyDescendant(body, [](const Stmt *node) {
           const auto *member = dyn_cast<MemberExpr>(node);
           const auto *method = member ? dyn_cast<CXXMethodDecl>(member->getMemberDecl()) : nullptr;
           return nameOf(method).starts_with("detach") && isa<CXXThisExpr>(member->getBase());
         });
}

bool resumesItself(const CXXRecordDecl *record) {
  const Stmt *body = destructionOf(record);
  return body && anyDescendant(body, [](const Stmt *node) {
           const Expr *object = nullptr;
           if (const auto *member = dyn_cast<MemberExpr>(node); member && nameOf(member->getMemberDecl()) == "resume")
             object = member->getBase();
           const auto *dependent = dyn_cast<CXXDependentScopeMemberExpr>(node);
           if (dependent && !dependent->isImplicitAccess() && dependent->getMember().getAsString() == "resume")
             object = dependent->getBase();
           const auto *field = object ? dyn_cast<MemberExpr>(object->IgnoreParenImpCasts()) : nullptr;
           return field && isa<CXXThisExpr>(field->getBase()->IgnoreParenImpCasts());
         });
}

/// `state == Completed`, `handle.done()`: what says that the coroutine is at its end.
static bool saysDone(const Stmt *node) {
  if (const auto *binary = dyn_cast<BinaryOperator>(node))
    return binary->isEqualityOp() && !isa<CXXNullPtrLiteralExpr>(binary->getRHS()->IgnoreParenImpCasts());
  const auto *call = dyn_cast<CallExpr>(node);
  const auto *member = call ? dyn_cast<MemberExpr>(call->getCallee()->IgnoreParens()) : nullptr;
  if (member && member->getMemberDecl()->getDeclName().isIdentifier())
    return member->getMemberDecl()->getName() == "done";
  const auto *dependent = call ? dyn_cast<CXXDependentScopeMemberExpr>(call->getCallee()->IgnoreParens()) : nullptr;
  return dependent && dependent->getMember().getAsString() == "done";
}

bool onlyDestroysTheDone(const CXXRecordDecl *record) {
  const Stmt *body = destructionOf(record);
  return body && anyDescendant(body, [&](const Stmt *node) {
           const auto *branch = dyn_cast<IfStmt>(node);
           if (!branch || !anyDescendant(branch->getCond(), saysDone))
             return false;
           const bool negated = anyDescendant(branch->getCond(), [](const Stmt *part) {
             const auto *negation = dyn_cast<UnaryOperator>(part);
             return negation && negation->getOpcode() == UO_LNot && anyDescendant(negation->getSubExpr(), saysDone);
           });
           const Stmt *whenDone = negated ? branch->getElse() : branch->getThen();
           return whenDone && anyDescendant(whenDone, isDestroy);
         });
}

} // namespace coroguard
