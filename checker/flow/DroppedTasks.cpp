// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each created task to the place that consumes it, and keeps those that have none.
#include "checker/flow/DroppedTasks.h"

#include "checker/flow/ObservedTasks.h"
#include "checker/flow/Storage.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallSet.h"

using namespace clang;

namespace coroguard {
namespace {

/// Expressions that make a new object: calls and awaits, not constructions from parts.
bool makesValue(const Stmt *node) {
  return isa<CallExpr, CoawaitExpr, CXXTemporaryObjectExpr>(node) && cast<Expr>(node)->isPRValue();
}

/// make_unique, make_optional and the like: the task was made by what they are given.
bool onlyWraps(const Stmt *node) {
  const auto *call = dyn_cast<CallExpr>(node);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return callee && callee->isInStdNamespace() && nameOf(callee).starts_with("make_");
}

/// Are both arms of one `c ? f() : g()`?
bool sameConditional(const Body &body, const Expr *one, const Expr *other) {
  for (const Stmt *parent = body.parentOf(one); parent && isa<Expr>(parent); parent = body.parentOf(parent))
    if (isa<AbstractConditionalOperator>(parent) && body.contains(parent, other))
      return true;
  return false;
}

bool passesThrough(const Stmt *parent, const Stmt *child) {
  if (isa<ParenExpr, ImplicitCastExpr, FullExpr, CXXBindTemporaryExpr, MaterializeTemporaryExpr>(parent))
    return true;
  if (const auto *conditional = dyn_cast<AbstractConditionalOperator>(parent))
    return conditional->getCond() != child;
  if (const auto *cast = dyn_cast<ExplicitCastExpr>(parent))
    return cast->getType()->isRecordType() && cast->getSubExpr()->getType()->isRecordType();
  if (const auto *binary = dyn_cast<BinaryOperator>(parent))
    return binary->getOpcode() == BO_Comma && binary->getRHS() == child;
  if (const auto *call = dyn_cast<CallExpr>(parent))
    return call->getNumArgs() == 1 && peelMoves(call) != call;
  const auto *construct = dyn_cast<CXXConstructExpr>(parent);
  return construct && construct->getNumArgs() >= 1 && construct->getConstructor()->isCopyOrMoveConstructor();
}

} // namespace

/// `scope.add(task())`: the scope runs it and can be waited for; the handle is for who wants this one's result.
bool DroppedTasks::isKeptByScope(const CallSite &call, const AsyncType *made) {
  const CXXRecordDecl *scope = call.object && made->isEager() ? classOf(call.object->getType()) : nullptr;
  if (!scope || types_.promiseOf(call.object->getType()) ||
      llvm::none_of(call.arguments, [&](const Expr *argument) { return types_.mustConsume(argument->getType().getNonReferenceType()); }))
    return false;
  return types_.isAwaitable(call.object->getType()) ||
         llvm::any_of(std::initializer_list<llvm::StringRef>{"join", "joinAsync", "join_all", "wait_all", "when_empty", "on_empty", "drain"},
                      [&](llvm::StringRef name) { return !methodsNamed(scope, name).empty(); });
}

/// `auto evaluate(…) { auto done = sync_wait(when_all_ready(a, b)); return done; }`: what it returns has run.
bool DroppedTasks::givesWhatItWaitedFor(const CallSite &call, unsigned depth) const {
  const Body *body = call.callee ? callees_.code().bodyOf(call.callee->getDefinition()) : nullptr;
  if (!body || body->isCoroutine())
    return false;
  return llvm::any_of(body->all<ReturnStmt>(), [&](const ReturnStmt *result) {
    const Expr *value = result->getRetValue() ? peelMoves(result->getRetValue()) : nullptr;
    const VarDecl *local = localOf(value);
    const std::optional<CallSite> made = CallSite::of(local && local->hasInit() ? peelMoves(local->getInit()) : value);
    return made && (callees_.isRunner(*made) || (depth < 2 && givesWhatItWaitedFor(*made, depth + 1)));
  });
}

const AsyncType *DroppedTasks::createdBy(const Stmt *node) {
  const AsyncType *made = makesValue(node) ? types_.mustConsume(cast<Expr>(node)->getType()) : nullptr;
  if (!made)
    return nullptr;
  // What an await gives back has been waited for; only a task that starts when awaited is still to run.
  if (isa<CoawaitExpr>(node) && !made->isLazy())
    return nullptr;
  const std::optional<CallSite> call = CallSite::of(node);
  if (call && call->callee && call->callee->getIdentifier() &&
      llvm::is_contained({"await_resume", "initial_suspend", "final_suspend"}, call->callee->getName()))
    return nullptr; // the machinery of an await, judged by the await itself; a promise driven by hand
  if (call && (isKeptByScope(*call, made) || callees_.isRunner(*call) || givesWhatItWaitedFor(*call)))
    return nullptr;
  if (const auto *conversion = call ? dyn_cast_or_null<CXXConversionDecl>(call->callee) : nullptr;
      conversion && conversion->getParent()->isEmpty())
    return nullptr; // `promise = READY_NOW`: there is nothing in it to work with
  const bool idle = call && (callees_.model(*call, catalog::FunctionRole::Detach) ||
                             callees_.model(*call, catalog::FunctionRole::Ready)); // a placeholder: nothing to wait for
  return idle ? nullptr : made;
}

std::vector<DroppedTask> DroppedTasks::in(const Body &body) {
  std::vector<DroppedTask> dropped;
  for (const Stmt *node : body.nodes) {
    // `maybe_yield();` names an operation's class; constructing a task from parts is no call of a coroutine.
    const AsyncType *made = createdBy(node);
    if (made && (!isa<CXXTemporaryObjectExpr>(node) || made->kind == AsyncType::Kind::Operation))
      addExpression(body, cast<Expr>(node), dropped);
    if (const auto *declaration = dyn_cast<DeclStmt>(node))
      for (const Decl *decl : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(decl))
          addVariable(body, variable, dropped);
  }
  for (DroppedTask &task : dropped)
    task.speaker = speakerFor(task);
  return dropped;
}

DroppedTask::Speaker DroppedTasks::speakerFor(const DroppedTask &task) {
  if (callees_.isSequenceStep(task.creation))
    return DroppedTask::Speaker::SyncIteration;
  if (task.mistaken)
    return DroppedTask::Speaker::TaskAsValue;
  // A function that makes tasks for others is called by async code, even if it is no coroutine itself.
  const bool asynchronous = contexts_.runsOnLoop(*task.body) || types_.classifyOwned(task.body->function->getReturnType());
  const bool lazy = task.type->isLazy() || task.type->kind == AsyncType::Kind::Operation;
  return !asynchronous && lazy ? DroppedTask::Speaker::MissingRun
                                                                     : DroppedTask::Speaker::UnawaitedTask;
}

/// Code that cannot await, and a type whose result it need not wait for.
static bool isRunBySynchronousCode(const Body &body, const AsyncType &type) {
  return !body.isCoroutine() && type.isEager() && type.convertsToResult;
}

/// `work().then([] { … });` of tasks that run on by themselves: the callable is what takes the result.
bool DroppedTasks::isFollowedUp(const Expr *creation, const AsyncType &made) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(creation);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  const AsyncType *followed = call ? types_.classify(call->getImplicitObjectArgument()->IgnoreParenImpCasts()->getType()) : nullptr;
  if (!callee || !followed || !followed->isTask() || !made.isEager() || made.drop != catalog::Drop::Detaches ||
      callee->hasAttr<WarnUnusedResultAttr>() || made.record->hasAttr<WarnUnusedResultAttr>())
    return false;
  return llvm::any_of(call->arguments(), [](const Expr *argument) {
    const Expr *value = peelMoves(argument);
    const CXXRecordDecl *record = value ? classOf(value->getType()) : nullptr;
    return record && record->isLambda();
  });
}

void DroppedTasks::addExpression(const Body &body, const Expr *creation, std::vector<DroppedTask> &dropped) {
  DroppedTask task{DroppedTask::How::Discarded, &body, creation};
  task.type = types_.mustConsume(creation->getType(), &task.wrapped);
  if (isRunBySynchronousCode(body, *task.type))
    return;
  if (isRunningHandle(*task.type))
    return; // discarded-spawn speaks of it
  if (const auto *call = dyn_cast<CallExpr>(creation); call && peelMoves(call) != call)
    return; // std::move and its like make nothing
  if (isFollowedUp(creation, *task.type))
    return;
  const Stmt *child = creation;
  const Stmt *parent = body.parentOf(child);
  while (parent && passesThrough(parent, child)) {
    if (body.isDiscarded(cast<Expr>(child)))
      break;
    child = parent;
    parent = body.parentOf(parent);
  }
  if (body.isDiscarded(cast<Expr>(child))) {
    // Both arms of `c ? f() : g();` are one mistake.
    const bool said = llvm::any_of(dropped, [&](const DroppedTask &other) {
      return other.how == task.how && sameConditional(body, other.creation, creation);
    });
    if (!said)
      dropped.push_back(task);
    return;
  }
  std::optional<CallSite> call = CallSite::of(parent);
  if (!call)
    return;
  for (unsigned i = 0; i < call->arguments.size(); ++i) {
    if (call->arguments[i] != child || !callees_.dropsArgument(*call, i))
      continue;
    task.how = DroppedTask::How::Passed;
    task.droppedBy = call->parameter(i);
    dropped.push_back(task);
  }
}

static bool neverReturns(const Stmt *branch) {
  return branch && anyDescendant(branch, [](const Stmt *node) {
    const auto *call = dyn_cast<CallExpr>(node);
    return call && call->getDirectCallee() && call->getDirectCallee()->isNoReturn();
  });
}

/// `assert(work.available())`: where it is not done by now, the program ends.
static bool isAssertedDone(const DeclRefExpr *reference, const Body &body) {
  const bool macro = reference->getLocation().isMacroID(); // `ASSERT_TRUE(work.ready())`, which tells of what is not so
  bool truth = true, asked = false;
  const Stmt *child = reference;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (const auto *negation = dyn_cast<UnaryOperator>(parent); negation && negation->getOpcode() == UO_LNot)
      truth = !truth;
    if (const auto *choice = dyn_cast<ConditionalOperator>(parent); asked && choice && choice->getCond() == child)
      return neverReturns(truth ? choice->getFalseExpr() : choice->getTrueExpr());
    if (const auto *branch = dyn_cast<IfStmt>(parent))
    {
      const Stmt *otherwise = truth ? branch->getElse() : branch->getThen();
      return asked && branch->getCond() == child && (neverReturns(otherwise) || (macro && otherwise));
    }
    if (isa<DeclStmt>(parent)) // `if (AssertionResult result = AssertionResult(work.ready())) …`
      return macro && asked && truth;
    if (const auto *either = dyn_cast<BinaryOperator>(parent); either && either->getOpcode() == BO_LOr && either->getLHS() == child) // `done || fail()`
      return asked && truth && (macro || neverReturns(either->getRHS()));
    if (isa<CXXMemberCallExpr>(parent))
      asked = true;
    else if (!isa<Expr>(parent) || isa<BinaryOperator, CXXOperatorCallExpr>(parent))
      return false;
  }
  return false;
}

/// What becomes of a variable, by all its references.
struct DroppedTasks::HolderUses {
  bool used = false;     ///< consumed, captured, or asked whether it is done
  bool replaced = false; ///< assigned another task
  unsigned filled = 0, references = 0;
  const DeclRefExpr *mistaken = nullptr; ///< the first use as if it were its result
};

void DroppedTasks::addUses(const Body &body, const ValueDecl *named, const AsyncType &type, HolderUses &uses) {
  for (const DeclRefExpr *reference : body.references(named)) {
    ++uses.references;
    const TaskUse use = useOf(reference, body, types_, callees_);
    uses.used |= use == TaskUse::Consumes || use == TaskUse::Released ||
                 (use == TaskUse::Queries && type.isEager() && isAssertedDone(reference, body));
    uses.replaced |= use == TaskUse::Replaces;
    uses.filled += use == TaskUse::Fills;
    if (use == TaskUse::Mistaken && !uses.mistaken)
      uses.mistaken = reference;
  }
}

/// Of a structured binding, the first name of a task that nobody uses. Null if all are used.
const BindingDecl *DroppedTasks::unusedBinding(const Body &body, const DecompositionDecl *decomposition, const AsyncType &type, HolderUses &uses) {
  for (const BindingDecl *binding : decomposition->bindings()) {
    uses.used = true;
    if (!types_.mustConsume(binding->getType().getNonReferenceType()) || !body.capturedBy(binding).empty() ||
        binding->hasAttr<UnusedAttr>())
      continue;
    uses.used = false;
    addUses(body, binding, type, uses);
    if (!uses.used)
      return binding;
  }
  uses.used = true;
  return nullptr;
}

/// Which element of the tuple or pair a reference names, by `std::get<1>(…)` or `.second`; none for any other use.
static std::optional<unsigned> elementNamedBy(const DeclRefExpr *reference, const Body &body) {
  const Stmt *user = body.meaningfulParentOf(reference);
  while (isa_and_nonnull<CallExpr>(user) && peelMoves(cast<Expr>(user)) != user)
    user = body.meaningfulParentOf(user);
  if (const auto *member = dyn_cast_or_null<MemberExpr>(user))
    return nameOf(member->getMemberDecl()) == "first"    ? std::optional(0u)
           : nameOf(member->getMemberDecl()) == "second" ? std::optional(1u)
                                                         : std::nullopt;
  const auto *call = dyn_cast_or_null<CallExpr>(user);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  const TemplateArgumentList *arguments = callee && callee->isInStdNamespace() && nameOf(callee) == "get" ? callee->getTemplateSpecializationArgs() : nullptr;
  const bool counts = arguments && arguments->size() > 0 && arguments->get(0).getKind() == TemplateArgument::Integral;
  return counts ? std::optional(unsigned(arguments->get(0).getAsIntegral().getZExtValue())) : std::nullopt;
}

/// `auto work = std::make_tuple(load(1), load(2));` of which only some elements are ever named: the call that makes another.
const Expr *DroppedTasks::unusedElement(const Body &body, const VarDecl *variable) {
  const auto *record = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(variable->getType()));
  if (!record || !record->isInStdNamespace() || !isOneOf(nameOf(record), {"tuple", "pair"}) || !variable->getInit() ||
      isa<DecompositionDecl>(variable) || !body.capturedBy(variable).empty())
    return nullptr;
  llvm::SmallSet<unsigned, 4> named;
  for (const DeclRefExpr *reference : body.references(variable)) {
    const std::optional<unsigned> element = elementNamedBy(reference, body);
    if (!element)
      return nullptr;
    named.insert(*element);
  }
  const Expr *made = peelMoves(variable->getInit());
  const auto *call = dyn_cast_or_null<CallExpr>(made);
  const auto *construct = dyn_cast_or_null<CXXConstructExpr>(made);
  const unsigned count = call ? call->getNumArgs() : construct ? construct->getNumArgs() : 0;
  for (unsigned i = 0; i < count && !named.empty(); ++i) {
    const Expr *value = call ? call->getArg(i) : construct->getArg(i);
    const AsyncType *type = named.contains(i) ? nullptr : types_.mustConsume(value->getType().getNonReferenceType());
    if (const Expr *creation = type && type->drop != catalog::Drop::Joins ? creationIn(peelMoves(value)) : nullptr)
      return creation;
  }
  return nullptr;
}

/// `auto loop = scheduler.request_stop();`, which gives running work out of its member: it ends with the scope, on purpose.
static bool isTakenOver(const Expr *creation, const CodeIndex &code) {
  const auto *call = dyn_cast<CallExpr>(creation);
  const Body *callee = call && call->getDirectCallee() ? code.bodyOf(call->getDirectCallee()->getDefinition()) : nullptr;
  const std::vector<const ReturnStmt *> results = callee ? callee->all<ReturnStmt>() : std::vector<const ReturnStmt *>();
  return !results.empty() && llvm::all_of(results, [](const ReturnStmt *result) {
    return result->getRetValue() && isa_and_nonnull<MemberExpr>(peelMoves(result->getRetValue()));
  });
}

void DroppedTasks::addVariable(const Body &body, const VarDecl *variable, std::vector<DroppedTask> &dropped) {
  if (!variable->hasLocalStorage() || variable->hasAttr<UnusedAttr>() || variable->isInvalidDecl())
    return;
  QualType type = variable->getType();
  if (type->isReferenceType()) {
    const Expr *init = variable->getInit();
    if (!init || !peel(init)->isPRValue())
      return; // an alias of somebody else's task
    type = type.getNonReferenceType();
  }
  DroppedTask task{DroppedTask::How::Held, &body, nullptr, variable};
  task.type = types_.mustConsume(type, &task.wrapped);
  if (!task.type || task.type->drop == catalog::Drop::Joins || isRunBySynchronousCode(body, *task.type))
    return;
  if (body.lost.words.contains(variable->getName())) {
    graphs_.of(body); // leaves it out, and remembers why
    return;
  }
  if (task.type->isEager() && isObservedOtherwise(variable, body, types_))
    return;
  HolderUses uses;
  uses.used = !body.capturedBy(variable).empty();
  task.holder = variable;
  if (const auto *decomposition = dyn_cast<DecompositionDecl>(variable))
    if (const BindingDecl *unused = unusedBinding(body, decomposition, *task.type, uses))
      task.holder = unused;
  addUses(body, variable, *task.type, uses);
  task.mistaken = uses.mistaken;
  if ((task.creation = unusedElement(body, variable))) {
    task.wrapped = true;
    dropped.push_back(task);
    return;
  }
  if (uses.used || uses.replaced) {
    if (!task.wrapped)
      addPaths(task, uses.used, dropped);
    if (uses.used)
      return;
  }
  std::vector<const Expr *> creations;
  collectCreations(body, variable, 0, creations);
  if (creations.empty())
    return;
  task.creation = creations.front();
  task.how = uses.filled && task.wrapped ? DroppedTask::How::Filled : DroppedTask::How::Held;
  task.neverNamedAgain = uses.references == 0;
  if (task.type->isEager() && task.type->drop == catalog::Drop::Cancels && isTakenOver(task.creation, callees_.code()))
    return;
  if (!runsInItsScope(task) || !waitsAfter(task))
    dropped.push_back(task);
}

/// Running already, and cancelled by its holder's end: the scope says how long it shall run. That is what the type is for
/// by its library's word; and in code that cannot await by what else is there to keep it running for.
bool DroppedTasks::runsInItsScope(const DroppedTask &task) const {
  if (!task.type->isTask() || task.type->isLazy())
    return false;
  if (task.type->model)
    return task.type->model->drop == catalog::Drop::Cancels;
  return (task.how == DroppedTask::How::Held || task.how == DroppedTask::How::Filled) && task.type->isEager() && task.type->drop == catalog::Drop::Cancels &&
         !task.body->isCoroutine();
}

/// Does the scope that holds it give others a turn after its creation? A block that is there for nothing else says that it
/// ends there on purpose.
bool DroppedTasks::waitsAfter(const DroppedTask &task) {
  const Body &body = *task.body;
  const Stmt *scope = scopeOf(task.variable, body);
  if (scope && isa_and_nonnull<CompoundStmt>(body.parentOf(scope)))
    return true;
  bool after = false;
  for (const Stmt *node : scope ? body.within(scope) : llvm::ArrayRef(body.nodes)) {
    after |= node == task.creation;
    if (!after || body.contains(task.creation, node))
      continue;
    const std::optional<CallSite> call = CallSite::of(node);
    if (isa<CoroutineSuspendExpr>(node) || (call && (says::waits(nameOf(call->callee)) || callees_.isRunner(*call))))
      return true;
  }
  return false;
}

/// The first creation of a task that `value` holds: the call itself, or one inside `vector{f(), g()}`, `optional(f())`.
/// What stands under an await has been waited for.
const Expr *DroppedTasks::creationIn(const Stmt *value) {
  if (!value)
    return nullptr;
  const std::optional<CallSite> call = CallSite::of(value);
  const AsyncType *made = call && makesValue(value) ? types_.mustConsume(cast<Expr>(value)->getType()) : nullptr;
  if (made && isKeptByScope(*call, made))
    return nullptr;
  const auto *creation = createdBy(value) && !onlyWraps(value) ? cast<Expr>(value) : nullptr;
  if (isa<CoawaitExpr, LambdaExpr>(value) || (creation && !isa<CXXTemporaryObjectExpr>(value)))
    return creation;
  for (const Stmt *child : value->children()) // `Wrapped(f())` is named by what made the task in it
    if (const Expr *inner = creationIn(child))
      return inner;
  return creation;
}

/// The creations of a variable one by one: each may be dropped on some path, or overwritten.
void DroppedTasks::addPaths(DroppedTask task, bool consumedSomewhere, std::vector<DroppedTask> &dropped) {
  const Body &body = *task.body;
  if (!body.capturedBy(task.variable).empty() || isa<DecompositionDecl>(task.variable) ||
      task.variable->getType()->isReferenceType())
    return;
  const FlowGraph *graph = graphs_.of(body);
  if (!graph)
    return;
  TaskPaths paths(*graph, types_, callees_);
  auto look = [&](const Stmt *statement, const Expr *value) {
    value = peelMoves(value);
    if (const auto *conditional = dyn_cast_or_null<AbstractConditionalOperator>(value))
      value = peelMoves(conditional->getTrueExpr());
    const Expr *creation = creationIn(value);
    if (!creation)
      return;
    task.creation = creation;
    const std::optional<DroppingPath> path = paths.find(task.variable, statement);
    if (!path || (!consumedSomewhere && !path->overwrittenBy) || (runsInItsScope(task) && !path->overwrittenBy))
      return;
    task.path = *path;
    task.how = path->overwrittenBy ? DroppedTask::How::Replaced : DroppedTask::How::SomePaths;
    dropped.push_back(task);
  };
  for (const Stmt *node : body.nodes)
    if (const auto *declaration = dyn_cast<DeclStmt>(node);
        declaration && llvm::is_contained(declaration->decls(), task.variable) && task.variable->hasInit())
      look(declaration, task.variable->getInit());
  for (const DeclRefExpr *reference : body.references(task.variable)) {
    const auto *assignment = dyn_cast_or_null<CXXOperatorCallExpr>(body.meaningfulParentOf(reference));
    if (assignment && assignment->getOperator() == OO_Equal && assignment->getArg(0)->IgnoreParenImpCasts() == reference)
      look(assignment, assignment->getArg(1));
  }
}

void DroppedTasks::collectCreations(const Body &body, const VarDecl *variable, unsigned depth,
                                    std::vector<const Expr *> &creations) {
  auto add = [&](const Expr *value) {
    value = peelMoves(value);
    if (const auto *conditional = dyn_cast_or_null<AbstractConditionalOperator>(value))
      value = peelMoves(conditional->getTrueExpr());
    if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(value)) {
      const auto *source = dyn_cast<VarDecl>(reference->getDecl());
      if (source && source->hasLocalStorage() && !isa<ParmVarDecl>(source) && depth < 4)
        collectCreations(body, source, depth + 1, creations);
      return;
    }
    if (const Expr *creation = creationIn(value); creation && !isa<CXXTemporaryObjectExpr>(creation))
      creations.push_back(creation);
  };
  if (variable->hasInit())
    add(variable->getInit());
  if (!creations.empty())
    return;
  // Assigned or filled later.
  for (const DeclRefExpr *reference : body.references(variable)) {
    const Stmt *node = reference;
    while (node && !CallSite::of(node))
      node = body.parentOf(node);
    if (std::optional<CallSite> call = CallSite::of(node))
      for (const Expr *argument : call->arguments)
        if (creations.empty() && types_.mustConsume(argument->getType().getNonReferenceType()))
          add(argument);
  }
}

} // namespace coroguard
