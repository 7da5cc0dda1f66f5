// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ordinary functions that start work on their object or a parameter, let go of it and return: `session.start()`.
#include "checker/flow/Borrow.h"

#include "checker/flow/Closures.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using What = DanglingBorrow::What;

namespace {

/// What its destructor does may be to wait for the work.
bool endsQuietly(const VarDecl *object) {
  const CXXRecordDecl *record = object->getType()->isRecordType() ? classOf(object->getType()) : nullptr;
  const CXXDestructorDecl *destructor = record && record->hasDefinition() ? record->getDestructor() : nullptr;
  return record && record->hasDefinition() && !record->isInStdNamespace() && !(destructor && destructor->isUserProvided());
}

/// Is the variable mentioned after the call, or anything waited for?
bool isLastOf(const CallExpr *call, const VarDecl *variable, const Body &body) {
  bool after = false;
  return llvm::none_of(body.nodes, [&](const Stmt *node) {
    after |= node == call;
    return after && !body.contains(call, node) && (isa<CoroutineSuspendExpr, ReturnStmt>(node) || mentions(node, variable) || CallSite::of(node));
  });
}

} // namespace

/// The call in `body` that starts work which goes on when `body` has returned, and refers to what `parameter` refers to
/// (null: to the object); else null.
const Stmt *Borrows::startedOn(const Body &body, const ParmVarDecl *parameter) {
  for (const CallExpr *call : body.all<CallExpr>()) {
    const bool later = !parameter && isCallback(body, call);
    for (const Expr *argument : later ? llvm::ArrayRef(call->getArgs(), call->getNumArgs()) : llvm::ArrayRef<Expr *>()) {
      const LambdaExpr *lambda = lambdaOf(argument, body);
      const CXXMethodDecl *run = capturesThis(lambda) ? runCallOperator(lambda->getLambdaClass()) : nullptr;
      const Body *inner = code_.bodyOf(run);
      if (inner && !inner->all<CXXThisExpr>().empty())
        return call;
    }
    const AsyncType *type = call->isPRValue() ? types_.classify(call->getType()) : nullptr;
    const std::optional<CallSite> site = type && type->isTask() ? CallSite::of(call) : std::nullopt;
    if (!site || !site->callee || !callees_.models(*site).empty())
      continue;
    const bool onThis = site->object && isa<CXXThisExpr>(site->object->IgnoreParenImpCasts());
    bool refers = (parameter ? site->object && rootOf(site->object, /*owned=*/true) == parameter : onThis) && keepsObject(site->callee) == Keep::Yes;
    for (unsigned i = 0; parameter && i < site->arguments.size() && !refers; ++i) {
      const ParmVarDecl *target = site->parameter(i);
      refers = target && mayBorrow(target->getType()) && rootOf(site->arguments[i], /*owned=*/true) == parameter &&
               keepsParameter(site->callee, target->getFunctionScopeIndex()) == Keep::Yes;
    }
    if (refers && llvm::any_of(journeys_.of(call, body), [](const Destination &each) { return each.kind == Destination::Kind::Detached; }))
      return call;
  }
  return nullptr;
}

/// `Session session(fd); session.start();`, `serve(socket);` as the last thing of a function that owns them.
void Borrows::lookAtStarted(const Body &body, const CallExpr *call) {
  const std::optional<CallSite> site = call->getType()->isVoidType() ? CallSite::of(call) : std::nullopt;
  const Body *callee = site && site->callee && callees_.models(*site).empty() ? code_.bodyOf(site->callee->getDefinition()) : nullptr;
  if (!callee || callee == &body || callee->isCoroutine() || callee->lambda)
    return;
  auto tell = [&](const Expr *lent, const VarDecl *variable, const ParmVarDecl *parameter) {
    if (!variable || !variable->hasLocalStorage() || isa<ParmVarDecl>(variable) || !endsQuietly(variable) || lastsAnyway(variable->getType()) ||
        !isLastOf(call, variable, body) || !startedOn(*callee, parameter))
      return;
    DanglingBorrow borrow{What::Argument, &body, call, site->callee, lent};
    borrow.storage = {Storage::Kind::Local, variable};
    borrow.name = variable->getNameAsString();
    judge(borrow, {{Destination::Kind::Detached, call}});
  };
  if (const auto *method = dyn_cast<CXXMethodDecl>(site->callee); method && site->object && !method->isStatic())
    tell(site->object, localOf(site->object), nullptr);
  for (unsigned i = 0; i < site->arguments.size(); ++i)
    if (const ParmVarDecl *target = site->parameter(i); target && target->getType()->isReferenceType() && !target->getType()->isRValueReferenceType())
      tell(site->arguments[i], localOf(site->arguments[i]), callee->function->getParamDecl(target->getFunctionScopeIndex()));
}

} // namespace coroguard
