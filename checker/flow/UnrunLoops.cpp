// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows a local loop, and what is made from it (executors, timers, sockets), to work and to a run.
#include "checker/flow/UnrunLoops.h"

#include "checker/flow/LockTypes.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionRole;
using catalog::TypeRole;

struct UnrunLoops::Uses {
  const catalog::LibraryInfo *library = nullptr;
  llvm::SmallPtrSet<const ValueDecl *, 8> followed;
  const Expr *work = nullptr;
  bool ranOrEscaped = false;
};

namespace {

bool isCallableOrTask(QualType type, TaskTypes &types) {
  type = type.getNonReferenceType();
  if (type->isFunctionPointerType() || type->isFunctionType())
    return true;
  const AsyncType *async = types.classifyOwned(type);
  if (async && async->mustBeConsumed())
    return true;
  const CXXRecordDecl *record = classOf(type);
  if (!record)
    return false;
  const bool handle = nameOf(record) == "coroutine_handle";
  return handle || record->isLambda() || !operatorsOf(record, OO_Call).empty();
}

} // namespace

bool UnrunLoops::isLoop(QualType type) {
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  if (!record || !(record->hasDefinition() || types_.modelOf(record, TypeRole::Loop)))
    return false;
  auto [entry, fresh] = loops_.try_emplace(cast<CXXRecordDecl>(record->getCanonicalDecl()), false);
  if (!fresh)
    return entry->second;
  // What is awaited itself runs its work elsewhere.
  const bool loop = types_.modelOf(record) ? types_.modelOf(record, TypeRole::Loop) != nullptr
                                           : looksLikeLoop(record) && !types_.isAwaitable(type);
  return loops_[cast<CXXRecordDecl>(record->getCanonicalDecl())] = loop;
}

/// `event_base *base = event_base_new()`: the function's own, though it holds a pointer. Not `uv_default_loop()`, which others run.
/// What `auto loop = std::make_unique<EventLoop>();` holds; null for others.
static QualType madeBehind(const VarDecl *variable) {
  const auto *made = variable->hasInit() ? dyn_cast_or_null<CallExpr>(peelMoves(variable->getInit())) : nullptr;
  const auto *pointer = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(variable->getType()));
  const FunctionDecl *maker = made ? made->getDirectCallee() : nullptr;
  const bool makes = maker && maker->isInStdNamespace() && isOneOf(nameOf(maker), {"make_unique", "make_shared"});
  return makes && pointer && pointer->getTemplateArgs()[0].getKind() == TemplateArgument::Type ? pointer->getTemplateArgs()[0].getAsType() : QualType();
}

bool UnrunLoops::isNewLoop(const VarDecl *variable) {
  const QualType type = variable->getType();
  if (const QualType held = madeBehind(variable); !held.isNull())
    return isLoop(held);
  const auto *made = variable->hasInit() && type->isPointerType() ? dyn_cast<CallExpr>(variable->getInit()->IgnoreParenImpCasts()) : nullptr;
  const FunctionDecl *maker = made ? made->getDirectCallee() : nullptr;
  return maker && isLoop(type->getPointeeType()) && says::makesNew(nameOf(maker));
}

/// Takes work (callables, handles, tasks) and has a drive of its own, but no threads.
bool UnrunLoops::looksLikeLoop(const CXXRecordDecl *record) {
  bool takesWork = false, drives = false;
  for (const CXXMethodDecl *method : record->getDefinition()->methods()) {
    if (method->getAccess() != AS_public || !method->getIdentifier() || method->isStatic())
      continue;
    drives |= !method->isConst() && method->getMinRequiredArguments() == 0 && says::drives(method->getName());
    takesWork |= method->getNumParams() > 0 && !says::drives(method->getName()) && llvm::any_of(method->parameters(), [&](const ParmVarDecl *parameter) {
                   return isCallableOrTask(parameter->getType(), types_);
                 });
  }
  const bool ownsThreads = llvm::any_of(record->getDefinition()->fields(), [&](const FieldDecl *field) {
    QualType held = field->getType();
    const auto *container = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(held));
    if (container && container->getTemplateArgs().size() &&
        container->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
      held = container->getTemplateArgs()[0].getAsType();
    return types_.hasRole(held, TypeRole::Thread);
  });
  return takesWork && drives && !ownsThreads;
}

std::vector<UnrunLoop> UnrunLoops::in(const Body &body) {
  std::vector<UnrunLoop> found;
  if (body.lost.incomplete)
    return found;
  for (const Stmt *node : body.nodes) {
    const auto *declaration = dyn_cast<DeclStmt>(node);
    if (!declaration)
      continue;
    for (const Decl *decl : declaration->decls()) {
      const auto *variable = dyn_cast<VarDecl>(decl);
      if (!variable || !variable->hasLocalStorage() || !(isLoop(variable->getType()) || isNewLoop(variable)))
        continue;
      Uses uses;
      const QualType held = madeBehind(variable);
      uses.library = types_.libraryOf(classOf(held.isNull() ? pointedTo(variable->getType()) : held));
      follow(variable, body, uses);
      if (uses.work && !uses.ranOrEscaped)
        found.push_back({variable, uses.work});
    }
  }
  return found;
}

void UnrunLoops::follow(const ValueDecl *variable, const Body &body, Uses &uses) {
  if (!uses.followed.insert(variable).second)
    return;
  for (const DeclRefExpr *reference : body.references(variable))
    followReference(reference, body, uses);
  for (const LambdaExpr *lambda : body.capturedBy(variable))
    if (const Body *inner = code_.bodyOf(lambda->getCallOperator())) {
      uses.followed.erase(variable);
      follow(variable, *inner, uses);
    } else {
      uses.ranOrEscaped = true; // a generic lambda that nobody calls here
    }
}

void UnrunLoops::followReference(const Expr *reference, const Body &body, Uses &uses) {
  const Stmt *child = reference;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (isa<ParenExpr, CastExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr, MemberExpr, InitListExpr>(parent))
      continue;
    if (const auto *address = dyn_cast<UnaryOperator>(parent); address && address->getOpcode() == UO_AddrOf)
      continue;
    if (const auto *arrow = dyn_cast<CXXOperatorCallExpr>(parent); arrow && arrow->getDirectCallee() && arrow->getDirectCallee()->isInStdNamespace() &&
                                                                     (arrow->getOperator() == OO_Arrow || arrow->getOperator() == OO_Star))
      continue; // of a unique_ptr
    const auto *operation = dyn_cast<BinaryOperator>(parent);
    if (operation && (operation->isComparisonOp() || (operation->getOpcode() == BO_Assign && operation->getLHS() == child)))
      return; // `timer.data = &state`
    if (const auto *asked = dyn_cast<UnaryOperator>(parent); asked && asked->getOpcode() == UO_LNot)
      return;
    if (isa<LambdaExpr>(parent))
      return; // captured: its body is followed by itself
    if (const auto *declaration = dyn_cast<DeclStmt>(parent)) {
      for (const Decl *decl : declaration->decls())
        if (const auto *made = dyn_cast<VarDecl>(decl); made && made->hasInit() && body.contains(made->getInit(), reference))
          follow(made, body, uses);
      return;
    }
    if (std::optional<CallSite> call = CallSite::of(parent)) {
      if (followInto(*call, child, uses))
        return;
      followOutputs(*call, child, body, uses);
      if (!judge(*call, child, uses))
        return;
      continue;
    }
    if (isa<CompoundStmt, IfStmt, ForStmt, WhileStmt, CoawaitExpr>(parent))
      return;
    uses.ranOrEscaped = true; // address taken, returned, stored, …
    return;
  }
}

/// `launch(loop, task)` with a function that the unit shows: what it does with the loop.
bool UnrunLoops::followInto(const CallSite &call, const Stmt *given, Uses &uses) {
  const FunctionDecl *definition = call.callee && isa<CallExpr>(call.expr) ? call.callee->getDefinition() : nullptr;
  const Body *body = code_.bodyOf(definition);
  if (!body || body->isCoroutine() || !callees_.models(call).empty() || callees_.isRunner(call))
    return false;
  for (unsigned i = 0; i < call.arguments.size(); ++i) {
    const ParmVarDecl *parameter = call.parameter(i);
    if (call.arguments[i] != given || !parameter || !(parameter->getType()->isLValueReferenceType() || parameter->getType()->isPointerType()))
      continue;
    const Expr *before = std::exchange(uses.work, nullptr);
    follow(definition->getParamDecl(parameter->getFunctionScopeIndex()), *body, uses);
    uses.work = before || !uses.work ? before : call.expr;
    return true;
  }
  return false;
}

/// `uv_timer_init(&loop, &timer)`: the timer belongs to the loop from here on.
void UnrunLoops::followOutputs(const CallSite &call, const Stmt *given, const Body &body, Uses &uses) {
  if (!uses.library || types_.libraryOf(call.callee) != uses.library)
    return;
  for (const Expr *argument : call.arguments) {
    const auto *address = argument == given ? nullptr : dyn_cast<UnaryOperator>(argument->IgnoreParenCasts());
    const auto *named = address && address->getOpcode() == UO_AddrOf ? dyn_cast<DeclRefExpr>(address->getSubExpr()->IgnoreParens()) : nullptr;
    const auto *variable = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
    if (variable && variable->isLocalVarDecl() && variable->getType()->isRecordType())
      follow(variable, body, uses);
    else if (address && argument->getType()->isPointerType() && !argument->getType()->isVoidPointerType())
      uses.ranOrEscaped = true; // `&server->timer`, which others know
  }
}

bool UnrunLoops::judge(const CallSite &call, const Stmt *given, Uses &uses) {
  const auto fail = [&] { uses.ranOrEscaped = true; return false; };
  const auto position = llvm::find(call.arguments, given);
  const bool asObject = position == call.arguments.end();
  const ParmVarDecl *parameter = asObject ? nullptr : call.parameter(position - call.arguments.begin());
  if (!call.callee || (parameter && parameter->getType()->isVoidPointerType())) // `uv_thread_create(&thread, turn, &loop)`
    return fail();
  bool gives = false;
  for (const catalog::FunctionModel *row : callees_.models(call)) {
    if (row->role == FunctionRole::Runner)
      return fail();
    gives |= row->role == FunctionRole::Spawner || row->role == FunctionRole::Callback;
  }
  const llvm::StringRef name = nameOf(call.callee);
  if (asObject && says::drives(name))
    return fail();
  const bool withoutCallback = llvm::any_of(call.arguments, [](const Expr *argument) {
    return argument->getType()->isFunctionPointerType() && isNothing(argument); // `uv_close(handle, nullptr)`
  });
  const bool takesWork = callees_.blocking(call).empty() && llvm::any_of(call.arguments, [&](const Expr *argument) {
    return isCallableOrTask(argument->getType(), types_) && !isNothing(argument);
  });
  const bool ofLibrary = uses.library && types_.libraryOf(call.callee) == uses.library;
  if ((gives && !withoutCallback) || (takesWork && (asObject || ofLibrary))) {
    if (!uses.work)
      uses.work = call.expr;
    return false;
  }
  const AsyncType *made = types_.classifyOwned(call.expr->getType());
  if (!asObject && made && made->isTask() && !isLoop(cast<Expr>(given)->getType()))
    return true; // `accept_all(tcp::acceptor(loop, endpoint))`: a task that has a socket of the loop does not run it
  if (!asObject && !ofLibrary && !(call.callee->isInStdNamespace() && name == "move"))
    return fail(); // given to code the unit may not show
  return !call.expr->getType()->isVoidType() && !call.expr->getType()->isArithmeticType();
}

} // namespace coroguard
