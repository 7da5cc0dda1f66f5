// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at returns of tasks in functions that are no coroutines.
#include "rules/task-outlives-scope/Check.h"

#include "checker/flow/FlowGraph.h"
#include "checker/flow/HeldLocks.h"
#include "checker/flow/ReleasedWork.h"
#include "checker/framework/BorrowSteps.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard::rules {

namespace message = task_outlives_scope::message;

TaskOutlivesScopeCheck::TaskOutlivesScopeCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, task_outlives_scope::info()) {}

void TaskOutlivesScopeCheck::checkUnit(Unit &unit) {
  for (const DanglingBorrow &borrow : unit.borrows().dangling()) {
    if (speakerOf(borrow) != BorrowSpeaker::TaskOutlivesScope || (borrow.unproven && !strict()))
      continue;
    FindingBuilder finding = report(borrow.body, borrow.destination.at->getSourceRange(),
                                    borrow.unproven ? message::unseen(borrow.name, unit.names().forPeople(borrow.callee))
                                                    : message::local(borrow.name));
    if (borrow.unproven)
      finding.precision(catalog::Precision::Medium);
    if (borrow.destination.holder)
      finding.step(borrow.call->getBeginLoc(), message::takenHere(borrow.name));
  }
  for (const Body &body : unit.bodies())
    if (!body.isCoroutine() && unit.types().classify(body.function->getReturnType()))
      for (const ReturnStmt *result : body.all<ReturnStmt>())
        checkReturn(body, result, unit);
}

namespace {

/// `make_exception_future(…)`, `current_exception_as_future()`
bool turnsIntoTask(const CallExpr *call, Unit &unit) {
  const FunctionDecl *callee = call->getDirectCallee();
  return nameOf(callee).contains("exception") && !isa<CXXMemberCallExpr>(call) &&
         unit.types().classify(call->getType());
}

/// `return {Outcome(current_exception())};`
bool returnsTheException(const Stmt *node) {
  const auto *result = dyn_cast<ReturnStmt>(node);
  return result && result->getRetValue() && anyDescendant(result->getRetValue(), [](const Stmt *part) {
           const auto *call = dyn_cast<CallExpr>(part);
           return call && nameOf(call->getDirectCallee()).contains("current_exception");
         });
}

/// `return make_exception_future(…)`: the handler is there for what the call itself throws.
bool turnsIntoTask(const CXXTryStmt *block, Unit &unit) {
  for (unsigned i = 0; i < block->getNumHandlers(); ++i) {
    const bool turns = anyDescendant(block->getHandler(i)->getHandlerBlock(), [&](const Stmt *node) {
      const auto *call = dyn_cast<CallExpr>(node);
      return (call && turnsIntoTask(call, unit)) || returnsTheException(node);
    });
    if (turns)
      return true;
  }
  return false;
}

/// `work().then(…).handle_exception(…)`: the chain sees to its exceptions itself.
bool handlesItself(const Expr *task) {
  for (const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(task); call;
       call = dyn_cast_or_null<CXXMemberCallExpr>(peelMoves(call->getImplicitObjectArgument()))) {
    if (says::handlesErrors(nameOf(call->getMethodDecl())))
      return true;
  }
  return false;
}

bool hasNullary(const CXXRecordDecl *record, std::initializer_list<llvm::StringRef> names) {
  return llvm::any_of(names, [&](llvm::StringRef name) {
    return llvm::any_of(methodsNamed(record, name), [](const CXXMethodDecl *method) { return method->getMinRequiredArguments() == 0; });
  });
}

/// Runs a closure when it ends: `defer([this] { … })`.
bool runsClosureAtEnd(const CXXRecordDecl *record) {
  const auto *instance = dyn_cast<ClassTemplateSpecializationDecl>(record);
  return instance && llvm::any_of(instance->getTemplateArgs().asArray(), [](const TemplateArgument &argument) {
           const CXXRecordDecl *closure = argument.getKind() == TemplateArgument::Type ? classOf(argument.getAsType()) : nullptr;
           return closure && closure->isLambda();
         });
}

enum class Guard : uint8_t { None, Sure, Maybe };

/// Does the end of an object mean something that is not to happen before the work is done? Sure of scope guards and of
/// permits: what gives something back, and can be told to do so earlier.
Guard guardKind(QualType type, Unit &unit) {
  const CXXRecordDecl *record = type->isReferenceType() || type->isPointerType() ? nullptr : classOf(type);
  if (const auto *optional = dyn_cast_or_null<ClassTemplateSpecializationDecl>(record);
      nameOf(optional) == "optional" &&
      optional->getTemplateArgs()[0].getKind() == TemplateArgument::Type) {
    type = optional->getTemplateArgs()[0].getAsType();
    record = classOf(type);
  }
  if (!record || !record->hasDefinition() || record->hasTrivialDestructor() || record->isInStdNamespace() || record->isLambda() ||
      ownsElements(type) || unit.types().classify(type) || unit.types().isAwaitable(type) || isLockGuard(type, unit.types()) ||
      !operatorsOf(record, OO_Arrow).empty() || !operatorsOf(record, OO_Call).empty())
    return Guard::None;
  const CXXDestructorDecl *destructor = record->getDestructor();
  if (!destructor || !destructor->isUserProvided())
    return Guard::None;
  if (runsClosureAtEnd(record) || hasNullary(record, {"release", "return_all", "unlock", "dismiss"}))
    return Guard::Sure;
  return record->hasUserDeclaredCopyConstructor() && isCopyable(record) ? Guard::None : Guard::Maybe;
}

/// Has the closure that a scope guard runs to do with the returned work: does it mention something that the work is given, or
/// take back what the function has set? `if (failed) …` as all of it need not be for this way out.
bool concerns(const VarDecl *guard, const Expr *work, const Body &body) {
  const LambdaExpr *closure = nullptr;
  anyDescendant(guard->getInit(), [&](const Stmt *node) { return (closure = dyn_cast<LambdaExpr>(node)) != nullptr; });
  if (!closure)
    return true;
  const auto *code = dyn_cast<CompoundStmt>(closure->getBody());
  if (code && llvm::all_of(code->body(), [](const Stmt *each) { return isa<IfStmt, NullStmt>(each); }))
    return false;
  const bool takesBack = anyDescendant(code, [&](const Stmt *inside) {
    const ValueDecl *changed = changedBy(inside);
    return changed && llvm::any_of(body.nodes, [&](const Stmt *outside) { return changedBy(outside) == changed; });
  });
  return takesBack || llvm::any_of(closure->captures(), [&](const LambdaCapture &capture) {
    return anyDescendant(work, [&](const Stmt *node) {
      const auto *reference = dyn_cast<DeclRefExpr>(node);
      return (capture.capturesThis() && isa<CXXThisExpr>(node)) ||
             (capture.capturesVariable() && reference && reference->getDecl() == capture.getCapturedVar());
    });
  });
}

/// Only tested since it was made: nothing takes it along, and nothing lets it go.
bool isOnlyHeld(const VarDecl *variable, const Body &body) {
  return body.capturedBy(variable).empty() && llvm::all_of(body.references(variable), [&](const DeclRefExpr *reference) {
           const Stmt *child = reference;
           for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
             if (const auto *branch = dyn_cast<IfStmt>(parent))
               return branch->getCond() == child;
             if (!isa<Expr>(parent))
               return false;
           }
           return false;
         });
}

/// The first guard that ends with this function, though the returned task does not.
std::pair<const VarDecl *, Guard> heldAtReturn(const ReturnStmt *result, const Body &body, Unit &unit) {
  auto judge = [&](const VarDecl *variable) {
    const Guard kind = variable->getIdentifier() && !variable->hasAttr<UnusedAttr>() ? guardKind(variable->getType(), unit) : Guard::None;
    if (kind == Guard::None || !isAlive(variable, result, body) || !isOnlyHeld(variable, body))
      return Guard::None;
    return kind == Guard::Sure && variable->hasInit() && !concerns(variable, result->getRetValue(), body) ? Guard::Maybe : kind;
  };
  for (const ParmVarDecl *parameter : body.function->parameters())
    if (judge(parameter) == Guard::Sure)
      return {parameter, Guard::Sure};
  for (const Stmt *node : body.nodes) {
    if (node == result)
      break;
    const auto *declaration = dyn_cast<DeclStmt>(node);
    const auto *variable = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
    if (!variable || !variable->hasLocalStorage())
      continue;
    if (const Guard kind = judge(variable); kind != Guard::None)
      return {variable, kind};
  }
  return {nullptr, Guard::None};
}

/// A lock whose only purpose is the returned call: nothing else happens under it.
const VarDecl *guardOfReturn(const ReturnStmt *result, const Body &body, Unit &unit) {
  const auto *block = dyn_cast_or_null<CompoundStmt>(body.parentOf(result));
  const Stmt *before = nullptr;
  if (block)
    for (const Stmt *each : block->body()) {
      if (each == result)
        break;
      before = each;
    }
  const auto *declaration = dyn_cast_or_null<DeclStmt>(before);
  const auto *variable = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  return variable && isLockGuard(variable->getType(), unit.types()) ? variable : nullptr;
}

} // namespace

void TaskOutlivesScopeCheck::checkReturn(const Body &body, const ReturnStmt *result, Unit &unit) {
  const auto *call = dyn_cast_or_null<CallExpr>(peelMoves(result->getRetValue()));
  const AsyncType *type = call ? unit.types().classify(call->getType()) : nullptr;
  if (!type || !type->isTask() || !call->getDirectCallee() || !call->isPRValue()) // `return result.value();` moves what is there
    return;
  const FunctionDecl *callee = call->getDirectCallee();
  const std::string name = unit.names().forPeople(callee);
  // `auto initiate(Token token) { try { return start(token); } … }`: for most tokens it gives no task, and the handler is
  // there for what the call itself throws.
  const FunctionDecl *pattern = body.function->getTemplateInstantiationPattern();
  const bool generic = pattern && pattern->getReturnType()->getContainedAutoType();
  const CXXTryStmt *block = generic ? nullptr : body.tryAround(result);
  // In a noexcept function the handler has to be there for what the call itself throws; so may it be for a callable of
  // unknown content.
  const auto *prototype = body.function->getType()->getAs<FunctionProtoType>();
  const bool erased = isa<CXXOperatorCallExpr>(call) && !cast<CXXMethodDecl>(callee)->getParent()->isLambda();
  const bool mustCatch = (prototype && prototype->isNothrow()) || erased;
  if (block && (!mustCatch || strict()) && !handlesItself(call) && !turnsIntoTask(block, unit) && !unit.names().of(callee).contains("make_")) {
    FindingBuilder finding = report(&body, result->getSourceRange(), message::handler(name));
    finding.step(block->getHandler(0)->getBeginLoc(), message::handlerHere());
    if (mustCatch)
      finding.precision(catalog::Precision::Medium);
    return;
  }
  if (const VarDecl *guard = type->isLazy() ? guardOfReturn(result, body, unit) : nullptr)
    report(&body, result->getSourceRange(), message::guard(name, guard->getNameAsString()))
        .step(guard->getLocation(), message::guardHere());
  checkHeld(body, result, call, unit);
}

/// `auto holder = gate.hold(); return work();`
void TaskOutlivesScopeCheck::checkHeld(const Body &body, const ReturnStmt *result, const CallExpr *call, Unit &unit) {
  const std::optional<CallSite> site = CallSite::of(call);
  if (!site || unit.callees().model(*site, catalog::FunctionRole::Ready) || turnsIntoTask(call, unit))
    return;
  const auto [held, kind] = heldAtReturn(result, body, unit);
  if (!held || (kind == Guard::Maybe && !strict()))
    return;
  FindingBuilder finding = report(&body, result->getSourceRange(), message::held(held->getNameAsString(), unit.names().forPeople(call->getDirectCallee())));
  finding.step(held->getLocation(), message::heldHere());
  if (kind == Guard::Maybe)
    finding.precision(catalog::Precision::Medium);
}

} // namespace coroguard::rules
