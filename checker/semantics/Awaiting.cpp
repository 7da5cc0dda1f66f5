// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decides whether co_await may be inserted.
#include "checker/semantics/Awaiting.h"

#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace coroguard {
namespace {

bool inHandler(const Body &body, const Stmt *node) {
  for (; node; node = body.parentOf(node))
    if (isa<CXXCatchStmt>(node))
      return true;
  return false;
}

/// A generic await_transform passes awaitables through.
bool isGeneric(const CXXMethodDecl *transform) {
  return !transform->isDeleted() && transform->getNumParams() > 0 &&
         transform->getParamDecl(0)->getType().getNonReferenceType()->isTemplateTypeParmType();
}

} // namespace

bool canAwaitHere(const Body &body, const Expr *at, TaskTypes &types) {
  return canAwaitHere(body, at, at->getType(), types);
}

bool canAwaitHere(const Body &body, const Expr *at, QualType type, TaskTypes &types) {
  const CXXRecordDecl *operand = classOf(type);
  if (!body.isCoroutine() || !operand || inHandler(body, at))
    return false;
  const CXXRecordDecl *promise = classOf(body.coroutine->getPromiseDecl()->getType());
  if (!promise)
    return false;
  // A promise's generic await_transform takes the tasks of its own library, awaitable by themselves or not.
  const AsyncType *task = types.classify(type), *own = types.classify(body.function->getReturnType());
  const bool related = task && own && task->isTask() && task->library && task->library == own->library;
  const bool awaitable = types.isAwaitable(type) || related;
  const Methods overloads = methodsNamed(promise, "await_transform");
  if (overloads.empty())
    return types.isAwaitable(type);
  for (const CXXMethodDecl *transform : overloads)
    if (isGeneric(transform) && awaitable)
      return true;
  return transforms(promise, operand);
}

std::string sourceText(const Stmt *statement, const ASTContext &context, unsigned limit) {
  const SourceManager &sources = context.getSourceManager();
  const CharSourceRange range =
      Lexer::makeFileCharRange(CharSourceRange::getTokenRange(statement->getSourceRange()), sources, context.getLangOpts());
  const std::string written = Lexer::getSourceText(range, sources, context.getLangOpts()).str();
  std::string text;
  for (char c : written) // one line
    if (!isspace(static_cast<unsigned char>(c)))
      text += c;
    else if (!text.empty() && text.back() != ' ')
      text += ' ';
  if (text.size() > limit)
    text = text.substr(0, limit - 1) + "…";
  return text;
}

std::string lineAndColumn(SourceLocation location, const ASTContext &context) {
  const SourceManager &sources = context.getSourceManager();
  location = sources.getFileLoc(location);
  return std::to_string(sources.getSpellingLineNumber(location)) + ":" + std::to_string(sources.getSpellingColumnNumber(location));
}

std::string quoted(const Stmt *statement, const ASTContext &context) {
  return lineAndColumn(statement->getBeginLoc(), context) + " `" + sourceText(statement, context) + "`";
}

} // namespace coroguard
