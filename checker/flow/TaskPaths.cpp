// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Depth-first search over (block, what is assumed about conditions, is the task held).
#include "checker/flow/TaskPaths.h"

#include "checker/semantics/Loops.h"

#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <set>

using namespace clang;

namespace coroguard {
namespace {

constexpr unsigned kMaxStates = 3000; // beyond: silence, not guesses

/// What a way has assumed about a condition.
struct Assumption {
  uint64_t key;
  bool truth;
  const Expr *condition;
  friend bool operator<(const Assumption &a, const Assumption &b) {
    return std::pair(a.key, a.truth) < std::pair(b.key, b.truth);
  }
};

/// `if (task)`, `if (task.has_value())`: true exactly while a task is held.
bool asksWhetherHeld(const Expr *condition) {
  condition = condition->IgnoreParenImpCasts();
  const auto *call = dyn_cast<CXXMemberCallExpr>(condition);
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  if (!method)
    return false;
  if (isa<CXXConversionDecl>(method))
    return true;
  return method->getIdentifier() &&
         llvm::StringSwitch<bool>(method->getName()).Cases({"has_value", "valid", "operator bool", "joinable"}, true).Default(false);
}

} // namespace

struct TaskPaths::Search {
  enum class Verdict : uint8_t { Goes, Ends, Drops };
  struct State {
    unsigned block;
    bool held;
    std::vector<Assumption> assumptions;
    std::vector<const Expr *> turned = {}; ///< loops that have to turn once, and have
    friend bool operator<(const State &a, const State &b) {
      return std::tie(a.block, a.held, a.assumptions, a.turned) < std::tie(b.block, b.held, b.assumptions, b.turned);
    }
  };

  const FlowGraph &graph;
  const SourceManager &sources;
  TaskTypes &types;
  Callees &callees;
  const VarDecl *variable;
  const Stmt *creation;
  std::set<State> seen;
  std::vector<DroppingPath::Turn> turns;
  DroppingPath found;
  bool exhausted = false;

  /// The DeclStmt of the variable; Clang splits declarations of several variables.
  bool declares(const Stmt *statement) const {
    const auto *declaration = dyn_cast<DeclStmt>(statement);
    return declaration && isa<DeclStmt>(creation) &&
           llvm::any_of(declaration->decls(), [&](const Decl *decl) { return decl == variable; });
  }

  /// `task = wrap(std::move(task))` overwrites nothing that is still held.
  bool takesOldValue(const DeclRefExpr *target) const {
    const Stmt *assignment = target;
    while (assignment && !isa<CXXOperatorCallExpr>(assignment))
      assignment = graph.body().parentOf(assignment);
    return assignment && anyDescendant(assignment, [&](const Stmt *node) {
             const auto *other = dyn_cast<DeclRefExpr>(node);
             return other && other != target && other->getDecl() == variable;
           });
  }

  bool isAssignedBy(const Stmt *assignment, const DeclRefExpr *target) const {
    return !isa<DeclStmt>(assignment) && graph.body().contains(assignment, target);
  }

  /// A loop that comes back to the same assignment overwrites what it made in the turn before; but not if the assignment
  /// is for some turns only (`if (i == 50) task = work();`), which may be one.
  bool turnsOnlyLoops() const {
    return llvm::all_of(turns, [&](const DroppingPath::Turn &turn) {
      if (sources.isBeforeInTranslationUnit(creation->getEndLoc(), turn.condition->getBeginLoc()))
        return true; // decided once the task was made
      const Stmt *parent = graph.body().parentOf(turn.condition);
      while (parent && isa<Expr>(parent))
        parent = graph.body().parentOf(parent);
      return isa_and_nonnull<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(parent) && !parent->getBeginLoc().isMacroID();
    });
  }

  /// Passes the steps of one block.
  Verdict pass(State &state) {
    for (const FlowStep &step : graph.blocks()[state.block].steps) {
      llvm::erase_if(state.assumptions, [&](const Assumption &a) { return mayChange(step, a.condition); });
      if (step.kind == FlowStep::Kind::ScopeEnd) {
        if (state.held && step.variable == variable)
          return Verdict::Drops;
        continue;
      }
      if (step.kind != FlowStep::Kind::Statement)
        continue;
      if (step.statement == creation || declares(step.statement)) {
        state.held = true;
        turns.clear();
        continue;
      }
      if (!state.held)
        continue;
      if (givesUp(step.statement))
        return Verdict::Ends;
      if (const auto *lambda = dyn_cast<LambdaExpr>(step.statement))
        for (const LambdaCapture &capture : lambda->captures())
          if (capture.capturesVariable() && capture.getCapturedVar() == variable)
            return Verdict::Ends;
      const auto *reference = dyn_cast<DeclRefExpr>(step.statement);
      if (!reference || reference->getDecl() != variable)
        continue;
      switch (useOf(reference, graph.body(), types, callees)) {
      case TaskUse::Consumes:
      case TaskUse::Released:
      case TaskUse::Fills: return Verdict::Ends;
      case TaskUse::Replaces:
        if (takesOldValue(reference) || (isAssignedBy(creation, reference) && !turnsOnlyLoops()))
          return Verdict::Ends;
        found.overwrittenBy = reference;
        return Verdict::Drops;
      default: break;
      }
    }
    return graph.blocks()[state.block].leavesByException ? Verdict::Ends : Verdict::Goes;
  }

  bool dropsFrom(State state) {
    if (seen.size() > kMaxStates || turns.size() > 400) {
      exhausted = true;
      return false;
    }
    if (!seen.insert(state).second)
      return false;
    const std::vector<DroppingPath::Turn> before = turns;
    switch (pass(state)) {
    case Verdict::Ends: turns = before; return false;
    case Verdict::Drops: return true;
    case Verdict::Goes: break;
    }
    if (state.block == graph.exit())
      return state.held;
    for (const FlowEdge &edge : graph.blocks()[state.block].edges) {
      State next = state;
      next.block = edge.to;
      const size_t mark = turns.size();
      if (!take(edge, next))
        continue;
      if (dropsFrom(std::move(next)))
        return true;
      turns.resize(std::min(mark, turns.size()));
    }
    turns = before;
    return false;
  }

  /// Does the condition look at the task (rather than consume it)?
  bool asksTask(const Expr *condition) const {
    return anyDescendant(condition, [&](const Stmt *node) {
      const auto *reference = dyn_cast<DeclRefExpr>(node);
      if (!reference || reference->getDecl()->getCanonicalDecl() != variable->getCanonicalDecl())
        return false;
      const TaskUse use = useOf(reference, graph.body(), types, callees);
      return use == TaskUse::Queries || use == TaskUse::Mistaken;
    });
  }

  /// A condition that a macro brings along (`if (AlwaysTrue())` of a test macro) is the macro's way to write a block: only
  /// its true side is code of whoever wrote the macro's name.
  bool isMacrosOwn(const Expr *condition) const {
    if (isa_and_nonnull<ForStmt, WhileStmt, DoStmt>(graph.body().parentOf(condition)))
      return false; // and a loop that runs once
    return sources.isMacroBodyExpansion(condition->getBeginLoc()) && !anyDescendant(condition, [&](const Stmt *node) {
      return sources.isMacroArgExpansion(node->getBeginLoc()) || !node->getBeginLoc().isMacroID();
    });
  }

  /// Leaves a loop that has to turn once, before it has turned: `for (int i = 0; i < 3; ++i)` after the task was made.
  bool skipsFirstTurn(const Expr *condition, const State &state) const {
    return turnsAtLeastOnce(condition, graph.body()) && sources.isBeforeInTranslationUnit(creation->getEndLoc(), condition->getBeginLoc()) &&
           !llvm::is_contained(state.turned, condition);
  }

  /// `co_return;` out of an assertion macro, which has said where and what: the test has failed, and what it still holds
  /// does not matter.
  bool givesUp(const Stmt *statement) const {
    const auto *result = dyn_cast<ReturnStmt>(statement);
    const auto *coroutineResult = dyn_cast<CoreturnStmt>(statement);
    const bool bare = (result && !result->getRetValue()) || (coroutineResult && !coroutineResult->getOperand());
    if (!bare || !sources.isMacroBodyExpansion(statement->getBeginLoc()))
      return false;
    const Stmt *parent = graph.body().parentOf(statement);
    while (isa_and_nonnull<CompoundStmt>(parent))
      parent = graph.body().parentOf(parent);
    const auto *branch = dyn_cast_or_null<IfStmt>(parent);
    return branch && anyDescendant(branch->getCond(), [&](const Stmt *node) {
             return isa<StringLiteral, PredefinedExpr>(node) && node->getBeginLoc().isMacroID();
           });
  }

  /// Goes along an edge; false if it contradicts what is assumed, or the condition itself takes care of the task.
  bool take(const FlowEdge &edge, State &state) {
    if (!edge.condition)
      return true;
    if (state.held && !edge.truth && (isMacrosOwn(edge.condition) || skipsFirstTurn(edge.condition, state)))
      return false;
    if (state.held && edge.truth && turnsAtLeastOnce(edge.condition, graph.body()) && !llvm::is_contained(state.turned, edge.condition))
      state.turned.push_back(edge.condition);
    if (state.held && asksTask(edge.condition)) {
      const Expr *condition = edge.condition->IgnoreParenImpCasts();
      bool truth = edge.truth;
      while (const auto *negation = dyn_cast<UnaryOperator>(condition)) {
        if (negation->getOpcode() != UO_LNot)
          break;
        truth = !truth;
        condition = negation->getSubExpr()->IgnoreParenImpCasts();
      }
      if (!asksWhetherHeld(condition))
        return false; // decides by the task's own state: it knows what it does
      return truth;
    }
    const Question &key = edge.asks;
    if (key.key) {
      const bool truth = edge.truth != key.negated;
      for (const Assumption &known : state.assumptions)
        if (known.key == key.key) {
          if (known.truth != truth)
            return false;
          return true;
        }
      if (state.assumptions.size() < 8) {
        state.assumptions.push_back({key.key, truth, edge.condition});
        llvm::sort(state.assumptions);
      }
    }
    if (state.held)
      turns.push_back({edge.condition, edge.truth});
    return true;
  }
};

std::optional<DroppingPath> TaskPaths::find(const VarDecl *variable, const Stmt *creation) {
  Search search{graph_, graph_.body().function->getASTContext().getSourceManager(), types_, callees_, variable, creation, {}, {}, {}};
  const bool drops = search.dropsFrom({graph_.entry(), false, {}});
  if (search.exhausted)
    graph_.noteTooManyWays();
  if (!drops || search.exhausted)
    return std::nullopt;
  search.found.turns = search.turns;
  return search.found;
}

} // namespace coroguard
