// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loop that does nothing but pause and ask a state of the program again.
#include "rules/busy-wait/Check.h"

#include "checker/flow/HandleEscape.h"
#include "checker/flow/PathWalk.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Logging.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/PolledState.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = busy_wait::message;

BusyWaitCheck::BusyWaitCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, busy_wait::info()), options_(busy_wait::Options::read(Options)) {}

void BusyWaitCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void BusyWaitCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine())
      for (const Stmt *node : body.nodes)
        if (isa<WhileStmt, DoStmt, ForStmt>(node)) judge(node, body, unit);
  for (const Body &body : unit.bodies())
    for (const CallExpr *call : body.all<CallExpr>())
      judgeCall(call, body, unit);
}

namespace {

bool isDuration(QualType type, Names &names) {
  const CXXRecordDecl *record = classOf(type);
  return record && names.of(record) == "std::chrono::duration";
}

/// Nothing tells one such await from another, so there is nothing it could wait for: it gives way.
bool isYield(const CoawaitExpr *await, const Expr *operand) {
  const auto *call = dyn_cast<CallExpr>(operand);
  const CXXRecordDecl *record = classOf(operand->getType());
  return (call ? call->getNumArgs() == 0 && isa_and_nonnull<FunctionDecl>(call->getDirectCallee()) &&
                     !isa<CXXMethodDecl>(call->getDirectCallee())
               : isa<CXXTemporaryObjectExpr, InitListExpr>(operand)) &&
         await->getType()->isVoidType() && record && record->hasDefinition() && record->isEmpty() && (isAwaiter(record) || says::yields(nameOf(record)));
}

/// `pause{loop, 2}`, `Sleep(10ms)`: an object that says that it pauses, made of a time or a number.
bool isMadeOfTime(const Expr *operand, Names &names) {
  const auto *made = dyn_cast<CXXConstructExpr>(operand);
  const auto *list = dyn_cast<InitListExpr>(operand);
  if ((!made && !list) || !says::pauses(nameOf(classOf(operand->getType())))) return false;
  auto isTime = [&](const Expr *part) { return part->IgnoreParenImpCasts()->getType()->isIntegerType() || isDuration(part->getType(), names); };
  return made ? llvm::any_of(made->arguments(), isTime) : llvm::any_of(list->inits(), isTime);
}

bool isTrue(const Expr *condition) {
  if (!condition) return true;
  const auto *constant = dyn_cast<CXXBoolLiteralExpr>(condition->IgnoreParenImpCasts());
  const auto *number = dyn_cast<IntegerLiteral>(condition->IgnoreParenImpCasts());
  return (constant && constant->getValue()) || (number && number->getValue() != 0);
}

llvm::SmallVector<const Stmt *, 4> statementsOf(const Stmt *statement) {
  llvm::SmallVector<const Stmt *, 4> statements;
  if (const auto *block = dyn_cast<CompoundStmt>(statement))
    llvm::append_range(statements, block->body());
  else
    statements.push_back(statement);
  llvm::erase_if(statements, [](const Stmt *each) { return isa<NullStmt>(each); });
  return statements;
}

/// `if (state) break;` or `co_return`: the condition, else null.
const Expr *wayOut(const Stmt *statement) {
  const auto *branch = dyn_cast<IfStmt>(statement);
  if (!branch || branch->getElse() || branch->getInit() || branch->getConditionVariableDeclStmt() ||
      branch->isConstexpr())
    return nullptr;
  const llvm::SmallVector<const Stmt *, 4> then = statementsOf(branch->getThen());
  const auto *result = then.size() == 1 ? dyn_cast<CoreturnStmt>(then.front()) : nullptr;
  const bool leaves = result || (then.size() == 1 && isa<BreakStmt>(then.front()));
  return leaves ? branch->getCond() : nullptr;
}

/// `timer.expires_after(…)` before the timer is awaited.
bool armsTimer(const Stmt *statement) {
  const auto *expr = dyn_cast<Expr>(statement);
  const auto *call = expr ? dyn_cast_or_null<CXXMemberCallExpr>(peel(expr)) : nullptr;
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  return method && nameOf(method).starts_with("expires_");
}

/// `++rounds;`, if the loop does not ask for it.
bool counts(const Stmt *statement, const Expr *condition) {
  const auto *step = dyn_cast<UnaryOperator>(statement);
  const VarDecl *counter = step && step->isIncrementDecrementOp() ? localOf(step->getSubExpr()) : nullptr;
  return counter && condition && !anyDescendant(condition, [&](const Stmt *node) { return mentions(node, counter); });
}

/// `while (taken.exchange(true)) while (taken.load()) co_await yield();`: a spin lock, whose pauses are its point.
bool isSpinLock(const Stmt *loop, const Expr *state, const Body &body) {
  const auto *asked = dyn_cast<CXXMemberCallExpr>(state);
  const Expr *object = asked ? asked->getImplicitObjectArgument() : state;
  const auto *member = dyn_cast<MemberExpr>(object->IgnoreParenImpCasts());
  const auto *variable = dyn_cast<DeclRefExpr>(object->IgnoreParenImpCasts());
  const ValueDecl *flag = member ? member->getMemberDecl() : variable ? variable->getDecl() : nullptr;
  auto takes = [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    return call && containsAny(nameOf(call->getMethodDecl()), {"exchange", "test_and_set"}) &&
           anyDescendant(call->getImplicitObjectArgument(), [&](const Stmt *part) {
             const auto *named = dyn_cast<MemberExpr>(part);
             const auto *reference = dyn_cast<DeclRefExpr>(part);
             return flag && ((named && named->getMemberDecl() == flag) || (reference && reference->getDecl() == flag));
           });
  };
  for (const Stmt *outer = body.parentOf(loop); outer; outer = body.parentOf(outer))
    if (isa<WhileStmt, DoStmt, ForStmt>(outer) && anyDescendant(outer, takes))
      return true;
  return false;
}

} // namespace

bool BusyWaitCheck::isPause(const Stmt *statement, const Body &body, Unit &unit, unsigned depth) const {
  const auto *expr = dyn_cast<Expr>(statement);
  const auto *await = expr ? dyn_cast_or_null<CoawaitExpr>(peel(expr)) : nullptr;
  if (!await || !body.isDiscarded(await)) return false;
  const Expr *operand = peelMoves(await->getOperand());
  if (const std::optional<CallSite> call = CallSite::of(operand); call && call->callee && isa<CallExpr>(operand)) {
    const auto rows = unit.callees().models(*call);
    if (!rows.empty())
      return llvm::any_of(rows, [&](const catalog::FunctionModel *row) {
        // `co_await pool.schedule()` without anything to do there gives way, too.
        return row->role == catalog::FunctionRole::Sleep || row->role == catalog::FunctionRole::Yield ||
               (row->role == catalog::FunctionRole::Offload && call->arguments.empty() && await->getType()->isVoidType());
      });
    const llvm::StringRef name = nameOf(call->callee);
    const bool timed =
        call->callee->getNumParams() > 0 && isDuration(call->callee->getParamDecl(0)->getType(), unit.names());
    // A function of time alone, without a result, can do nothing but wait for it.
    const bool onlyTime = timed && call->callee->getNumParams() == 1 && !isa<CXXMethodDecl>(call->callee) && await->getType()->isVoidType();
    if ((says::pauses(name) && (timed || says::yields(name))) || onlyTime || isYield(await, operand) || (await->getType()->isVoidType() && isTurnOfLoop(*call, unit))) return true;
    // A coroutine of the unit that does nothing else.
    const Body *called = depth < 3 ? unit.code().bodyOf(call->callee->getDefinition()) : nullptr;
    const auto *block = called && called->isCoroutine() ? dyn_cast<CompoundStmt>(called->code) : nullptr;
    return block && !block->body_empty() && isPause(block->body_front(), *called, unit, depth + 1) &&
           (block->size() == 1 || (block->size() == 2 && isa<CoreturnStmt>(block->body_back())));
  }
  if (isYield(await, operand) || (await->getType()->isVoidType() && isMadeOfTime(operand, unit.names()))) return true;
  if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(operand))
    return llvm::any_of(unit.models().functions(unit.names().of(reference->getDecl())),
                        [](const catalog::FunctionModel &row) { return row.role == catalog::FunctionRole::Yield; });
  return false;
}

/// `return sleep(1ms);`, `co_await sleep(1ms);`: all that the lambda does.
bool BusyWaitCheck::onlyPauses(const Body &body, Unit &unit) const {
  const llvm::SmallVector<const Stmt *, 4> statements = statementsOf(body.code);
  if (statements.size() != 1) return false;
  const auto *result = dyn_cast<ReturnStmt>(statements.front());
  if (!result) return isPause(statements.front(), body, unit);
  const std::optional<CallSite> call = CallSite::of(result->getRetValue() ? peelMoves(result->getRetValue()) : nullptr);
  return call && (unit.callees().model(*call, catalog::FunctionRole::Sleep) || unit.callees().model(*call, catalog::FunctionRole::Yield));
}

/// `do_until([this] { return done_; }, [] { return sleep(1ms); })`: a loop that a function runs.
void BusyWaitCheck::judgeCall(const CallExpr *call, const Body &body, Unit &unit) {
  if (call->getNumArgs() != 2 || isa<CXXOperatorCallExpr>(call) || !unit.types().classify(call->getType())) return;
  const auto *until = dyn_cast_or_null<LambdaExpr>(peelMoves(call->getArg(0)));
  const auto *turn = until ? dyn_cast_or_null<LambdaExpr>(peelMoves(call->getArg(1))) : nullptr;
  const Body *asks = turn ? unit.code().bodyOf(until->getCallOperator()) : nullptr;
  const Body *pauses = turn ? unit.code().bodyOf(turn->getCallOperator()) : nullptr;
  if (!asks || !pauses || !until->getCallOperator()->getReturnType()->isBooleanType() || !onlyPauses(*pauses, unit)) return;
  const llvm::SmallVector<const Stmt *, 4> statements = statementsOf(asks->code);
  const auto *result = statements.size() == 1 ? dyn_cast<ReturnStmt>(statements.front()) : nullptr;
  const Expr *state = result && result->getRetValue() ? polledState(result->getRetValue()) : nullptr;
  if (!state) return;
  const std::string text = sourceText(state, unit.ast());
  report(&body, call->getSourceRange(), message::polled(text)).cure(message::cure(text)).step(pauses->code->getBeginLoc(), message::pausesHere());
}

void BusyWaitCheck::judge(const Stmt *loop, const Body &body, Unit &unit) {
  const Expr *condition = nullptr;
  const Stmt *code = nullptr;
  if (const auto *each = dyn_cast<WhileStmt>(loop); each && !each->getConditionVariable()) {
    condition = each->getCond();
    code = each->getBody();
  } else if (const auto *each = dyn_cast<DoStmt>(loop)) {
    condition = each->getCond();
    code = each->getBody();
  } else if (const auto *each = dyn_cast<ForStmt>(loop); each && !each->getInc() && !each->getConditionVariable()) {
    condition = each->getCond();
    code = each->getBody();
  }
  if (!code) return;
  const bool endless = isTrue(condition);
  const Stmt *pause = nullptr;
  for (const Stmt *statement : statementsOf(code)) {
    const Expr *out = endless && isTrue(condition) ? wayOut(statement) : nullptr;
    if (out)
      condition = out;
    else if (isPause(statement, body, unit))
      pause = statement;
    else if (!armsTimer(statement) && !onlyLogs(statement, unit.ast()) && !counts(statement, condition))
      return;
  }
  const Expr *state = pause && !isTrue(condition) ? polledState(condition) : nullptr;
  if (!state || isSpinLock(loop, state, body)) return;
  const std::optional<CallSite> question = CallSite::of(state);
  if (question && question->callee && isExempt(options_.allowedCallees, unit.names().of(question->callee))) return;
  const std::string text = sourceText(state, unit.ast());
  report(&body, condition->getSourceRange(), message::polled(text))
      .cure(message::cure(text))
      .step(pause->getBeginLoc(), message::pausesHere());
}

} // namespace coroguard::rules
