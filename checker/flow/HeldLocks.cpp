// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises guards and mutexes, and follows each lock along the ways through a body.
#include "checker/flow/HeldLocks.h"

#include "checker/semantics/Awaiting.h"

#include "clang/AST/Attr.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {

using catalog::TypeRole;

namespace {

enum Phase : unsigned { Free, Held };

llvm::StringRef nameOf(const NamedDecl *decl) {
  return decl && decl->getIdentifier() ? decl->getName() : llvm::StringRef();
}
bool isOneOf(llvm::StringRef name, std::initializer_list<llvm::StringRef> names) { return llvm::is_contained(names, name); }
bool isLock(llvm::StringRef name) { return isOneOf(name, {"lock", "lock_shared", "Lock", "ReaderLock", "WriterLock", "relock", "emplace"}); }
bool isTryLock(llvm::StringRef name) { return name.starts_with("try_lock") || name == "TryLock"; }
/// The object of `pthread_mutex_lock(&mutex)` and its like; null for other calls.
const Expr *pthreadObject(const CallExpr *call) {
  const llvm::StringRef name = nameOf(call->getDirectCallee());
  if (call->getNumArgs() == 0 || !(name.starts_with("pthread_mutex_") || name.starts_with("pthread_rwlock_") || name.starts_with("pthread_spin_")))
    return nullptr;
  const auto *address = dyn_cast<UnaryOperator>(call->getArg(0)->IgnoreParenImpCasts());
  return address && address->getOpcode() == UO_AddrOf ? address->getSubExpr() : call->getArg(0);
}
bool isPthreadLock(const CallExpr *call) {
  const llvm::StringRef name = nameOf(call->getDirectCallee());
  return name.ends_with("_lock") || name.ends_with("_rdlock") || name.ends_with("_wrlock");
}
bool isUnlock(llvm::StringRef name) {
  return name.starts_with("unlock") || isOneOf(name, {"Unlock", "ReaderUnlock", "WriterUnlock", "release", "reset", "Release", "swap", "dismiss"});
}

/// Some way of locking it is awaited.
bool isAsyncMutex(QualType type, TaskTypes &types) {
  if (types.hasRole(type, TypeRole::AsyncMutex))
    return true;
  const CXXRecordDecl *record = classOf(type);
  if (!record || !record->hasDefinition() || record->isInStdNamespace())
    return false;
  return llvm::any_of(record->methods(), [&](const CXXMethodDecl *method) {
    const QualType result = method->getReturnType();
    return !result->isDependentType() && !result->isUndeducedType() && types.isAwaitable(result);
  });
}

bool hasMethod(const CXXRecordDecl *record, llvm::StringRef name) {
  return llvm::any_of(methodsNamed(record, name), [](const CXXMethodDecl *method) {
    return method->getMinRequiredArguments() == 0 && (method->getReturnType()->isVoidType() || method->getReturnType()->isBooleanType());
  });
}

/// Its destructor unlocks a mutex that it refers to.
bool unlocksWhenItDies(const CXXRecordDecl *record, TaskTypes &types) {
  const CXXDestructorDecl *destructor = record->getDestructor();
  const FunctionDecl *definition = destructor ? destructor->getDefinition() : nullptr;
  const Stmt *code = definition && !definition->isDefaulted() && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
  return code && anyDescendant(code, [&](const Stmt *node) {
           const auto *call = dyn_cast<CXXMemberCallExpr>(node);
           const Expr *object = call ? call->getImplicitObjectArgument() : nullptr;
           if (!object || !nameOf(call->getMethodDecl()).starts_with_insensitive("unlock"))
             return false;
           const QualType type = object->getType();
           return isBlockingMutex(type->isPointerType() ? type->getPointeeType() : type, types);
         });
}

/// A mutex among the template arguments that is locked by awaiting, or no mutex at all.
bool guardsNothingBlocking(const ClassTemplateSpecializationDecl *guard, TaskTypes &types) {
  auto isAsync = [&](const TemplateArgument &argument) {
    return argument.getKind() == TemplateArgument::Type && isAsyncMutex(argument.getAsType(), types);
  };
  for (const TemplateArgument &argument : guard->getTemplateArgs().asArray()) {
    const bool pack = argument.getKind() == TemplateArgument::Pack;
    if (isAsync(argument) || (pack && llvm::any_of(argument.pack_elements(), isAsync)) ||
        (pack && argument.pack_size() == 0 && nameOf(guard) == "scoped_lock"))
      return true;
  }
  return false;
}

bool isGuardClass(const CXXRecordDecl *record, TaskTypes &types, unsigned depth) {
  if (!record || !record->hasDefinition() || depth > 3 || record->isLambda())
    return false;
  const auto *specialization = dyn_cast<ClassTemplateSpecializationDecl>(record);
  if (specialization && record->isInStdNamespace() && isOneOf(nameOf(record), {"optional", "unique_ptr"}))
    return isGuardClass(classOf(specialization->getTemplateArgs()[0].getAsType()), types, depth + 1);
  auto looksLikeGuard = [&] {
    if (types.modelOf(record, TypeRole::LockGuard) || record->hasAttr<ScopedLockableAttr>())
      return true;
    if (record->isInStdNamespace())
      return false;
    return unlocksWhenItDies(record, types) || llvm::any_of(record->fields(), [&](const FieldDecl *field) {
      const CXXRecordDecl *held = field->getType()->isRecordType() ? classOf(field->getType()) : nullptr;
      return held && isOneOf(nameOf(held), {"lock_guard", "scoped_lock"}) && isGuardClass(held, types, depth + 1);
    });
  };
  return looksLikeGuard() && !(specialization && guardsNothingBlocking(specialization, types));
}

bool isNothing(const Expr *value) {
  value = peel(value);
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(value))
    return construct->getNumArgs() == 0 || (construct->getNumArgs() == 1 && isNothing(construct->getArg(0)));
  if (const auto *list = dyn_cast_or_null<InitListExpr>(value))
    return list->getNumInits() == 0;
  return isa_and_nonnull<CXXNullPtrLiteralExpr, GNUNullExpr, CXXScalarValueInitExpr>(value) ||
         (value && nameOf(classOf(value->getType())) == "nullopt_t");
}
bool hasArgumentOf(const Expr *value, llvm::StringRef tag) {
  return value && anyDescendant(value, [&](const Stmt *node) {
           const auto *expr = dyn_cast<Expr>(node);
           return expr && nameOf(classOf(expr->getType())) == tag;
         });
}
/// Made from nothing it holds nothing: std's guards, wrappers, and what can be locked later.
bool mayBeEmpty(QualType guard) {
  const CXXRecordDecl *record = classOf(guard);
  return !record || record->isInStdNamespace() || !methodsNamed(record, "lock").empty() || !methodsNamed(record, "emplace").empty();
}
bool isAwaited(const Expr *value) {
  return value && anyDescendant(value, [](const Stmt *node) { return isa<CoawaitExpr>(node); });
}

uint64_t keyOf(const Expr *object, const ASTContext &context) {
  llvm::FoldingSetNodeID id;
  object->IgnoreParenImpCasts()->Profile(id, context, true);
  return id.ComputeHash() | 1;
}

} // namespace

bool isBlockingMutex(QualType type, TaskTypes &types) {
  const CXXRecordDecl *record = classOf(type);
  if (!record || !record->hasDefinition() || isAsyncMutex(type, types))
    return false;
  if (types.hasRole(type, TypeRole::Mutex))
    return true;
  return hasMethod(record, "lock") && hasMethod(record, "unlock") && hasMethod(record, "try_lock") &&
         !types.hasRole(type, TypeRole::LockGuard);
}

bool isLockGuard(QualType type, TaskTypes &types, const CodeIndex &) {
  return type->isRecordType() && isGuardClass(classOf(type), types, 0);
}

/// One guard, or one mutex that is locked by hand.
struct HeldLocks::Tracked {
  const VarDecl *guard = nullptr;
  const Expr *mutex = nullptr;
  uint64_t key = 0;
  std::string name;
  const ASTContext *context = nullptr;

  bool isIt(const Expr *expr) const {
    if (!expr)
      return false;
    if (!guard)
      return keyOf(expr, *context) == key;
    expr = expr->IgnoreParenImpCasts();
    if (const auto *arrow = dyn_cast<CXXOperatorCallExpr>(expr); arrow && arrow->getOperator() == OO_Arrow)
      expr = arrow->getArg(0)->IgnoreParenImpCasts();
    const auto *reference = dyn_cast<DeclRefExpr>(expr);
    return reference && reference->getDecl() == guard;
  }
  bool isIn(const Stmt *tree) const {
    return anyDescendant(tree, [&](const Stmt *node) {
      const auto *expr = dyn_cast<Expr>(node);
      return expr && isa<DeclRefExpr, MemberExpr>(expr) && isIt(expr);
    });
  }

  void pass(const FlowStep &step, PathFact &fact) const {
    if (step.kind == FlowStep::Kind::ScopeEnd && guard && step.variable == guard)
      fact = {Free};
    if (step.kind != FlowStep::Kind::Statement)
      return;
    if (const auto *declaration = dyn_cast<DeclStmt>(step.statement)) {
      if (guard && llvm::is_contained(declaration->decls(), guard)) {
        const Expr *init = guard->getInit();
        const bool made = init && !(isNothing(init) && mayBeEmpty(guard->getType()));
        const bool taken = made && !hasArgumentOf(init, "defer_lock_t");
        fact = taken ? PathFact{Held, step.statement} : PathFact{Free};
      }
      return;
    }
    if (const auto *call = dyn_cast<CXXMemberCallExpr>(step.statement)) {
      if (!isIt(call->getImplicitObjectArgument()))
        return;
      const llvm::StringRef name = nameOf(call->getMethodDecl());
      if (isLock(name) || (guard && isTryLock(name)))
        fact = {Held, call};
      else if (isUnlock(name))
        fact = {Free};
    } else if (const auto *assignment = dyn_cast<CXXOperatorCallExpr>(step.statement)) {
      if (guard && assignment->getOperator() == OO_Equal && isIt(assignment->getArg(0)))
        fact = isNothing(assignment->getArg(1)) ? PathFact{Free} : PathFact{Held, assignment};
    } else if (const auto *construct = dyn_cast<CXXConstructExpr>(step.statement)) {
      if (!guard && hasArgumentOf(construct, "adopt_lock_t") && isIn(construct))
        fact = {Free};
    } else if (const auto *plain = dyn_cast<CallExpr>(step.statement)) {
      const llvm::StringRef name = nameOf(plain->getDirectCallee());
      if (const Expr *object = guard ? nullptr : pthreadObject(plain); object && isIt(object)) {
        if (isPthreadLock(plain) && !name.contains("_try"))
          fact = {Held, plain};
        else if (name.ends_with("_unlock"))
          fact = {Free};
      }
      if (guard && plain->getNumArgs() >= 1 && isOneOf(name, {"move", "swap", "exchange"}) && isIt(plain->getArg(0)))
        fact = {Free};
    }
  }

  /// `if (lock)`, `if (!lock.owns_lock())`, `if (m.try_lock())`.
  void take(const FlowEdge &edge, PathFact &fact) const {
    if (!edge.condition)
      return;
    bool truth = edge.truth;
    const Expr *condition = edge.condition->IgnoreParenImpCasts();
    while (const auto *negation = dyn_cast<UnaryOperator>(condition)) {
      if (negation->getOpcode() != UO_LNot)
        return;
      truth = !truth;
      condition = negation->getSubExpr()->IgnoreParenImpCasts();
    }
    const auto *call = dyn_cast<CXXMemberCallExpr>(condition);
    if (!call || !isIt(call->getImplicitObjectArgument()))
      return;
    const llvm::StringRef name = nameOf(call->getMethodDecl());
    if (guard && !truth && (isa_and_nonnull<CXXConversionDecl>(call->getMethodDecl()) || isTryLock(name) ||
                            isOneOf(name, {"owns_lock", "has_value", "isLocked"})))
      fact = {Free};
    if (!guard && isTryLock(name))
      fact = truth ? PathFact{Held, call} : PathFact{Free};
  }
};

std::vector<HeldLocks::Tracked> HeldLocks::locksOf(const Body &body) {
  std::vector<Tracked> locks;
  for (const Stmt *node : body.nodes) {
    if (const auto *declaration = dyn_cast<DeclStmt>(node)) {
      for (const Decl *decl : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(decl);
            variable && variable->hasLocalStorage() && isLockGuard(variable->getType(), types_, code_) && !isAwaited(variable->getInit()))
          locks.push_back({variable, nullptr, 0, variable->getNameAsString(), &context_});
    } else if (const auto *plain = dyn_cast<CallExpr>(node); plain && pthreadObject(plain) && isPthreadLock(plain)) {
      const Expr *object = pthreadObject(plain);
      const uint64_t key = keyOf(object, context_);
      if (llvm::none_of(locks, [&](const Tracked &known) { return known.key == key; }))
        locks.push_back({nullptr, object, key, sourceText(object, context_), &context_});
    } else if (const auto *call = dyn_cast<CXXMemberCallExpr>(node)) {
      const llvm::StringRef name = nameOf(call->getMethodDecl());
      if ((!isLock(name) && !isTryLock(name)) || name == "emplace")
        continue;
      const Expr *object = call->getImplicitObjectArgument();
      const QualType type = object->getType()->isPointerType() ? object->getType()->getPointeeType() : object->getType();
      if (!isBlockingMutex(type, types_))
        continue;
      const uint64_t key = keyOf(object, context_);
      if (llvm::none_of(locks, [&](const Tracked &known) { return known.key == key; }))
        locks.push_back({nullptr, object, key, sourceText(object, context_), &context_});
    }
  }
  return locks;
}

/// One walk for one lock: `atStep` sees its state before each step, `atExit` the one each way leaves it in.
bool HeldLocks::follow(const FlowGraph &graph, const Tracked &lock, llvm::function_ref<void(const FlowStep &, const PathFact &)> atStep,
                       llvm::function_ref<void(const PathFact &)> atExit) {
  return walkPaths(
      graph, context_, {Free},
      [&](const FlowStep &step, PathFact &fact) {
        atStep(step, fact);
        lock.pass(step, fact);
        return Way::GoesOn;
      },
      [&](const FlowEdge &edge, PathFact &fact) {
        lock.take(edge, fact);
        if (edge.to == graph.exit())
          atExit(fact);
        return Way::GoesOn;
      });
}

std::vector<UnderLock> HeldLocks::find(const Body &body, llvm::function_ref<bool(const FlowStep &, const Tracked &)> wanted) {
  std::vector<UnderLock> found;
  const std::vector<Tracked> locks = locksOf(body);
  const FlowGraph *graph = locks.empty() ? nullptr : graphs_.of(body);
  if (!graph)
    return found;
  for (const Tracked &lock : locks) {
    std::vector<UnderLock> here;
    auto look = [&](const FlowStep &step, const PathFact &fact) {
      if (fact.phase == Held && wanted(step, lock) &&
          llvm::none_of(here, [&](const UnderLock &known) { return known.at == step.statement; }))
        here.push_back({step.statement, fact.since, lock.guard, lock.name});
    };
    if (follow(*graph, lock, look, [](const PathFact &) {}))
      found.insert(found.end(), here.begin(), here.end());
  }
  return found;
}

std::vector<std::string> HeldLocks::keptAtExit(const Body &body) {
  std::vector<std::string> kept;
  std::vector<Tracked> locks = locksOf(body);
  llvm::erase_if(locks, [](const Tracked &lock) { return lock.guard != nullptr; });
  const FlowGraph *graph = locks.empty() ? nullptr : graphs_.of(body);
  if (!graph)
    return kept;
  for (const Tracked &lock : locks) {
    bool held = false;
    const bool finished = follow(*graph, lock, [](const FlowStep &, const PathFact &) {},
                                 [&](const PathFact &fact) { held |= fact.phase == Held; });
    if (finished && held)
      kept.push_back(lock.name);
  }
  return kept;
}

void HeldLocks::print(const Body &body, llvm::raw_ostream &out) {
  const std::vector<Tracked> locks = locksOf(body);
  const FlowGraph *graph = locks.empty() ? nullptr : graphs_.of(body);
  for (const Tracked &lock : locks)
    if (graph)
      print(body, *graph, lock, out);
}

void HeldLocks::print(const Body &body, const FlowGraph &graph, const Tracked &lock, llvm::raw_ostream &out) {
  if (lock.guard)
    out << "guard `" << lock.name << "` " << lineAndColumn(lock.guard->getLocation(), context_) << " of type `"
        << lock.guard->getType().getAsString(context_.getPrintingPolicy()) << "`\n";
  else
    out << "mutex `" << lock.name << "` locked by hand\n";
  struct Seen {
    bool held = false, free = false;
    const Stmt *taken = nullptr;
  };
  llvm::DenseMap<const Stmt *, Seen> seen;
  Seen exit;
  auto note = [](Seen &at, const PathFact &fact) {
    (fact.phase == Held ? at.held : at.free) = true;
    if (fact.phase == Held)
      at.taken = fact.since;
  };
  const bool finished = follow(
      graph, lock,
      [&](const FlowStep &step, const PathFact &fact) {
        if (step.kind == FlowStep::Kind::Suspension)
          note(seen[step.statement], fact);
      },
      [&](const PathFact &fact) { note(exit, fact); });
  auto say = [&](const Seen &at) {
    out << (at.held ? at.free ? "held on some ways" : "held" : "free");
    if (at.held)
      out << ", taken " << quoted(at.taken, context_);
    out << '\n';
  };
  for (const Stmt *node : body.nodes)
    if (auto at = seen.find(node); at != seen.end()) {
      out << "  " << quoted(node, context_) << ": ";
      say(at->second);
    }
  if (!lock.guard) {
    out << "  at the exit: ";
    say(exit);
  }
  if (!finished)
    out << "  too many ways to follow them all: nothing is reported\n";
}

std::vector<UnderLock> HeldLocks::suspensions(const Body &body) {
  const bool suspends = body.isCoroutine() && llvm::any_of(body.nodes, [](const Stmt *node) { return isa<CoroutineSuspendExpr>(node); });
  if (!suspends)
    return {};
  std::vector<UnderLock> found = find(body, [](const FlowStep &step, const Tracked &lock) {
    return step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never &&
           !lock.isIn(cast<CoroutineSuspendExpr>(step.statement)->getOperand());
  });
  // Several awaits in one statement are one mistake.
  auto statementOf = [&](const Stmt *node) {
    const Stmt *parent = body.parentOf(node);
    while (isa_and_nonnull<Expr>(parent)) {
      node = parent;
      parent = body.parentOf(node);
    }
    return node;
  };
  std::vector<UnderLock> once;
  for (const UnderLock &each : found)
    if (llvm::none_of(once, [&](const UnderLock &known) { return statementOf(known.at) == statementOf(each.at); }))
      once.push_back(each);
  return once;
}

std::vector<UnderLock> HeldLocks::statements(const Body &body, llvm::function_ref<bool(const Stmt *)> wanted) {
  if (llvm::none_of(body.nodes, [&](const Stmt *node) { return wanted(node); }))
    return {};
  return find(body, [&](const FlowStep &step, const Tracked &) {
    return step.kind == FlowStep::Kind::Statement && wanted(step.statement);
  });
}

} // namespace coroguard
