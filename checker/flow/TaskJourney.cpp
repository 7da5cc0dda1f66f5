// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows the value outwards through expressions and onwards through variables.
#include "checker/flow/TaskJourney.h"

#include "checker/flow/WaitedFor.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionRole;
using Kind = Destination::Kind;

static bool fillsContainer(const CallSite &call) { return call.object && says::keeps(nameOf(call.callee)); }

/// What a spawner of the user's gives back: `job.join()`, `job.cancel()`, `job.detach()`.
static bool isJobHandle(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  auto has = [&](llvm::StringRef name) { return !methodsNamed(record, name).empty(); };
  return record && record->hasDefinition() && !record->isInStdNamespace() && !isCopyable(record) && (has("join") || has("cancel") || has("detach"));
}

struct TaskJourneys::Trip {
  TaskJourneys &owner;
  const Body &body;
  llvm::SmallVector<Destination, 2> &found;
  llvm::SmallPtrSet<const VarDecl *, 4> visited = {};
  bool started = false; ///< a spawner on the way runs it, whether its result is looked at or not

  void add(Kind kind, const Stmt *at, const VarDecl *holder, const ValueDecl *store = nullptr) {
    found.push_back({kind, at, holder, store, holder == nullptr});
  }

  void follow(const Stmt *child, const VarDecl *holder) {
    for (const Stmt *parent = body.parentOf(child);; child = parent, parent = body.parentOf(parent)) {
      if (!parent) {
        // The initialiser of a member, in a constructor.
        if (isa<CXXConstructorDecl>(body.function) && child != body.code)
          add(Kind::Stored, child, holder);
        return;
      }
      if (!step(parent, child, holder))
        return;
    }
  }

  /// True if the value passes through `parent`.
  bool step(const Stmt *parent, const Stmt *child, const VarDecl *holder) {
    if (isa<ParenExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr, InitListExpr>(parent))
      return true;
    if (const auto *cast = dyn_cast<CastExpr>(parent)) {
      if (cast->getCastKind() == CK_ToVoid)
        return true;
      return cast->getCastKind() != CK_LValueToRValue;
    }
    if (const auto *conditional = dyn_cast<AbstractConditionalOperator>(parent))
      return conditional->getCond() != child;
    if (isa<CoawaitExpr>(parent)) {
      add(Kind::Awaited, parent, holder);
      return false;
    }
    if (isa<ReturnStmt, CoreturnStmt>(parent)) {
      add(Kind::Returned, parent, holder);
      return false;
    }
    if (const auto *declaration = dyn_cast<DeclStmt>(parent)) {
      for (const Decl *decl : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(decl); variable && variable->getInit() == child)
          enter(variable, parent, holder);
      return false;
    }
    if (const auto *loop = dyn_cast<CXXForRangeStmt>(parent)) {
      if (loop->getRangeInit() == child)
        add(Kind::Unknown, loop, holder ? holder : loop->getLoopVariable());
      const AsyncType *range = owner.types_.classify(loop->getRangeInit()->getType().getNonReferenceType());
      const bool values = range && (range->kind == AsyncType::Kind::Generator || range->kind == AsyncType::Kind::Sequence) &&
                          !owner.types_.classifyOwned(loop->getLoopVariable()->getType()); // what a generator gives is no task
      if (loop->getRangeInit() == child && !values)
        for (const DeclRefExpr *reference : body.references(loop->getLoopVariable()))
          follow(reference, holder ? holder : loop->getLoopVariable());
      return false;
    }
    if (const auto *member = dyn_cast<MemberExpr>(parent)) {
      if (isa<CXXMethodDecl>(member->getMemberDecl()))
        return true; // the call around it decides
      return false;
    }
    if (const auto *binary = dyn_cast<BinaryOperator>(parent))
      return binary->getOpcode() == BO_Comma && binary->getRHS() == child;
    if (std::optional<CallSite> call = CallSite::of(parent))
      return through(*call, child, holder);
    if (isa<CompoundStmt, IfStmt, ForStmt, WhileStmt>(parent) && isa<Expr>(child))
      discarded(cast<Expr>(child), holder);
    return false;
  }

  void discarded(const Expr *value, const VarDecl *holder) {
    if (holder)
      return; // `task;` says nothing
    const Expr *bare = value->IgnoreParenCasts();
    if (const auto *full = dyn_cast<FullExpr>(bare))
      bare = full->getSubExpr()->IgnoreParenCasts();
    const AsyncType *type = owner.types_.classify(bare->getType());
    if (type && (type->kind == AsyncType::Kind::Detached || type->isEager()))
      add(Kind::Detached, value, holder);
  }

  void enter(const VarDecl *variable, const Stmt *at, const VarDecl *holder) {
    if (!variable->hasLocalStorage()) {
      add(Kind::Stored, at, holder, variable);
      return;
    }
    if (!visited.insert(variable).second)
      return;
    if (!body.capturedBy(variable).empty())
      add(Kind::Unknown, at, holder ? holder : variable);
    const size_t before = found.size();
    for (const DeclRefExpr *reference : body.references(variable))
      follow(reference, holder ? holder : variable);
    const AsyncType *type = owner.types_.classify(variable->getType());
    if ((started || (type && type->isEager())) && found.size() == before)
      add(Kind::Unknown, at, holder ? holder : variable); // it runs, whether or not somebody asks for it
  }

  /// The task goes into the object `target` names.
  void storedIn(const Expr *target, const Stmt *at, const VarDecl *holder) {
    const Expr *bare = target->IgnoreParenImpCasts();
    const Storage storage = storageOf(target, body);
    if (storage.kind == Storage::Kind::Local) {
      if (!isa<ParmVarDecl>(storage.variable)) {
        enter(storage.variable, at, holder);
        if (storage.variable->getType()->isReferenceType())
          return;
      }
      return;
    }
    const ValueDecl *store = storage.member ? static_cast<const ValueDecl *>(storage.member) : storage.variable;
    if (const auto *reference = dyn_cast<DeclRefExpr>(bare))
      store = reference->getDecl();
    add(storage.kind == Storage::Kind::Temporary ? Kind::Unknown : Kind::Stored, at, holder, store);
  }

  bool through(const CallSite &call, const Stmt *child, const VarDecl *holder) {
    const Expr *value = cast<Expr>(child);
    if (const auto *expr = dyn_cast<CallExpr>(call.expr); expr && expr->getNumArgs() == 1 && peelMoves(expr) != expr)
      return true; // std::move
    if (const auto *construct = dyn_cast<CXXConstructExpr>(call.expr)) {
      // A container or wrapper of it, or a copy.
      if (construct->getConstructor()->isCopyOrMoveConstructor() || owner.types_.classifyOwned(construct->getType()) ||
          owner.isAsync(construct->getType()) || construct->getConstructor()->getParent()->isInStdNamespace())
        return true;
      add(Kind::Unknown, call.expr, holder);
      return false;
    }
    const bool asObject = isa<MemberExpr>(child) || (call.object && peel(call.object) == peel(value));
    if (asObject)
      return throughObject(call, holder);
    return throughArgument(call, value, holder);
  }

  bool throughObject(const CallSite &call, const VarDecl *holder) {
    if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(call.expr)) {
      const OverloadedOperatorKind kind = operation->getOperator();
      return kind == OO_Star || kind == OO_Subscript || kind == OO_Arrow || kind == OO_Coawait;
    }
    const llvm::StringRef name = nameOf(call.callee);
    if (owner.callees_.isRunner(call) || says::obtains(name) || says::waits(name)) {
      // `unique_ptr<task>::get()` and the like only hand out the task.
      add(owner.isAsync(call.expr->getType().getNonReferenceType()) ? Kind::Unknown : Kind::Awaited, call.expr, holder);
      return false;
    }
    if (owner.callees_.model(call, FunctionRole::Spawner) || owner.callees_.model(call, FunctionRole::Detach))
      return spawned(call, holder);
    if (owner.types_.classifyOwned(call.expr->getType().getNonReferenceType()) || owner.isAsync(call.expr->getType()))
      return true;
    if (call.expr->getType()->isVoidType() && says::spawns(name))
      return spawned(call, holder);
    if (holder && isOneOf(name, {"begin", "end"}))
      return true; // `when_all(tasks.begin(), tasks.end())`
    const auto *method = dyn_cast_or_null<CXXMethodDecl>(call.callee);
    if (const CoawaitExpr *await = awaitOf(call.expr))
      add(Kind::Awaited, await, holder); // `co_await generator.next()` of whatever awaitable
    else if (holder && method && !method->isConst() && !method->isStatic())
      add(Kind::Unknown, call.expr, holder); // `with_timeout(generator.next())`
    return false;
  }

  /// The await whose operand is `expr` as it is written.
  const CoawaitExpr *awaitOf(const Expr *expr) const {
    for (const Stmt *parent = body.parentOf(expr); isa_and_nonnull<Expr>(parent); parent = body.parentOf(parent))
      if (const auto *await = dyn_cast<CoawaitExpr>(parent))
        return peelMoves(await->getOperand()) == peelMoves(expr) ? await : nullptr;
    return nullptr;
  }

  bool throughArgument(const CallSite &call, const Expr *value, const VarDecl *holder) {
    const auto *operation = dyn_cast<CXXOperatorCallExpr>(call.expr);
    if (operation && operation->getOperator() == OO_Equal) {
      storedIn(operation->getArg(0), call.expr, holder);
      return false;
    }
    if (operation && operation->getOperator() != OO_Call) // `read() || timeout()`, `read() | upon_error(log)`
      return owner.isAsync(call.expr->getType()) || (operation->getOperator() == OO_Pipe && peel(operation->getArg(0)) == peel(value));
    if (owner.callees_.isRunner(call)) {
      add(Kind::Awaited, call.expr, holder);
      return false;
    }
    if (owner.callees_.model(call, FunctionRole::Spawner))
      return spawned(call, holder);
    if (owner.callees_.model(call, FunctionRole::Combinator))
      return true; // `on(scheduler, read())`: a sender is no task, but goes where one would
    const llvm::StringRef name = nameOf(call.callee);
    if (call.object && (owner.types_.classifyOwned(call.object->getType()) || isJobHandle(value->getType())) && fillsContainer(call)) {
      storedIn(call.object, call.expr, holder);
      return false;
    }
    const QualType result = call.expr->getType().getNonReferenceType();
    if (owner.types_.classifyOwned(result) || owner.isAsync(result))
      return says::spawns(name) ? spawned(call, holder) : true; // a combinator or a wrapper
    const ParmVarDecl *parameter = nullptr;
    for (unsigned i = 0; i < call.arguments.size(); ++i)
      if (call.arguments[i] == value)
        parameter = call.parameter(i);
    const bool takes = parameter && !parameter->getType()->isLValueReferenceType();
    const bool begins = takes && result->isVoidType() && owner.setsLoose(call.callee, parameter);
    if (takes && says::spawns(name) && isJobHandle(result))
      return spawned(call, holder);
    if (begins || (takes && result->isVoidType() && says::spawns(name))) {
      spawned(call, holder);
      found.back().startsHere = begins && owner.resumes(call.callee);
      return false;
    }
    add(Kind::Unknown, call.expr, holder);
    return false;
  }

  /// A spawner's result may still be waited for; then the journey goes on with it.
  bool spawned(const CallSite &call, const VarDecl *holder) {
    started = true;
    if (call.expr->getType()->isVoidType() || isThrownAway(call.expr)) {
      add(Kind::Detached, call.expr, holder);
      return false;
    }
    return true;
  }

  bool isThrownAway(const Expr *expr) const {
    const Stmt *child = expr;
    for (const Stmt *parent = body.parentOf(expr); parent; child = parent, parent = body.parentOf(parent)) {
      if (isa<FullExpr, ParenExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(parent))
        continue;
      if (const auto *cast = dyn_cast<CastExpr>(parent); cast && cast->getCastKind() == CK_ToVoid)
        continue;
      break;
    }
    return body.isDiscarded(cast<Expr>(child)) || child->getStmtClass() == Stmt::CStyleCastExprClass;
  }
};

bool TaskJourneys::isAsync(QualType type) {
  type = type.getNonReferenceType();
  return types_.classify(type) || types_.isAwaitable(type) || types_.hasRole(type, catalog::TypeRole::Future) ||
         types_.hasRole(type, catalog::TypeRole::Handle);
}

namespace {

/// One more call looked into while it lives. Thousands of functions that call one another in a row are no reason to crash.
class Deeper {
public:
  explicit Deeper(unsigned &depth) : depth_(++depth) {}
  ~Deeper() { --depth_; }
  Deeper(const Deeper &) = delete;
  Deeper &operator=(const Deeper &) = delete;
  bool isTooDeep() const { return depth_ > 200; }

private:
  unsigned &depth_;
};

} // namespace

/// Does it resume a coroutine before it returns, as far as its body and those of the functions it calls show?
bool TaskJourneys::resumes(const FunctionDecl *callee) {
  const Body *body = callees_.code().bodyOf(callee ? callee->getDefinition() : nullptr);
  if (!body || body->isCoroutine())
    return false;
  if (auto [known, fresh] = resumes_.try_emplace(body->function, false); !fresh)
    return known->second;
  const Deeper deeper(depth_);
  return !deeper.isTooDeep() && (resumes_[body->function] = llvm::any_of(body->all<CallExpr>(), [&](const CallExpr *call) {
    const auto *method = dyn_cast_or_null<CXXMethodDecl>(call->getDirectCallee());
    const bool handle = method && method->getParent()->isInStdNamespace() && coroguard::nameOf(method->getParent()) == "coroutine_handle";
    return (handle && (coroguard::nameOf(method) == "resume" || method->getOverloadedOperator() == OO_Call)) ||
           resumes(call->getDirectCallee());
  }));
}

/// `void wait(auto &&task) { task.start(); }`: it begins the work, and nothing says that it sees its end.
bool TaskJourneys::setsLoose(const FunctionDecl *callee, const ParmVarDecl *parameter) {
  const Body *body = callees_.code().bodyOf(callee ? callee->getDefinition() : nullptr);
  if (!body || body->isCoroutine())
    return false;
  const ParmVarDecl *taken = body->function->getParamDecl(parameter->getFunctionScopeIndex());
  if (auto [known, fresh] = setLoose_.try_emplace(taken, false); !fresh)
    return known->second;
  const Deeper deeper(depth_);
  if (deeper.isTooDeep())
    return false;
  llvm::SmallVector<Destination, 2> found;
  Trip trip{*this, *body, found};
  for (const DeclRefExpr *reference : body->references(taken))
    trip.follow(reference, nullptr);
  return setLoose_[taken] = !found.empty() && llvm::all_of(found, [&](const Destination &each) {
    const auto *at = each.kind == Kind::Detached ? dyn_cast_or_null<Expr>(each.at) : nullptr;
    return at && !isWaitedFor({at, at}, *body, types_, callees_);
  });
}

llvm::SmallVector<Destination, 2> TaskJourneys::of(const Expr *task, const Body &body) {
  llvm::SmallVector<Destination, 2> found;
  Trip{*this, body, found}.follow(task, nullptr);
  return found;
}

std::string described(const Destination &destination, const ASTContext &context) {
  static constexpr llvm::StringLiteral kNames[] = {"awaited", "stored", "returned", "detached", "unknown"};
  std::string text = kNames[static_cast<unsigned>(destination.kind)].str();
  if (destination.store)
    text += " in `" + destination.store->getNameAsString() + "`";
  if (destination.at)
    text += " " + quoted(destination.at, context);
  if (destination.holder)
    text += " through `" + destination.holder->getNameAsString() + "`";
  return text;
}

} // namespace coroguard
