// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who makes a member, and what its class does with it.
#include "checker/program/BlockingPools.h"

#include "checker/semantics/Names.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

/// What `own_->get()->post(f)` and `post(own_, f)` begin with: a member of the current object.
const FieldDecl *ownMember(const Expr *expr) {
  while (expr) {
    expr = peelMoves(expr);
    if (const auto *member = dyn_cast_or_null<MemberExpr>(expr)) {
      const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
      if (field && isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()))
        return field;
      expr = member->getBase();
    } else if (const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(expr)) {
      expr = call->getImplicitObjectArgument();
    } else if (const auto *access = dyn_cast_or_null<CXXOperatorCallExpr>(expr)) {
      expr = access->getNumArgs() == 1 ? access->getArg(0) : nullptr; // `->` and `*`
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

const FieldDecl *loopOf(const CallSite &site) {
  const FieldDecl *field = site.object ? ownMember(site.object) : nullptr;
  return field || site.arguments.empty() ? field : ownMember(site.arguments.front());
}

/// Made from nothing that the constructor is given?
bool makesIt(const Expr *value) {
  return value && !value->getType()->isReferenceType() && !anyDescendant(value, [](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    return reference && isa<ParmVarDecl>(reference->getDecl());
  });
}

/// Does every constructor that the unit shows make the member, and is there one?
bool isMadeByItsClass(const FieldDecl *field, const CodeIndex &code) {
  const auto *record = dyn_cast<CXXRecordDecl>(field->getParent());
  if (!record || field->getAccess() == AS_public || field->getType()->isReferenceType())
    return false;
  bool made = false;
  for (const CXXConstructorDecl *constructor : record->ctors()) {
    const auto *shown = dyn_cast_or_null<CXXConstructorDecl>(constructor->getDefinition());
    if (constructor->isDeleted() || constructor->isCopyOrMoveConstructor() || !shown || !code.bodyOf(shown))
      continue;
    for (const CXXCtorInitializer *initialiser : shown->inits()) {
      if (initialiser->getAnyMember() != field)
        continue;
      if (!makesIt(initialiser->getInit()))
        return false;
      made = true;
    }
  }
  return made;
}

/// Does the work block, by itself or by what it calls?
bool blocks(const Body &work, Unit &unit, const BlockingPaths &paths) {
  return paths.from(work) || llvm::any_of(unit.calls().of(work), [&](const Invocation &invocation) {
    const BlockingCall *blocking = unit.blocking().of(invocation, work);
    return (blocking && !blocking->isWait()) || wayFrom(invocation, paths, unit.contexts());
  });
}

/// What is done with the member where `mention` names it: work that blocks is given to it, or it is run or told to end.
bool onlyBlocksIn(const MemberExpr *mention, const Body &body, Unit &unit, const BlockingPaths &paths) {
  const Stmt *child = mention;
  for (const Stmt *parent = body.meaningfulParentOf(mention); parent; child = parent, parent = body.meaningfulParentOf(parent)) {
    if (isa<MemberExpr>(parent))
      continue;
    const std::optional<CallSite> site = CallSite::of(parent);
    if (!site || !site->callee)
      return false;
    Bodies given;
    for (const Expr *argument : site->arguments)
      if (argument != child)
        for (const Body *each : unit.contexts().callables().bodiesOf(argument, body))
          given.push_back(each);
    if (!given.empty())
      return llvm::all_of(given, [&](const Body *each) { return blocks(*each, unit, paths); });
    if (isOneOf(nameOf(site->callee), {"run", "join", "stop", "close", "shutdown"}))
      return true;
    if (site->expr->getType()->isVoidType())
      return false;
  }
  return false;
}

} // namespace

bool isGivenToBlockingPool(const LoopCall &call, Unit &unit, const BlockingPaths &paths) {
  const Body *home = call.context.kind == ContextKind::LoopCallback && call.where->lambda ? call.where->parent : nullptr;
  const Stmt *parent = home ? home->meaningfulParentOf(call.where->lambda) : nullptr;
  while (isa_and_nonnull<CXXConstructExpr>(parent)) // of a std::function
    parent = home->meaningfulParentOf(parent);
  const std::optional<CallSite> site = parent ? CallSite::of(parent) : std::nullopt;
  const FieldDecl *loop = site ? loopOf(*site) : nullptr;
  if (!loop || !isMadeByItsClass(loop, unit.code()))
    return false;
  for (const Body &body : unit.bodies())
    for (const auto *mention : body.all<MemberExpr>())
      if (mention->getMemberDecl() == loop && !onlyBlocksIn(mention, body, unit, paths))
        return false;
  return true;
}

} // namespace coroguard
