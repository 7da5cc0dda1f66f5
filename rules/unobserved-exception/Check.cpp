// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results that carry exceptions and are dropped, throwing coroutines that are detached, promises that forget.
#include "rules/unobserved-exception/Check.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"

#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = unobserved_exception::message;

UnobservedExceptionCheck::UnobservedExceptionCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, unobserved_exception::info()), options_(unobserved_exception::Options::read(Options)) {}

void UnobservedExceptionCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void UnobservedExceptionCheck::checkUnit(Unit &unit) {
  if (!unit.ast().getLangOpts().CXXExceptions) return;
  for (const Body &body : unit.bodies()) {
    if (body.isCoroutine()) checkResults(body, unit);
    checkDetached(body, unit);
  }
  for (const CXXRecordDecl *record : unit.code().records())
    checkPromise(record, unit);
}

void UnobservedExceptionCheck::checkResults(const Body &body, Unit &unit) {
  for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
    const std::optional<CallSite> call = CallSite::of(peelMoves(await->getOperand()));
    if (!call || !call->callee || !body.isDiscarded(await) ||
        !llvm::is_contained(options_.resultFunctions, unit.names().of(call->callee)))
      continue;
    report(&body, await->getSourceRange(), message::dropped(unit.names().forPeople(call->callee)));
  }
}

namespace {

/// The first exception the code throws by itself and no try around it catches.
const CXXThrowExpr *throwsOut(const Body &body) {
  for (const CXXThrowExpr *thrown : body.all<CXXThrowExpr>()) {
    bool caught = false;
    const Stmt *child = thrown;
    for (const Stmt *parent = body.parentOf(thrown); parent; child = parent, parent = body.parentOf(parent))
      if (const auto *attempt = dyn_cast<CXXTryStmt>(parent)) caught |= attempt->getTryBlock() == child;
    if (!caught) return thrown;
  }
  return nullptr;
}

bool isDetachedToken(const Expr *argument, Names &names) {
  const CXXRecordDecl *record = classOf(argument->getType());
  return record && names.of(record).ends_with("::detached_t");
}

/// Somebody has written down why the body is empty.
bool hasComment(const CompoundStmt *code, const ASTContext &context) {
  const llvm::StringRef text = Lexer::getSourceText(CharSourceRange::getTokenRange(code->getSourceRange()),
                                                    context.getSourceManager(), context.getLangOpts());
  return text.contains("//") || text.contains("/*");
}

/// None of the promise's coroutines can throw, as far as the unit shows: declared noexcept, or, if others wrote the
/// promise, with nothing in them.
bool nobodyThrows(const CXXRecordDecl *promise, Unit &unit) {
  const SourceManager &sources = unit.ast().getSourceManager();
  const bool own = sources.isInMainFile(sources.getExpansionLoc(promise->getLocation()));
  bool any = !own;
  for (const Body &body : unit.bodies()) {
    const CXXRecordDecl *made = body.isCoroutine() ? unit.types().promiseOf(body.function->getReturnType()) : nullptr;
    if (!made || patternOf(made)->getCanonicalDecl() != patternOf(promise)->getCanonicalDecl()) continue;
    any = true;
    const auto *type = body.function->getType()->getAs<FunctionProtoType>();
    const auto *code = dyn_cast<CoroutineBodyStmt>(body.function->getBody());
    const auto *block = code ? dyn_cast<CompoundStmt>(code->getBody()) : nullptr;
    const bool empty = !own && block && llvm::all_of(block->body(), [](const Stmt *each) {
      return isa<CoreturnStmt>(each) && !cast<CoreturnStmt>(each)->getOperand();
    });
    if (!empty && !(type && type->isNothrow())) return false;
  }
  return any;
}

} // namespace

void UnobservedExceptionCheck::checkDetached(const Body &body, Unit &unit) {
  for (const CallExpr *expr : body.all<CallExpr>()) {
    const std::optional<CallSite> call = CallSite::of(expr);
    if (!call || llvm::none_of(call->arguments, [&](const Expr *each) { return isDetachedToken(each, unit.names()); }))
      continue;
    for (const Expr *argument : call->arguments) {
      Bodies started;
      if (const std::optional<CallSite> task = CallSite::of(peelMoves(argument)); task && task->callee) {
        if (const Body *found = unit.code().bodyOf(task->callee)) started.push_back(found);
      } else if (const Expr *mention = peelMoves(argument); mention && Callables::isMention(mention)) {
        started = unit.contexts().callables().bodiesOf(mention, body);
      }
      for (const Body *coroutine : started) {
        const CXXThrowExpr *thrown = coroutine->isCoroutine() ? throwsOut(*coroutine) : nullptr;
        if (!thrown || isExempt(options_.allowedCallees, unit.names().of(coroutine->function))) continue;
        report(&body, argument->getSourceRange(), message::detached(unit.names().forPeople(coroutine->function)))
            .cure(message::detachedCure())
            .step(thrown->getBeginLoc(), message::thrownHere());
        break;
      }
    }
  }
}

void UnobservedExceptionCheck::checkPromise(const CXXRecordDecl *record, Unit &unit) {
  const Methods handlers = methodsNamed(record, "unhandled_exception");
  if (handlers.size() != 1 || handlers.front()->getParent()->getCanonicalDecl() != record->getCanonicalDecl() ||
      methodsNamed(record, "get_return_object").empty() || methodsNamed(record, "final_suspend").empty())
    return;
  const FunctionDecl *handler = handlers.front();
  if (!handler->getDefinition())
    if (const FunctionDecl *pattern = handler->getTemplateInstantiationPattern()) handler = pattern;
  const auto *code = dyn_cast_or_null<CompoundStmt>(handler->getBody());
  if (!code || !code->body_empty() || hasComment(code, unit.ast()) || nobodyThrows(record, unit)) return;
  const auto *owner = dyn_cast<CXXRecordDecl>(record->getDeclContext());
  const std::string name = (owner ? owner->getNameAsString() + "::" : "") + record->getNameAsString();
  report(unit.code().bodyOf(handlers.front()), handler->getNameInfo().getSourceRange(), message::empty(name))
      .cure(message::emptyCure());
}

} // namespace coroguard::rules
