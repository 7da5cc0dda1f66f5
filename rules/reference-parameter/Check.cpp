// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks flow/Borrow where parameters are used, and the callers in the unit whether they wait.
#include "rules/reference-parameter/Check.h"

#include "checker/flow/WaitedFor.h"
#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = reference_parameter::message;

ReferenceParameterCheck::ReferenceParameterCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, reference_parameter::info()), options_(reference_parameter::Options::read(Options)) {}

void ReferenceParameterCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void ReferenceParameterCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine())
      checkBody(body, unit);
    else if (strict() && unit.types().classify(body.function->getReturnType()))
      checkPlain(body, unit);
}

/// For `strict`: a plain function that hands a reference on to the task it returns.
void ReferenceParameterCheck::checkPlain(const Body &body, Unit &unit) {
  for (const ParmVarDecl *parameter : body.function->parameters()) {
    if (!parameter->getIdentifier() || !mayBorrow(parameter->getType()) || unit.borrows().lastsAnyway(parameter->getType()) ||
        isForwardingReference(parameter) || !isUnprotected(parameter, body, unit))
      continue;
    const Stmt *node = unit.borrows().handsOnFor(parameter, body);
    if (!node)
      node = unit.borrows().handsOnUnseen(parameter, body);
    if (node)
      report(&body, parameter->getSourceRange(), message::plain(unit.names().forPeople(body.function), parameter->getNameAsString()))
          .precision(catalog::Precision::Medium)
          .step(node->getBeginLoc(), message::handedOnHere());
  }
}

void ReferenceParameterCheck::checkBody(const Body &body, Unit &unit) {
  const AsyncType *type = unit.types().classify(body.function->getReturnType());
  if (!type || type->kind == AsyncType::Kind::Generator)
    return;
  const CallExpr *link = unit.borrows().linkOf(body);
  for (const ParmVarDecl *parameter : body.function->parameters()) {
    const QualType declared = parameter->getType();
    if (link && declared->isReferenceType()) {
      checkHanded(body, parameter, link, unit);
      continue;
    }
    if (!parameter->getIdentifier() || !mayBorrow(declared) || (isIterator(declared) && !strict()) || unit.borrows().lastsAnyway(declared) ||
        (declared->isPointerType() && !options_.pointers))
      continue;
    // `T &&`: whoever calls decides what it is; of a coroutine that starts later, its author should have.
    if (isForwardingReference(parameter) && !(strict() && type->isLazy() && !body.lambda))
      continue;
    const CXXRecordDecl *record = classOf(declared->isPointerType() ? declared->getPointeeType() : declared);
    if (record && (isExempt(options_.allowedTypes, unit.names().of(record)) || record->isLambda()))
      continue;
    checkParameter(body, parameter, unit);
  }
}

namespace {

/// What `call` gives for the parameter; null if nothing is written there.
const Expr *argumentFor(const CallExpr *call, const ParmVarDecl *parameter) {
  const std::optional<CallSite> site = CallSite::of(call);
  for (unsigned i = 0; site && i < site->arguments.size(); ++i)
    if (const ParmVarDecl *target = site->parameter(i);
        target && target->getFunctionScopeIndex() == parameter->getFunctionScopeIndex())
      return site->arguments[i];
  return nullptr;
}

Storage givenStorage(const Expr *argument, const ParmVarDecl *parameter, const Body &body) {
  return parameter->getType()->isReferenceType() ? storageOf(argument, body) : pointeeOf(argument, body);
}

/// The borrowing parameter of `body` that the argument only hands on (`user`, `user.name`); else null.
const ParmVarDecl *handedOn(const Expr *argument, const Body &body) {
  const ParmVarDecl *source = nullptr;
  unsigned named = 0;
  anyDescendant(argument, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    if (reference && isa<VarDecl>(reference->getDecl())) {
      ++named;
      source = dyn_cast<ParmVarDecl>(reference->getDecl());
    }
    return false;
  });
  return named == 1 && source && source->getDeclContext() == body.function && mayBorrow(source->getType()) ? source : nullptr;
}

/// Has the coroutine, when the call returns that begins it, read the parameter for the last time?
bool isTakenAtOnce(const Destination &destination, const ParmVarDecl *parameter, Unit &unit) {
  const auto *coroutine = destination.startsHere ? unit.code().bodyOf(dyn_cast<FunctionDecl>(parameter->getDeclContext())) : nullptr;
  const std::optional<LateUse> late = coroutine ? unit.borrows().lateUseOf(*coroutine, parameter) : std::nullopt;
  return coroutine && (!late || !late->suspension);
}

} // namespace

/// May what a parameter of `body` refers to end while the work that `body` sets loose goes on? Asks the calls of `body`
/// in the unit; without any, nobody has promised anything.
bool ReferenceParameterCheck::mayEndEarly(const ParmVarDecl *parameter, const Body &body, Unit &unit, unsigned depth) const {
  const llvm::ArrayRef<Caller> calls = unit.code().callersOf(body.function);
  const QualType type = parameter->getType();
  const bool service = type->isLValueReferenceType() && !type->getPointeeType().isConstQualified();
  if (calls.empty() || depth > 4) // a service is there as long as its users
    return strict() || !service || !isa<CXXConstructorDecl>(body.function);
  return llvm::any_of(calls, [&](const Caller &caller) {
    const auto &[at, call] = caller;
    const Expr *argument = argumentFor(call, parameter);
    if (!argument || at == &body)
      return false;
    if (const ParmVarDecl *source = handedOn(argument, *at))
      return mayEndEarly(source, *at, unit, depth + 1);
    const Storage storage = givenStorage(argument, parameter, *at);
    const bool waits = storage.kind == Storage::Kind::Local &&
                       isWaitedFor({call, call, storage.variable}, *at, unit.types(), unit.callees());
    return storage.kind == Storage::Kind::Temporary || (storage.kind == Storage::Kind::Local && !waits);
  });
}

/// Does this caller surely not wait for the coroutine, and give it what is not its own?
bool ReferenceParameterCheck::leaves(const Body &body, const CallExpr *call, const ParmVarDecl *parameter, Unit &unit) const {
  const Expr *argument = argumentFor(call, parameter);
  if (!argument || isOwnAwaiter(argument))
    return false;
  const auto *named = dyn_cast_or_null<DeclRefExpr>(peelMoves(argument));
  if (named && named->refersToEnclosingVariableOrCapture())
    return false; // a variable of an enclosing function: where it ends is not seen here
  const Storage storage = givenStorage(argument, parameter, body);
  // Locals are judged at the call by other rules; a member lasts as long as its owner wants it to.
  if (storage.kind != Storage::Kind::Unknown)
    return false;
  for (const Destination &destination : unit.borrows().journeys().of(call, body)) {
    const bool away = destination.kind == Destination::Kind::Stored || destination.kind == Destination::Kind::Detached;
    if (!away || isTakenAtOnce(destination, parameter, unit) || runsOn(argument, destination.at, unit.ast()) || isWaitedFor({call, destination.at, nullptr, destination.store}, body, unit.types(), unit.callees()))
      continue;
    const ParmVarDecl *source = handedOn(argument, body);
    return !source || mayEndEarly(source, body, unit, 0);
  }
  return false;
}

/// A coroutine that runs on by itself cannot be awaited by whoever lends it a value.
bool ReferenceParameterCheck::nobodyCanWait(const ParmVarDecl *parameter, const Body &body, Unit &unit) const {
  const AsyncType *type = unit.types().classify(body.function->getReturnType());
  const QualType declared = parameter->getType();
  const bool value = isView(declared) || (declared->isLValueReferenceType() && declared->getPointeeType().isConstQualified());
  return type && type->kind == AsyncType::Kind::Detached && value && !body.lambda;
}

/// Does some way to call `body` begin in code that the unit does not show, or give it what others may end meanwhile, such
/// as an element of a member? A caller that hands its own parameter on is only part of such a way.
bool ReferenceParameterCheck::hasUnseenCallers(const ParmVarDecl *parameter, const Body &body, Unit &unit, unsigned depth) const {
  const llvm::ArrayRef<Caller> calls = unit.code().callersOf(body.function);
  if (calls.empty())
    return body.function->hasExternalFormalLinkage();
  return isOffered(body.function) || (depth < 4 && llvm::any_of(calls, [&](const Caller &caller) {
           const auto &[at, call] = caller;
           const Expr *argument = at != &body ? argumentFor(call, parameter) : nullptr;
           if (const ParmVarDecl *source = argument ? handedOn(argument, *at) : nullptr)
             return hasUnseenCallers(source, *at, unit, depth + 1);
           const Storage storage = argument ? givenStorage(argument, parameter, *at) : Storage{Storage::Kind::Lasting};
           return storage.kind == Storage::Kind::Unknown || (storage.kind == Storage::Kind::Member && storage.part);
         }));
}

/// For `strict`: nobody can be seen to keep what the coroutine is given.
bool ReferenceParameterCheck::isUnprotected(const ParmVarDecl *parameter, const Body &body, Unit &unit) const {
  return strict() && !body.lambda && couldBeValue(parameter->getType()) && !isPrescribed(body.function) &&
         hasUnseenCallers(parameter, body, unit, 0);
}

/// The result that a chain hands to its continuation is gone when that has returned: at the first suspension.
void ReferenceParameterCheck::checkHanded(const Body &body, const ParmVarDecl *parameter, const CallExpr *link, Unit &unit) {
  const std::optional<LateUse> late = unit.borrows().lateUseOf(body, parameter);
  if (!late || !parameter->getIdentifier() || unit.borrows().lastsAnyway(parameter->getType()))
    return;
  report(&body, parameter->getSourceRange(), message::handed(unit.callees().nameForPeople(link), parameter->getNameAsString()))
      .step(late->suspension ? late->suspension->getBeginLoc() : body.function->getLocation(),
            late->suspension ? message::suspendedHere() : message::lazyHere())
      .step(late->use->getBeginLoc(), message::usedHere());
}

void ReferenceParameterCheck::checkParameter(const Body &body, const ParmVarDecl *parameter, Unit &unit) {
  // The rules that speak of such a call leave open which side is to change.
  const Expr *leaving = strict() && !body.lambda ? unit.borrows().danglingCallFor(parameter) : nullptr;
  bool called = false;
  for (const auto &[caller, call] : unit.code().callersOf(body.function)) {
    if (caller == &body) // recursion says nothing new
      continue;
    called = true;
    if (!leaving && leaves(*caller, call, parameter, unit))
      leaving = call;
  }
  const bool rvalue = parameter->getType()->isRValueReferenceType();
  // Callers of an override call what it overrides, whose author has chosen the parameters.
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  called |= method && method->size_overridden_methods() > 0;
  // Nobody else can call it: its callers are in code that could not be read.
  called |= !body.function->hasExternalFormalLinkage() && !body.lambda;
  // A lambda has the parameters that whoever calls it gives it.
  const bool alone = !called && ((rvalue && (!body.lambda || strict())) || nobodyCanWait(parameter, body, unit));
  const bool forwarding = isForwardingReference(parameter);
  const bool unseen = forwarding || (!leaving && !alone && isUnprotected(parameter, body, unit));
  if (!leaving && !alone && !unseen)
    return;
  const std::optional<LateUse> late = unit.borrows().lateUseOf(body, parameter);
  if (const Stmt *node = !late && unseen ? unit.borrows().handsOnFor(parameter, body, 0, Keep::Maybe) : nullptr) {
    report(&body, parameter->getSourceRange(), message::maybe(unit.names().forPeople(body.function), parameter->getNameAsString()))
        .precision(catalog::Precision::Medium)
        .step(node->getBeginLoc(), message::handedOnHere());
    return;
  }
  const bool handedOn = late && late->suspension == late->use;
  // One that takes it before anything else, or hands it on, is right for whoever awaits it at once.
  if (!late || (rvalue && (!late->suspension || handedOn) && !leaving && !forwarding && !strict()))
    return;
  const std::string function = unit.names().forPeople(body.function), name = parameter->getNameAsString();
  // The signature is what has to change; the use may be far below.
  FindingBuilder finding = report(&body, parameter->getSourceRange(),
                                  rvalue && !forwarding ? message::rvalue(function, name)
                                  : unseen ? message::unseen(function, name)
                                           : message::used(function, name));
  if (unseen)
    finding.precision(catalog::Precision::Medium);
  if (leaving)
    finding.step(leaving->getBeginLoc(), message::calledHere());
  if (!handedOn)
    finding.step(late->suspension ? late->suspension->getBeginLoc() : body.function->getLocation(),
                 late->suspension ? message::suspendedHere() : message::lazyHere());
  finding.step(late->use->getBeginLoc(), handedOn ? message::handedOnHere() : message::usedHere());
}

} // namespace coroguard::rules
