// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects the names the work was made with, and looks for waits on them.
#include "checker/flow/WaitedFor.h"

#include "checker/flow/Storage.h"
#include "checker/flow/TaskJourney.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace coroguard {
namespace {

using NameSet = llvm::SmallPtrSet<const ValueDecl *, 8>;

llvm::StringRef nameOf(const NamedDecl *decl) {
  return decl && decl->getIdentifier() ? decl->getName() : llvm::StringRef();
}

/// Variables, members and captures mentioned anywhere under `root`.
void addNames(const Stmt *root, const Body &body, NameSet &names) {
  for (const Stmt *node : body.nodes) {
    if (!body.contains(root, node))
      continue;
    if (const auto *reference = dyn_cast<DeclRefExpr>(node); reference && isa<VarDecl>(reference->getDecl()))
      names.insert(reference->getDecl());
    if (const auto *member = dyn_cast<MemberExpr>(node); member && isa<FieldDecl>(member->getMemberDecl()))
      names.insert(member->getMemberDecl());
    if (const auto *lambda = dyn_cast<LambdaExpr>(node))
      for (const LambdaCapture &capture : lambda->captures())
        if (capture.capturesVariable())
          names.insert(capture.getCapturedVar());
  }
}

bool mentionsOne(const Stmt *root, const NameSet &names) {
  return anyDescendant(root, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *member = dyn_cast<MemberExpr>(node);
    const ValueDecl *named = reference ? reference->getDecl() : member ? member->getMemberDecl() : nullptr;
    return named && names.contains(named);
  });
}

/// `co_await scope.join()`, `while (!done)`, `context.run()`, `future.get()`.
bool waits(const Stmt *node, const NameSet &names, Callees &callees) {
  if (const auto *await = dyn_cast<CoawaitExpr>(node))
    return mentionsOne(await->getOperand(), names);
  if (const auto *loop = dyn_cast<WhileStmt>(node))
    return mentionsOne(loop->getCond(), names);
  std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->callee || isa<CXXConstructExpr>(node))
    return false;
  const llvm::StringRef name = nameOf(call->callee);
  return callees.isRunner(*call) || soundsLikeWaiting(name) || (name == "get" && mentionsOne(node, names));
}

} // namespace

bool isWaitedFor(const LooseWork &work, const Body &body, TaskTypes &types, Callees &callees) {
  const Stmt *whole = work.leavesAt;
  for (const Stmt *parent = body.parentOf(whole); parent && isa<Expr>(parent); parent = body.parentOf(parent))
    whole = parent;
  NameSet names;
  addNames(whole, body, names);
  addNames(work.call, body, names);
  if (work.store)
    names.insert(work.store);
  // Plain data is no means to wait; an event or a counter of one's own may be.
  const CXXRecordDecl *record = work.local ? classOf(work.local->getType()) : nullptr;
  if (record && record->isInStdNamespace() && !types.isAwaitable(work.local->getType()))
    names.erase(work.local);
  bool after = false;
  for (const Stmt *node : body.nodes) {
    after |= node == work.leavesAt;
    if (after && !body.contains(whole, node) && (!work.local || isAlive(work.local, node, body)) && waits(node, names, callees))
      return true;
  }
  return false;
}

} // namespace coroguard
