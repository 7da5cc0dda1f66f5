// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callee roles and what callees and expressions do with the tasks they get.
#include "checker/semantics/Callees.h"

#include "checker/semantics/ValueUse.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

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

llvm::SmallVector<std::string, 4> spellingsOf(const CallSite &call, Names &names) {
  llvm::SmallVector<std::string, 4> spellings;
  if (!call.callee)
    return spellings;
  spellings.push_back(names.of(call.callee).str());
  if (call.object && call.callee->getIdentifier())
    methodSpellings(classOf(call.object->getType()->isPointerType() ? call.object->getType()->getPointeeType()
                                                                     : call.object->getType()),
                    call.callee->getName(), names, spellings);
  return spellings;
}

} // namespace

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

bool Callees::inferRunner(const FunctionDecl *callee) {
  const QualType result = callee->getReturnType();
  if (result->isUndeducedType() || types_.classifyOwned(result) || types_.isAwaitable(result) ||
      isa<CXXConstructorDecl, CXXDestructorDecl, CXXConversionDecl>(callee) || callee->isOverloadedOperator())
    return false;
  const Body *body = code_.bodyOf(callee->getDefinition());
  if (body && body->isCoroutine())
    return false;
  for (const ParmVarDecl *parameter : callee->parameters()) {
    const AsyncType *type = types_.classify(parameter->getType());
    if (!type || !type->isTask())
      continue;
    const QualType awaited = awaitResult(parameter->getType().getNonReferenceType());
    // The task's own result, without awaiting: somebody must have waited for it.
    if (!body && !result->isVoidType() && !result->isBooleanType() && !awaited.isNull() &&
        context_.hasSameUnqualifiedType(awaited.getNonReferenceType(), result.getNonReferenceType()))
      return true;
    if (body)
      return drivesToCompletion(callee, 0);
  }
  return false;
}

bool Callees::drivesToCompletion(const FunctionDecl *function, unsigned depth) {
  const Body *body = code_.bodyOf(function->getDefinition());
  if (!body || body->isCoroutine() || depth > 3)
    return false;
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
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(expr); operation && operation->getOperator() == OO_PlusPlus)
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
  if (parameter->hasAttr<UnusedAttr>() || type->isLValueReferenceType() || type->isPointerType() ||
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
      method->getOverloadedOperator() == OO_Equal)
    return TaskUse::Replaces;
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

TaskUse useOf(const DeclRefExpr *reference, const Body &body, TaskTypes &types, Callees &callees) {
  if (valueUseOf(reference, body, types))
    return TaskUse::Mistaken;
  const Stmt *child = reference;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (isa<ParenExpr, ExprWithCleanups, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(parent))
      continue;
    if (const auto *cast = dyn_cast<CastExpr>(parent)) {
      if (cast->getCastKind() == CK_ToVoid)
        return isa<ExplicitCastExpr>(cast) ? TaskUse::Released : TaskUse::Ignores;
      if (cast->getCastKind() == CK_UserDefinedConversion)
        return TaskUse::Queries;
      continue;
    }
    if (const auto *member = dyn_cast<MemberExpr>(parent)) {
      if (!isa<CXXMethodDecl>(member->getMemberDecl()))
        return TaskUse::Consumes;
      continue;
    }
    if (std::optional<CallSite> call = CallSite::of(parent)) {
      const auto *operation = dyn_cast<CXXOperatorCallExpr>(parent);
      if (operation && operation->isComparisonOp())
        return TaskUse::Queries; // with nullptr
      if (call->object && call->object->IgnoreParenImpCasts() == cast<Expr>(child)->IgnoreParenImpCasts())
        return useAsObject(*call, types);
      if (isa<CXXMemberCallExpr>(parent) && isa<MemberExpr>(child))
        return useAsObject(*call, types);
      for (unsigned i = 0; i < call->arguments.size(); ++i)
        if (call->arguments[i] == child)
          return callees.dropsArgument(*call, i) ? TaskUse::Ignores : TaskUse::Consumes;
      return TaskUse::Consumes;
    }
    if (const auto *expr = dyn_cast<Expr>(child); expr && isa<CompoundStmt>(parent))
      return body.isDiscarded(expr) ? TaskUse::Ignores : TaskUse::Consumes;
    return TaskUse::Consumes;
  }
  return TaskUse::Consumes;
}

} // namespace coroguard
