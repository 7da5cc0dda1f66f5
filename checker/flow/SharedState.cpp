// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One scan over the unit's bodies for what changes members and globals.
#include "checker/flow/SharedState.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using How = Change::How;

namespace {

bool hasPrefix(llvm::StringRef name, std::initializer_list<llvm::StringRef> starts) {
  return llvm::any_of(starts, [&](llvm::StringRef start) { return name.starts_with(start); });
}
const FunctionDecl *outermost(const Body &body) {
  const Body *at = &body;
  while (at->parent)
    at = at->parent;
  return at->function->getCanonicalDecl();
}
bool isNodeBased(llvm::StringRef container) {
  return hasPrefix(container, {"list", "forward_list", "map", "multimap", "set", "multiset", "stable_"});
}
bool isHashed(llvm::StringRef container) { return hasPrefix(container, {"unordered_", "node_hash_", "F14Node"}); }

/// A hash table that grows may put its nodes in another order, but leaves them where they are.
bool growthHurts(llvm::StringRef container, Reach reach) {
  if (isHashed(container))
    return reach == Reach::Walk;
  if (container == "queue") // a deque or a list, of which only the ends can be had
    return false;
  return !isNodeBased(container) && (container != "deque" || reach != Reach::Element);
}

/// Is the container filled again before anybody else runs?
bool refills(const Change &change, llvm::ArrayRef<Change> all) {
  const std::vector<const Stmt *> &nodes = change.body->nodes;
  const auto from = llvm::find(nodes, change.at);
  return llvm::any_of(all, [&](const Change &other) {
    if (other.how != How::Grows || other.body != change.body)
      return false;
    const auto to = std::find(from, nodes.end(), other.at);
    return to != nodes.end() && std::none_of(from, to, [](const Stmt *node) { return isa<CoroutineSuspendExpr>(node); });
  });
}

/// The first that fits; one at the begin or end of the object's life if no other does.
const Change *likeliest(llvm::ArrayRef<Change> changes, llvm::function_ref<bool(const Change &)> fits) {
  const Change *found = nullptr;
  for (const Change &change : changes) {
    if (found && isAtBeginOrEnd(change))
      continue;
    if (fits(change)) {
      found = &change;
      if (!isAtBeginOrEnd(change))
        break;
    }
  }
  return found;
}

} // namespace

bool isAtBeginOrEnd(const Change &change) {
  const llvm::StringRef name = nameOf(change.body->function);
  if (change.body->lambda)
    return false;
  if (hasPrefix(name, {"init", "setup", "set_up", "setUp"}) && !hasPrefix(name, {"initiat"})) // `initiate_transfer`
    return true;
  return change.body->function->getNumParams() == 0 && isOneOf(name, {"open", "start", "close", "stop", "shutdown", "terminate", "destroy"});
}

const ValueDecl *sharedNamedBy(const Expr *expr) {
  expr = expr ? expr->IgnoreParenImpCasts() : nullptr;
  if (const auto *member = dyn_cast_or_null<MemberExpr>(expr)) {
    if (const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl()))
      return namesSelf(member->getBase(), field) ? cast<ValueDecl>(field->getCanonicalDecl()) : nullptr;
    const auto *variable = dyn_cast<VarDecl>(member->getMemberDecl());
    return variable ? cast<ValueDecl>(variable->getCanonicalDecl()) : nullptr;
  }
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(expr);
  const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
  return variable && !variable->hasLocalStorage() && !variable->getType().isConstQualified() ? variable->getCanonicalDecl() : nullptr;
}

bool isEmptyValue(const Expr *value) {
  value = peel(value);
  if (isa_and_nonnull<CXXDefaultArgExpr>(value)) // `pointer.reset()`
    return true;
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(value))
    return construct->getNumArgs() == 0 || (construct->getNumArgs() == 1 && isEmptyValue(construct->getArg(0)));
  if (const auto *list = dyn_cast_or_null<InitListExpr>(value))
    return list->getNumInits() == 0;
  return isa_and_nonnull<CXXNullPtrLiteralExpr, GNUNullExpr, CXXScalarValueInitExpr, ImplicitValueInitExpr>(value) ||
         (value && nameOf(classOf(value->getType())) == "nullopt_t");
}

bool isWeakPointer(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (!record || !record->hasDefinition() || record->isInStdNamespace())
    return false;
  const bool points = llvm::any_of(record->methods(), [](const CXXMethodDecl *method) { return method->getOverloadedOperator() == OO_Arrow; });
  return points && llvm::any_of(record->fields(), [](const FieldDecl *field) {
           return nameOf(classOf(field->getType())).contains_insensitive("weak");
         });
}

bool asksAgain(const Stmt *node, const ValueDecl *owner) {
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(node))
    return isa_and_nonnull<CXXConversionDecl>(call->getMethodDecl()) && call->getType()->isBooleanType() &&
           sharedNamedBy(call->getImplicitObjectArgument()) == owner;
  const auto *cast = dyn_cast<CastExpr>(node);
  return cast && cast->getCastKind() == CK_PointerToBoolean && sharedNamedBy(cast->getSubExpr()->IgnoreParenImpCasts()) == owner;
}

namespace {

/// An object and what one expression does to it. `object` is null if it does nothing to any.
struct ChangedObject {
  const Expr *object = nullptr;
  How how = How::Assigns;
};

std::optional<How> howByName(const CXXMemberCallExpr *call) {
  const CXXMethodDecl *method = call->getMethodDecl();
  const llvm::StringRef name = nameOf(method);
  if (hasPrefix(name, {"reset", "release"}))
    return call->getNumArgs() == 0 || isEmptyValue(call->getArg(0)) ? How::Empties : How::Assigns;
  if (hasPrefix(name, {"erase", "remove", "extract", "resize", "merge"}))
    return How::Removes;
  if (hasPrefix(name, {"clear", "pop", "swap", "splice", "assign"}))
    return How::Clears;
  const bool adds = name == "add" && !methodsNamed(method->getParent(), "begin").empty();
  if (adds || hasPrefix(name, {"push", "emplace", "insert", "append", "reserve", "try_emplace"}))
    return How::Grows;
  return std::nullopt;
}

/// `topic_ = topic;` of an optional that a caller gives.
bool mayBringNothing(const CXXOperatorCallExpr *assignment) {
  const auto *given = dyn_cast_or_null<DeclRefExpr>(peelMoves(assignment->getArg(1)));
  const CXXRecordDecl *record = given && isa<ParmVarDecl>(given->getDecl()) ? classOf(given->getType()) : nullptr;
  return record && record->isInStdNamespace() && nameOf(record) == "optional";
}

ChangedObject changedBy(const Expr *node) {
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(node)) {
    const CXXMethodDecl *method = call->getMethodDecl();
    const std::optional<How> how = method && !method->isConst() ? howByName(call) : std::nullopt;
    return how ? ChangedObject{call->getImplicitObjectArgument(), *how} : ChangedObject();
  }
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(node)) {
    if (operation->getNumArgs() != 2 || (operation->getOperator() != OO_Equal && operation->getOperator() != OO_PlusEqual))
      return {};
    return {operation->getArg(0), operation->getOperator() == OO_PlusEqual ? How::Grows
                                  : isEmptyValue(operation->getArg(1)) || mayBringNothing(operation) ? How::Empties
                                                                          : How::Assigns};
  }
  if (const auto *assignment = dyn_cast<BinaryOperator>(node)) {
    const ValueDecl *owner = assignment->getOpcode() == BO_Assign ? sharedNamedBy(assignment->getLHS()) : nullptr;
    const bool null = owner && assignment->getRHS()->IgnoreParenCasts()->isNullPointerConstant(owner->getASTContext(), Expr::NPC_ValueDependentIsNotNull);
    return owner ? ChangedObject{assignment->getLHS(), null ? How::Empties : How::Assigns} : ChangedObject();
  }
  const auto *call = dyn_cast<CallExpr>(node);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  if (!callee || !callee->isInStdNamespace() || call->getNumArgs() == 0)
    return {};
  const llvm::StringRef name = nameOf(callee);
  if (name == "move" || name == "exchange" || name == "swap")
    return {call->getArg(0), How::Empties};
  return name == "erase" || name == "erase_if" ? ChangedObject{call->getArg(0), How::Removes} : ChangedObject();
}

/// Has it a `key_type`, as maps of any library do?
bool isKeyed(const CXXRecordDecl *record) {
  auto declares = [](const CXXRecordDecl *each) {
    return !each->lookup(&each->getASTContext().Idents.get("key_type")).empty();
  };
  return record && record->hasDefinition() &&
         (declares(record) || !record->forallBases([&](const CXXRecordDecl *base) { return !declares(base); }));
}

/// `peers_[id] = peer;`, `rooms_[id].push_back(user);`: the map, which may get one more.
const ValueDecl *mapFilledBy(const Expr *node) {
  const auto *binary = dyn_cast<BinaryOperator>(node);
  const auto *overloaded = dyn_cast<CXXOperatorCallExpr>(node);
  const auto *call = dyn_cast<CXXMemberCallExpr>(node);
  const Expr *target = binary && binary->getOpcode() == BO_Assign                                       ? binary->getLHS()
                       : overloaded && overloaded->getOperator() == OO_Equal                        ? overloaded->getArg(0)
                       : call && !overloaded && call->getMethodDecl() && !call->getMethodDecl()->isConst() ? call->getImplicitObjectArgument()
                                                                                                        : nullptr;
  const auto *element = dyn_cast_or_null<CXXOperatorCallExpr>(target ? target->IgnoreParenImpCasts() : nullptr);
  if (!element || element->getOperator() != OO_Subscript)
    return nullptr;
  return isKeyed(classOf(element->getArg(0)->getType())) ? sharedNamedBy(element->getArg(0)) : nullptr;
}

} // namespace

std::optional<How> changeBy(const Expr *node, const ValueDecl *&owner) {
  const ChangedObject changed = changedBy(node);
  owner = changed.object ? sharedNamedBy(changed.object) : nullptr;
  return owner ? std::optional(changed.how) : std::nullopt;
}

void SharedState::collect() {
  ready_ = true;
  for (const Body &body : code_.bodies()) {
    // Whoever makes, assigns or destroys the whole object knows that nobody is in the middle of using it.
    const auto *method = dyn_cast<CXXMethodDecl>(body.function);
    if (isa<CXXConstructorDecl, CXXDestructorDecl>(body.function) ||
        (method && (method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator())))
      continue;
    for (const Stmt *node : body.nodes) {
      const auto *expr = dyn_cast<Expr>(node);
      if (const ValueDecl *map = expr ? mapFilledBy(expr) : nullptr)
        changes_[map].push_back({How::Grows, &body, expr});
      const ChangedObject changed = expr ? changedBy(expr) : ChangedObject();
      if (!changed.object)
        continue;
      if (const ValueDecl *owner = sharedNamedBy(changed.object))
        changes_[owner].push_back({changed.how, &body, expr});
      else if (const std::optional<HandedOut> part = containerInside(changed.object))
        throughHolders_[{part->holder, part->field}].push_back({changed.how, &body, expr});
    }
  }
  collectThroughHolders();
}

/// `ids_.assign(key)`, whose function changes a member of `ids_`.
void SharedState::collectThroughHolders() {
  llvm::DenseMap<const Body *, std::vector<std::pair<const ValueDecl *, How>>> made;
  for (const auto &[owner, changes] : changes_)
    if (isa<FieldDecl>(owner))
      for (const Change &change : changes)
        made[change.body].push_back({owner, change.how});
  if (made.empty())
    return;
  for (const Body &body : code_.bodies())
    for (const auto *call : body.all<CXXMemberCallExpr>()) {
      const CXXMethodDecl *method = call->getMethodDecl();
      const auto changed = method && !method->isConst() ? made.find(code_.bodyOf(method)) : made.end();
      const ValueDecl *holder = changed != made.end() ? holderOf(call) : nullptr;
      if (holder)
        for (const auto &[field, how] : changed->second)
          throughHolders_[{holder, field}].push_back({how, &body, call});
    }
}

llvm::ArrayRef<Change> SharedState::changesOf(const ValueDecl *owner) {
  if (!ready_)
    collect();
  auto found = changes_.find(cast<ValueDecl>(owner->getCanonicalDecl()));
  if (found == changes_.end())
    return {};
  return found->second;
}

/// Is `caller` the one coroutine that calls `user`, and awaits it on the spot? It changes nothing meanwhile.
bool SharedState::waitsFor(const Body &caller, const Body &user) const {
  if (!caller.isCoroutine() || user.lambda)
    return false;
  const llvm::ArrayRef<Caller> calls = code_.callersOf(user.function);
  return !calls.empty() && llvm::all_of(calls, [&](const Caller &each) {
    return each.body == &caller && isa_and_nonnull<CoawaitExpr>(caller.meaningfulParentOf(each.call));
  });
}

/// A change that is not made while `user` is suspended.
bool SharedState::isOutOfReach(const Change &change, const Body &user) const {
  return outermost(*change.body) == outermost(user) || waitsFor(*change.body, user);
}

const Change *SharedState::invalidates(const ValueDecl *owner, const Body &user, Reach reach, bool behind) {
  const llvm::StringRef container = nameOf(classOf(owner->getType()));
  if (owner->getType()->isArrayType() || container == "array" || container == "pair" || container == "tuple")
    return nullptr;
  return likeliest(changesOf(owner), [&](const Change &change) {
    return !isOutOfReach(change, user) && (change.how != How::Grows || (!behind && growthHurts(container, reach)));
  });
}

const Change *SharedState::invalidates(const HandedOut &handed, const Body &user, Reach reach) {
  (void)changesOf(handed.holder); // collects
  const llvm::StringRef container = nameOf(classOf(handed.type));
  auto found = throughHolders_.find({handed.holder, handed.field});
  if (found == throughHolders_.end() || container == "array")
    return nullptr;
  return likeliest(found->second, [&](const Change &change) {
    return !isOutOfReach(change, user) && (change.how != How::Grows || growthHurts(container, reach));
  });
}

const Change *SharedState::replaces(const ValueDecl *owner, const Body &user, bool inUserToo) {
  for (const Change &change : changesOf(owner))
    if ((change.how == How::Assigns || change.how == How::Empties) && (inUserToo || outermost(*change.body) != outermost(user)))
      return &change;
  return nullptr;
}

const Change *SharedState::empties(const ValueDecl *owner, const Body &user, bool wholly) {
  const CXXRecordDecl *record = classOf(owner->getType());
  const bool container = record && !methodsNamed(record, "empty").empty();
  const llvm::ArrayRef<Change> changes = changesOf(owner);
  return likeliest(changes, [&](const Change &change) {
    const bool takes = change.how == How::Clears || change.how == How::Assigns || (change.how == How::Removes && !wholly);
    return !isOutOfReach(change, user) && (change.how == How::Empties || (container && takes)) &&
           (!container || !wholly || !(refills(change, changes) || isAtBeginOrEnd(change)));
  });
}

/// A lock that was acquired by awaiting and lives at both statements. While it is waited for, it is not held yet.
static bool holdsAwaitedLock(const Body &body, const Stmt *one, const Stmt *other) {
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls()) {
      const auto *variable = dyn_cast<VarDecl>(decl);
      const CXXRecordDecl *record = variable && variable->hasInit() ? classOf(variable->getType()) : nullptr;
      const auto *await = record ? dyn_cast_or_null<CoawaitExpr>(peel(variable->getInit())) : nullptr;
      if (!await || !record->hasDefinition() || record->hasTrivialDestructor() || !livesAcross(variable, one, body) ||
          !livesAcross(variable, other, body))
        continue;
      const auto *call = dyn_cast_or_null<CallExpr>(peelMoves(await->getOperand()));
      if (says::isAboutHolding(nameOf(record)) || (call && says::isAboutHolding(nameOf(call->getDirectCallee()))))
        return true;
    }
  return false;
}

static bool holdsAt(const Body *holder, const Stmt *at) {
  for (; holder; at = holder->lambda, holder = holder->parent)
    if (holdsAwaitedLock(*holder, at, at))
      return true;
  return false;
}

static bool holdsAtCall(const Caller &caller) { return holdsAt(caller.body, caller.call); }

/// `co_await mutex.lock(); …`, `with_lock(mutex, [this] { … })`: does the code around speak of a lock in any way?
static bool mayHold(const Body *body) {
  for (; body; body = body->parent)
    if (llvm::any_of(body->all<CallExpr>(), [](const CallExpr *call) { return says::isAboutHolding(nameOf(call->getDirectCallee())); }))
      return true;
  return false;
}

/// Is the change made without any such lock: by a coroutine, or by a function whose callers the unit shows?
bool SharedState::goesAroundLocks(const Change &change) const {
  if (mayHold(change.body) || holdsAt(change.body, change.at))
    return false;
  const llvm::ArrayRef<Caller> calls = code_.callersOf(change.body->function);
  return (change.body->isCoroutine() || !calls.empty()) && llvm::none_of(calls, [](const Caller &each) { return mayHold(each.body) || holdsAtCall(each); });
}

bool SharedState::areSerialised(const Body &body, const Stmt *one, const Stmt *other, const Change *change) const {
  if (change && goesAroundLocks(*change))
    return false;
  if (holdsAwaitedLock(body, one, other))
    return true;
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  if (!method || body.lambda || method->getAccess() == AS_public)
    return false;
  const llvm::ArrayRef<Caller> calls = code_.callersOf(method);
  return !calls.empty() && llvm::all_of(calls, holdsAtCall);
}

} // namespace coroguard
