// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Takes expressions apart, down to their root.
#include "checker/flow/AccessPath.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"

#include "llvm/ADT/FoldingSet.h"

using namespace clang;

namespace coroguard {
namespace {

/// Smart pointers, optionals: what `->`, `*`, `get()` and `value()` give is told by the object itself.
bool isTransparent(const CallExpr *call) {
  const FunctionDecl *callee = call->getDirectCallee();
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(call))
    return operation->getNumArgs() == 1 && (operation->getOperator() == OO_Arrow || operation->getOperator() == OO_Star);
  const CXXRecordDecl *record = isa<CXXMemberCallExpr>(call) ? cast<CXXMemberCallExpr>(call)->getRecordDecl() : nullptr;
  const bool std = record ? record->isInStdNamespace() : callee && callee->isInStdNamespace();
  const llvm::StringRef name = nameOf(callee);
  return std && (record ? name == "get" || name == "value" : call->getNumArgs() == 1 && (name == "ref" || name == "move" || name == "addressof"));
}

const Expr *withinCall(const CallExpr *call) {
  if (!isTransparent(call))
    return nullptr;
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  return member ? member->getImplicitObjectArgument() : call->getArg(0);
}

/// What a reference or a scope's own name is bound to, once and for all.
const Expr *boundTo(const ValueDecl *named) {
  const auto *variable = dyn_cast<VarDecl>(named);
  const bool reference = variable && variable->getType()->isReferenceType() && !isa<ParmVarDecl>(variable);
  return reference && !variable->isCXXForRangeDecl() ? variable->getInit() : nullptr;
}

bool isOf(const ValueDecl *variable, const FunctionDecl *function) {
  const auto *owner = dyn_cast<FunctionDecl>(variable->getDeclContext());
  return owner && owner->getCanonicalDecl() == function->getCanonicalDecl();
}

} // namespace

AccessPath AccessPath::of(const Expr *expr, const ASTContext &context) {
  AccessPath path;
  const Expr *at = expr;
  for (unsigned steps = 0; at && steps < 24; ++steps) {
    at = peel(at)->IgnoreParenCasts();
    if (const auto *member = dyn_cast<MemberExpr>(at)) {
      if (!isa<FieldDecl>(member->getMemberDecl())) { // a static member
        path.root = Root::Variable;
        path.variable = cast<ValueDecl>(member->getMemberDecl()->getCanonicalDecl());
        break;
      }
      path.members.push_back(cast<ValueDecl>(member->getMemberDecl()->getCanonicalDecl()));
      at = member->getBase();
    } else if (isa<CXXThisExpr>(at)) {
      path.root = Root::This;
      break;
    } else if (const auto *reference = dyn_cast<DeclRefExpr>(at)) {
      if (const Expr *bound = boundTo(reference->getDecl())) {
        at = bound;
        continue;
      }
      path.root = Root::Variable;
      path.variable = cast<ValueDecl>(reference->getDecl()->getCanonicalDecl());
      break;
    } else if (const auto *unary = dyn_cast<UnaryOperator>(at);
               unary && (unary->getOpcode() == UO_Deref || unary->getOpcode() == UO_AddrOf)) {
      at = unary->getSubExpr();
    } else if (const auto *call = dyn_cast<CallExpr>(at); call && withinCall(call)) {
      at = withinCall(call);
    } else {
      llvm::FoldingSetNodeID id;
      at->Profile(id, context, /*Canonical=*/true);
      path.root = Root::Spelled;
      path.spelling = id.ComputeHash();
      break;
    }
  }
  std::reverse(path.members.begin(), path.members.end());
  return path;
}

AccessPath AccessPath::atCall(const AccessPath &inside, const CallSite &call, const ASTContext &context) {
  AccessPath path;
  if (inside.root == Root::Spelled || !inside || !call.callee)
    return path;
  const auto *method = dyn_cast<CXXMethodDecl>(call.callee);
  const bool lambda = method && method->getParent()->isLambda();
  if (inside.variable && isOf(inside.variable, call.callee)) {
    const auto *parameter = dyn_cast<ParmVarDecl>(inside.variable);
    if (parameter && parameter->getFunctionScopeIndex() < call.arguments.size())
      path = of(call.arguments[parameter->getFunctionScopeIndex()], context);
  } else if (inside.root == Root::This && !lambda) {
    path = call.object ? of(call.object, context) : path;
  } else {
    return inside; // a global, or what a lambda captures
  }
  if (path)
    path.members.append(inside.members.begin(), inside.members.end());
  return path;
}

std::string AccessPath::text() const {
  std::string text = root == Root::Variable ? variable->getNameAsString() : "";
  for (const ValueDecl *member : members)
    text += (text.empty() ? "" : ".") + member->getNameAsString();
  return root == Root::Spelled ? std::string() : text;
}

} // namespace coroguard
