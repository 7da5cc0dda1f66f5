// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a handler shares with its function: a copied std::shared_ptr to a flag.
#include "checker/flow/ToldByFlag.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

bool mentionsWithin(const Stmt *root, const ValueDecl *variable, const Body &body) {
  return llvm::any_of(body.references(variable), [&](const DeclRefExpr *reference) { return body.contains(root, reference); });
}

/// `return;`, or a block that ends with it.
bool leaves(const Stmt *branch) {
  if (const auto *block = dyn_cast_or_null<CompoundStmt>(branch))
    branch = block->body_empty() ? nullptr : block->body_back();
  return isa_and_nonnull<ReturnStmt>(branch);
}

/// `if (*flag) return;` before `child` in `block`.
bool leftBefore(const CompoundStmt *block, const Stmt *child, const ValueDecl *flag, const Body &inner) {
  for (const Stmt *each : block->body()) {
    if (each == child)
      return false;
    const auto *test = dyn_cast<IfStmt>(each);
    if (test && mentionsWithin(test->getCond(), flag, inner) && leaves(test->getThen()))
      return true;
  }
  return false;
}

/// Does a branch around `use`, or one before it, ask `flag`?
bool isAsked(const Stmt *use, const ValueDecl *flag, const Body &inner) {
  const Stmt *child = use;
  for (const Stmt *parent = inner.parentOf(use); parent; child = parent, parent = inner.parentOf(parent)) {
    if (const auto *test = dyn_cast<IfStmt>(parent); test && child != test->getCond() && mentionsWithin(test->getCond(), flag, inner))
      return true;
    if (const auto *both = dyn_cast<BinaryOperator>(parent);
        both && both->getOpcode() == BO_LAnd && child == both->getRHS() && mentionsWithin(both->getLHS(), flag, inner))
      return true;
    if (const auto *block = dyn_cast<CompoundStmt>(parent); block && leftBefore(block, child, flag, inner))
      return true;
  }
  return false;
}

/// `*flag = true`, `flag->done = true`, `flag->store(true)`.
bool writesTo(const Stmt *node, const ValueDecl *flag, const Body &body) {
  if (const auto *assignment = dyn_cast<BinaryOperator>(node))
    return assignment->isAssignmentOp() && mentionsWithin(assignment->getLHS(), flag, body);
  if (const auto *assignment = dyn_cast<CXXOperatorCallExpr>(node)) // of a std::atomic
    return assignment->isAssignmentOp() && mentionsWithin(assignment->getArg(0), flag, body);
  const auto *call = dyn_cast<CXXMemberCallExpr>(node);
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  return method && !method->isConst() && isOneOf(nameOf(method), {"store", "exchange", "test_and_set", "clear"}) &&
         mentionsWithin(call->getImplicitObjectArgument(), flag, body);
}

bool isWrittenAfter(const CallExpr *call, const ValueDecl *flag, const Body &body) {
  bool after = false;
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    after |= node == call;
    return after && !body.contains(call, node) && writesTo(node, flag, body);
  });
}

} // namespace

bool isToldByFlag(const VarDecl *local, const LambdaExpr *lambda, const CallExpr *call, const Body &inner, const Body &body) {
  if (!inner.capturedBy(local).empty())
    return false;
  return llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
    const ValueDecl *flag = capture.capturesVariable() && capture.getCaptureKind() == LCK_ByCopy ? capture.getCapturedVar() : nullptr;
    return flag && nameOf(classOf(flag->getType())) == "shared_ptr" && isWrittenAfter(call, flag, body) &&
           llvm::all_of(inner.references(local), [&](const DeclRefExpr *use) { return isAsked(use, flag, inner); });
  });
}

} // namespace coroguard
