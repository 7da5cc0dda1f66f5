// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines without a reason of their own. What an interface or a template asks for has one.
#include "rules/needless-coroutine/Check.h"

#include "checker/flow/AccessPath.h"
#include "checker/semantics/Exemptions.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = needless_coroutine::message;

NeedlessCoroutineCheck::NeedlessCoroutineCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, needless_coroutine::info()), options_(needless_coroutine::Options::read(Options)) {}

void NeedlessCoroutineCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void NeedlessCoroutineCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine() && !body.lambda && !body.isInstantiation() && !body.lost.incomplete) judge(body, unit);
}

namespace {

/// Does the called object end with the statement or the frame: `Client{}.get()`, a closure called in place?
bool needsObject(const CallExpr *call) {
  const std::optional<CallSite> site = CallSite::of(call);
  if (!site || !site->object) return false;
  const AccessPath path = AccessPath::of(site->object, call->getDirectCallee()->getASTContext());
  if (path.root != AccessPath::Root::Variable) return path.root == AccessPath::Root::Spelled;
  const auto *variable = dyn_cast<VarDecl>(path.variable);
  const QualType type = path.variable->getType();
  return variable && variable->hasLocalStorage() && !type->isReferenceType() && !type->isPointerType();
}

/// `store(std::move(text))` by value: the task has what the frame had.
bool isMovedInto(const CallExpr *call, const ParmVarDecl *parameter) {
  const FunctionDecl *callee = call->getDirectCallee();
  for (unsigned i = 0; i < call->getNumArgs() && i < callee->getNumParams(); ++i) {
    const Expr *given = peel(call->getArg(i));
    const auto *reference = dyn_cast_or_null<DeclRefExpr>(peelMoves(call->getArg(i)));
    if (given && given->isXValue() && reference && reference->getDecl() == parameter &&
        !mayBorrow(callee->getParamDecl(i)->getType()))
      return true;
  }
  return false;
}

/// Arguments that a task may keep a reference to: something this frame would have kept alive for it.
bool needsFrame(const CallExpr *call, const Body &body) {
  if (needsObject(call)) return true;
  const FunctionDecl *callee = call->getDirectCallee();
  for (const ParmVarDecl *parameter : body.function->parameters()) {
    const CXXRecordDecl *record = classOf(parameter->getType());
    if (!parameter->getType()->isReferenceType() && record && !isMovedInto(call, parameter) &&
        (!record->hasDefinition() || !record->hasTrivialDestructor()))
      return true;
  }
  for (unsigned i = 0; i < call->getNumArgs() && i < callee->getNumParams(); ++i) {
    const QualType type = callee->getParamDecl(i)->getType();
    if (!mayBorrow(type)) continue;
    const auto *reference = dyn_cast_or_null<DeclRefExpr>(peel(call->getArg(i)));
    if (!reference || !reference->getDecl()->getType()->isReferenceType())
      return true; // a temporary or a local of this frame
  }
  return false;
}

/// The call that makes the task of an await, if the coroutine could return that task as it is.
const CallExpr *passedOn(const Expr *value, const Body &body) {
  const auto *await = dyn_cast_or_null<CoawaitExpr>(peel(value));
  const auto *call = await ? dyn_cast_or_null<CallExpr>(peel(await->getOperand())) : nullptr;
  const bool same = call && call->getDirectCallee() &&
                    call->getType().getCanonicalType() == body.function->getReturnType().getCanonicalType();
  return same && !needsFrame(call, body) ? call : nullptr;
}

/// `if (…) co_return co_await a(); co_return co_await b();`: the first call, if each result is a task passed on and
/// nothing else awaits, is tried, or lives meanwhile.
const CallExpr *onlyReturns(const Body &body) {
  const std::vector<const CoreturnStmt *> results = body.all<CoreturnStmt>();
  if (results.size() < 2 || body.all<CoawaitExpr>().size() != results.size() ||
      llvm::any_of(body.nodes, llvm::IsaPred<DeclStmt, CXXTryStmt, CXXThrowExpr, CoyieldExpr, LambdaExpr>))
    return nullptr;
  const CallExpr *first = nullptr;
  for (const CoreturnStmt *result : results) {
    const CallExpr *call = passedOn(result->getOperand(), body);
    if (!call) return nullptr;
    first = first ? first : call;
  }
  return first;
}

/// `auto text = co_await load(); co_return text;`: the value that goes through the variable; null for anything else.
const Expr *namedResult(const CompoundStmt *block) {
  const auto *declaration = block->size() == 2 ? dyn_cast<DeclStmt>(block->body_front()) : nullptr;
  const auto *variable = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  const auto *returned = dyn_cast<CoreturnStmt>(block->body_back());
  const Expr *result = returned && returned->getOperand() ? peelMoves(returned->getOperand()) : nullptr;
  if (const auto *made = dyn_cast_or_null<CXXConstructExpr>(result); made && made->getNumArgs() == 1 && made->getConstructor()->isCopyOrMoveConstructor())
    result = peelMoves(made->getArg(0));
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(result);
  const bool same = variable && variable->hasInit() && reference && reference->getDecl() == variable && !variable->getType()->isReferenceType();
  return same ? variable->getInit() : nullptr;
}

} // namespace

/// The call whose task is all that the coroutine awaits, if that is all it does.
const CallExpr *NeedlessCoroutineCheck::onlyAwaits(const Body &body) const {
  const auto *block = dyn_cast<CompoundStmt>(body.code);
  if (!block || block->body_empty()) return nullptr;
  if (const CallExpr *call = onlyReturns(body)) return call;
  if (block->size() > 2) return nullptr;
  if (const Expr *value = namedResult(block)) return passedOn(value, body);
  const auto *returned = dyn_cast<CoreturnStmt>(block->body_back());
  if (block->size() == 2 && (!returned || returned->getOperand())) return nullptr;
  const Stmt *first = block->body_front();
  const Expr *value = isa<CoreturnStmt>(first) ? cast<CoreturnStmt>(first)->getOperand() : dyn_cast<Expr>(first);
  return passedOn(value, body);
}

void NeedlessCoroutineCheck::judge(const Body &body, Unit &unit) {
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  const AsyncType *type = unit.types().classify(body.function->getReturnType());
  if ((method && method->isVirtual()) || !type || !type->isTask() ||
      isExempt(options_.allowedCallees, unit.names().of(body.function)))
    return;
  const std::string name = unit.names().forPeople(body.function);
  const SourceRange range = body.function->getNameInfo().getSourceRange();
  if (const CallExpr *call = onlyAwaits(body)) {
    const std::string callee = unit.callees().nameForPeople(call);
    if (type->isLazy() || type->isEager())
      report(&body, range, message::passesOn(name, callee))
          .cure(message::returnIt(callee))
          .step(call->getBeginLoc(), message::awaitedHere());
    return;
  }
  const bool does = llvm::any_of(
      body.nodes, [](const Stmt *node) { return isa<CoroutineSuspendExpr, CXXThrowExpr, CXXTryStmt>(node); });
  const auto *block = dyn_cast<CompoundStmt>(body.code);
  const auto *only = block && block->size() == 1 ? dyn_cast<CoreturnStmt>(block->body_front()) : nullptr;
  if (!does && !(only && !only->getOperand())) report(&body, range, message::awaitsNothing(name));
}

} // namespace coroguard::rules
