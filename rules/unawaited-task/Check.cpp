// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which dropped tasks should have been awaited, and inserts the co_await where it compiles.
#include "rules/unawaited-task/Check.h"

#include "checker/flow/ReleasedWork.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard::rules {

namespace message = unawaited_task::message;

UnawaitedTaskCheck::UnawaitedTaskCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, unawaited_task::info()), options_(unawaited_task::Options::read(Options)) {}

void UnawaitedTaskCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

/// `send(…).handle_exception(…)`: it runs, it has no result, and its last link sees to errors.
static bool endsQuietly(const DroppedTask &task) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(task.creation);
  const QualType result = call ? awaitResult(call->getType()) : QualType();
  return task.type->isEager() && !result.isNull() && result->isVoidType() && says::handlesErrors(nameOf(call->getDirectCallee()));
}

/// Of such a chain there is nothing more to learn: held and not named again, or dropped where nobody could await it.
static bool leavesNothingToLearn(const DroppedTask &task) {
  const bool held = task.how == DroppedTask::How::Held && task.neverNamedAgain;
  const bool dropped = task.how == DroppedTask::How::Discarded && !task.body->isCoroutine() && task.type->drop != catalog::Drop::Cancels;
  return (held || dropped) && endsQuietly(task);
}

/// `refresh();` in a slot: it runs on by itself, has no result, nobody there could await it, and the type says nowhere that it
/// must not be ignored. Where one could, only if it is made to be let go: a closure called in place, or a type that does so.
static bool isLeftToRun(const DroppedTask &task, const ASTContext &context) {
  const auto *call = dyn_cast<CallExpr>(task.creation);
  if (!call || task.how != DroppedTask::How::Discarded || task.wrapped || !task.type->isEager() ||
      task.type->drop != catalog::Drop::Detaches || call->hasUnusedResultAttr(context))
    return false;
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(call);
  const bool inPlace = operation && isa<LambdaExpr>(operation->getArg(0)->IgnoreParenImpCasts());
  if (task.body->isCoroutine() && !inPlace && !task.type->letsGo)
    return false;
  const QualType result = awaitResult(call->getType());
  return result.isNull() ? !isa_and_nonnull<ClassTemplateSpecializationDecl>(classOf(call->getType())) : result->isVoidType();
}

/// `if (result) *result = std::move(task);`: who gives no place for it does not want it.
static bool isUnwanted(const DroppedTask &task) {
  return llvm::any_of(task.path.turns, [&](const DroppingPath::Turn &turn) {
    const auto *branch = dyn_cast_or_null<IfStmt>(task.body->meaningfulParentOf(turn.condition));
    if (turn.truth || !branch || !turn.condition->IgnoreParenImpCasts()->getType()->isPointerType())
      return false;
    return anyDescendant(branch->getThen(), [&](const Stmt *node) {
      const auto *named = dyn_cast<DeclRefExpr>(node);
      return named && named->getDecl() == task.holder;
    });
  });
}

/// Runs on by itself, and by some it is awaited or given away; the others let it go as its type is made for, or as they were told.
static bool isFreeToGo(const DroppedTask &task) {
  return task.how == DroppedTask::How::SomePaths && task.type->isEager() && task.type->drop == catalog::Drop::Detaches &&
         (task.type->letsGo || !task.type->singleShot || isUnwanted(task));
}

void UnawaitedTaskCheck::checkUnit(Unit &unit) {
  for (const DroppedTask &task : unit.dropped())
    if (task.speaker == DroppedTask::Speaker::UnawaitedTask && !isAllowed(task, unit) &&
        (strict() || !(leavesNothingToLearn(task) || isLeftToRun(task, unit.ast()) || isFreeToGo(task))))
      reportTask(task, unit);
  if (!strict())
    return;
  for (const Body &body : unit.bodies())
    for (const Stmt *node : body.nodes)
      if (const Expr *released = releasedBy(node))
        checkReleased(body, released, unit);
}

static std::string effectOf(const AsyncType &type) {
  switch (type.drop) {
  case catalog::Drop::NeverStarts: return message::neverStarts();
  case catalog::Drop::Cancels: return message::cancelled();
  case catalog::Drop::Detaches:
  case catalog::Drop::Joins: return message::unnoticed();
  case catalog::Drop::Unknown: break;
  }
  return type.isLazy() ? message::neverStarts() : type.isEager() ? message::unnoticed() : message::unknown();
}

/// What `(void)f()` and `std::ignore = f()` throw away; else null.
const Expr *UnawaitedTaskCheck::releasedBy(const Stmt *node) {
  const Expr *value = nullptr;
  if (const auto *cast = dyn_cast<ExplicitCastExpr>(node); cast && cast->getCastKind() == CK_ToVoid)
    value = cast->getSubExpr();
  if (const auto *call = dyn_cast<CXXOperatorCallExpr>(node); call && call->getOperator() == OO_Equal && call->getNumArgs() == 2) {
    const auto *target = dyn_cast<DeclRefExpr>(call->getArg(0)->IgnoreParenImpCasts());
    const NamedDecl *ignore = target ? target->getDecl() : nullptr;
    if (ignore && ignore->isInStdNamespace() && nameOf(ignore) == "ignore")
      value = call->getArg(1);
  }
  value = value ? peelMoves(value) : nullptr;
  if (const auto *conditional = dyn_cast_or_null<AbstractConditionalOperator>(value))
    value = peelMoves(conditional->getTrueExpr());
  return isa_and_nonnull<CallExpr>(value) ? value : nullptr;
}

/// For `strict`: dropped, and said to be; but what never starts or is cancelled has no use, and of what runs on nobody
/// sees the end.
void UnawaitedTaskCheck::checkReleased(const Body &body, const Expr *creation, Unit &unit) {
  bool wrapped = false;
  const AsyncType *type = unit.types().mustConsume(creation->getType(), &wrapped);
  const std::optional<CallSite> site = type && !wrapped ? CallSite::of(creation) : std::nullopt;
  if (!site || !site->callee || unit.callees().isRunner(*site) || isExempt(options_.allowedTypes, unit.names().of(type->record)) ||
      isExempt(options_.allowedCallees, unit.names().of(site->callee)))
    return;
  // A library's own function that is given work, or a chain: somebody may have seen to its end.
  const auto *member = dyn_cast<CXXMemberCallExpr>(creation);
  const bool chain = member && unit.types().classify(member->getImplicitObjectArgument()->getType());
  if (type->isEager() && (chain || !unit.callees().models(*site).empty())) {
    const ReleasedWork work = releasedWork(creation, body);
    if (work.joined || work.handled || work.usesUnkept()) // of the last async-detached-borrow speaks
      return;
  }
  const std::string callee = unit.callees().nameForPeople(creation);
  report(&body, creation->getSourceRange(), message::released(callee, effectOf(*type))).precision(catalog::Precision::Medium);
}

bool UnawaitedTaskCheck::isAllowed(const DroppedTask &task, Unit &unit) const {
  const std::optional<CallSite> call = CallSite::of(task.creation);
  return isExempt(options_.allowedTypes, unit.names().of(task.type->record)) ||
         (call && call->callee && isExempt(options_.allowedCallees, unit.names().of(call->callee)));
}

namespace {

std::string textOf(const DroppedTask &task, const std::string &callee, Unit &unit) {
  const bool operation = task.type->kind == AsyncType::Kind::Operation;
  const std::string effect = task.type->drop != catalog::Drop::Cancels && endsQuietly(task) ? message::endUnseen() : effectOf(*task.type);
  const std::string variable = task.variable ? task.holder->getNameAsString() : "";
  switch (task.how) {
  case DroppedTask::How::Discarded: return operation ? message::operation(callee) : message::discarded(callee, effect);
  case DroppedTask::How::Held:
    return operation ? message::heldOperation(variable, callee) : message::held(variable, callee, effect);
  case DroppedTask::How::SomePaths: return message::somePaths(variable, callee);
  case DroppedTask::How::Replaced: return message::replaced(variable, callee);
  case DroppedTask::How::Filled: return message::filled(variable, effect);
  case DroppedTask::How::Passed: break;
  }
  const auto *sink = cast<FunctionDecl>(task.droppedBy->getDeclContext());
  return message::passed(callee, unit.names().forPeople(sink), effect);
}

/// `co_await ` before the call, if that is all it takes.
std::vector<FixItHint> awaitFix(const DroppedTask &task, Unit &unit) {
  // A discard that was seen through a cast or a conditional takes more than inserting a word.
  const bool inPlace = task.how == DroppedTask::How::Discarded
                           ? !isa_and_nonnull<Expr>(task.body->meaningfulParentOf(task.creation))
                           : task.how == DroppedTask::How::Held && task.neverNamedAgain &&
                                 task.variable->getType()->getAs<AutoType>();
  if (!inPlace || task.wrapped || !isa<CallExpr>(task.creation) || !canAwaitHere(*task.body, task.creation, unit.types()))
    return {};
  const QualType result = awaitResult(task.creation->getType());
  if (task.how == DroppedTask::How::Held && (result.isNull() || result->isVoidType()))
    return {};
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(task.creation);
  const bool prefix = !operation || operation->getOperator() == OO_Call || operation->getOperator() == OO_Subscript;
  if (!prefix)
    return {}; // `co_await` binds tighter than most operators
  return {FixItHint::CreateInsertion(task.creation->getBeginLoc(), "co_await ")};
}

} // namespace

void UnawaitedTaskCheck::reportTask(const DroppedTask &task, Unit &unit) {
  const std::string callee = unit.callees().nameForPeople(task.creation);
  const bool coroutine = task.body->isCoroutine();
  FindingBuilder finding = report(task.body, task.creation->getSourceRange(), textOf(task, callee, unit));
  finding.cure(unit.cures().text(coroutine ? "await" : "spawn", task.type->library,
                               task.holder ? task.holder->getNameAsString() : sourceText(task.creation, unit.ast())))
      .fix(catalog::FixKind::Safe, "await it", awaitFix(task, unit));
  if (task.variable)
    finding.step(task.holder->getLocation(), message::heldHere());
  for (const DroppingPath::Turn &turn : llvm::ArrayRef(task.path.turns).take_back(4))
    finding.step(turn.condition->getBeginLoc(), turn.truth ? message::whenTrue() : message::whenFalse());
  if (task.path.overwrittenBy)
    finding.step(task.path.overwrittenBy->getBeginLoc(), message::overwrittenHere());
  if (task.droppedBy)
    finding.step(task.droppedBy->getLocation(), message::droppedHere());
}

} // namespace coroguard::rules
