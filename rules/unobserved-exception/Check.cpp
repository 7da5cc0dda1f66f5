// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results that carry exceptions and are dropped, throwing coroutines that are detached, promises that forget.
#include "rules/unobserved-exception/Check.h"

#include "checker/flow/Outcomes.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

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
    if (strict()) checkSet(body, unit);
    if (body.lambda && !body.isCoroutine()) checkGiven(body, unit);
    checkDetached(body, unit);
    if (body.isCoroutine()) checkForgotten(body, unit);
  }
  for (const CXXRecordDecl *record : unit.code().records())
    checkPromise(record, unit);
}

void UnobservedExceptionCheck::checkResults(const Body &body, Unit &unit) {
  for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
    const std::optional<CallSite> call = CallSite::of(peelMoves(await->getOperand()));
    if (!call || !call->callee || !body.isDiscarded(await) || isPlainValue(await->getType()) ||
        !(llvm::is_contained(options_.resultFunctions, unit.names().of(call->callee)) || givesOutcomes(await->getType(), unit.types())))
      continue;
    report(&body, await->getSourceRange(), message::dropped(unit.callees().nameForPeople(peelMoves(await->getOperand()))));
  }
}

/// `.then_wrapped([this](future<> done) { failed_ |= done.failed(); })`: the continuation is given the failed task itself,
/// and lets it go with its exception. `strict` also hears of those that never look at it.
void UnobservedExceptionCheck::checkGiven(const Body &body, Unit &unit) {
  const auto *call = body.parent ? dyn_cast_or_null<CXXMemberCallExpr>(body.parent->meaningfulParentOf(body.lambda)) : nullptr;
  const CXXMethodDecl *link = call ? call->getMethodDecl() : nullptr;
  if (!link || body.function->getNumParams() != 1) return;
  const ParmVarDecl *given = body.function->getParamDecl(0);
  const AsyncType *type = unit.types().classify(given->getType().getNonReferenceType());
  if (!type || !type->isTask() || !type->isEager() || type != unit.types().classify(call->getImplicitObjectArgument()->getType()) ||
      given->getType()->isLValueReferenceType() || given->hasAttr<UnusedAttr>() || !body.capturedBy(given).empty())
    return;
  const llvm::ArrayRef<const DeclRefExpr *> uses = body.references(given);
  const bool onlyAsked = llvm::all_of(uses, [&](const DeclRefExpr *use) {
    const auto *member = dyn_cast_or_null<MemberExpr>(body.meaningfulParentOf(use));
    const llvm::StringRef name = member ? nameOf(member->getMemberDecl()) : "";
    return (name == "failed" || name == "available") && !use->getBeginLoc().isMacroID(); // an assertion sees to it
  });
  if (!onlyAsked || (uses.empty() && !strict()))
    return;
  FindingBuilder finding = report(&body, uses.empty() ? given->getSourceRange() : uses.front()->getSourceRange(),
                                  uses.empty() ? message::unread(unit.names().forPeople(link)) : message::asked(given->getNameAsString()));
  if (uses.empty())
    finding.precision(catalog::Precision::Medium);
}

/// Is the value of the task a set of tasks, each with its own result?
static bool givesTasks(QualType task, TaskTypes &types) {
  const auto *instance = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(task));
  return instance && llvm::any_of(instance->getTemplateArgs().asArray(), [&](const TemplateArgument &each) {
           bool wrapped = false;
           return each.getKind() == TemplateArgument::Type && types.mustConsume(each.getAsType(), &wrapped) && wrapped;
         });
}

/// For `strict`: `when_all(a(), b()).discard_result()` throws away tasks that are done, and what they failed with.
void UnobservedExceptionCheck::checkSet(const Body &body, Unit &unit) {
  for (const CXXMemberCallExpr *call : body.all<CXXMemberCallExpr>()) {
    const AsyncType *type = unit.types().classify(call->getImplicitObjectArgument()->getType());
    if (!type || !type->isTask() || !says::discards(nameOf(call->getMethodDecl())) ||
        !givesTasks(call->getImplicitObjectArgument()->getType(), unit.types()))
      continue;
    const auto *maker = dyn_cast_or_null<CallExpr>(peelMoves(call->getImplicitObjectArgument()));
    report(&body, call->getSourceRange(), message::dropped(unit.callees().nameForPeople(maker ? cast<Expr>(maker) : call)))
        .precision(catalog::Precision::Medium);
  }
}

namespace {

/// The first exception the code throws by itself and no try around it catches.
const CXXThrowExpr *throwsOut(const Body &body) {
  for (const CXXThrowExpr *thrown : body.all<CXXThrowExpr>())
    if (!body.tryAround(thrown)) return thrown;
  return nullptr;
}

bool mayThrow(const FunctionDecl *callee) {
  const auto *type = callee->getType()->getAs<FunctionProtoType>();
  return !callee->isNoReturn() && !(type && !isUnresolvedExceptionSpec(type->getExceptionSpecType()) && type->isNothrow());
}

/// The first await, or call of a function of the project, that does not promise to throw nothing and that no try guards.
const Expr *mayThrowOut(const Body &body, const SourceManager &sources) {
  for (const Stmt *node : body.nodes) {
    const auto *await = dyn_cast<CoawaitExpr>(node);
    const auto *call = dyn_cast_or_null<CallExpr>(await ? peel(await->getResumeExpr()) : dyn_cast<Expr>(node));
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    if (callee && (await || !sources.isInSystemHeader(sources.getExpansionLoc(callee->getLocation()))) && mayThrow(callee) &&
        !body.tryAround(node))
      return cast<Expr>(node);
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

/// Can anything in it throw, as far as its callees show?
bool canThrow(const Stmt *code, unsigned depth = 0) {
  return anyDescendant(code, [&](const Stmt *node) {
    const auto *call = dyn_cast<CallExpr>(node);
    const auto *made = dyn_cast<CXXConstructExpr>(node);
    const FunctionDecl *callee = call ? call->getDirectCallee() : made ? made->getConstructor() : nullptr;
    if (!callee || !mayThrow(callee))
      return isa<CXXThrowExpr, CXXNewExpr, CXXDynamicCastExpr>(node) || (call && !callee);
    const FunctionDecl *definition = callee->getDefinition();
    return !definition || !definition->getBody() || depth > 2 || canThrow(definition->getBody(), depth + 1);
  });
}

/// None of the promise's coroutines can throw, as far as the unit shows; or it is no `promise_type` and has none: only looked at.
bool nobodyThrows(const CXXRecordDecl *promise, Unit &unit) {
  const SourceManager &sources = unit.ast().getSourceManager();
  const bool own = sources.isInMainFile(sources.getExpansionLoc(promise->getLocation()));
  bool any = !own || coroguard::nameOf(promise) != "promise_type";
  for (const Body &body : unit.bodies()) {
    const CXXRecordDecl *made = body.isCoroutine() ? unit.types().promiseOf(body.function->getReturnType()) : nullptr;
    if (!made || patternOf(made)->getCanonicalDecl() != patternOf(promise)->getCanonicalDecl()) continue;
    any = true;
    const auto *type = body.function->getType()->getAs<FunctionProtoType>();
    const auto *code = dyn_cast<CoroutineBodyStmt>(body.function->getBody());
    const bool quiet = code && !canThrow(code->getBody());
    if (!quiet && !(type && type->isNothrow())) return false;
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

/// The promise's own `unhandled_exception`, as it is written; null if it is inherited or overloaded.
static const FunctionDecl *handlerOf(const CXXRecordDecl *promise) {
  const Methods handlers = methodsNamed(promise, "unhandled_exception");
  if (handlers.size() != 1 || handlers.front()->getParent()->getCanonicalDecl() != promise->getCanonicalDecl())
    return nullptr;
  const FunctionDecl *pattern = handlers.front()->getDefinition() ? nullptr : handlers.front()->getTemplateInstantiationPattern();
  return pattern ? pattern : handlers.front();
}

static std::string nameOf(const CXXRecordDecl *promise) {
  const auto *owner = dyn_cast<CXXRecordDecl>(promise->getDeclContext());
  return (owner ? owner->getNameAsString() + "::" : "") + promise->getNameAsString();
}

/// Does the handler call what never returns, or throw on although it is noexcept?
static bool endsProgram(const FunctionDecl *handler) {
  const auto *code = dyn_cast_or_null<CompoundStmt>(handler->getBody());
  const auto *type = handler->getType()->getAs<FunctionProtoType>();
  return code && llvm::any_of(code->body(), [&](const Stmt *statement) {
    const auto *expr = dyn_cast<Expr>(statement);
    expr = expr ? peel(expr) : nullptr;
    const auto *call = dyn_cast_or_null<CallExpr>(expr);
    return (call && call->getDirectCallee() && call->getDirectCallee()->isNoReturn()) ||
           (isa_and_nonnull<CXXThrowExpr>(expr) && type && type->isNothrow());
  });
}

/// Nobody can await it, and its promise ends the program: `strict` hears of what may throw, all of what does.
void UnobservedExceptionCheck::checkForgotten(const Body &body, Unit &unit) {
  const AsyncType *type = unit.types().classify(body.function->getReturnType());
  const CXXRecordDecl *promise = type && type->kind == AsyncType::Kind::Detached ? type->promise : nullptr;
  const FunctionDecl *handler = promise ? handlerOf(promise) : nullptr;
  if (!handler || !endsProgram(handler) || isExempt(options_.allowedCallees, unit.names().of(body.function))) return;
  const Expr *thrown = throwsOut(body);
  const bool certain = thrown;
  if (!thrown && strict()) thrown = mayThrowOut(body, unit.ast().getSourceManager());
  if (!thrown) return;
  const std::string coroutine = unit.names().forPeople(body.function);
  report(&body, body.function->getNameInfo().getSourceRange(),
         certain ? message::ends(coroutine, nameOf(promise)) : message::mayEnd(coroutine, nameOf(promise)))
      .cure(message::endsCure())
      .step(thrown->getBeginLoc(), certain ? message::thrownHere() : message::mayThrowHere());
}

void UnobservedExceptionCheck::checkPromise(const CXXRecordDecl *record, Unit &unit) {
  const FunctionDecl *handler = handlerOf(record);
  const auto *code = handler ? dyn_cast_or_null<CompoundStmt>(handler->getBody()) : nullptr;
  if (!code || !losesException(code) || methodsNamed(record, "get_return_object").empty() ||
      methodsNamed(record, "final_suspend").empty() || hasComment(code, unit.ast()) || nobodyThrows(record, unit))
    return;
  report(unit.code().bodyOf(methodsNamed(record, "unhandled_exception").front()), handler->getNameInfo().getSourceRange(), message::empty(nameOf(record)))
      .cure(message::emptyCure());
}

} // namespace coroguard::rules
