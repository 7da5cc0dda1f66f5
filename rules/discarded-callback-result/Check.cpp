// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at conversions to `function<void()>` and at algorithms and threads that ignore results.
#include "rules/discarded-callback-result/Check.h"

#include "checker/flow/ReleasedWork.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard::rules {

namespace message = discarded_callback_result::message;

DiscardedCallbackResultCheck::DiscardedCallbackResultCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, discarded_callback_result::info()), options_(discarded_callback_result::Options::read(Options)) {}

void DiscardedCallbackResultCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

namespace {

/// What is called; null if it cannot be told.
const FunctionDecl *functionOf(const Expr *callable) {
  const Expr *bare = peelMoves(callable);
  if (!bare)
    return nullptr;
  if (const CXXRecordDecl *record = classOf(bare->getType()); record && record->isLambda()) {
    const CXXMethodDecl *call = record->getLambdaCallOperator();
    const FunctionTemplateDecl *generic = call->getDescribedFunctionTemplate();
    if (!generic)
      return call;
    return generic->spec_begin() == generic->spec_end() ? nullptr : *generic->spec_begin();
  } else if (record && operatorsOf(record, OO_Call).size() == 1) {
    return operatorsOf(record, OO_Call).front(); // also `std::function<task(int)>`
  }
  // `std::bind_front(&View::clicked, this)`
  if (const auto *call = dyn_cast<CallExpr>(bare)) {
    const FunctionDecl *binder = call->getDirectCallee();
    const bool binds = binder && binder->isInStdNamespace() && nameOf(binder).starts_with("bind");
    return binds && call->getNumArgs() ? functionOf(call->getArg(0)) : nullptr;
  }
  if (const auto *address = dyn_cast<UnaryOperator>(bare); address && address->getOpcode() == UO_AddrOf)
    bare = address->getSubExpr()->IgnoreParenImpCasts();
  const auto *reference = dyn_cast<DeclRefExpr>(bare);
  return reference ? dyn_cast<FunctionDecl>(reference->getDecl()) : nullptr;
}

/// `[] { return work().then_wrapped(report); }`: what it returns has no result, and its last link sees to errors.
bool leavesNothingToLearn(const FunctionDecl *function, const AsyncType &type, Unit &unit) {
  const Body *body = unit.code().bodyOf(function);
  const std::vector<const ReturnStmt *> ways = body && !body->isCoroutine() ? body->all<ReturnStmt>() : std::vector<const ReturnStmt *>();
  const QualType result = awaitResult(function->getReturnType());
  return !ways.empty() && type.isEager() && !result.isNull() && result->isVoidType() && llvm::all_of(ways, [](const ReturnStmt *way) {
    const auto *last = dyn_cast_or_null<CXXMemberCallExpr>(way->getRetValue() ? peelMoves(way->getRetValue()) : nullptr);
    return last && says::handlesErrors(nameOf(last->getMethodDecl()));
  });
}

/// Nothing, or a connection to be cut: not what the callable returns, in another dress.
bool tellsNoResult(const CallExpr *call) {
  return call && (call->getType()->isVoidType() || !isa_and_nonnull<ClassTemplateSpecializationDecl>(classOf(call->getType())));
}

/// `connect(timer, &Timer::timeout, this, &View::refresh)`: a signal that returns nothing, and who is to hear it.
bool isSignal(const Expr *argument) {
  const auto *pointer = argument->getType()->getAs<MemberPointerType>();
  const auto *signature = pointer ? pointer->getPointeeType()->getAs<FunctionProtoType>() : nullptr;
  return signature && signature->getReturnType()->isVoidType();
}

bool connectsSignal(const CallSite &call) {
  return !call.callee->isInStdNamespace() && llvm::any_of(call.arguments, [](const Expr *argument) { return isSignal(argument); });
}

/// The lambda a template hands on, where its user wrote it: `bus.on("x", [](std::string s) -> task<> { … })`.
const Body *lambdaHandedOn(const Expr *callable, const Body *body, Unit &unit) {
  const Expr *bare = peelMoves(callable);
  const auto *named = dyn_cast_or_null<DeclRefExpr>(bare);
  const CXXRecordDecl *record = named && isa<ParmVarDecl>(named->getDecl()) && body && body->isInstantiation() ? classOf(named->getType()) : nullptr;
  const Body *lambda = record && record->isLambda() ? unit.code().bodyOf(record->getLambdaCallOperator()) : nullptr;
  return lambda && lambda->lambda ? lambda : nullptr;
}

/// `std::function<void(…)>` and its like.
bool returnsNothing(const CXXRecordDecl *record) {
  const auto *wrapper = dyn_cast_or_null<ClassTemplateSpecializationDecl>(record);
  if (!wrapper || wrapper->getTemplateArgs().size() == 0 || wrapper->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
    return false;
  const auto *signature = wrapper->getTemplateArgs()[0].getAsType()->getAs<FunctionProtoType>();
  return signature && signature->getReturnType()->isVoidType();
}

/// `handlers.emplace("quit", f)`, `queue.emplace_back(f)`: the `std::function<void()>` that the container makes of it.
const CXXRecordDecl *madeInside(const CallSite &call) {
  const auto *container = call.object ? dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(call.object->getType())) : nullptr;
  const llvm::StringRef name = nameOf(call.callee);
  const bool own = container && container->isInStdNamespace() && (name.starts_with("emplace") || name == "try_emplace" || name == "insert_or_assign");
  // `callbacks.add(f)` of another library's container, with a template for whatever makes an element.
  const bool other = container && !container->isInStdNamespace() && says::keeps(name) && call.callee->isTemplateInstantiation();
  if (!own && !other) return nullptr;
  const bool maps = nameOf(container).ends_with("map");
  const llvm::ArrayRef<TemplateArgument> arguments = container->getTemplateArgs().asArray();
  const unsigned which = maps ? 1 : 0;
  return arguments.size() > which && arguments[which].getKind() == TemplateArgument::Type ? classOf(arguments[which].getAsType()) : nullptr;
}

/// The `std::pair` that its template constructor makes of something else.
const ClassTemplateSpecializationDecl *pairOf(const FunctionDecl *callee) {
  const auto *constructor = dyn_cast<CXXConstructorDecl>(callee);
  const auto *pair = constructor ? dyn_cast<ClassTemplateSpecializationDecl>(constructor->getParent()) : nullptr;
  return pair && pair->isInStdNamespace() && nameOf(pair) == "pair" && constructor->isTemplateInstantiation() ? pair : nullptr;
}

/// Standard facilities that call what they are given and look at no result.
bool ignoresResults(const FunctionDecl *callee, Unit &unit) {
  const llvm::StringRef name = unit.names().of(callee);
  return name == "std::thread::thread" || name == "std::jthread::jthread" || name == "std::for_each" || name == "std::for_each_n" ||
         name == "std::ranges::__for_each_fn::operator()" || name == "std::ranges::for_each" || name == "std::call_once" ||
         name == "std::stop_callback::stop_callback";
}

} // namespace

void DiscardedCallbackResultCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    for (const Stmt *node : body.nodes)
      checkNode(&body, node, unit);
  }
  // `std::function<void()> done = []() -> task<> { … };`: in no function.
  for (const Expr *initialiser : unit.code().initialisers())
    anyDescendant(initialiser, [&](const Stmt *node) {
      checkNode(nullptr, node, unit);
      return false;
    });
}

void DiscardedCallbackResultCheck::checkNode(const Body *body, const Stmt *node, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->callee)
    return;
  auto spelled = [&](QualType type) {
    return type.getUnqualifiedType().getDesugaredType(unit.ast()).getAsString(unit.ast().getPrintingPolicy());
  };
  if (const auto *construct = dyn_cast<CXXConstructExpr>(node); construct && construct->getNumArgs() == 1 &&
      !construct->getConstructor()->isCopyOrMoveConstructor() && returnsNothing(construct->getConstructor()->getParent())) {
    checkArgument(body, construct->getArg(0), spelled(construct->getType()), unit);
  } else if (call->callee->getOverloadedOperator() == OO_Equal && call->object && call->arguments.size() == 1 &&
             returnsNothing(classOf(call->object->getType()))) {
    checkArgument(body, call->arguments.front(), spelled(call->object->getType()), unit);
  } else if (const CXXRecordDecl *made = madeInside(*call); returnsNothing(made) && !call->arguments.empty()) {
    checkArgument(body, call->arguments.back(), spelled(unit.ast().getCanonicalTagType(made)), unit);
  } else if (const auto *pair = isa<CXXConstructExpr>(node) ? pairOf(call->callee) : nullptr) { // `{{"quit", [] { return work(); }}}`
    for (unsigned i = 0; i < 2 && call->arguments.size() == 2; ++i)
      if (const TemplateArgument &part = pair->getTemplateArgs()[i]; part.getKind() == TemplateArgument::Type && returnsNothing(classOf(part.getAsType())))
        checkArgument(body, call->arguments[i], spelled(part.getAsType()), unit);
  } else if (ignoresResults(call->callee, unit)) {
    std::string target = unit.names().of(call->callee).str();
    if (isa<CXXConstructExpr>(node))
      target = target.substr(0, target.rfind("::"));
    else if (llvm::StringRef(target).contains("for_each_fn"))
      target = "std::ranges::for_each";
    for (const Expr *argument : call->arguments)
      checkArgument(body, argument, target, unit);
  } else if (tellsNoResult(dyn_cast<CallExpr>(node)) &&
             (connectsSignal(*call) || unit.callees().model(*call, catalog::FunctionRole::Callback))) {
    // `post(executor, [] { return work(); })`: a loop calls it and looks at nothing. What runs by itself does run.
    for (const Expr *argument : call->arguments)
      if (const AsyncType *type = taskOf(argument, unit); type && type->isLazy())
        checkArgument(body, argument, unit.names().forPeople(call->callee), unit);
  }
}

const AsyncType *DiscardedCallbackResultCheck::taskOf(const Expr *callable, Unit &unit) const {
  const FunctionDecl *function = functionOf(callable);
  const AsyncType *type = !function || function->getReturnType()->isDependentType() ? nullptr : unit.types().classify(function->getReturnType());
  return type && type->isTask() ? type : nullptr;
}

void DiscardedCallbackResultCheck::checkArgument(const Body *body, const Expr *callable, const std::string &target, Unit &unit) {
  const AsyncType *type = taskOf(callable, unit);
  if (!type || isExempt(options_.allowedTypes, unit.names().of(type->record)) ||
      (!strict() && leavesNothingToLearn(functionOf(callable), *type, unit)))
    return;
  const Body *lambda = lambdaHandedOn(callable, body, unit);
  FindingBuilder finding = report(lambda ? lambda : body, lambda ? lambda->lambda->getSourceRange() : callable->getSourceRange(),
                                  message::converted(target, type->isLazy() ? message::neverStarts() : message::unnoticed()));
  finding.cure(unit.cures().text("spawn", type->library, "task"));
  if (lambda)
    finding.step(callable->getBeginLoc(), message::convertedHere());
}

} // namespace coroguard::rules
