// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Closures of lambda coroutines, and who destroys them before the coroutine is done.
#include "checker/flow/Borrow.h"

#include "checker/flow/AccessPath.h"
#include "checker/flow/Closures.h"
#include "checker/flow/SharedState.h"
#include "checker/flow/ToldByFlag.h"
#include "checker/flow/UnrunLoops.h"
#include "checker/semantics/KeptObjects.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionRole;
using What = DanglingBorrow::What;

bool isLambdaCall(const FunctionDecl *callee) {
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  return method && method->getParent()->isLambda() && method->getOverloadedOperator() == OO_Call;
}

const LambdaExpr *lambdaOf(const Expr *expr, const Body &body) {
  const Expr *bare = peelMoves(expr);
  if (const auto *wrapper = dyn_cast_or_null<CXXConstructExpr>(bare); // `std::function<void()>([&] { … })`
      wrapper && wrapper->getNumArgs() >= 1 && !operatorsOf(classOf(wrapper->getType()), OO_Call).empty())
    bare = peelMoves(wrapper->getArg(0));
  if (const auto *lambda = dyn_cast_or_null<LambdaExpr>(bare))
    return lambda;
  const VarDecl *variable = localOf(bare);
  const Body *home = variable ? homeOf(variable, body) : nullptr;
  const Expr *value = home == &body && variable->hasInit() ? peelMoves(variable->getInit()) : nullptr;
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(value); construct && construct->getNumArgs() >= 1)
    value = peelMoves(construct->getArg(0)); // std::function
  return dyn_cast_or_null<LambdaExpr>(value);
}

bool capturesLocalsByReference(const LambdaExpr *lambda) {
  return lambda && llvm::any_of(lambda->captures(), [](const LambdaCapture &capture) {
           return capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef;
         });
}

bool capturesThis(const LambdaExpr *lambda) {
  return lambda && llvm::any_of(lambda->captures(), [](const LambdaCapture &capture) {
           return capture.capturesThis() && capture.getCaptureKind() != LCK_StarThis;
         });
}

const CXXMethodDecl *runCallOperator(const CXXRecordDecl *closure) {
  const CXXMethodDecl *run = closure && closure->isLambda() ? closure->getLambdaCallOperator() : nullptr;
  if (const FunctionTemplateDecl *pattern = run ? run->getDescribedFunctionTemplate() : nullptr)
    for (const FunctionDecl *instance : pattern->specializations())
      run = cast<CXXMethodDecl>(instance);
  return run;
}

bool isMadeOf(const CXXRecordDecl *record, const CXXRecordDecl *part) {
  llvm::SmallPtrSet<const CXXRecordDecl *, 16> seen;
  llvm::SmallVector<const CXXRecordDecl *, 16> pending{record};
  auto add = [&](const TemplateArgument &argument) {
    if (argument.getKind() == TemplateArgument::Type)
      if (const CXXRecordDecl *given = classOf(argument.getAsType()))
        pending.push_back(given);
  };
  while (!pending.empty() && seen.size() < 1000) {
    const CXXRecordDecl *each = pending.pop_back_val();
    if (!seen.insert(each).second)
      continue;
    if (const auto *outer = dyn_cast<CXXRecordDecl>(each->getDeclContext()))
      pending.push_back(outer);
    if (const auto *specialization = dyn_cast<ClassTemplateSpecializationDecl>(each))
      for (const TemplateArgument &argument : specialization->getTemplateArgs().asArray()) {
        if (argument.getKind() == TemplateArgument::Pack)
          llvm::for_each(argument.getPackAsArray(), add);
        else
          add(argument);
      }
    if (llvm::is_contained(pending, part))
      return true;
  }
  return false;
}

const LambdaExpr *lambdaHeldBy(const Expr *value) {
  const CXXRecordDecl *holder = classOf(value->getType());
  const LambdaExpr *held = nullptr;
  if (holder && !holder->isLambda())
    (void)anyDescendant(value, [&](const Stmt *node) {
      const auto *lambda = dyn_cast<LambdaExpr>(node);
      held = lambda && lambda->capture_size() > 0 && isMadeOf(holder, lambda->getLambdaClass()) ? lambda : nullptr;
      return held != nullptr;
    });
  return held;
}

namespace {

/// `[task = make()] { co_await task; }`: the task in the closure has to live until the await is done.
std::optional<std::string> awaitedCapture(const Body &body, TaskTypes &types) {
  for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
    const auto *operand = dyn_cast<DeclRefExpr>(await->getOperand()->IgnoreParenImpCasts());
    const AsyncType *type = operand && operand->refersToEnclosingVariableOrCapture() ? types.classify(operand->getType()) : nullptr;
    for (const LambdaCapture &capture : body.lambda->captures())
      if (type && type->isTask() && type->singleShot && capture.capturesVariable() && capture.getCapturedVar() == operand->getDecl() &&
          capture.getCaptureKind() == LCK_ByCopy)
        return operand->getDecl()->getNameAsString();
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> Borrows::closureUse(const FunctionDecl *callOperator) {
  const Body *body = code_.bodyOf(callOperator ? callOperator->getDefinition() : nullptr);
  if (!body || !body->isCoroutine() || !body->lambda)
    return std::nullopt;
  if (callOperator->hasCXXExplicitFunctionObjectParameter() && !callOperator->getParamDecl(0)->getType()->isReferenceType())
    return std::nullopt; // `this auto`: the closure is in the frame
  std::string name;
  auto isUse = [&](const Stmt *node) {
    for (const LambdaCapture &capture : body->lambda->captures()) {
      const bool hit = capture.capturesThis() ? isa<CXXThisExpr>(node)
                                              : capture.capturesVariable() && mentions(node, capture.getCapturedVar());
      if (hit)
        name = capture.capturesThis() ? "this" : capture.getCapturedVar()->getNameAsString();
      if (hit)
        return true;
    }
    return false;
  };
  const std::optional<LateUse> used = lateUse(*body, isUse);
  if (!used)
    return awaitedCapture(*body, types_);
  isUse(used->use); // names the capture of this use
  return name;
}

/// `return [&local](int value) { … };`: a callback that is for later.
void Borrows::lookAtReturnedClosure(const Body &body, const LambdaExpr *lambda, const ReturnStmt *returned) {
  for (const LambdaCapture &capture : lambda->captures()) {
    const auto *variable = capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef
                               ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
    const Storage storage = variable ? storageOf(variable, body) : Storage();
    if (storage.kind != Storage::Kind::Local || lastsAnyway(variable->getType()) || !readsLater(lambda, variable, /*runsLater=*/true))
      continue;
    DanglingBorrow borrow{What::Capture, &body, lambda, nullptr, lambda};
    borrow.storage = storage;
    borrow.name = variable->getNameAsString();
    borrow.destination = {Destination::Kind::Returned, returned};
    dangling_.push_back(std::move(borrow));
    return;
  }
}

/// `struct { using sender_concept = …; }`, or libunifex's `value_types`: it does nothing until somebody connects it.
static bool isSender(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return record && llvm::any_of(std::initializer_list<llvm::StringRef>{"sender_concept", "completion_signatures", "value_types"}, [&](llvm::StringRef name) {
    return !record->lookup(&record->getASTContext().Idents.get(name)).empty();
  });
}

/// `return just(n) | then([&local] { … });`: the sender that is returned holds the closure.
static const ReturnStmt *returnedInSender(const LambdaExpr *lambda, const Body &body) {
  const Stmt *parent = body.parentOf(lambda);
  while (isa_and_nonnull<Expr>(parent))
    parent = body.parentOf(parent);
  const auto *returned = dyn_cast_or_null<ReturnStmt>(parent);
  const CXXRecordDecl *result = returned && returned->getRetValue() ? classOf(returned->getRetValue()->getType()) : nullptr;
  return result && isSender(returned->getRetValue()->getType()) && isMadeOf(result, lambda->getLambdaClass()) ? returned : nullptr;
}

/// A lambda given away as a value: whoever gets it may destroy it while the coroutine in it is suspended. Sure of
/// fire-and-forget ones: nobody can know when they are done.
void Borrows::lookAtGivenClosure(const Body &body, const LambdaExpr *lambda) {
  const Stmt *parent = body.meaningfulParentOf(lambda);
  const auto *wrapper = dyn_cast_or_null<CXXConstructExpr>(parent); // of a std::function, or of something that runs it at once
  if (wrapper)
    parent = body.meaningfulParentOf(parent);
  const bool callable = !wrapper || !operatorsOf(classOf(wrapper->getType()), OO_Call).empty();
  if (const auto *returned = dyn_cast_or_null<ReturnStmt>(parent); returned && callable && capturesLocalsByReference(lambda))
    lookAtReturnedClosure(body, lambda, returned);
  else if (const ReturnStmt *held = capturesLocalsByReference(lambda) ? returnedInSender(lambda, body) : nullptr)
    lookAtReturnedClosure(body, lambda, held);
  const CXXMethodDecl *callOperator = runCallOperator(lambda->getLambdaClass());
  const AsyncType *type = types_.classify(callOperator->getReturnType());
  if (!type || (type->kind != AsyncType::Kind::Detached && !type->isTask()))
    return;
  const auto *call = dyn_cast_or_null<CallExpr>(parent);
  const auto *returned = dyn_cast_or_null<ReturnStmt>(parent);
  const bool detached = type->kind == AsyncType::Kind::Detached;
  std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
  if (site ? isLambdaCall(site->callee) || !mayDropClosure(body, *site, detached) : !returned || detached)
    return;
  std::optional<std::string> use = closureUse(callOperator);
  if (!use || llvm::any_of(dangling_, [&](const DanglingBorrow &each) { return call && each.call == call; }))
    return;
  DanglingBorrow borrow{What::Closure, &body, call ? cast<Expr>(call) : lambda, site ? site->callee : nullptr, lambda};
  borrow.storage.kind = Storage::Kind::Temporary;
  borrow.name = *use;
  borrow.type = type;
  borrow.destination = {returned ? Destination::Kind::Returned : Destination::Kind::Stored, call ? cast<Stmt>(call) : returned};
  borrow.unproven = !detached;
  dangling_.push_back(std::move(borrow));
}

/// `auto work = [key]() -> task<> {…}; return std::function(std::move(work));`: as lookAtGivenClosure(), by its name.
void Borrows::lookAtNamedClosure(const Body &body, const VarDecl *variable) {
  const auto *lambda = variable->hasInit() ? dyn_cast_or_null<LambdaExpr>(peelMoves(variable->getInit())) : nullptr;
  const CXXMethodDecl *run = lambda ? runCallOperator(lambda->getLambdaClass()) : nullptr;
  const AsyncType *type = run ? types_.classify(run->getReturnType()) : nullptr;
  const std::optional<std::string> use = type && type->isTask() ? closureUse(run) : std::nullopt;
  if (!use)
    return;
  for (const DeclRefExpr *reference : body.references(variable)) {
    const Stmt *parent = body.meaningfulParentOf(reference);
    for (; parent; parent = body.meaningfulParentOf(parent)) {
      const auto *call = dyn_cast<CallExpr>(parent);
      const auto *construct = dyn_cast<CXXConstructExpr>(parent);
      const bool moves = (call && call->getNumArgs() == 1 && peelMoves(call) != call) || isa<ExplicitCastExpr>(parent);
      if (!moves && !(construct && construct->getNumArgs() == 1))
        break;
    }
    const auto *returned = dyn_cast_or_null<ReturnStmt>(parent);
    if (!returned)
      continue;
    DanglingBorrow borrow{What::Closure, &body, lambda, nullptr, lambda};
    borrow.storage.kind = Storage::Kind::Temporary;
    borrow.name = *use;
    borrow.type = type;
    borrow.destination = {Destination::Kind::Returned, returned};
    borrow.unproven = true;
    dangling_.push_back(std::move(borrow));
    return;
  }
}

/// May the callee of `site` let go of a coroutine's closure that is given to it, while nobody waits here? `sure`: it gets a handler.
bool Borrows::mayDropClosure(const Body &body, const CallSite &site, bool sure) {
  const auto rows = callees_.models(site);
  if (sure)
    return llvm::none_of(rows, [](const catalog::FunctionModel *row) { return row->keepsCallable; });
  if (!rows.empty() || !site.callee || code_.bodyOf(site.callee->getDefinition()) || site.callee->isInStdNamespace() ||
      types_.libraryOf(site.callee) || !types_.classify(site.expr->getType()))
    return false;
  return llvm::any_of(journeys_.of(site.expr, body), [](const Destination &each) {
    return each.kind == Destination::Kind::Returned || each.kind == Destination::Kind::Stored || each.kind == Destination::Kind::Detached;
  });
}

/// Does anything after the call run a loop, or wait?
static bool mayRunAfter(const CallExpr *call, const Body &body, Callees &callees) {
  bool after = false;
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    after |= node == call;
    const std::optional<CallSite> site = after && !body.contains(call, node) ? CallSite::of(node) : std::nullopt;
    return site && (callees.isRunner(*site) || !callees.blocking(*site).empty() || says::mayWait(nameOf(site->callee)));
  });
}

static bool suspendsAfter(const CallExpr *call, const Body &body) {
  bool after = false;
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    after |= node == call;
    return after && isa<CoawaitExpr>(node);
  });
}

static bool isLoop(QualType type, TaskTypes &types) {
  return type->isRecordType() && (types.hasRole(type, catalog::TypeRole::Loop) || types.hasRole(type, catalog::TypeRole::ThreadPool));
}

/// `for (…) { int port = …; post(loop, [&] { listen(port); }); } loop.run();`: the local ends in a block inside of the loop's
/// life, and the loop is named again after that block.
static bool endsBeforeLoop(const VarDecl *local, const VarDecl *loop, const Body &body) {
  const Stmt *inner = scopeOf(local, body), *outer = scopeOf(loop, body);
  if (!inner || !outer || inner == outer || !body.contains(outer, inner))
    return false;
  bool after = false;
  for (const Stmt *node : body.nodes) {
    after |= node == inner;
    if (after && !body.contains(inner, node) && mentions(node, loop))
      return true;
  }
  return false;
}

bool livesWithOwnLoop(const VarDecl *local, const Body &body, TaskTypes &types) {
  for (const DeclStmt *declaration : body.all<DeclStmt>()) {
    const auto *loop = declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
    if (loop && isLoop(loop->getType(), types))
      return !endsBeforeLoop(local, loop, body);
  }
  return false;
}

/// `async_read(socket, buffer, handler)`: it returns at once and nothing, and what it was given runs later on the loop. A
/// coroutine that suspends afterwards lives on meanwhile. A local object that is told its callback (`timer.set_callback(f)`)
/// takes it along when it ends; operations outlive theirs.
bool Borrows::isCallback(const Body &body, const CallExpr *call) {
  std::optional<CallSite> site = call->getType()->isVoidType() ? CallSite::of(call) : std::nullopt;
  if (!site || !site->callee || !(callees_.model(*site, FunctionRole::Callback) || (storesWork(*site, code_) && !mayRunAfter(call, body, callees_))))
    return false;
  if (llvm::any_of(callees_.blocking(*site), [](const catalog::BlockingModel &row) { return row.category == "wait"; }))
    return false; // `runInEventBaseThreadAndWait(f)` returns when the loop is done with it
  const VarDecl *object = site->object ? localOf(site->object) : nullptr;
  const bool operation = nameOf(site->callee).starts_with("async_");
  if (object && object->getType()->isRecordType() && !operation)
    return false;
  return !suspendsAfter(call, body);
}

/// Does `lambda` read `variable`, that it captures by reference, after the call that takes it has returned? `begun`: the callee
/// begins the coroutine in it.
bool Borrows::readsLater(const LambdaExpr *lambda, const VarDecl *variable, bool runsLater, unsigned depth, bool begun) {
  const CXXMethodDecl *run = runCallOperator(lambda->getLambdaClass());
  const Body *inner = code_.bodyOf(run ? run->getDefinition() : nullptr);
  if (!inner)
    return false;
  if (runsLater)
    return !inner->references(variable).empty() || !inner->capturedBy(variable).empty();
  if (inner->isCoroutine())
    return lateUse(*inner, [&](const Stmt *node) { return mentions(node, variable); }, begun).has_value();
  for (const LambdaExpr *nested : inner->capturedBy(variable)) {
    const auto *call = dyn_cast_or_null<CallExpr>(inner->meaningfulParentOf(nested));
    const bool refers = llvm::any_of(nested->captures(), [&](const LambdaCapture &capture) { // a copy of a view does, too
      return capture.capturesVariable() && capture.getCapturedVar() == variable &&
             (capture.getCaptureKind() == LCK_ByRef || pointsElsewhere(variable->getType()));
    });
    if (call && refers && chains(call) && readsLater(nested, variable, /*runsLater=*/true))
      return true;
  }
  const CallExpr *task = depth < 4 ? taskRefersTo(variable, *inner, depth, Keep::Yes) : nullptr;
  return task && isReturned(task, *inner); // `[&key] { return load(key); }`
}

/// What the closure refers to through this capture: a variable by reference, or what a copied view of it shows.
static Storage referredBy(const LambdaCapture &capture, const VarDecl *variable, const Body &body) {
  if (capture.getCaptureKind() == LCK_ByRef)
    return storageOf(variable, body);
  const bool view = isView(variable->getType()) && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable);
  return view && variable->hasInit() ? pointeeOf(variable->getInit(), body) : Storage();
}

/// The first local of `body` that a closure of it refers to, and that is `wanted`.
static std::optional<DanglingBorrow> firstCapture(const LambdaExpr *lambda, const Body &body, llvm::function_ref<bool(const VarDecl *)> wanted) {
  for (const LambdaCapture &capture : lambda->captures()) {
    const auto *variable = capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
    const Storage storage = variable ? referredBy(capture, variable, body) : Storage();
    if (storage.kind != Storage::Kind::Local || !wanted(variable))
      continue;
    DanglingBorrow borrow{What::Capture, &body, nullptr, nullptr, lambda};
    borrow.storage = storage;
    borrow.name = (storage.variable ? storage.variable : variable)->getNameAsString();
    return borrow;
  }
  return std::nullopt;
}

/// `co_spawn(context, [&local]() -> awaitable<void> {…}, detached)`, `return read().then([&local] {…})`: the closure is
/// kept, the local is not.
void Borrows::lookAtKeptClosure(const Body &body, const CallExpr *call) {
  const bool chain = chains(call);
  std::optional<CallSite> site = CallSite::of(call);
  if (!site || llvm::any_of(dangling_, [&](const DanglingBorrow &each) { return each.call == call; }))
    return;
  const auto rows = callees_.models(*site);
  const bool spawns = llvm::any_of(rows, [](const auto *row) { return row->role == FunctionRole::Spawner; });
  bool loose = false; // `go([&local]() -> task<> {…})` with a function of the unit
  for (unsigned i = 0; i < site->arguments.size() && rows.empty() && !loose; ++i)
    loose = lambdaOf(site->arguments[i], body) && callees_.runsLoose(*site, i);
  const bool spawner = loose || (spawns && llvm::any_of(rows, [](const auto *row) { return row->keepsCallable; }));
  const bool callback = isCallback(body, call) || (runsLaterByName(*site, code_) && !mayRunAfter(call, body, callees_) && !suspendsAfter(call, body));
  const bool later = chain || callback || llvm::any_of(rows, [](const auto *row) {
                       return row->role == FunctionRole::Callback && (row->keepsCallable || row->dropsCallable);
                     });
  const AsyncType *type = types_.classify(call->getType());
  const bool takes = spawner || callback || (type && (later || !rows.empty()));
  if (!takes && !spawns)
    return;
  const VarDecl *target = spawner && !site->arguments.empty() ? localOf(site->arguments.front()) : nullptr; // nobody runs it yet: the function is called later
  const bool deferred = target && target->hasLocalStorage() && isLoop(target->getType(), types_);
  for (const Expr *argument : site->arguments) {
    const LambdaExpr *lambda = lambdaOf(argument, body);
    const bool inSender = spawns && !lambda && isSender(argument->getType()) && (lambda = lambdaHeldBy(argument));
    if (!takes && !inSender)
      continue;
    const CXXMethodDecl *run = lambda ? runCallOperator(lambda->getLambdaClass()) : nullptr;
    const Body *inner = code_.bodyOf(run ? run->getDefinition() : nullptr);
    std::optional<DanglingBorrow> borrow = lambda ? firstCapture(lambda, body, [&](const VarDecl *local) {
      return !lastsAnyway(local->getType()) && readsLater(lambda, local, later || deferred || inSender, 0, loose) &&
             !(callback && (livesWithOwnLoop(local, body, types_) || (inner && isToldByFlag(local, lambda, call, *inner, body))));
    }) : std::nullopt;
    if (borrow) {
      borrow->call = call;
      borrow->callee = site->callee;
      borrow->type = spawner || inSender ? nullptr : type;
      llvm::SmallVector<Destination, 2> destinations;
      if (callback || ((spawner || inSender) && (call->getType()->isVoidType() || body.isDiscarded(call))))
        destinations.push_back({Destination::Kind::Detached, call});
      else
        destinations = journeys_.of(call, body);
      judge(*borrow, destinations);
    }
  }
}

/// The first local of `body` that a closure of it refers to and reads after it was given away.
std::optional<DanglingBorrow> Borrows::localCaptureOf(const LambdaExpr *lambda, const Body &body, bool runsLater) {
  return firstCapture(lambda, body, [&](const VarDecl *local) {
    return !lastsAnyway(local->getType()) && readsLater(lambda, local, runsLater);
  });
}

/// `std::thread([&count] { … }).detach()`, also of a named thread: it runs on when the function is over.
void Borrows::lookAtDetachedThread(const Body &body, const CallExpr *call) {
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  const CXXMethodDecl *method = member ? member->getMethodDecl() : nullptr;
  if (nameOf(method) != "detach" || !method->getParent()->isInStdNamespace())
    return;
  const Expr *thread = peelMoves(member->getImplicitObjectArgument());
  if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(thread)) {
    const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
    thread = variable && variable->hasLocalStorage() ? peelMoves(variable->getInit()) : nullptr;
  }
  if (const auto *cast = dyn_cast_or_null<CXXFunctionalCastExpr>(thread))
    thread = peel(cast->getSubExpr());
  const auto *made = dyn_cast_or_null<CXXConstructExpr>(thread);
  const LambdaExpr *lambda = made && made->getNumArgs() >= 1 ? lambdaOf(made->getArg(0), body) : nullptr;
  if (std::optional<DanglingBorrow> borrow = lambda ? localCaptureOf(lambda, body, /*runsLater=*/true) : std::nullopt) {
    borrow->call = made;
    borrow->callee = made->getConstructor();
    judge(*borrow, {{Destination::Kind::Detached, call}});
  }
}

/// `return std::async([&rows] { … });`: whoever has the future waits elsewhere.
void Borrows::lookAtThreadsFuture(const Body &body, const CallExpr *call) {
  const std::optional<CallSite> site = call->getType()->isRecordType() ? CallSite::of(call) : std::nullopt;
  if (!site || !site->callee || !callees_.model(*site, catalog::FunctionRole::Thread))
    return;
  auto goesAway = [&](const Expr *value) {
    const Stmt *user = body.meaningfulParentOf(value);
    while (isa_and_nonnull<CXXConstructExpr, CallExpr>(user) && (isa<CXXConstructExpr>(user) || peelMoves(cast<Expr>(user)) != user))
      user = body.meaningfulParentOf(user);
    const auto *assignment = dyn_cast_or_null<CXXOperatorCallExpr>(user);
    const auto *kept = dyn_cast_or_null<CXXMemberCallExpr>(user);
    const bool stored = kept && says::keeps(nameOf(kept->getMethodDecl()));
    return isa_and_nonnull<ReturnStmt>(user) || (assignment && assignment->getOperator() == OO_Equal && sharedNamedBy(assignment->getArg(0))) ||
           (stored && sharedNamedBy(kept->getImplicitObjectArgument()));
  };
  const auto *declaration = dyn_cast_or_null<DeclStmt>(body.meaningfulParentOf(call));
  const auto *future = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  if (!goesAway(call) && !(future && body.references(future).size() == 1 && goesAway(body.references(future).front())))
    return;
  for (const Expr *argument : site->arguments) {
    const LambdaExpr *lambda = lambdaOf(argument, body);
    std::optional<DanglingBorrow> borrow = lambda ? localCaptureOf(lambda, body, /*runsLater=*/true) : std::nullopt;
    if (!borrow)
      continue;
    borrow->call = call;
    borrow->callee = site->callee;
    judge(*borrow, {{Destination::Kind::Detached, call}});
    return;
  }
}

} // namespace coroguard
