// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callee roles and what callees and expressions do with the tasks they get.
#include "checker/semantics/Callees.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Loops.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/ValueUse.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionModel;
using catalog::FunctionRole;

std::optional<CallSite> CallSite::of(const Stmt *node) {
  CallSite site;
  site.expr = dyn_cast_or_null<Expr>(node);
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(node)) {
    site.callee = construct->getConstructor();
    llvm::append_range(site.arguments, construct->arguments());
    return site;
  }
  const auto *call = dyn_cast_or_null<CallExpr>(node);
  if (!call)
    return std::nullopt;
  site.callee = call->getDirectCallee();
  llvm::append_range(site.arguments, call->arguments());
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call)) {
    site.object = member->getImplicitObjectArgument();
  } else if (isa<CXXOperatorCallExpr>(call) && isa_and_nonnull<CXXMethodDecl>(site.callee) &&
             !site.arguments.empty()) {
    site.object = site.arguments.front();
    site.arguments.erase(site.arguments.begin());
  }
  return site;
}

const ParmVarDecl *CallSite::parameter(unsigned i) const {
  if (!callee)
    return nullptr;
  const unsigned first = callee->hasCXXExplicitFunctionObjectParameter() ? 1 : 0;
  return i + first < callee->getNumParams() ? callee->getParamDecl(i + first) : nullptr;
}

Callees::Callees(ASTContext &context, const CodeIndex &code, const catalog::ModelIndex &models, Names &names,
                 TaskTypes &types)
    : context_(context), code_(code), models_(models), names_(names), types_(types) {}

namespace {

/// `Class::method` for the class and its bases, nearest first.
void methodSpellings(const CXXRecordDecl *record, llvm::StringRef method, Names &names,
                     llvm::SmallVectorImpl<std::string> &spellings, int depth = 0) {
  if (!record || depth > 4)
    return;
  spellings.push_back((names.of(record) + "::" + method).str());
  const CXXRecordDecl *definition = definitionOrPattern(record);
  if (definition)
    for (const CXXBaseSpecifier &base : definition->bases())
      methodSpellings(recordOrPattern(base.getType()), method, names, spellings, depth + 1);
}

/// The namespace around the one of `object` that shows it, by `using namespace` or a using-declaration; else null. So are
/// customization points declared: `namespace cpo { inline constexpr f_fn f{}; } using namespace cpo;`.
const NamespaceDecl *shownIn(const VarDecl *object) {
  const auto *inner = dyn_cast<NamespaceDecl>(object->getDeclContext());
  const auto *outer = inner ? dyn_cast<NamespaceDecl>(inner->getParent()) : nullptr;
  if (!outer)
    return nullptr;
  const bool shownWhole = llvm::any_of(inner->getParent()->using_directives(), [&](const UsingDirectiveDecl *directive) {
    return directive->getNominatedNamespace()->getCanonicalDecl() == inner->getCanonicalDecl();
  });
  const bool shown = shownWhole || llvm::any_of(outer->lookup(object->getDeclName()), [&](const NamedDecl *known) {
    return known->getUnderlyingDecl()->getCanonicalDecl() == object->getCanonicalDecl();
  });
  return shown ? outer : nullptr;
}

llvm::SmallVector<std::string, 4> spellingsOf(const CallSite &call, Names &names) {
  llvm::SmallVector<std::string, 4> spellings;
  if (!call.callee)
    return spellings;
  // A function object (`folly::coro::blockingWait`) goes by the name of its variable.
  if (call.callee->getOverloadedOperator() == OO_Call && call.object)
    if (const auto *named = dyn_cast<DeclRefExpr>(call.object->IgnoreParenImpCasts()))
      if (const auto *variable = dyn_cast<VarDecl>(named->getDecl()); variable && !variable->isLocalVarDeclOrParm()) {
        spellings.push_back(names.of(variable).str());
        if (const NamespaceDecl *outer = shownIn(variable))
          spellings.push_back((names.of(outer) + "::" + nameOf(variable)).str());
      }
  spellings.push_back(names.of(call.callee).str());
  if (!call.object || !call.callee->getIdentifier())
    return spellings;
  // The class as the user knows it, before the conversion to the base that declares the method.
  const QualType object = call.object->IgnoreParenImpCasts()->getType();
  methodSpellings(classOf(object->isPointerType() ? object->getPointeeType() : object), call.callee->getName(), names,
                  spellings);
  return spellings;
}

} // namespace

std::string Callees::nameForPeople(const Expr *expr) {
  const std::optional<CallSite> call = CallSite::of(expr);
  if (!call || !call->callee)
    return sourceText(call && isa<CallExpr>(expr) ? cast<CallExpr>(expr)->getCallee() : expr, context_);
  // What is called through `operator()` is better known by the name of the object.
  const bool callable = call->callee->getOverloadedOperator() == OO_Call && call->object;
  if (callable && !isa<LambdaExpr>(peel(call->object)))
    return sourceText(call->object, context_);
  return names_.forPeople(call->callee);
}

llvm::SmallVector<const FunctionModel *, 2> Callees::models(const CallSite &call) {
  llvm::SmallVector<const FunctionModel *, 2> rows;
  for (const std::string &name : spellingsOf(call, names_)) {
    for (const FunctionModel &row : models_.functions(name))
      rows.push_back(&row);
    if (!rows.empty())
      break;
  }
  return rows;
}

const FunctionModel *Callees::model(const CallSite &call, FunctionRole role) {
  for (const FunctionModel *row : models(call))
    if (row->role == role)
      return row;
  return nullptr;
}

const FunctionModel *Callees::model(const FunctionDecl *callee, FunctionRole role) {
  for (const FunctionModel &row : models_.functions(names_.of(callee)))
    if (row.role == role)
      return &row;
  return nullptr;
}

llvm::ArrayRef<catalog::BlockingModel> Callees::blocking(const CallSite &call) {
  for (const std::string &name : spellingsOf(call, names_))
    if (llvm::ArrayRef<catalog::BlockingModel> rows = models_.blocking(name); !rows.empty())
      return rows;
  return {};
}

bool Callees::isRunner(const CallSite &call) {
  if (!call.callee)
    return false;
  if (llvm::SmallVector<const FunctionModel *, 2> rows = models(call); !rows.empty())
    return llvm::any_of(rows, [](const FunctionModel *row) { return row->role == FunctionRole::Runner; });
  const FunctionDecl *callee = call.callee->getCanonicalDecl();
  auto [entry, fresh] = runners_.try_emplace(callee, false);
  if (!fresh)
    return entry->second;
  return runners_[callee] = inferRunner(call.callee);
}

namespace {

/// `template <class T> T sync_wait(task<T>)`
bool returnsItsParameter(const FunctionDecl *callee) {
  const FunctionDecl *pattern = callee->getTemplateInstantiationPattern();
  if (!pattern)
    if (const FunctionTemplateDecl *primary = callee->getPrimaryTemplate())
      pattern = primary->getTemplatedDecl();
  return pattern && pattern->getReturnType()->isTemplateTypeParmType();
}

bool isNamedLikeRunner(const FunctionDecl *callee) {
  return callee->getIdentifier() &&
         llvm::StringSwitch<bool>(callee->getName())
             .Cases({"sync_wait", "syncWait", "SyncWait", "block_on", "blockOn", "BlockOn", "run_sync", "runSync"}, true)
             .Cases({"blocking_wait", "blockingWait", "BlockingWait", "run_until_complete", "runUntilComplete"}, true)
             .Default(false);
}

/// `Own<Stream> newPromisedStream(Promise<Own<Stream>>)` makes something that will wait.
bool isNamedLikeMaker(const FunctionDecl *callee) {
  const std::string name = nameOf(callee).lower();
  return llvm::any_of(std::initializer_list<llvm::StringRef>{"new", "make", "create", "promise", "wrap", "from", "defer", "lazy", "adapt"},
                      [&](llvm::StringRef word) { return llvm::StringRef(name).contains(word); });
}

} // namespace

bool Callees::inferRunner(const FunctionDecl *callee) {
  const QualType result = callee->getReturnType();
  const bool named = isNamedLikeRunner(callee); // `sync_wait(when_all_ready(a, b))` gives back tasks that are done
  if (result->isUndeducedType() || (!named && (types_.classifyOwned(result) || types_.isAwaitable(result))) ||
      isa<CXXConstructorDecl, CXXDestructorDecl, CXXConversionDecl>(callee) || callee->isOverloadedOperator())
    return false;
  const Body *body = code_.bodyOf(callee->getDefinition());
  if (body && body->isCoroutine())
    return false;
  for (const ParmVarDecl *parameter : callee->parameters()) {
    const AsyncType *type = types_.classify(parameter->getType());
    if (!(type && type->isTask()) && !(named && types_.isAwaitable(parameter->getType())))
      continue;
    const QualType awaited = awaitResult(parameter->getType().getNonReferenceType());
    // The task's own result, without awaiting: somebody must have waited for it. Nothing and a mere yes or no may be
    // something else, unless the function is generic in the result or says what it does.
    const bool telling = returnsItsParameter(callee) || named ||
                         (!result->isVoidType() && !result->isBooleanType() && !isNamedLikeMaker(callee));
    if (!body && telling && !awaited.isNull() &&
        context_.hasSameUnqualifiedType(awaited.getNonReferenceType(), result.getNonReferenceType()))
      return true;
    if (body)
      return drivesToCompletion(callee, 0);
  }
  return false;
}

/// `while (!handle.done()) loop.runOne();`: whatever a turn does, there is no way on before the coroutine is done.
static bool turnsUntilDone(const Stmt *node, Names &names) {
  const Expr *condition = conditionOf(node);
  const auto *negation = condition ? dyn_cast<UnaryOperator>(condition->IgnoreParenImpCasts()) : nullptr;
  const auto *asked = negation && negation->getOpcode() == UO_LNot ? dyn_cast<CXXMemberCallExpr>(negation->getSubExpr()->IgnoreParenImpCasts()) : nullptr;
  return asked && asked->getMethodDecl() && names.of(asked->getMethodDecl()) == "std::coroutine_handle::done";
}

bool Callees::drivesToCompletion(const FunctionDecl *function, unsigned depth) {
  const Body *body = code_.bodyOf(function->getDefinition());
  if (!body || body->isCoroutine() || depth > 3)
    return false;
  if (llvm::any_of(body->nodes, [&](const Stmt *node) { return turnsUntilDone(node, names_); }))
    return true;
  auto insideLoop = [&](const Stmt *node) {
    for (const Stmt *parent = body->parentOf(node); parent; parent = body->parentOf(parent))
      if (isa<WhileStmt, ForStmt, DoStmt>(parent))
        return true;
    return false;
  };
  for (const Stmt *node : body->nodes) {
    std::optional<CallSite> call = CallSite::of(node);
    if (!call || !call->callee)
      continue;
    if (model(*call, FunctionRole::Runner))
      return true;
    if (llvm::any_of(blocking(*call), [](const catalog::BlockingModel &row) { return row.category == "wait"; }))
      return true;
    const llvm::StringRef name = names_.of(call->callee);
    if (name == "std::coroutine_handle::resume" || name == "std::coroutine_handle::operator()") {
      if (insideLoop(node))
        return true;
    } else if (call->callee != function && drivesToCompletion(call->callee, depth + 1)) {
      return true;
    }
  }
  return false;
}

bool Callees::isSequenceStep(const Expr *expr) {
  const std::optional<CallSite> call = CallSite::of(expr);
  if (!call || !call->object || !types_.mustConsume(expr->getType()))
    return false;
  if (call->callee && call->callee->getOverloadedOperator() == OO_PlusPlus)
    return true;
  QualType object = call->object->getType();
  const AsyncType *iterated = types_.classify(object->isPointerType() ? object->getPointeeType() : object);
  return iterated && iterated->kind == AsyncType::Kind::Sequence && call->arguments.empty();
}

bool Callees::drainsSequence(const CallSite &call) {
  const QualType result = call.expr->getType();
  const auto *container = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(result));
  if (!call.callee || isa<CXXConstructorDecl>(call.callee) || !models(call).empty() || !container ||
      types_.classify(result) || types_.isAwaitable(result))
    return false;
  const bool iterable = !methodsNamed(container, "begin").empty() && !methodsNamed(container, "end").empty();
  if (!iterable || container->getTemplateArgs().size() == 0 ||
      container->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
    return false;
  const QualType element = container->getTemplateArgs()[0].getAsType();
  return llvm::any_of(call.arguments, [&](const Expr *argument) {
    const AsyncType *type = types_.classify(argument->getType());
    const auto *sequence = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(argument->getType()));
    return type && type->kind == AsyncType::Kind::Sequence && sequence && sequence->getTemplateArgs().size() &&
           sequence->getTemplateArgs()[0].getKind() == TemplateArgument::Type &&
           context_.hasSameUnqualifiedType(sequence->getTemplateArgs()[0].getAsType().getNonReferenceType(), element);
  });
}

bool Callees::runsLoose(const CallSite &call, unsigned i, unsigned depth) {
  const ParmVarDecl *given = call.parameter(i);
  const FunctionDecl *definition = given && depth < 4 && models(call).empty() ? call.callee->getDefinition() : nullptr;
  const Body *body = definition ? code_.bodyOf(definition) : nullptr;
  if (!body || given->getFunctionScopeIndex() >= definition->getNumParams())
    return false;
  const ParmVarDecl *parameter = definition->getParamDecl(given->getFunctionScopeIndex());
  const CXXRecordDecl *closure = parameter->getType()->isRecordType() ? classOf(parameter->getType()) : nullptr;
  if (!closure || !closure->isLambda())
    return false;
  auto isIt = [&](const Expr *expr) {
    const auto *named = expr ? dyn_cast_or_null<DeclRefExpr>(peelMoves(expr)) : nullptr;
    return named && named->getDecl() == parameter;
  };
  const AsyncType *type = types_.classify(definition->getReturnType());
  const bool detached = body->isCoroutine() && type && type->kind == AsyncType::Kind::Detached;
  return llvm::any_of(body->all<CallExpr>(), [&](const CallExpr *inner) {
    const std::optional<CallSite> site = CallSite::of(inner);
    if (!site || !site->callee || body->isCoroutine())
      return site && detached && site->object && isIt(site->object);
    for (unsigned j = 0; j < site->arguments.size(); ++j)
      if (isIt(site->arguments[j]) && runsLoose(*site, j, depth + 1))
        return true;
    return false;
  });
}

bool Callees::dropsArgument(const CallSite &call, unsigned i) {
  const ParmVarDecl *parameter = call.parameter(i);
  if (!parameter || !models(call).empty())
    return false;
  const auto *method = dyn_cast<CXXMethodDecl>(call.callee);
  if (method && method->isVirtual())
    return false;
  const FunctionDecl *definition = call.callee->getDefinition();
  return definition && dropsParameter(definition, parameter->getFunctionScopeIndex());
}

bool Callees::dropsParameter(const FunctionDecl *function, unsigned i) {
  const std::pair key{function->getCanonicalDecl(), i};
  auto [entry, fresh] = drops_.try_emplace(key, false); // recursion: assume it consumes
  if (!fresh)
    return entry->second;
  const Body *body = code_.bodyOf(function);
  if (!body)
    return false;
  const ParmVarDecl *parameter = function->getParamDecl(i);
  const QualType type = parameter->getType();
  if (!parameter->getIdentifier() && function->isTemplateInstantiation())
    return false; // asks only for its type
  if (parameter->hasAttr<UnusedAttr>() || type->isPointerType() ||
      !types_.mustConsume(type.getNonReferenceType()) || !body->capturedBy(parameter).empty())
    return false;
  for (const DeclRefExpr *reference : body->references(parameter)) {
    const TaskUse use = useOf(reference, *body, types_, *this);
    if (use == TaskUse::Consumes || use == TaskUse::Released || use == TaskUse::Fills)
      return false;
  }
  return drops_[key] = true;
}

namespace {

bool isQuery(const CXXMethodDecl *method) {
  const QualType result = method->getReturnType();
  return method->isConst() && (result->isBooleanType() || result->isIntegralOrEnumerationType());
}

TaskUse useAsObject(const CallSite &call, TaskTypes &types) {
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(call.callee);
  if (!method)
    return TaskUse::Consumes;
  if (method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator() ||
      method->getOverloadedOperator() == OO_Equal) {
    const Expr *given = call.arguments.empty() ? nullptr : call.arguments.front()->IgnoreImplicit();
    while (const auto *made = dyn_cast_or_null<CXXConstructExpr>(given)) {
      if (made->getNumArgs() == 0)
        return TaskUse::Released;
      given = made->getArg(0)->IgnoreImplicit();
    }
    return isa_and_nonnull<CXXNullPtrLiteralExpr>(given) ? TaskUse::Released : TaskUse::Replaces; // `task = nullptr;` lets it go
  }
  if (nameOf(method).starts_with("await_"))
    return TaskUse::Consumes; // awaited by hand: `task.await_suspend(handle)`, `REQUIRE(task.await_ready())`
  if (isQuery(method))
    return TaskUse::Queries;
  bool container = false;
  const AsyncType *held = types.classifyOwned(call.object->getType(), &container);
  if (!held || !container)
    return TaskUse::Consumes;
  // A container: putting tasks in, or making room for them, awaits nothing.
  const bool fills = llvm::any_of(call.arguments, [&](const Expr *argument) {
    return types.classifyOwned(argument->getType()) != nullptr;
  });
  const bool resizes = method->getReturnType()->isVoidType() &&
                       llvm::all_of(call.arguments, [](const Expr *argument) { return argument->getType()->isIntegerType(); });
  return fills || resizes ? TaskUse::Fills : TaskUse::Consumes;
}

} // namespace

namespace {

/// Follows the value of one reference outwards to whatever takes it.
class UseFinder {
public:
  UseFinder(const Body &body, TaskTypes &types, Callees &callees, unsigned depth)
      : body_(body), types_(types), callees_(callees), depth_(depth) {}

  TaskUse of(const DeclRefExpr *reference) {
    if (valueUseOf(reference, body_, types_))
      return TaskUse::Mistaken;
    const AsyncType *type = types_.classify(reference->getType());
    if (type && type->readsSynchronously && !body_.isCoroutine() && !isa_and_nonnull<CompoundStmt>(body_.parentOf(reference)))
      return TaskUse::Consumes;
    const Stmt *child = reference;
    for (const Stmt *parent = body_.parentOf(child); parent; child = parent, parent = body_.parentOf(parent))
      if (std::optional<TaskUse> use = at(parent, child))
        return *use;
    return TaskUse::Consumes;
  }

private:
  /// None if the value only passes through `parent`.
  std::optional<TaskUse> at(const Stmt *parent, const Stmt *child) {
    if (isa<ParenExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(parent))
      return std::nullopt;
    if (const auto *cast = dyn_cast<CastExpr>(parent)) {
      if (cast->getCastKind() == CK_ToVoid)
        return isa<ExplicitCastExpr>(cast) ? TaskUse::Released : TaskUse::Ignores;
      if (cast->getCastKind() == CK_UserDefinedConversion)
        return TaskUse::Queries;
      return std::nullopt;
    }
    if (const auto *member = dyn_cast<MemberExpr>(parent)) {
      const auto *conversion = dyn_cast<CXXConversionDecl>(member->getMemberDecl());
      if (!isa<CXXMethodDecl>(member->getMemberDecl()) ||
          (conversion && isResultOf(conversion, types_.classify(member->getBase()->getType()))))
        return TaskUse::Consumes;
      return std::nullopt;
    }
    if (const auto *declaration = dyn_cast<DeclStmt>(parent))
      return initialises(declaration, child);
    if (std::optional<CallSite> call = CallSite::of(parent))
      return inCall(*call, child);
    if (const auto *conditional = dyn_cast<AbstractConditionalOperator>(parent); conditional && conditional->getCond() != child)
      return std::nullopt;
    const auto *expr = dyn_cast<Expr>(child);
    return expr && isa<CompoundStmt>(parent) && body_.isDiscarded(expr) ? TaskUse::Ignores : TaskUse::Consumes;
  }

  std::optional<TaskUse> inCall(const CallSite &call, const Stmt *child) {
    if (const auto *expr = dyn_cast<CallExpr>(call.expr); expr && call.arguments.size() == 1 && peelMoves(expr) != expr)
      return std::nullopt; // std::move
    if (const auto *construct = dyn_cast<CXXConstructExpr>(call.expr);
        construct && construct->getNumArgs() >= 1 && construct->getConstructor()->isCopyOrMoveConstructor())
      return std::nullopt;
    const auto *operation = dyn_cast<CXXOperatorCallExpr>(call.expr);
    if (operation && operation->isComparisonOp())
      return TaskUse::Queries; // with nullptr
    if (call.object && (isa<MemberExpr>(child) || call.object == child ||
                        call.object->IgnoreParenImpCasts() == cast<Expr>(child)->IgnoreParenImpCasts()))
      return useAsObject(call, types_);
    if (operation && operation->isAssignmentOp() && call.object)
      if (const auto *target = dyn_cast<DeclRefExpr>(call.object->IgnoreParenImpCasts()))
        if (const auto *variable = dyn_cast<VarDecl>(target->getDecl());
            variable && variable->hasLocalStorage() && !variable->getType()->isReferenceType()) // else it is the caller's, most likely
          return viaVariable(variable);
    for (unsigned i = 0; i < call.arguments.size(); ++i)
      if (call.arguments[i] == child)
        return callees_.dropsArgument(call, i) ? TaskUse::Ignores : TaskUse::Consumes;
    return TaskUse::Consumes;
  }

  /// `auto other = std::move(task)`: what becomes of `other`. A reference to the task is the task itself.
  TaskUse initialises(const DeclStmt *declaration, const Stmt *init) {
    for (const Decl *decl : declaration->decls())
      if (const auto *variable = dyn_cast<VarDecl>(decl); variable && variable->hasLocalStorage() && variable->getInit() == init)
        return viaVariable(variable);
    return TaskUse::Consumes;
  }

  TaskUse viaVariable(const VarDecl *variable) {
    if (depth_ > 3 || variable->hasAttr<UnusedAttr>() || isa<DecompositionDecl>(variable) ||
        !body_.capturedBy(variable).empty() || !types_.mustConsume(variable->getType().getNonReferenceType()))
      return TaskUse::Consumes;
    UseFinder next(body_, types_, callees_, depth_ + 1);
    for (const DeclRefExpr *reference : body_.references(variable)) {
      const TaskUse use = next.of(reference);
      if (use == TaskUse::Consumes || use == TaskUse::Released)
        return use;
    }
    return TaskUse::Ignores;
  }

  const Body &body_;
  TaskTypes &types_;
  Callees &callees_;
  unsigned depth_;
};

} // namespace

TaskUse useOf(const DeclRefExpr *reference, const Body &body, TaskTypes &types, Callees &callees) {
  return UseFinder(body, types, callees, 0).of(reference);
}

} // namespace coroguard
