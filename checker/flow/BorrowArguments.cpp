// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What calls lend to the tasks they make: arguments, the object they are made on, buffers of operations.
#include "checker/flow/Borrow.h"

#include "checker/flow/Closures.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using catalog::TypeRole;
using What = DanglingBorrow::What;

namespace {

/// The variable an argument names, as the reader sees it.
std::string writtenName(const Expr *argument, const Storage &storage) {
  std::string name = storage.variable ? storage.variable->getNameAsString() : "";
  anyDescendant(argument, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    if (!reference || !isa<VarDecl, BindingDecl>(reference->getDecl()))
      return false;
    if (storage.variable)
      name = reference->getDecl()->getNameAsString();
    return true;
  });
  return name;
}

} // namespace

bool takesAlong(const Stmt *statement, const VarDecl *local, bool elements) {
  return local && anyDescendant(statement, [&](const Stmt *node) {
           if (const auto *call = dyn_cast<CallExpr>(node); call && (elements || isa<CXXMemberCallExpr>(call)))
             return llvm::any_of(call->arguments(), [&](const Expr *argument) {
               const Expr *bare = peel(argument);
               return bare->isXValue() && anyDescendant(bare, [&](const Stmt *each) { return mentions(each, local); });
             });
           const auto *lambda = dyn_cast<LambdaExpr>(node);
           return lambda && llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
                    const auto *fresh = capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
                    return fresh && fresh->isInitCapture() && fresh->hasInit() &&
                           anyDescendant(fresh->getInit(), [&](const Stmt *each) { return mentions(each, local); });
                  });
         });
}

/// A library copies the views it is given, and refers to what they show.
static bool isBuffer(QualType type) { return isView(type) && nameOf(classOf(type)).contains("buffer"); }

/// The buffers that an argument is, or that a local has which it names: `buffer(text)`, `std::vector both = {buffer(head), buffer(text)};`
static llvm::SmallVector<const Expr *, 4> buffersOf(const Expr *argument) {
  if (isBuffer(argument->getType()))
    return {argument};
  const VarDecl *sequence = localOf(argument);
  const Expr *init = sequence && sequence->hasInit() && sequence->getType()->isRecordType() ? sequence->getInit() : nullptr;
  llvm::SmallVector<const Expr *, 4> buffers;
  if (!init)
    return {};
  anyDescendant(init, [&](const Stmt *node) {
    const auto *call = dyn_cast<CallExpr>(node);
    if (call && isBuffer(call->getType()))
      buffers.push_back(call);
    return false;
  });
  return buffers;
}

/// `async_write(socket, buffer(text), handler)`: the operation reads `text` when this function has long returned.
void Borrows::lookAtBuffers(const Body &body, const CallExpr *call) {
  const std::optional<CallSite> site = CallSite::of(call);
  llvm::SmallVector<const Expr *, 4> buffers;
  for (const Expr *argument : site->arguments)
    llvm::append_range(buffers, buffersOf(argument));
  for (const Expr *argument : buffers) {
    const Storage storage = pointeeOf(argument, body);
    // `async_write(socket, buffer(*text), [text = std::move(text)] …)`, `…, handler(std::move(text)))`
    if (storage.kind != Storage::Kind::Local || livesWithOwnLoop(storage.variable, body, types_))
      continue;
    const bool moved = llvm::any_of(body.references(storage.variable), [&](const DeclRefExpr *reference) {
      return body.contains(call, reference) && !body.contains(argument, reference);
    });
    if (moved || takesAlong(call, storage.variable))
      continue;
    DanglingBorrow borrow{What::Argument, &body, call, site->callee, argument, nullptr, storage};
    borrow.name = storage.variable->getNameAsString();
    judge(std::move(borrow), Destination{Destination::Kind::Detached, call});
    return;
  }
}

/// A pointer through which a C function may keep what it is given: a handle, a request, the `void *` for a callback. What it
/// only reads is const.
static bool mayKeep(const ParmVarDecl *parameter) {
  const QualType to = parameter->getType()->isPointerType() ? parameter->getType()->getPointeeType() : QualType();
  return !to.isNull() && !to.isConstQualified() && (to->isVoidType() || to->isRecordType());
}

/// Is a function pointer among the arguments null? libuv then does the work at once.
static bool isDoneAtOnce(const CallSite &site, const ASTContext &context) {
  for (unsigned i = 0; i < site.arguments.size(); ++i) {
    const ParmVarDecl *parameter = site.parameter(i);
    if (parameter && parameter->getType()->isFunctionPointerType() &&
        site.arguments[i]->isNullPointerConstant(const_cast<ASTContext &>(context), Expr::NPC_ValueDependentIsNotNull))
      return true;
  }
  return false;
}

/// `uv_timer_start(&timer, on_tick, 100, 0)`, `event_base_once(base, -1, EV_TIMEOUT, on_tick, &ticks, &time)`: the loop keeps
/// the address of a local.
void Borrows::lookAtRegistered(const Body &body, const CallExpr *call) {
  const std::optional<CallSite> site = CallSite::of(call);
  const FunctionDecl *callee = site ? site->callee : nullptr;
  if (!callee || !callee->isExternC() || body.function->isMain() || !callees_.model(*site, catalog::FunctionRole::Callback) ||
      isDoneAtOnce(*site, context_))
    return;
  for (unsigned i = 0; i < site->arguments.size(); ++i) {
    const ParmVarDecl *parameter = site->parameter(i);
    const auto *address = parameter && mayKeep(parameter) ? dyn_cast<UnaryOperator>(site->arguments[i]->IgnoreParenCasts()) : nullptr;
    const Storage storage = address && address->getOpcode() == UO_AddrOf ? storageOf(address->getSubExpr(), body) : Storage();
    if (storage.kind != Storage::Kind::Local)
      continue;
    DanglingBorrow borrow{What::Argument, &body, call, callee, site->arguments[i], parameter, storage};
    borrow.name = storage.variable->getNameAsString();
    judge(std::move(borrow), Destination{Destination::Kind::Detached, call});
    return;
  }
}

void Borrows::lookAtArguments(const DanglingBorrow &made, const CallSite &site, int borrowed) {
  for (unsigned i = 0; i < site.arguments.size(); ++i) {
    const ParmVarDecl *parameter = site.parameter(i);
    if (!parameter || !mayBorrow(parameter->getType()))
      continue;
    const Expr *argument = site.arguments[i];
    DanglingBorrow borrow = made;
    borrow.storage = parameter->getType()->isReferenceType() ? storageOf(argument, *made.body) : pointeeOf(argument, *made.body);
    if (borrow.storage.kind == Storage::Kind::Unknown)
      borrow.storage = inBriefClosure(argument, *made.body);
    if (borrow.storage.kind != Storage::Kind::Temporary && borrow.storage.kind != Storage::Kind::Local)
      continue;
    const bool buffer = isBuffer(argument->getType()) && types_.libraryOf(site.callee);
    if (buffer)
      borrow.storage = pointeeOf(argument, *made.body);
    const QualType given = argument->getType();
    const bool lent = static_cast<int>(i) == borrowed && (isView(given) || (borrow.storage.kind == Storage::Kind::Local &&
                                                                          (ownsElements(given) || isIterator(given) || given->isPointerType())));
    borrow.keep = lent ? Keep::Yes
                  : !buffer ? made.keep == Keep::No ? Keep::No : keepsParameter(site.callee, parameter->getFunctionScopeIndex())
                  : borrow.storage.kind == Storage::Kind::Local ? Keep::Yes : Keep::No;
    if (borrow.keep == Keep::No)
      continue;
    borrow.argument = argument;
    borrow.parameter = parameter;
    borrow.name = writtenName(argument, borrow.storage);
    const LambdaExpr *lambda = lambdaOf(argument, *made.body);
    const std::optional<std::string> use = lambda ? closureUse(runCallOperator(lambda->getLambdaClass())) : std::nullopt;
    if (use) {
      borrow.what = What::Closure;
      borrow.name = borrow.storage.kind == Storage::Kind::Local ? borrow.name : *use;
      borrow.capturesLocals = capturesLocalsByReference(lambda);
    }
    if (!isToldAt(made.call, argument))
      judge(borrow, journeys_.of(made.call, *made.body));
  }
}

void Borrows::lookAtObject(const DanglingBorrow &made, const CallSite &site) {
  if (!site.object)
    return;
  DanglingBorrow borrow = made;
  borrow.argument = site.object;
  borrow.storage = site.object->getType()->isPointerType() ? pointeeOf(site.object, *made.body) : storageOf(site.object, *made.body);
  if (borrow.storage.kind == Storage::Kind::Unknown)
    borrow.storage = inBriefClosure(site.object, *made.body);
  if (borrow.storage.kind != Storage::Kind::Temporary && borrow.storage.kind != Storage::Kind::Local)
    return;
  const LambdaExpr *lambda = lambdaOf(site.object, *made.body);
  const bool wrapped = site.callee->getOverloadedOperator() == OO_Call && !isLambdaCall(site.callee);
  if (isLambdaCall(site.callee) || (wrapped && lambda)) {
    const std::optional<std::string> use = closureUse(wrapped ? runCallOperator(lambda->getLambdaClass()) : site.callee);
    const VarDecl *closure = borrow.storage.variable;
    if (closure && closure->isInitCapture()) // `[f = std::move(f)]`
      closure = dyn_cast_or_null<VarDecl>(rootOf(peelMoves(closure->getInit())));
    if (!use || (closure && isa<ParmVarDecl>(closure)))
      return; // who gave it is told
    borrow.what = What::Closure;
    borrow.name = borrow.storage.kind == Storage::Kind::Local ? borrow.storage.variable->getNameAsString() : *use;
    borrow.capturesLocals = capturesLocalsByReference(lambda);
  } else {
    if (types_.classify(site.object->getType()) || types_.isAwaitable(site.object->getType()))
      return;
    borrow.keep = keepsObject(site.callee);
    borrow.name = writtenName(site.object, borrow.storage);
  }
  if (borrow.keep != Keep::No)
    judge(borrow, journeys_.of(made.call, *made.body));
}

/// `semaphore slots(1); return with_semaphore(slots, 1, work)`, `output_stream out(…); return out.close()`: a function of a
/// library that is lent a local of the plain function which returns its task. Sure of what is waited on.
void Borrows::lookAtLentObjects(const DanglingBorrow &made, const CallSite &site) {
  if (callees_.model(site, catalog::FunctionRole::Ready))
    return;
  const CXXRecordDecl *self = site.object && !site.object->getType()->isPointerType() ? classOf(site.object->getType()) : nullptr;
  const auto *method = dyn_cast<CXXMethodDecl>(site.callee);
  const bool moves = method && method->getRefQualifier() == RQ_RValue;
  const bool promises = self && (!methodsNamed(self, "set_value").empty() || !methodsNamed(self, "setValue").empty()); // its future goes on without it
  if (self && !moves && !promises && !self->isLambda() && self->hasDefinition() && !isCopyable(self))
    lend(made, site.object, storageOf(site.object, *made.body));
  for (unsigned i = 0; i < site.arguments.size(); ++i) {
    const ParmVarDecl *parameter = site.parameter(i);
    const QualType type = parameter ? parameter->getType() : QualType();
    if (parameter && type->isLValueReferenceType() && !type->getPointeeType().isConstQualified() && classOf(type->getPointeeType()) &&
        !isForwardingReference(parameter))
      lend(made, site.arguments[i], storageOf(site.arguments[i], *made.body));
  }
}

/// `return fcntl(F_GET_HINT, (uintptr_t)&hint)`: the address of a local, as what it is or as a number.
void Borrows::lookAtAddresses(const DanglingBorrow &made, const CallSite &site) {
  for (const Expr *argument : site.arguments) {
    const auto *cast = dyn_cast<CastExpr>(argument->IgnoreImplicit());
    const bool number = cast && cast->getCastKind() == CK_PointerToIntegral;
    const Expr *address = (number ? cast->getSubExpr() : argument)->IgnoreParenImpCasts();
    const auto *taken = dyn_cast<UnaryOperator>(address);
    const bool array = address->getType()->isArrayType() && argument->getType()->isPointerType();
    if (array || (taken && taken->getOpcode() == UO_AddrOf))
      lend(made, argument, storageOf(array ? address : taken->getSubExpr(), *made.body));
  }
}

void Borrows::lend(DanglingBorrow borrow, const Expr *object, const Storage &storage) {
  borrow.storage = storage;
  if (borrow.storage.kind != Storage::Kind::Local || isToldAt(borrow.call, object))
    return;
  const QualType type = borrow.storage.variable->getType();
  const AsyncType *own = types_.classify(type);
  if (lastsAnyway(type) || (own && own->kind != AsyncType::Kind::Other) || types_.isAwaitable(type) || pointsElsewhere(type) ||
      (classOf(type) && !operatorsOf(classOf(type), OO_Arrow).empty()))
    return;
  const bool moved = llvm::any_of(borrow.body->all<CallExpr>(), [&](const CallExpr *call) { // it lives on elsewhere
    return call->isCallToStdMove() && localOf(call->getArg(0)) == borrow.storage.variable;
  });
  if (moved)
    return;
  borrow.argument = object;
  borrow.name = writtenName(object, borrow.storage);
  borrow.keep = Keep::Yes;
  borrow.unproven = !types_.hasRole(type, TypeRole::AsyncMutex);
  for (const Destination &destination : journeys_.of(cast<CallExpr>(borrow.call), *borrow.body))
    if (destination.kind == Destination::Kind::Returned && !takesAlong(destination.at, borrow.storage.variable)) {
      borrow.destination = destination;
      dangling_.push_back(std::move(borrow));
      return;
    }
}

/// `task member = greet(make_name());`
void Borrows::lookAtFields(const CXXRecordDecl *record) {
  static const Body nowhere;
  for (const FieldDecl *field : record->fields()) {
    const Expr *init = field->hasInClassInitializer() ? field->getInClassInitializer() : nullptr;
    const auto *call = dyn_cast_or_null<CallExpr>(init ? peelMoves(init) : nullptr);
    std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
    if (!site || !site->callee || !types_.classify(call->getType()) || !callees_.models(*site).empty())
      continue;
    for (unsigned i = 0; i < site->arguments.size(); ++i) {
      const ParmVarDecl *parameter = site->parameter(i);
      if (!parameter || keepsParameter(site->callee, parameter->getFunctionScopeIndex()) != Keep::Yes)
        continue;
      const Storage storage = parameter->getType()->isReferenceType() ? storageOf(site->arguments[i], nowhere)
                                                                      : pointeeOf(site->arguments[i], nowhere);
      if (storage.kind != Storage::Kind::Temporary)
        continue;
      DanglingBorrow borrow{What::Argument, nullptr, call, site->callee, site->arguments[i], parameter, storage};
      borrow.type = types_.classify(call->getType());
      borrow.destination = {Destination::Kind::Stored, call, nullptr, field};
      dangling_.push_back(std::move(borrow));
      break;
    }
  }
}

const Expr *Borrows::danglingCallFor(const ParmVarDecl *parameter) {
  const auto *function = dyn_cast<FunctionDecl>(parameter->getDeclContext());
  const auto found = llvm::find_if(dangling(), [&](const DanglingBorrow &borrow) {
    return borrow.what == What::Argument && !borrow.unproven && borrow.keep == Keep::Yes && borrow.parameter && borrow.callee && function &&
           borrow.callee->getCanonicalDecl() == function->getCanonicalDecl() &&
           borrow.parameter->getFunctionScopeIndex() == parameter->getFunctionScopeIndex();
  });
  return found == dangling().end() ? nullptr : found->call;
}

} // namespace coroguard
