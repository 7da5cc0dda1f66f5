// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Visits what a function calls, each body once.
#include "checker/program/ProvenHarmless.h"

#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace coroguard {
namespace {

bool isTrusted(const FunctionDecl *callee) {
  return isNonBlocking(callee) || callee->isInStdNamespace() || callee->getBuiltinID() != 0 || callee->isConstexpr() ||
         callee->isReplaceableGlobalAllocationFunction() || callee->isDefaulted() || callee->isTrivial();
}

bool isHarmless(const Invocation &invocation, const Body &body, Unit &unit) {
  if (unit.blocking().of(invocation, body))
    return false;
  const FunctionDecl *callee = invocation.site.callee;
  return !invocation.runs.empty() || invocation.destroys || (callee && isTrusted(callee));
}

} // namespace

bool isProvenHarmless(const FunctionDecl *function, Unit &unit) {
  const Body *first = unit.code().bodyOf(function);
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  if (!first || (method && method->isVirtual() && !method->hasAttr<FinalAttr>()))
    return false;
  llvm::SmallPtrSet<const Body *, 16> seen{first};
  llvm::SmallVector<const Body *, 16> pending{first};
  while (!pending.empty()) {
    const Body *body = pending.pop_back_val();
    for (const Stmt *node : body->nodes)
      if (const auto *call = dyn_cast<CallExpr>(node); call && !call->getDirectCallee())
        return false; // through a pointer
    for (const Invocation &invocation : unit.calls().of(*body)) {
      if (!isHarmless(invocation, *body, unit))
        return false;
      for (const Body *target : invocation.runs)
        if (seen.insert(target).second)
          pending.push_back(target);
    }
  }
  return true;
}

} // namespace coroguard
