// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tarjan's components over the blocks that do not suspend, then a look at the ways out of each.
#include "checker/flow/QuietCycles.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Callees.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {
namespace {

bool isLoop(const Stmt *node) {
  return isa_and_nonnull<WhileStmt, DoStmt, ForStmt, CXXForRangeStmt>(node);
}

bool suspends(const FlowBlock &block) {
  return llvm::any_of(block.steps, [](const FlowStep &step) {
    return step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never;
  });
}

/// The same, by an await of the loop itself and not of what comes after it.
bool suspends(const FlowBlock &block, const Stmt *loop, const Body &body) {
  return llvm::any_of(block.steps, [&](const FlowStep &step) {
    return step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && body.contains(loop, step.statement);
  });
}

/// What the steps of a cycle may change: variables, members, and (as null) the object itself.
class Changes {
public:
  void add(const Stmt *node) {
    if (const auto *declaration = dyn_cast<DeclStmt>(node)) {
      for (const Decl *decl : declaration->decls())
        changed_.insert(decl->getCanonicalDecl());
    } else if (const auto *binary = dyn_cast<BinaryOperator>(node)) {
      if (binary->isAssignmentOp()) addRoot(binary->getLHS());
    } else if (const auto *unary = dyn_cast<UnaryOperator>(node)) {
      if (unary->isIncrementDecrementOp() || unary->getOpcode() == UO_AddrOf) addRoot(unary->getSubExpr());
    } else if (const auto *lambda = dyn_cast<LambdaExpr>(node)) {
      for (const LambdaCapture &capture : lambda->captures())
        if (capture.capturesVariable())
          changed_.insert(capture.getCapturedVar()->getCanonicalDecl());
        else if (capture.capturesThis())
          changed_.insert(nullptr);
    } else if (std::optional<CallSite> call = CallSite::of(node)) {
      addCall(*call);
    }
  }
  bool has(const Decl *decl) const { return changed_.count(decl ? decl->getCanonicalDecl() : nullptr) != 0; }

private:
  void addCall(const CallSite &call) {
    const auto *method = dyn_cast_or_null<CXXMethodDecl>(call.callee);
    if (call.object && !(method && method->isConst())) addRoot(call.object);
    for (unsigned i = 0; i < call.arguments.size(); ++i) {
      const QualType type = call.arguments[i]->getType();
      const ParmVarDecl *parameter = call.parameter(i);
      const QualType wanted = parameter ? parameter->getType() : type;
      if ((wanted->isReferenceType() || wanted->isPointerType()) && !wanted->getPointeeType().isConstQualified())
        addRoot(call.arguments[i]);
    }
  }
  void addRoot(const Expr *expr) {
    while ((expr = peelMoves(expr))) {
      if (const auto *member = dyn_cast<MemberExpr>(expr)) {
        changed_.insert(member->getMemberDecl()->getCanonicalDecl());
        expr = member->getBase();
      } else if (const auto *subscript = dyn_cast<ArraySubscriptExpr>(expr)) {
        expr = subscript->getBase();
      } else if (const auto *unary = dyn_cast<UnaryOperator>(expr)) {
        expr = unary->getSubExpr();
      } else if (const std::optional<CallSite> call = CallSite::of(expr); call && call->object) {
        expr = call->object;
      } else {
        break;
      }
    }
    if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(expr))
      changed_.insert(reference->getDecl()->getCanonicalDecl());
    else if (isa_and_nonnull<CXXThisExpr>(expr))
      changed_.insert(nullptr);
  }

  llvm::SmallPtrSet<const Decl *, 16> changed_;
};

/// Can only others change what the condition reads? Calls with arguments, and calls that may change their object, count
/// as steps of the cycle's own work. A task used as a truth is another rule's business.
bool dependsOnOthers(const Expr *condition, const Changes &changes, TaskTypes &types) {
  return !anyDescendant(condition, [&](const Stmt *node) {
    if (const auto *reference = dyn_cast<DeclRefExpr>(node))
      return isa<VarDecl, BindingDecl>(reference->getDecl()) && changes.has(reference->getDecl());
    if (const auto *member = dyn_cast<MemberExpr>(node); member && isa<FieldDecl>(member->getMemberDecl()))
      return changes.has(member->getMemberDecl());
    if (isa<CXXThisExpr>(node)) return changes.has(nullptr);
    if (const auto *unary = dyn_cast<UnaryOperator>(node)) return unary->isIncrementDecrementOp();
    if (const auto *binary = dyn_cast<BinaryOperator>(node)) return binary->isAssignmentOp();
    if (const std::optional<CallSite> call = CallSite::of(node)) {
      const auto *method = dyn_cast_or_null<CXXMethodDecl>(call->callee);
      const llvm::StringRef name = nameOf(call->callee);
      if (!call->callee || types.mustConsume(call->expr->getType()) || says::yields(name))
        return true;
      if (isa<CXXConversionDecl>(call->callee) || name == "load") return !method || !method->isConst();
      return (call->object && !(method && method->isConst())) ||
             llvm::any_of(call->arguments, [](const Expr *argument) {
               return argument->getType()->isPointerType() || argument->isLValue();
             });
    }
    return isa<CXXNewExpr, LambdaExpr>(node);
  });
}

/// Strongly connected parts of the blocks that do not suspend.
class Cycles {
public:
  explicit Cycles(const FlowGraph &graph)
      : graph_(graph), numbers_(graph.blocks().size()), lows_(graph.blocks().size()) {
    for (const FlowBlock &block : graph.blocks())
      pauses_.push_back(block.leavesByException || suspends(block));
    for (unsigned i = 0; i < pauses_.size(); ++i)
      if (!pauses_[i] && !numbers_[i]) visit(i);
  }
  std::vector<std::vector<unsigned>> found;

private:
  void visit(unsigned block) {
    numbers_[block] = lows_[block] = ++count_;
    stack_.push_back(block);
    bool self = false;
    for (const FlowEdge &edge : graph_.blocks()[block].edges) {
      self |= edge.to == block;
      if (pauses_[edge.to]) continue;
      if (!numbers_[edge.to]) visit(edge.to);
      if (llvm::is_contained(stack_, edge.to)) lows_[block] = std::min(lows_[block], lows_[edge.to]);
    }
    if (lows_[block] != numbers_[block]) return;
    auto begin = llvm::find(stack_, block);
    if (stack_.end() - begin > 1 || self) found.emplace_back(begin, stack_.end());
    stack_.erase(begin, stack_.end());
  }

  const FlowGraph &graph_;
  std::vector<bool> pauses_;
  std::vector<unsigned> numbers_, lows_, stack_;
  unsigned count_ = 0;
};

/// Does every way from the block come to a suspension before it leaves the function or gets back to the cycle?
bool reachesSuspension(unsigned from, const FlowGraph &graph, llvm::ArrayRef<unsigned> cycle) {
  llvm::SmallVector<unsigned, 8> pending{from};
  llvm::SmallPtrSet<const FlowBlock *, 8> seen;
  while (!pending.empty()) {
    const unsigned at = pending.pop_back_val();
    const FlowBlock &block = graph.blocks()[at];
    if (!seen.insert(&block).second || suspends(block)) continue;
    if (at == graph.exit() || llvm::is_contained(cycle, at)) return false;
    for (const FlowEdge &edge : block.edges)
      pending.push_back(edge.to);
  }
  return true;
}

/// The innermost loop around all of the cycle's steps.
const Stmt *loopAround(const FlowGraph &graph, llvm::ArrayRef<unsigned> cycle, const Body &body) {
  const Stmt *loop = nullptr;
  for (unsigned block : cycle)
    for (const FlowStep &step : graph.blocks()[block].steps) {
      if (!step.statement || (!body.parentOf(step.statement))) continue;
      if (!loop) {
        for (loop = body.parentOf(step.statement); loop && !isLoop(loop);)
          loop = body.parentOf(loop);
      }
      while (loop && !body.contains(loop, step.statement))
        do
          loop = body.parentOf(loop);
        while (loop && !isLoop(loop));
    }
  return loop;
}

/// `again: … goto again;`: the label whose jump goes back over all of the cycle's steps.
const Stmt *labelAround(const FlowGraph &graph, llvm::ArrayRef<unsigned> cycle, const Body &body) {
  const SourceManager &sources = body.function->getASTContext().getSourceManager();
  for (const GotoStmt *jump : body.all<GotoStmt>()) {
    const LabelStmt *label = jump->getLabel()->getStmt();
    auto between = [&](const FlowStep &step) {
      return !step.statement || step.statement->getBeginLoc().isInvalid() || !body.has(step.statement) ||
             (!sources.isBeforeInTranslationUnit(step.statement->getBeginLoc(), label->getBeginLoc()) &&
              !sources.isBeforeInTranslationUnit(jump->getBeginLoc(), step.statement->getBeginLoc()));
    };
    if (llvm::all_of(cycle, [&](unsigned block) { return llvm::all_of(graph.blocks()[block].steps, between); }))
      return label;
  }
  return nullptr;
}

/// `queue.tryPop(item)`: a yes or no, and all it is given are plain locals of the cycle that it fills.
bool fillsOnly(const Expr *tested, const Changes &changes) {
  const auto *asked = dyn_cast_or_null<CXXMemberCallExpr>(tested);
  const CXXMethodDecl *method = asked ? asked->getMethodDecl() : nullptr;
  return method && method->getReturnType()->isBooleanType() && asked->getNumArgs() == 1 && method->getParamDecl(0)->getType()->isLValueReferenceType() &&
         !method->getParamDecl(0)->getType()->getPointeeType().isConstQualified() && says::tries(nameOf(method)) &&
         localOf(asked->getArg(0)) && !isa<ParmVarDecl>(localOf(asked->getArg(0))) && changes.has(localOf(asked->getArg(0)));
}

/// `auto item = queue.poll(); if (!item) continue; co_await handle(*item);`: with nothing there it only asks again. The
/// edge is the one that goes on to the await.
bool asksAgain(const FlowEdge &edge, const FlowGraph &graph, llvm::ArrayRef<unsigned> cycle, const Changes &changes) {
  if (!edge.condition)
    return false;
  const Expr *tested = peelMoves(edge.condition);
  bool truth = edge.truth;
  if (const auto *negation = dyn_cast_or_null<UnaryOperator>(tested); negation && negation->getOpcode() == UO_LNot) {
    tested = peelMoves(negation->getSubExpr());
    truth = !truth;
  }
  if (const auto *asked = dyn_cast_or_null<CXXMemberCallExpr>(tested);
      asked && (isa<CXXConversionDecl>(asked->getMethodDecl()) || asked->getMethodDecl()->getNameAsString() == "has_value"))
    tested = peelMoves(asked->getImplicitObjectArgument());
  if (truth && fillsOnly(tested, changes))
    return true;
  if (!reachesSuspension(edge.to, graph, cycle))
    return false;
  const auto *named = dyn_cast_or_null<DeclRefExpr>(tested);
  const auto *item = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
  const std::optional<CallSite> source = item && item->hasInit() ? CallSite::of(peelMoves(item->getInit())) : std::nullopt;
  return truth && source && source->callee && changes.has(item) &&
         llvm::none_of(source->arguments, [&](const Expr *argument) {
           return anyDescendant(argument, [&](const Stmt *node) {
             const auto *reference = dyn_cast<DeclRefExpr>(node);
             return reference && changes.has(reference->getDecl());
           });
         });
}

constexpr unsigned kMaxBlocks = 2000; // the search is recursive

} // namespace

std::vector<QuietCycle> quietCycles(const FlowGraph &graph, TaskTypes &types) {
  std::vector<QuietCycle> quiet;
  if (graph.blocks().size() > kMaxBlocks) return quiet;
  for (const std::vector<unsigned> &blocks : Cycles(graph).found) {
    Changes changes;
    for (unsigned block : blocks)
      for (const FlowStep &step : graph.blocks()[block].steps)
        if (step.kind == FlowStep::Kind::Statement) changes.add(step.statement);
    QuietCycle cycle;
    bool mayEnd = false;
    for (unsigned block : blocks)
      for (const FlowEdge &edge : graph.blocks()[block].edges) {
        if (llvm::is_contained(blocks, edge.to)) continue;
        mayEnd |= !edge.condition || (!dependsOnOthers(edge.condition, changes, types) && !asksAgain(edge, graph, blocks, changes));
        cycle.exit = cycle.exit ? cycle.exit : edge.condition;
      }
    cycle.loop = mayEnd ? nullptr : loopAround(graph, blocks, graph.body());
    if (!mayEnd && !cycle.loop) cycle.loop = labelAround(graph, blocks, graph.body());
    if (!cycle.loop || isa<CXXForRangeStmt>(cycle.loop)) continue;
    for (unsigned block : blocks)
      for (const FlowEdge &edge : graph.blocks()[block].edges)
        cycle.suspendsElsewhere |= suspends(graph.blocks()[edge.to], cycle.loop, graph.body());
    quiet.push_back(cycle);
  }
  return quiet;
}

void print(llvm::ArrayRef<QuietCycle> cycles, const ASTContext &context, llvm::raw_ostream &out) {
  for (const QuietCycle &cycle : cycles) {
    out << "cycle of " << lineAndColumn(cycle.loop->getBeginLoc(), context);
    if (cycle.exit)
      out << " ends by " << quoted(cycle.exit, context) << '\n';
    else
      out << " never ends\n";
    if (cycle.suspendsElsewhere)
      out << "  another way through the loop suspends\n";
  }
}

} // namespace coroguard
