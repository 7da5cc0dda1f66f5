// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at classes, captures and parameters.
#include "checker/semantics/KeptObjects.h"

#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/TaskTypes.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

llvm::StringRef strongCall(const CXXRecordDecl *record) {
  for (llvm::StringRef name : {"shared_from_this", "get_strong"})
    if (!methodsNamed(record, name).empty())
      return name;
  return "";
}

bool isShared(const CXXRecordDecl *record) {
  bool shared = !strongCall(record).empty() || !methodsNamed(record, "addRef").empty() || !methodsNamed(record, "addRefToThis").empty();
  record->forallBases([&](const CXXRecordDecl *base) {
    shared |= nameOf(base).contains_insensitive("refcounted");
    return !shared;
  });
  return shared;
}

/// `auto weak = get_weak();` that nothing mentions afterwards.
static bool isNeverAsked(const CallExpr *call, const Body &body) {
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls()) {
      const auto *variable = dyn_cast<VarDecl>(decl);
      const Expr *init = variable && variable->hasLocalStorage() ? variable->getInit() : nullptr;
      if (init && (init == call || body.contains(init, call)))
        return body.references(variable).empty() && body.capturedBy(variable).empty();
    }
  return false;
}

/// `addRef()`, `kj::addRef(*this)`: of this object, not of one that it has.
static bool isOfThis(const CallExpr *call) {
  const auto isThis = [](const Expr *expr) {
    expr = expr ? expr->IgnoreParenImpCasts() : nullptr;
    if (const auto *pointee = dyn_cast_or_null<UnaryOperator>(expr); pointee && pointee->getOpcode() == UO_Deref)
      expr = pointee->getSubExpr()->IgnoreParenImpCasts();
    return isa_and_nonnull<CXXThisExpr>(expr);
  };
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  return (member && isThis(member->getImplicitObjectArgument())) || llvm::any_of(call->arguments(), isThis);
}

bool holdsItself(const Body &body, bool sure) {
  const Stmt *first = nullptr; // suspension
  bool after = false;
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    first = !first && isa<CoroutineSuspendExpr>(node) ? node : first;
    after |= first && node != first && !body.contains(first, node);
    const auto *call = dyn_cast<CallExpr>(node);
    const llvm::StringRef name = nameOf(call ? call->getDirectCallee() : nullptr);
    const bool weak = name == "get_weak" || name == "weak_from_this";
    if (name.contains("from_this") || name == "get_strong" || weak)
      return !(sure && weak && isNeverAsked(call, body));
    return !sure && !after && name.starts_with("addRef") && isOfThis(call);
  });
}

bool keepsObject(const LambdaExpr *lambda, const CXXRecordDecl *record) {
  return llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
    const auto *pointer = capture.capturesVariable()
                              ? dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(capture.getCapturedVar()->getType())) : nullptr;
    if (!pointer || pointer->getTemplateArgs().size() == 0 || pointer->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
      return false;
    const CXXRecordDecl *target = classOf(pointer->getTemplateArgs()[0].getAsType());
    return target && target->hasDefinition() &&
           (target->getCanonicalDecl() == record->getCanonicalDecl() || record->isDerivedFrom(target) || target->isDerivedFrom(record));
  });
}

const CXXRecordDecl *classAround(const LambdaExpr *lambda) {
  const DeclContext *context = lambda->getLambdaClass()->getDeclContext();
  for (; context; context = context->getParent())
    if (const auto *method = dyn_cast<CXXMethodDecl>(context); method && !method->getParent()->isLambda())
      return method->getParent();
  return nullptr;
}

bool ownsCallable(const CallSite &site, unsigned i) {
  const ParmVarDecl *target = site.parameter(i);
  const QualType type = target ? target->getType() : QualType();
  if (type.isNull() || (type->isLValueReferenceType() && !type->getPointeeType().isConstQualified()))
    return false;
  const CXXRecordDecl *record = classOf(type.getNonReferenceType());
  return record && !record->isLambda() && nameOf(record).ends_with_insensitive("function") && !operatorsOf(record, OO_Call).empty();
}

bool runsLaterByName(const CallSite &site, const CodeIndex &code) {
  if (!says::isAsynchronous(nameOf(site.callee)) || !site.expr->getType()->isVoidType() || code.bodyOf(site.callee->getDefinition()))
    return false;
  for (unsigned i = 0; i < site.arguments.size(); ++i) {
    const ParmVarDecl *target = site.parameter(i);
    if (target && !target->getType()->isLValueReferenceType() && ownsCallable(site, i))
      return true;
  }
  return false;
}

static bool isSharedPointer(QualType type) {
  const llvm::StringRef name = nameOf(classOf(type));
  return !type->isReferenceType() && (name.ends_with("shared_ptr") || name.ends_with("intrusive_ptr"));
}

/// The local shared pointer through which `init` goes: `self->reason`.
static const VarDecl *pointerThrough(const Expr *init) {
  while (const auto *member = dyn_cast_or_null<MemberExpr>(init ? init->IgnoreParenImpCasts() : nullptr))
    init = member->getBase();
  const auto *arrow = dyn_cast_or_null<CXXOperatorCallExpr>(init ? init->IgnoreParenImpCasts() : nullptr);
  return arrow && arrow->getOperator() == OO_Arrow ? localOf(arrow->getArg(0)) : nullptr;
}

const VarDecl *unkeptPointer(const LambdaExpr *lambda) {
  const VarDecl *found = nullptr;
  for (const LambdaCapture &capture : lambda->captures()) {
    const auto *variable = capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
    if (!variable || capture.getCaptureKind() != LCK_ByRef)
      continue;
    const VarDecl *pointer = variable->isInitCapture() ? pointerThrough(variable->getInit()) : variable;
    if (pointer && pointer->hasLocalStorage() && isSharedPointer(pointer->getType()))
      found = pointer;
  }
  const bool copied = found && llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
    const auto *variable = capture.capturesVariable() && capture.getCaptureKind() == LCK_ByCopy ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
    return variable && (variable == found || (variable->isInitCapture() && localOf(variable->getInit()) == found));
  });
  return copied ? nullptr : found;
}

/// A member of the current object, or an element of one.
static bool isOwnStore(const Expr *expr) {
  expr = expr->IgnoreParenImpCasts();
  if (const auto *element = dyn_cast<CXXOperatorCallExpr>(expr); element && element->getOperator() == OO_Subscript)
    expr = element->getArg(0)->IgnoreParenImpCasts();
  const auto *member = dyn_cast<MemberExpr>(expr);
  return member && isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()) && classOf(member->getType());
}

bool storesWork(const CallSite &site, const CodeIndex &code) {
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(site.callee);
  const Body *body = method && site.object && !method->getParent()->isInStdNamespace() ? code.bodyOf(method->getDefinition()) : nullptr;
  const bool drives = body && llvm::any_of(method->getParent()->methods(), [](const CXXMethodDecl *each) {
    return each->getAccess() == AS_public && !each->isConst() && each->getNumParams() == 0 && says::drives(nameOf(each));
  });
  auto isWork = [&](const Expr *value) {
    const auto *named = dyn_cast_or_null<DeclRefExpr>(peelMoves(value));
    const auto *parameter = named ? dyn_cast<ParmVarDecl>(named->getDecl()) : nullptr;
    return parameter && nameOf(classOf(parameter->getType().getNonReferenceType())).ends_with("function");
  };
  return drives && llvm::any_of(body->nodes, [&](const Stmt *node) {
    if (const auto *adds = dyn_cast<CXXMemberCallExpr>(node))
      return isOwnStore(adds->getImplicitObjectArgument()) && says::keeps(nameOf(adds->getMethodDecl())) && llvm::any_of(adds->arguments(), isWork);
    const auto *assigns = dyn_cast<CXXOperatorCallExpr>(node);
    const bool element = assigns && assigns->getOperator() == OO_Equal && isa<CXXOperatorCallExpr>(assigns->getArg(0)->IgnoreParenImpCasts());
    return element && isOwnStore(assigns->getArg(0)) && isWork(assigns->getArg(1));
  });
}

} // namespace coroguard
