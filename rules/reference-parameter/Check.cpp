// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks flow/Borrow where parameters are used, and the callers in the unit whether they wait.
#include "rules/reference-parameter/Check.h"

#include "checker/flow/WaitedFor.h"
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
  callers_.clear();
  for (const Body &body : unit.bodies())
    for (const Stmt *node : body.nodes)
      if (const auto *call = dyn_cast<CallExpr>(node); call && call->getDirectCallee() && unit.types().classify(call->getType()))
        callers_[call->getDirectCallee()->getCanonicalDecl()].push_back({&body, call});
  for (const Body &body : unit.bodies())
    if (body.isCoroutine())
      checkBody(body, unit);
}

void ReferenceParameterCheck::checkBody(const Body &body, Unit &unit) {
  const AsyncType *type = unit.types().classify(body.function->getReturnType());
  if (!type || type->kind == AsyncType::Kind::Generator)
    return;
  for (const ParmVarDecl *parameter : body.function->parameters()) {
    const QualType declared = parameter->getType();
    if (!parameter->getIdentifier() || !mayBorrow(declared) || isIterator(declared) || unit.borrows().lastsAnyway(declared) ||
        isForwardingReference(parameter) || (declared->isPointerType() && !options_.pointers))
      continue;
    const CXXRecordDecl *record = classOf(declared->isPointerType() ? declared->getPointeeType() : declared);
    if (record && (isExempt(options_.allowedTypes, unit.names().of(record)) || record->isLambda()))
      continue;
    checkParameter(body, parameter, unit);
  }
}

namespace {

/// Does this caller surely not wait for the coroutine? Its own locals are judged at the call, by other rules.
bool leaves(const Body &body, const CallExpr *call, const ParmVarDecl *parameter, Unit &unit) {
  const std::optional<CallSite> site = CallSite::of(call);
  const unsigned index = parameter->getFunctionScopeIndex();
  Storage storage;
  bool outer = false; // a variable of an enclosing function: where it ends is not seen here
  for (unsigned i = 0; site && i < site->arguments.size(); ++i)
    if (const ParmVarDecl *target = site->parameter(i); target && target->getFunctionScopeIndex() == index) {
      const auto *named = dyn_cast_or_null<DeclRefExpr>(peelMoves(site->arguments[i]));
      outer = named && named->refersToEnclosingVariableOrCapture();
      storage = parameter->getType()->isReferenceType() ? storageOf(site->arguments[i], body) : pointeeOf(site->arguments[i], body);
    }
  if (outer)
    return false;
  for (const Destination &destination : unit.borrows().journeys().of(call, body)) {
    const bool away = destination.kind == Destination::Kind::Stored || destination.kind == Destination::Kind::Detached;
    const bool ownsBoth = storage.kind == Storage::Kind::Member && destination.store && isa<FieldDecl>(destination.store);
    if (away && !isWaitedFor({call, destination.at, nullptr, destination.store}, body, unit.types(), unit.callees()) &&
        storage.kind != Storage::Kind::Local && storage.kind != Storage::Kind::Temporary && !ownsBoth)
      return true;
  }
  return false;
}

} // namespace

void ReferenceParameterCheck::checkParameter(const Body &body, const ParmVarDecl *parameter, Unit &unit) {
  const CallExpr *leaving = nullptr;
  bool called = false;
  for (const auto &[caller, call] : callers_.lookup(body.function->getCanonicalDecl())) {
    if (caller == &body) // recursion says nothing new
      continue;
    called = true;
    if (!leaving && leaves(*caller, call, parameter, unit))
      leaving = call;
  }
  const bool rvalue = parameter->getType()->isRValueReferenceType();
  if (!leaving && !(rvalue && !called))
    return;
  const std::optional<LateUse> late = unit.borrows().lateUse(body, [&](const Stmt *node) { return mentions(node, parameter); });
  if (!late)
    return;
  const std::string function = unit.names().forPeople(body.function), name = parameter->getNameAsString();
  FindingBuilder finding = report(&body, late->use->getSourceRange(),
                                  rvalue ? message::rvalue(function, name) : message::used(function, name));
  if (leaving)
    finding.step(leaving->getBeginLoc(), message::calledHere());
  if (late->suspension)
    finding.step(late->suspension->getBeginLoc(), message::suspendedHere());
  else
    finding.step(body.function->getLocation(), message::lazyHere());
}

} // namespace coroguard::rules
