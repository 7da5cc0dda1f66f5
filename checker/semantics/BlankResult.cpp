// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at what a co_return gives, and where that comes from.
#include "checker/semantics/BlankResult.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Loops.h"
#include "checker/semantics/Names.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

/// A value that says nothing of what went wrong.
bool isBlankValue(const Expr *value) {
  return !anyDescendant(value, [&](const Stmt *node) {
    if (const auto *construct = dyn_cast<CXXConstructExpr>(node))
      return construct->getConstructor()->getNumParams() > 0 &&
             !construct->getConstructor()->isCopyOrMoveConstructor() && construct->getNumArgs() > 1;
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    return isa<CallExpr, CoroutineSuspendExpr>(node) || (reference && nameOf(reference->getDecl()) != "nullopt");
  });
}

/// `int found = 0; try { found = co_await ask(); } …`: a local that is blank unless the await comes to its end. A bool tells whether it did,
/// and what adds up tells how far it came.
bool staysBlank(const Expr *value, const CXXTryStmt *attempt, const Body &body) {
  const VarDecl *variable = localOf(peelMoves(value));
  if (!variable || variable->getType()->isBooleanType() || !variable->hasInit() || !isBlankValue(variable->getInit())) return false;
  unsigned assigned = 0;
  for (const DeclRefExpr *reference : body.references(variable)) {
    if (body.contains(nextAfter(attempt, body), reference)) continue;
    const auto *expr = dyn_cast_or_null<Expr>(body.meaningfulParentOf(reference));
    const auto *binary = dyn_cast_or_null<BinaryOperator>(expr);
    const auto *call = dyn_cast_or_null<CXXOperatorCallExpr>(expr);
    const Expr *from = binary && binary->getOpcode() == BO_Assign ? binary->getRHS() : call && call->getOperator() == OO_Equal ? call->getArg(1) : nullptr;
    if (!from || body.contains(from, reference) || !body.contains(attempt->getTryBlock(), reference) || !anyDescendant(from, llvm::IsaPred<CoawaitExpr>)) return false;
    ++assigned;
  }
  return assigned == 1;
}

} // namespace

bool isBlankResult(const Stmt *statement, const CXXTryStmt *attempt, const Body &body) {
  const auto *result = dyn_cast_or_null<CoreturnStmt>(statement);
  const Expr *value = result ? result->getOperand() : nullptr;
  return value && !value->getType()->isVoidType() && (isBlankValue(value) || staysBlank(value, attempt, body));
}

} // namespace coroguard
