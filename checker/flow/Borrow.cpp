// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares how long tasks live with how long the things live that they borrow.
#include "checker/flow/Borrow.h"

#include "checker/flow/Closures.h"
#include "checker/flow/SoleWaker.h"
#include "checker/flow/WaitedFor.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionRole;
using catalog::TypeRole;
using What = DanglingBorrow::What;

bool mayBorrow(QualType parameter) { return parameter->isReferenceType() || pointsElsewhere(parameter); }

bool isForwardingReference(const ParmVarDecl *parameter) {
  const auto *function = dyn_cast<FunctionDecl>(parameter->getDeclContext());
  const FunctionDecl *pattern = function ? function->getTemplateInstantiationPattern() : nullptr;
  if (!pattern)
    pattern = function;
  if (!pattern || pattern->getNumParams() == 0)
    return false;
  const unsigned i = std::min(parameter->getFunctionScopeIndex(), pattern->getNumParams() - 1);
  QualType type = pattern->getParamDecl(i)->getType();
  if (const auto *pack = type->getAs<PackExpansionType>())
    type = pack->getPattern();
  const auto *reference = type->getAs<RValueReferenceType>();
  return reference && reference->getPointeeType()->isTemplateTypeParmType() && !reference->getPointeeType().isConstQualified();
}

bool couldBeValue(QualType declared) {
  if (isView(declared) || isIterator(declared))
    return true;
  const CXXRecordDecl *record = declared->isLValueReferenceType() ? classOf(declared->getPointeeType()) : nullptr;
  const bool constant = declared->isLValueReferenceType() && declared->getPointeeType().isConstQualified();
  return constant && (!record || (record->hasDefinition() && !record->isPolymorphic() && (isCopyable(record) || ownsElements(declared->getPointeeType()))));
}

bool Borrows::lastsAnyway(QualType type) {
  type = type->isPointerType() ? type->getPointeeType() : type.getNonReferenceType();
  for (TypeRole role : {TypeRole::Loop, TypeRole::ThreadPool, TypeRole::Context, TypeRole::StopToken})
    if (types_.hasRole(type, role))
      return true;
  return says::runsWork(nameOf(classOf(type)));
}

std::optional<LateUse> Borrows::lateUse(const Body &body, llvm::function_ref<bool(const Stmt *)> isUse, bool realOnly) {
  auto first = llvm::find_if(body.nodes, [&](const Stmt *node) { return isUse(node); });
  if (first == body.nodes.end() || !body.isCoroutine())
    return std::nullopt;
  const CXXRecordDecl *promise = classOf(body.coroutine->getPromiseDecl()->getType());
  if (promise && types_.startOf(promise) == catalog::Start::Lazy) {
    // Prefer a use after a real suspension: it convinces more.
    if (const FlowGraph *graph = graphs_.of(body))
      if (std::optional<LateUse> late = useAfterSuspension(*graph, context_, isUse, /*realOnly=*/true))
        return late;
    return realOnly ? std::nullopt : std::optional(LateUse{*first, nullptr});
  }
  const FlowGraph *graph = graphs_.of(body);
  return graph ? useAfterSuspension(*graph, context_, isUse) : std::nullopt;
}

namespace {

/// `variable` and the locals that name a part of it, the closures that refer to it, and the loops over it.
struct NamesOf {
  llvm::SmallPtrSet<const ValueDecl *, 4> variables;
  llvm::SmallPtrSet<const Stmt *, 2> steps; ///< of loops: they read the range again in each turn

  NamesOf(const VarDecl *variable, const Body &body) {
    variables.insert(variable);
    for (const Stmt *node : body.nodes) {
      if (const auto *loop = dyn_cast<CXXForRangeStmt>(node); loop && variables.contains(rootOf(loop->getRangeInit()))) {
        steps.insert(loop->getInc());
        if (loop->getLoopVariable()->getType()->isReferenceType())
          add(loop->getLoopVariable());
      }
      const auto *declaration = dyn_cast<DeclStmt>(node);
      if (!declaration)
        continue;
      for (const Decl *decl : declaration->decls())
        if (const auto *local = dyn_cast<VarDecl>(decl);
            local && local->hasInit() &&
            (refersTo(local->getInit()) || ((local->getType()->isReferenceType() || pointsElsewhere(local->getType())) &&
                                            variables.contains(rootOf(local->getInit())))))
          add(local);
    }
  }
  bool refersTo(const Expr *init) const {
    const auto *lambda = dyn_cast_or_null<LambdaExpr>(peelMoves(init));
    return lambda && llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
             return capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef && variables.contains(capture.getCapturedVar());
           });
  }
  void add(const VarDecl *local) {
    variables.insert(local);
    if (const auto *decomposition = dyn_cast<DecompositionDecl>(local))
      variables.insert_range(decomposition->bindings());
  }
  bool isUse(const Stmt *node) const {
    return steps.contains(node) || llvm::any_of(variables, [&](const ValueDecl *each) { return mentions(node, each); });
  }
};

} // namespace

std::optional<LateUse> Borrows::lateUseOf(const Body &body, const VarDecl *variable, unsigned depth) {
  const NamesOf names(variable, body);
  if (std::optional<LateUse> late = lateUse(body, [&](const Stmt *node) { return names.isUse(node); }))
    return late;
  // While this one is suspended, the work that it hands the parameter to uses it.
  const auto *parameter = dyn_cast<ParmVarDecl>(variable);
  const bool borrowed = parameter && body.isCoroutine() && mayBorrow(parameter->getType());
  const Stmt *node = borrowed && depth < 4 ? handsOnFor(parameter, body, depth) : nullptr;
  return node ? std::optional(LateUse{node, node}) : std::nullopt;
}

Keep Borrows::assumeKept(const FunctionDecl *callee, const ParmVarDecl *parameter) {
  const SourceManager &sources = context_.getSourceManager();
  const AsyncType *type = types_.classify(callee->getReturnType());
  if (!type || !type->promise || isForMacros(type->promise) || sources.isInSystemHeader(sources.getExpansionLoc(callee->getLocation())) ||
      types_.libraryOf(callee) || (parameter && isForwardingReference(parameter)))
    return Keep::No;
  if (type->isLazy())
    return Keep::Yes;
  const QualType target = parameter ? parameter->getType() : QualType();
  const bool written = parameter && (target->isReferenceType() || target->isPointerType()) &&
                       !target->getPointeeType().isConstQualified();
  return written && type->kind == AsyncType::Kind::Detached ? Keep::Yes : Keep::Maybe;
}

/// `f()`, `std::invoke(f)` with a parameter that is a coroutine lambda which needs its closure.
bool Borrows::runsClosure(const CallSite &site, const ParmVarDecl *parameter) {
  const CXXMethodDecl *run = runCallOperator(classOf(parameter->getType().getNonReferenceType()));
  if (!run || !closureUse(run))
    return false;
  auto isIt = [&](const Expr *expr) {
    const auto *named = dyn_cast_or_null<DeclRefExpr>(peelMoves(expr));
    return named && named->getDecl() == parameter;
  };
  if (site.object && isLambdaCall(site.callee))
    return isIt(site.object);
  return callees_.model(site, FunctionRole::Inline) && llvm::any_of(site.arguments, isIt);
}

Keep Borrows::keepsParameter(const FunctionDecl *callee, unsigned i, unsigned depth) {
  if (!callee || i >= callee->getNumParams() || depth > 4)
    return Keep::No;
  const ParmVarDecl *declared = callee->getParamDecl(i);
  if (!mayBorrow(declared->getType()) || lastsAnyway(declared->getType()))
    return Keep::No;
  const FunctionDecl *definition = callee->getDefinition();
  const Body *body = code_.bodyOf(definition);
  if (!body)
    return assumeKept(callee, declared);
  const std::pair key{callee->getCanonicalDecl(), i};
  auto [entry, fresh] = keeps_.try_emplace(key, 0); // recursion: assume it keeps nothing
  if (!fresh)
    return static_cast<Keep>(entry->second);
  const ParmVarDecl *parameter = definition->getParamDecl(i);
  const bool kept = body->isCoroutine() ? lateUseOf(*body, parameter, depth).has_value() : handsOnFor(parameter, *body, depth) != nullptr;
  const Keep result = kept ? Keep::Yes : Keep::No;
  keeps_[key] = static_cast<char>(result);
  return result;
}

/// The first call that makes a task, is given the variable, and keeps a reference to it.
const CallExpr *Borrows::taskRefersTo(const VarDecl *variable, const Body &body, unsigned depth, Keep least) {
  for (const CallExpr *call : body.all<CallExpr>()) {
    const std::optional<CallSite> site = types_.classify(call->getType()) ? CallSite::of(call) : std::nullopt;
    for (unsigned j = 0; site && j < site->arguments.size(); ++j) {
      const ParmVarDecl *target = site->parameter(j);
      const Expr *given = peelMoves(site->arguments[j]);
      if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(given);
          construct && isView(construct->getType()) && construct->getNumArgs() >= 1)
        given = peelMoves(construct->getArg(0));
      const bool into = target && mayBorrow(target->getType()) && rootOf(site->arguments[j], /*owned=*/true) == variable; // `ids.begin()`
      if (target && ((given && mentions(given, variable)) || into) &&
          keepsParameter(site->callee, target->getFunctionScopeIndex(), depth + 1) >= least)
        return call;
    }
  }
  return nullptr;
}

const Stmt *Borrows::handsOnFor(const ParmVarDecl *parameter, const Body &body, unsigned depth, Keep least) {
  for (const CallExpr *call : body.all<CallExpr>()) {
    const std::optional<CallSite> site = types_.classify(call->getType()) ? CallSite::of(call) : std::nullopt;
    if (site && runsClosure(*site, parameter) && goesOn(call, body))
      return call;
  }
  if (const CallExpr *call = taskRefersTo(parameter, body, depth, least))
    return call;
  // A copy of a view refers to the same; of a reference to one, the copy does without it.
  const bool view = pointsElsewhere(parameter->getType()) && !parameter->getType()->isReferenceType();
  for (const LambdaExpr *lambda : body.capturedBy(parameter))
    for (const LambdaCapture &capture : lambda->captures()) {
      if (!capture.capturesVariable() || capture.getCapturedVar() != parameter || (capture.getCaptureKind() != LCK_ByRef && !view))
        continue;
      const auto *call = dyn_cast_or_null<CallExpr>(body.meaningfulParentOf(lambda));
      if (capture.getCaptureKind() == LCK_ByRef && closureUse(lambda->getCallOperator()))
        return lambda;
      const std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
      const bool later = site && types_.classify(call->getType()) && (isContinuation(call) || !callees_.models(*site).empty());
      const bool kept = later && (isContinuation(call) || llvm::any_of(callees_.models(*site), [](const auto *row) { return row->keepsCallable; }));
      if (later && goesOn(call, body) && readsLater(lambda, parameter, /*runsLater=*/kept, depth + 1))
        return lambda;
    }
  return least == Keep::Maybe ? handsOnUnseen(parameter, body) : nullptr;
}

/// `toThreadPool([&] { … })`: does the callee do something else with the closure than calling it at once?
static bool keepsClosureGiven(const CallSite &site, const LambdaExpr *lambda, const Body &callee, Borrows &borrows) {
  for (unsigned i = 0; i < site.arguments.size(); ++i) {
    const ParmVarDecl *target = peelMoves(site.arguments[i]) == lambda ? site.parameter(i) : nullptr;
    if (!target || target->getFunctionScopeIndex() >= callee.function->getNumParams())
      continue;
    const ParmVarDecl *parameter = callee.function->getParamDecl(target->getFunctionScopeIndex());
    const bool called = llvm::any_of(callee.all<CallExpr>(), [&](const CallExpr *call) {
      const std::optional<CallSite> at = CallSite::of(call);
      return at && at->object && isLambdaCall(at->callee) && mentions(peelMoves(at->object), parameter);
    });
    if (!called || borrows.lateUseOf(callee, parameter))
      return true;
  }
  return false;
}

const Stmt *Borrows::handsOnUnseen(const ParmVarDecl *parameter, const Body &body) {
  for (const LambdaExpr *lambda : body.capturedBy(parameter)) {
    const bool byReference = llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
      return capture.capturesVariable() && capture.getCapturedVar() == parameter && capture.getCaptureKind() == LCK_ByRef;
    });
    const Stmt *parent = body.meaningfulParentOf(lambda);
    if (isa_and_nonnull<CXXConstructExpr>(parent)) // of a std::function
      parent = body.meaningfulParentOf(parent);
    const auto *call = byReference ? dyn_cast_or_null<CallExpr>(parent) : nullptr;
    const std::optional<CallSite> site = call && types_.classify(call->getType()) ? CallSite::of(call) : std::nullopt;
    if (!site || !site->callee || !callees_.models(*site).empty() || isLambdaCall(site->callee) || site->callee->isInStdNamespace() ||
        !goesOn(call, body) || !readsLater(lambda, parameter, /*runsLater=*/true))
      continue;
    const Body *callee = code_.bodyOf(site->callee->getDefinition());
    if (!callee || (body.isCoroutine() && keepsClosureGiven(*site, lambda, *callee, *this)))
      return lambda;
  }
  return nullptr;
}

bool Borrows::isReturned(const CallExpr *call, const Body &body) {
  return llvm::any_of(journeys_.of(call, body), [](const Destination &each) { return each.kind == Destination::Kind::Returned; });
}

/// Is the task of `call` returned, or awaited in a coroutine?
bool Borrows::goesOn(const CallExpr *call, const Body &body) {
  return llvm::any_of(journeys_.of(call, body), [&](const Destination &each) {
    return each.kind == Destination::Kind::Returned || (body.isCoroutine() && each.kind == Destination::Kind::Awaited);
  });
}

/// `then([this] { … })`
static bool anyCapturesThis(const CallExpr *call) {
  return llvm::any_of(call->arguments(), [](const Expr *argument) { return capturesThis(dyn_cast_or_null<LambdaExpr>(peelMoves(argument))); });
}

Keep Borrows::keepsObject(const FunctionDecl *callee, unsigned depth) {
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  if (!method || method->isStatic() || depth > 4 || method->getRefQualifier() == RQ_RValue || lastsAnyway(context_.getCanonicalTagType(method->getParent())))
    return Keep::No;
  const Body *body = code_.bodyOf(callee->getDefinition());
  if (!body)
    return assumeKept(callee, nullptr);
  const std::pair key{callee->getCanonicalDecl(), ~0u - 2};
  auto [entry, fresh] = keeps_.try_emplace(key, 0);
  if (!fresh)
    return static_cast<Keep>(entry->second);
  bool kept = false;
  if (body->isCoroutine()) {
    kept = lateUse(*body, [](const Stmt *node) {
      const auto *lambda = dyn_cast<LambdaExpr>(node);
      return isa<CXXThisExpr>(node) ||
             (lambda && llvm::any_of(lambda->captures(), [](const LambdaCapture &c) { return c.capturesThis(); }));
    }).has_value();
  } else {
    for (const Stmt *node : body->nodes) {
      const auto *call = dyn_cast<CXXMemberCallExpr>(node);
      if (call && types_.classify(call->getType()) && isa<CXXThisExpr>(call->getImplicitObjectArgument()->IgnoreParenImpCasts()))
        kept |= keepsObject(call->getMethodDecl(), depth + 1) == Keep::Yes;
      kept |= call && isContinuation(call) && anyCapturesThis(call) && isReturned(call, *body);
    }
  }
  const Keep result = kept ? Keep::Yes : Keep::No;
  keeps_[key] = static_cast<char>(result);
  return result;
}

const std::vector<DanglingBorrow> &Borrows::dangling() {
  if (done_)
    return dangling_;
  done_ = true;
  for (const Body &body : code_.bodies())
    collectBriefClosures(body);
  for (const Body &body : code_.bodies()) {
    for (const Stmt *node : body.nodes)
      if (const auto *call = dyn_cast<CallExpr>(node))
        look(body, call);
      else if (const auto *lambda = dyn_cast<LambdaExpr>(node))
        lookAtGivenClosure(body, lambda);
      else if (const auto *declaration = dyn_cast<DeclStmt>(node); declaration && declaration->isSingleDecl())
        if (const auto *variable = dyn_cast<VarDecl>(declaration->getSingleDecl()))
          lookAtNamedClosure(body, variable);
  }
  for (const CXXRecordDecl *record : code_.records())
    lookAtFields(record);
  return dangling_;
}

void Borrows::look(const Body &body, const CallExpr *call) {
  lookAtLentClosure(body, call);
  lookAtContinuation(body, call);
  lookAtPassedClosure(body, call);
  lookAtKeptClosure(body, call);
  lookAtDetachedThread(body, call);
  lookAtThreadsFuture(body, call);
  lookAtStarted(body, call);
  if (isCallback(body, call))
    lookAtBuffers(body, call);
  lookAtRegistered(body, call);
  const AsyncType *type = call->isPRValue() ? types_.classify(call->getType()) : nullptr;
  if (!type)
    return;
  if (type->kind == AsyncType::Kind::Operation || type->kind == AsyncType::Kind::Other)
    return;
  std::optional<CallSite> site = CallSite::of(call);
  if (!site || !site->callee)
    return;
  if (nameOf(site->callee) == "invoke" && site->callee->isInStdNamespace() && !site->arguments.empty()) {
    const auto *reference = dyn_cast<DeclRefExpr>(site->arguments.front()->IgnoreParenImpCasts());
    const auto *function = reference ? dyn_cast<FunctionDecl>(reference->getDecl()) : nullptr;
    const LambdaExpr *lambda = function ? nullptr : lambdaOf(site->arguments.front(), body);
    if (lambda) {
      site->object = site->arguments.front();
      function = lambda->getCallOperator();
    } else if (!function || isa<CXXMethodDecl>(function)) {
      return;
    }
    site->callee = function;
    site->arguments.erase(site->arguments.begin());
  }
  DanglingBorrow made{What::Argument, &body, call, site->callee};
  made.type = type;
  const auto rows = callees_.models(*site);
  const bool known = !rows.empty(); // a library's own: it copies what it is given, but for views and what its pack says
  if (known)
    made.keep = Keep::No;
  const auto lends = llvm::find_if(rows, [](const catalog::FunctionModel *row) { return row->borrows >= 0; });
  lookAtArguments(made, *site, lends == rows.end() ? -1 : (*lends)->borrows);
  if (!known)
    lookAtObject(made, *site);
  if (!body.isCoroutine() && types_.libraryOf(site->callee))
    lookAtLentObjects(made, *site);
  const auto *method = dyn_cast<CXXMethodDecl>(site->callee);
  if (!body.isCoroutine() && (!code_.bodyOf(site->callee->getDefinition()) || (method && method->isVirtual())))
    lookAtAddresses(made, *site);
}

/// `co_await race(work(&local), delay(1))`, `with_timeout(deadline, work(local))`: what came too late may go on.
const CallExpr *Borrows::racedBy(const DanglingBorrow &borrow, const Destination &destination) {
  if (destination.kind != Destination::Kind::Awaited || destination.holder)
    return nullptr;
  for (const Stmt *node = borrow.body->parentOf(borrow.call); node && node != destination.at; node = borrow.body->parentOf(node)) {
    const auto *call = dyn_cast<CallExpr>(node);
    if (call && says::races(nameOf(call->getDirectCallee())))
      return call;
  }
  return nullptr;
}

/// `co_await this_coro::executor`, or a local that has been given it: where the coroutine itself runs.
static bool isOwnExecutor(const Expr *executor) {
  const auto *named = dyn_cast_or_null<DeclRefExpr>(peelMoves(executor));
  const auto *local = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
  if (local && local->hasLocalStorage())
    executor = local->getInit();
  const auto *await = dyn_cast_or_null<CoawaitExpr>(executor ? peelMoves(executor->IgnoreImplicit()) : nullptr);
  const auto *asked = await ? dyn_cast<DeclRefExpr>(await->getOperand()->IgnoreParenImpCasts()) : nullptr;
  const auto *tag = asked ? dyn_cast<VarDecl>(asked->getDecl()) : nullptr;
  return tag && tag->hasGlobalStorage();
}

/// `co_spawn(co_await this_coro::executor, session(std::move(socket)), detached)`: when it returns, the session has taken
/// what it takes before it is first suspended. Of a session nobody sees, what it is given to move from.
bool Borrows::isReadBefore(const DanglingBorrow &borrow, const Destination &destination) {
  const auto *spawn = destination.kind == Destination::Kind::Detached ? dyn_cast_or_null<CallExpr>(destination.at) : nullptr;
  const std::optional<CallSite> site = spawn ? CallSite::of(spawn) : std::nullopt;
  const bool ownTurn = site && !site->arguments.empty() && isOwnExecutor(site->arguments.front()) &&
                       llvm::any_of(callees_.models(*site), [](const catalog::FunctionModel *row) { return row->startsHere; });
  if (!ownTurn && !destination.startsHere)
    return false;
  const Body *body = code_.bodyOf(borrow.callee ? borrow.callee->getDefinition() : nullptr);
  if (borrow.what != What::Argument || !borrow.parameter) // a closure, or the object: gone only if there is a suspension
    return destination.startsHere && body && body->isCoroutine() && body->all<CoawaitExpr>().empty();
  if (!body || !body->isCoroutine() || !graphs_.of(*body))
    return borrow.parameter->getType()->isRValueReferenceType();
  const std::optional<LateUse> late = lateUseOf(*body, body->function->getParamDecl(borrow.parameter->getFunctionScopeIndex()));
  return !late || !late->suspension;
}

/// `reader(channel); writer(channel);` with a local channel, which alone resumes them: when it is gone, they stay where they are.
static bool staysWithItsWaker(const DanglingBorrow &borrow, const CodeIndex &code, TaskTypes &types) {
  const Body *body = borrow.what == What::Argument && borrow.callee ? code.bodyOf(borrow.callee->getDefinition()) : nullptr;
  const ParmVarDecl *waker = body && body->isCoroutine() ? soleWakerOf(*body, code, types) : nullptr;
  const std::optional<CallSite> site = waker ? CallSite::of(borrow.call) : std::nullopt;
  for (unsigned i = 0; site && i < site->arguments.size(); ++i) {
    const ParmVarDecl *target = site->parameter(i);
    const auto *object = target && target->getFunctionScopeIndex() == waker->getFunctionScopeIndex()
                             ? dyn_cast_or_null<VarDecl>(rootOf(site->arguments[i], /*owned=*/true))
                             : nullptr;
    if (object)
      return object->hasLocalStorage() && !isa<ParmVarDecl>(object) && !object->getType()->isReferenceType();
  }
  return false;
}

void Borrows::judge(DanglingBorrow borrow, llvm::ArrayRef<Destination> destinations) {
  using Kind = Destination::Kind;
  const bool temporary = borrow.storage.kind == Storage::Kind::Temporary;
  // Taken out of its holder (an element of an array) and awaited in time: later awaits are of what came there since.
  const bool inTime = !temporary && llvm::any_of(destinations, [&](const Destination &destination) {
    return destination.kind == Kind::Awaited && destination.holder && isAlive(borrow.storage.variable, destination.at, *borrow.body);
  });
  for (const Destination &destination : destinations) {
    bool tooFar = destination.kind == Kind::Stored || destination.kind == Kind::Returned || destination.kind == Kind::Detached;
    if (temporary)
      tooFar |= destination.holder != nullptr &&
                !(destination.holder->isCXXForRangeDecl() && context_.getLangOpts().CPlusPlus23); // P2718 extends them
    else if (destination.kind == Kind::Awaited)
      tooFar = !inTime && !isAlive(borrow.storage.variable, destination.at, *borrow.body);
    if (!tooFar && !temporary && borrow.type && !borrow.type->isLazy())
      borrow.raced = racedBy(borrow, destination);
    if ((!tooFar && !borrow.raced) || isReadBefore(borrow, destination))
      continue;
    borrow.unproven |= !tooFar;
    if (borrow.keep == Keep::Maybe && (temporary || destination.kind != Kind::Detached)) {
      if (destination.kind != Kind::Returned && !borrow.raced && !temporary)
        continue;
      borrow.unproven = true;
    }
    // Running already: what is only read may have been read before the call returned.
    borrow.unproven |= borrow.keep == Keep::Maybe && borrow.type && borrow.type->isEager() && borrow.parameter &&
                       borrow.parameter->getType().getNonReferenceType().isConstQualified();
    borrow.unproven |= !temporary && destination.kind == Kind::Detached && staysWithItsWaker(borrow, code_, types_);
    borrow.destination = destination;
    if ((destination.kind == Kind::Returned || destination.kind == Kind::Detached) && takesAlong(destination.at, borrow.storage.variable, borrow.parameter && !borrow.parameter->getType()->isReferenceType()))
      continue;
    const bool goesOn = destination.kind == Kind::Stored || destination.kind == Kind::Detached ||
                        (destination.kind == Kind::Awaited && borrow.what == What::Capture);
    if (!temporary && goesOn && isJoinedLater(borrow))
      continue;
    dangling_.push_back(borrow);
    return;
  }
}

bool Borrows::isJoinedLater(const DanglingBorrow &borrow) {
  const bool awaited = borrow.destination.kind == Destination::Kind::Awaited; // too late; something else may show that it is done
  const LooseWork work{borrow.call, awaited ? borrow.call : borrow.destination.at, borrow.storage.variable, borrow.destination.store};
  return isWaitedFor(work, *borrow.body, types_, callees_);
}

} // namespace coroguard
