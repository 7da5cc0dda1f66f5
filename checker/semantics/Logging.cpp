// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Statements that only tell people something.
#include "checker/semantics/Logging.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace coroguard {
namespace {

/// The macro that the user named; empty if it did not come out of one.
llvm::StringRef writtenMacro(const Stmt *statement, const ASTContext &context) {
  const SourceManager &sources = context.getSourceManager();
  SourceLocation at = statement->getBeginLoc();
  llvm::StringRef name;
  while (at.isMacroID()) {
    name = Lexer::getImmediateMacroName(at, sources, context.getLangOpts());
    at = sources.getImmediateMacroCallerLoc(at);
  }
  return name;
}

bool isStream(QualType type) { return nameOf(classOf(type)).ends_with("ostream"); }

/// `logger.debug("…")`, of an object or a class that says that it logs.
bool isOfLogger(const CXXMemberCallExpr *call) {
  const Expr *object = call->getImplicitObjectArgument()->IgnoreParenImpCasts();
  const auto *member = dyn_cast<MemberExpr>(object);
  const auto *variable = dyn_cast<DeclRefExpr>(object);
  return says::logs(nameOf(classOf(call->getObjectType()))) || says::logs(nameOf(member ? member->getMemberDecl() : nullptr)) ||
         says::logs(nameOf(variable ? variable->getDecl() : nullptr));
}

} // namespace

bool onlyLogs(const Stmt *statement, const ASTContext &context) {
  if (says::logs(writtenMacro(statement, context)))
    return true;
  const auto *expr = dyn_cast<Expr>(statement);
  const auto *call = dyn_cast_or_null<CallExpr>(expr ? peel(expr) : nullptr);
  if (!call)
    return false;
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call); member && member->getType()->isVoidType() && isOfLogger(member))
    return true;
  const auto *shifts = dyn_cast<CXXOperatorCallExpr>(call);
  if (shifts)
    return shifts->getOperator() == OO_LessLess && isStream(shifts->getArg(0)->getType());
  return says::logs(nameOf(call->getDirectCallee()));
}

} // namespace coroguard
