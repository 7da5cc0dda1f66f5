// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each derived local along the paths from where it is obtained.
#include "checker/flow/Derivations.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Callees.h"
#include "checker/semantics/Names.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {
namespace {

enum Phase : unsigned { Elsewhere, Fresh, Stale };

const ValueDecl *ownerOf(const Storage &storage) {
  if (!storage.part)
    return nullptr;
  if (storage.kind == Storage::Kind::Member)
    return storage.member->getType().isConstQualified() ? nullptr : storage.member;
  const VarDecl *variable = storage.kind == Storage::Kind::Lasting ? storage.variable : nullptr;
  return variable && !variable->getType().isConstQualified() && variable->getTLSKind() == VarDecl::TLS_None ? variable : nullptr;
}

const Expr *assignedTo(const Stmt *node, const Expr *&value) {
  if (const auto *binary = dyn_cast_or_null<BinaryOperator>(node); binary && binary->getOpcode() == BO_Assign) {
    value = binary->getRHS();
    return binary->getLHS();
  }
  const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(node);
  if (!operation || operation->getOperator() != OO_Equal)
    return nullptr;
  value = operation->getArg(1);
  return operation->getArg(0);
}

/// The value that `node` puts into a variable: `peer = &peers_[i];`. Null if it does not; to assign to a reference writes
/// to what it refers to.
const Expr *valueGiven(const Stmt *node, const ValueDecl *variable) {
  const Expr *value = nullptr, *target = assignedTo(node, value);
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(target ? target->IgnoreParenImpCasts() : nullptr);
  return reference && reference->getDecl() == variable && !variable->getType()->isReferenceType() ? value : nullptr;
}

/// `auto [it, fresh] = map.try_emplace(key)`: the call, of which the names are parts.
const Expr *unpackedBy(const BindingDecl *binding) {
  const auto *whole = cast<VarDecl>(binding->getDecomposedDecl());
  const Expr *init = whole->getType()->isReferenceType() ? nullptr : whole->getInit();
  return init && isa<CXXMemberCallExpr>(peel(init)) ? init : nullptr;
}

/// The values that `return found ? &*found : nullptr;` may give, but for the empty one.
void addReturned(const Expr *value, llvm::SmallVectorImpl<const Expr *> &found) {
  const auto *choice = value ? dyn_cast<AbstractConditionalOperator>(value->IgnoreParenImpCasts()) : nullptr;
  if (choice) {
    addReturned(choice->getTrueExpr(), found);
    addReturned(choice->getFalseExpr(), found);
  } else if (value && !isEmptyValue(value)) {
    found.push_back(value);
  }
}

/// What a function gives a pointer, reference or iterator into: one member, or what one of its reference parameters names.
Storage givenBy(const FunctionDecl *function, const Body &body) {
  llvm::SmallVector<const Expr *, 4> values;
  for (const ReturnStmt *result : body.all<ReturnStmt>())
    addReturned(result->getRetValue(), values);
  Storage found;
  for (const Expr *value : values) {
    const Storage each = function->getReturnType()->isReferenceType() ? storageOf(value, body) : pointeeOf(value, body);
    const bool known = each.kind == Storage::Kind::Member ? ownerOf(each) != nullptr : each.kind == Storage::Kind::Unknown && each.variable && each.part;
    if (!known || (found.part && (found.member != each.member || found.variable != each.variable)))
      return {};
    found = each;
  }
  return found;
}

/// `cache_.peek(key)`, which gives a pointer or an iterator into a member of `cache_`.
std::optional<HandedOut> pointerHandedOutBy(const Expr *value, const CodeIndex &code) {
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(value ? peel(value) : nullptr);
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  const Body *body = method && !method->isVirtual() && pointsElsewhere(method->getReturnType()) ? code.bodyOf(method) : nullptr;
  const ValueDecl *holder = body && !body->isCoroutine() ? holderOf(call) : nullptr;
  const Storage given = holder ? givenBy(method, *body) : Storage();
  if (given.kind != Storage::Kind::Member)
    return std::nullopt;
  return HandedOut{holder, given.member->getCanonicalDecl(), given.member->getType()};
}

/// `lookup(key)`, with a function of the same object that gives a pointer or reference into one of its members; or
/// `lookup(peers_, key)`, with one that gives it into what it is given.
Storage throughHelper(const Expr *value, const Body &body, const CodeIndex &code) {
  const auto *call = dyn_cast_or_null<CallExpr>(value ? peel(value) : nullptr);
  const std::optional<CallSite> site = call && !isa<CXXOperatorCallExpr>(call) ? CallSite::of(call) : std::nullopt;
  const FunctionDecl *callee = site ? site->callee : nullptr;
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  const Body *helper = callee && !(method && method->isVirtual()) ? code.bodyOf(callee) : nullptr;
  const bool leads = helper && !helper->isCoroutine() && (callee->getReturnType()->isLValueReferenceType() || pointsElsewhere(callee->getReturnType()));
  Storage given = leads ? givenBy(callee, *helper) : Storage();
  if (given.kind == Storage::Kind::Member)
    return site->object && isa<CXXThisExpr>(site->object->IgnoreParenImpCasts()) ? given : Storage();
  const auto *parameter = dyn_cast_or_null<ParmVarDecl>(given.variable);
  const unsigned index = parameter ? parameter->getFunctionScopeIndex() : 0;
  if (!parameter || index >= site->arguments.size())
    return {};
  Storage argument = storageOf(site->arguments[index], body);
  argument.part = true;
  argument.behind |= given.behind;
  return argument;
}

/// What `map.try_emplace(key)` gives.
bool isIteratorAndFlag(QualType type) {
  const auto *pair = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(type));
  return pair && pair->isInStdNamespace() && nameOf(pair) == "pair" && pair->getTemplateArgs()[1].getAsType()->isBooleanType() &&
         isIterator(pair->getTemplateArgs()[0].getAsType());
}

/// What it refers into by its declaration.
Storage declaredInto(const ValueDecl *variable, const Body &body, const CodeIndex &code) {
  if (const auto *binding = dyn_cast<BindingDecl>(variable))
    return pointsElsewhere(binding->getType()) ? pointeeOf(unpackedBy(binding), body) : Storage();
  const auto *local = cast<VarDecl>(variable);
  const bool reference = local->getType()->isReferenceType();
  const bool pair = isIteratorAndFlag(local->getType()) && !isa<DecompositionDecl>(local); // whose names are looked at each for itself
  if (!reference && !pointsElsewhere(local->getType()) && !pair)
    return {};
  const Storage storage = reference ? storageOf(local, body) : pointeeOf(local->getInit(), body);
  return ownerOf(storage) || storage.kind != Storage::Kind::Unknown ? storage : throughHelper(local->getInit(), body, code);
}

/// `auto &settings = *settings_;`, `auto *settings = settings_.get();`: the shared pointer that is followed; null for
/// anything else, and if `body` has a share of its own.
const ValueDecl *sharedFollowedBy(const VarDecl *variable, const Body &body) {
  const Expr *value = variable->getInit() && (variable->getType()->isReferenceType() || variable->getType()->isPointerType()) ? peel(variable->getInit()) : nullptr;
  const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(value);
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(value);
  const Expr *pointer = operation && operation->getOperator() == OO_Star && operation->getNumArgs() == 1 ? operation->getArg(0)
                        : call && nameOf(call->getMethodDecl()) == "get"                                   ? call->getImplicitObjectArgument()
                                                                                                           : nullptr;
  const CXXRecordDecl *record = pointer ? classOf(pointer->IgnoreParenImpCasts()->getType()) : nullptr;
  const ValueDecl *owner = record && record->isInStdNamespace() && nameOf(record) == "shared_ptr" ? sharedNamedBy(pointer) : nullptr;
  const bool keeps = owner && llvm::any_of(body.nodes, [&](const Stmt *node) {
    const auto *construct = dyn_cast<CXXConstructExpr>(node);
    return construct && construct->getNumArgs() > 0 && sharedNamedBy(construct->getArg(0)) == owner;
  });
  return keeps ? nullptr : owner;
}

/// All that it refers into at some time.
llvm::SmallVector<Storage, 2> refersInto(const ValueDecl *variable, const Body &body, const CodeIndex &code) {
  llvm::SmallVector<Storage, 2> found{declaredInto(variable, body, code)};
  if (!variable->getType()->isReferenceType() && pointsElsewhere(variable->getType()))
    for (const DeclRefExpr *reference : body.references(variable))
      if (const Expr *value = valueGiven(body.meaningfulParentOf(reference), variable))
        found.push_back(pointeeOf(value, body));
  return found;
}

/// The variable that `node` names, or the name by which it knows a part of it; null for others.
const ValueDecl *namedBy(const Stmt *node, const ValueDecl *variable) {
  if (mentions(node, variable))
    return variable;
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(node);
  const auto *binding = reference ? dyn_cast<BindingDecl>(reference->getDecl()) : nullptr;
  return binding && binding->getDecomposedDecl() == variable ? binding : nullptr;
}

/// `if (peer)`, `peer == nullptr`: looks at a pointer and not through it.
bool onlyCompares(const Stmt *reference, const Body &body) {
  const auto *named = dyn_cast<DeclRefExpr>(reference);
  if (!named || !named->getType()->isPointerType())
    return false;
  for (const Stmt *parent = body.parentOf(reference); parent; parent = body.parentOf(parent)) {
    if (const auto *cast = dyn_cast<CastExpr>(parent); cast && cast->getCastKind() == CK_PointerToBoolean)
      return true;
    if (!isa<CastExpr, ParenExpr>(parent)) {
      const auto *comparison = dyn_cast<BinaryOperator>(parent);
      return comparison && comparison->isEqualityOp();
    }
  }
  return false;
}

/// `result.second`: whether it was put in.
bool isFlagOf(const Stmt *reference, const Body &body) {
  const auto *member = dyn_cast_or_null<MemberExpr>(body.meaningfulParentOf(reference));
  return member && nameOf(member->getMemberDecl()) == "second" && isIteratorAndFlag(member->getBase()->getType());
}

/// The node by which a step uses `variable`. The target of an assignment is evaluated after the value, which Clang's CFG
/// does not know of overloaded ones.
const Stmt *usedBy(const Stmt *step, const ValueDecl *variable, const Body &body) {
  if (namedBy(step, variable))
    return valueGiven(body.meaningfulParentOf(step), variable) || onlyCompares(step, body) || isFlagOf(step, body) ? nullptr : step;
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(step);
  const auto *compound = dyn_cast<CompoundAssignOperator>(step);
  if (!compound && (!operation || !operation->isAssignmentOp() || valueGiven(step, variable)))
    return nullptr;
  const Stmt *found = nullptr;
  anyDescendant(compound ? compound->getLHS() : operation->getArg(0), [&](const Stmt *node) {
    found = isa<DeclRefExpr>(node) && namedBy(node, variable) ? node : nullptr;
    return found != nullptr;
  });
  return found;
}

/// Is the iterator moved on? Then the whole container matters, not the one element.
bool isAdvanced(const ValueDecl *variable, const Body &body) {
  return llvm::any_of(body.references(variable), [&](const DeclRefExpr *reference) {
    const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(body.meaningfulParentOf(reference));
    return operation && llvm::is_contained({OO_PlusPlus, OO_MinusMinus, OO_PlusEqual, OO_MinusEqual}, operation->getOperator());
  });
}

/// Does `body` only end each element in the loop, and empty `owner` after it? `for (auto &peer : peers_) co_await peer.stop();
/// peers_.clear();`: nobody is to add any more.
bool givesUp(const Body &body, const CXXForRangeStmt *loop, const ValueDecl *owner) {
  for (const auto *await : body.all<CoawaitExpr>()) {
    const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(peel(await->getOperand()));
    const bool ofElement = call && anyDescendant(call->getImplicitObjectArgument(), [&](const Stmt *node) {
      return namedBy(node, loop->getLoopVariable()) != nullptr;
    });
    if (body.contains(loop->getBody(), await) && !ofElement)
      return false;
  }
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    const auto *expr = node->getBeginLoc() > loop->getEndLoc() ? dyn_cast<Expr>(node) : nullptr;
    const ValueDecl *changed = nullptr;
    const std::optional<Change::How> how = expr ? changeBy(expr, changed) : std::nullopt;
    return how && changed == owner && (*how == Change::How::Clears || *how == Change::How::Empties);
  });
}

/// `Stream &inner() { if (stream_) return *stream_; fail(); }`: there is one way to return, and it depends.
bool answersIfThere(const CXXMethodDecl *method) {
  const Stmt *body = method->getBody();
  unsigned results = 0, sure = 0;
  auto count = [&](const Stmt *root, unsigned &found) {
    anyDescendant(root, [&](const Stmt *node) {
      found += isa<ReturnStmt>(node);
      return false;
    });
  };
  count(body, results);
  for (const Stmt *node : cast<CompoundStmt>(body)->body())
    sure += isa<ReturnStmt>(node);
  return results == 1 && sure == 0 && !method->getReturnType()->isPointerType();
}

/// The function that hands out what another call may not: it looks whether it is there, or makes or finds it for its arguments.
const CXXMethodDecl *askedBy(const VarDecl *variable) {
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(variable->getInit() ? variable->getInit()->IgnoreParenImpCasts() : nullptr);
  const CXXMethodDecl *method = call && call->isLValue() ? call->getMethodDecl() : nullptr;
  if (!method || method->getParent()->isInStdNamespace())
    return nullptr;
  const bool own = isa<CXXThisExpr>(call->getImplicitObjectArgument()->IgnoreParenImpCasts());
  if (own && !method->isVirtual() && isa_and_nonnull<CompoundStmt>(method->getBody()))
    return answersIfThere(method) ? method : nullptr;
  const bool given = call->getNumArgs() > 0 && !isa<CXXDefaultArgExpr>(call->getArg(0));
  return method->isVirtual() && !method->isConst() && given && holderOf(call) ? method : nullptr;
}

/// `auto &last = rooms_[id].members.back();`: the container of which it is an element, if that lies in an element of another.
std::optional<HandedOut> innerContainerOf(const ValueDecl *variable) {
  const auto *local = dyn_cast<VarDecl>(variable);
  const Expr *container = local && local->getInit() ? containerOf(local->getInit()) : nullptr;
  return container ? containerInside(container) : std::nullopt;
}

/// The local that a DeclStmt declares and that `variable` is, or is a part of.
const VarDecl *declarationOf(const ValueDecl *variable) {
  const auto *binding = dyn_cast<BindingDecl>(variable);
  return cast<VarDecl>(binding ? binding->getDecomposedDecl() : variable);
}

} // namespace

std::vector<Derivation> Derivations::in(const Body &body) {
  std::vector<Derivation> found;
  if (!body.isCoroutine())
    return found;
  Effort effort;
  for (const CXXForRangeStmt *loop : body.all<CXXForRangeStmt>())
    if (std::optional<Derivation> derivation = ofLoop(body, loop, effort))
      found.push_back(*derivation);
  auto add = [&](const ValueDecl *variable) {
    if (variable->getType().isNull())
      return; // a name of what did not compile
    if (std::optional<Derivation> derivation = ofVariable(body, variable, effort))
      found.push_back(*derivation);
  };
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls()) {
      const auto *variable = dyn_cast<VarDecl>(decl);
      if (!variable || !variable->hasLocalStorage())
        continue;
      add(variable);
      if (const auto *names = dyn_cast<DecompositionDecl>(variable))
        llvm::for_each(names->bindings(), add);
    }
  return found;
}

std::optional<Derivation> Derivations::ofVariable(const Body &body, const ValueDecl *variable, Effort &effort) {
  std::optional<Derivation> first;
  for (const Storage &storage : refersInto(variable, body, shared_.code())) {
    Derivation derivation{variable, nullptr, ownerOf(storage)};
    if (!derivation.owner)
      continue;
    const Reach reach = !isIterator(variable->getType()) && !isIteratorAndFlag(variable->getType()) ? Reach::Element : isAdvanced(variable, body) ? Reach::Walk : Reach::Iterator;
    derivation.change = shared_.invalidates(derivation.owner, body, reach, storage.behind);
    if (const std::optional<HandedOut> inner = derivation.change ? std::nullopt : innerContainerOf(variable))
      derivation.change = shared_.invalidates(*inner, body, reach);
    if (!derivation.change) {
      first = first ? first : derivation;
      continue;
    }
    followVariable(body, derivation, effort);
    return derivation;
  }
  const auto *local = dyn_cast<VarDecl>(variable);
  return first || !local ? first : ofAccessor(body, local, effort);
}

std::optional<Derivation> Derivations::ofAccessor(const Body &body, const VarDecl *variable, Effort &effort) {
  Derivation derivation{variable};
  if (const ValueDecl *pointer = sharedFollowedBy(variable, body)) {
    derivation.owner = pointer;
    derivation.followsShared = true;
    derivation.change = shared_.replaces(pointer, body, /*inUserToo=*/false);
    if (derivation.change)
      followVariable(body, derivation, effort);
    return derivation;
  }
  if (variable->getType()->isReferenceType() && !variable->isCXXForRangeDecl())
    derivation.handed = handedOutBy(variable->getInit());
  else if (pointsElsewhere(variable->getType()))
    derivation.handed = pointerHandedOutBy(variable->getInit(), shared_.code());
  if (derivation.handed) {
    derivation.owner = derivation.handed->holder;
    derivation.change = shared_.invalidates(*derivation.handed, body, Reach::Element);
  } else {
    derivation.owner = variable->getType()->isReferenceType() && !variable->isCXXForRangeDecl() ? askedBy(variable) : nullptr;
    derivation.asked = derivation.owner != nullptr;
  }
  if (!derivation.owner)
    return std::nullopt;
  if (derivation.change || derivation.asked)
    followVariable(body, derivation, effort);
  return derivation;
}

void Derivations::followVariable(const Body &body, Derivation &derivation, Effort &effort) {
  const FlowGraph *graph = graphs_.of(body);
  if (!graph)
    return;
  const ValueDecl *variable = derivation.variable;
  const VarDecl *declared = declarationOf(variable);
  auto given = [&](const Storage &storage) { return PathFact{ownerOf(storage) == derivation.owner ? Fresh : Elsewhere}; };
  const PathFact atDeclaration = derivation.handed || derivation.asked || derivation.followsShared
                                     ? PathFact{Fresh}
                                     : given(declaredInto(variable, body, shared_.code()));
  const Stmt *use = nullptr, *suspension = nullptr;
  const bool finished = walkPaths(*graph, effort, {Elsewhere}, [&](const FlowStep &step, PathFact &fact) {
    if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && fact.phase == Fresh)
      fact = {Stale, step.statement};
    if (step.kind != FlowStep::Kind::Statement)
      return Way::GoesOn;
    const auto *declaration = dyn_cast<DeclStmt>(step.statement);
    if (declaration && llvm::is_contained(declaration->decls(), declared))
      fact = atDeclaration;
    else if (const Expr *value = valueGiven(step.statement, variable))
      fact = given(pointeeOf(value, body));
    const Stmt *here = fact.phase == Stale ? usedBy(step.statement, variable, body) : nullptr;
    if (here && (!use || context_.getSourceManager().isBeforeInTranslationUnit(here->getBeginLoc(), use->getBeginLoc()))) {
      use = here;
      suspension = fact.since;
    }
    return Way::GoesOn;
  });
  if (!finished || !use)
    return;
  derivation.use = use;
  derivation.named = namedBy(use, variable);
  derivation.suspension = suspension;
  derivation.serialised = shared_.areSerialised(body, use, suspension, derivation.change);
}

std::optional<Derivation> Derivations::ofLoop(const Body &body, const CXXForRangeStmt *loop, Effort &effort) {
  Storage storage = storageOf(loop->getRangeInit(), body);
  storage.part = true;
  Derivation derivation{nullptr, loop, ownerOf(storage)};
  if (derivation.owner) {
    const std::optional<HandedOut> inner = containerInside(loop->getRangeInit());
    derivation.change = inner ? shared_.invalidates(*inner, body, Reach::Walk) : nullptr;
    if (!derivation.change)
      derivation.change = shared_.invalidates(derivation.owner, body, inner ? Reach::Element : Reach::Walk, /*behind=*/false);
    derivation.givenUp = givesUp(body, loop, derivation.owner);
  } else if ((derivation.handed = handedOutBy(loop->getRangeInit()))) {
    derivation.owner = derivation.handed->holder;
    derivation.change = shared_.invalidates(*derivation.handed, body, Reach::Walk);
    derivation.unseen = !derivation.change && hasUnseenChangers(*derivation.handed);
  } else {
    return std::nullopt;
  }
  const bool awaits = (derivation.change || derivation.unseen) && llvm::any_of(body.nodes, [&](const Stmt *node) {
    return isa<CoroutineSuspendExpr>(node) && body.contains(loop->getBody(), node);
  });
  if (awaits)
    followLoop(body, derivation, effort);
  return derivation;
}

void Derivations::followLoop(const Body &body, Derivation &derivation, Effort &effort) {
  const FlowGraph *graph = graphs_.of(body);
  if (!graph)
    return;
  const CXXForRangeStmt *loop = derivation.loop;
  const Stmt *suspension = nullptr;
  const bool finished = walkPaths(*graph, effort, {Fresh}, [&](const FlowStep &step, PathFact &fact) {
    if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && body.contains(loop->getBody(), step.statement))
      fact = {Stale, step.statement};
    else if (step.statement == loop->getRangeStmt() || step.statement == loop->getBeginStmt())
      fact = {Fresh};
    else if (step.statement == loop->getInc() && fact.phase == Stale && !suspension)
      suspension = fact.since;
    return Way::GoesOn;
  });
  if (!finished || !suspension)
    return;
  derivation.use = loop;
  derivation.suspension = suspension;
  derivation.serialised = shared_.areSerialised(body, loop, suspension, derivation.change);
}

void Derivations::print(const Body &body, llvm::raw_ostream &out) {
  for (const Derivation &derivation : in(body)) {
    if (const ValueDecl *named = derivation.named ? derivation.named : derivation.variable)
      out << "`" << named->getName() << "` " << lineAndColumn(derivation.variable->getLocation(), context_);
    else
      out << "loop " << lineAndColumn(derivation.loop->getForLoc(), context_);
    out << " refers into `" << derivation.owner->getName() << "`\n";
    if (const Change *change = derivation.change)
      out << "  changed by `" << qualifiedName(*change->body) << "` " << quoted(change->at, context_) << '\n';
    else
      out << (derivation.asked ? "  handed out by a function\n" : derivation.unseen ? "  changed by nobody that is seen\n" : "  changed by nobody\n");
    if (derivation.use) {
      out << "  suspended " << quoted(derivation.suspension, context_) << '\n';
      out << (derivation.loop ? "  goes on with its iterator\n" : "  used " + quoted(derivation.use, context_) + "\n");
    }
    if (derivation.serialised)
      out << "  an awaited lock covers both\n";
    out << (derivation.isStale() ? "  stale\n" : "  fine\n");
  }
}

} // namespace coroguard
