// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A flow graph as text and as a picture, for people.
#include "checker/flow/FlowGraph.h"

#include "checker/semantics/Awaiting.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {
namespace {

/// What a reader wants to see as a line of its own; the parts of expressions are steps, too, but only noise here.
bool isWorthALine(const FlowStep &step, const Body &body) {
  if (step.kind == FlowStep::Kind::ScopeEnd)
    return true;
  if (!body.has(step.statement))
    return false; // the machinery of the coroutine
  if (step.kind == FlowStep::Kind::Suspension)
    return true;
  if (const auto *declaration = dyn_cast<DeclStmt>(step.statement))
    return llvm::any_of(declaration->decls(), [](const Decl *decl) { return !decl->isImplicit(); }); // not those of a range-for
  if (const auto *binary = dyn_cast<BinaryOperator>(step.statement))
    return binary->isAssignmentOp();
  if (const auto *unary = dyn_cast<UnaryOperator>(step.statement))
    return unary->isIncrementDecrementOp();
  return isa<CallExpr, CXXTemporaryObjectExpr, ReturnStmt, CoreturnStmt, CXXThrowExpr, LambdaExpr, CXXNewExpr, CXXDeleteExpr>(step.statement);
}

std::string lineOf(const FlowStep &step, const ASTContext &context, FlowGraph::Classifier classOf) {
  switch (step.kind) {
  case FlowStep::Kind::ScopeEnd: return "end of `" + step.variable->getNameAsString() + "`";
  case FlowStep::Kind::Suspension:
    return quoted(step.statement, context) + " " + nameOf(classOf(cast<CoroutineSuspendExpr>(step.statement))).str();
  case FlowStep::Kind::Statement: break;
  }
  return quoted(step.statement, context);
}

std::string lineOf(const FlowEdge &edge, const ASTContext &context) {
  if (!edge.condition)
    return "";
  return " when `" + sourceText(edge.condition, context) + (edge.truth ? "` is true" : "` is false");
}

llvm::StringRef answer(Suspends suspends) {
  return suspends == Suspends::Always ? "always" : suspends == Suspends::Never ? "never" : "maybe";
}

/// Where an exception thrown in the block goes; empty if nothing in it may throw.
llvm::SmallVector<unsigned, 2> throwsTo(const FlowGraph &graph, const FlowBlock &block) {
  llvm::SmallVector<unsigned, 2> targets;
  for (const FlowStep &step : block.steps)
    if (graph.mayThrowAt(step))
      for (unsigned target : graph.handlersOf(step.statement))
        if (!llvm::is_contained(targets, target))
          targets.push_back(target);
  return targets;
}

/// Clang leads a block that throws on to the exit; no way takes that edge.
llvm::ArrayRef<FlowEdge> branchesOf(const FlowBlock &block) {
  if (block.leavesByException)
    return {};
  return block.edges;
}

bool mayBeDestroyedIn(const FlowGraph &graph, const FlowBlock &block) {
  return llvm::any_of(block.steps, [&](const FlowStep &step) { return graph.mayBeDestroyedAt(step); });
}

/// The blocks that control may come to, by branches or exceptions.
std::vector<bool> reachable(const FlowGraph &graph) {
  std::vector<bool> reached(graph.blocks().size());
  std::vector<unsigned> pending{graph.entry(), graph.exit()};
  while (!pending.empty()) {
    const unsigned id = pending.back();
    pending.pop_back();
    if (reached[id])
      continue;
    reached[id] = true;
    for (const FlowEdge &edge : branchesOf(graph.blocks()[id]))
      pending.push_back(edge.to);
    for (unsigned target : throwsTo(graph, graph.blocks()[id]))
      pending.push_back(target);
  }
  return reached;
}

std::string inQuotes(llvm::StringRef text) {
  std::string escaped;
  for (char c : text) {
    if (c == '"' || c == '\\')
      escaped += '\\';
    escaped += c;
  }
  return escaped;
}

} // namespace

void FlowGraph::print(llvm::raw_ostream &out, const ASTContext &context, Classifier classOf) const {
  if (body_->isCoroutine())
    out << "initial suspend: " << answer(initialSuspend_) << ", final suspend: " << answer(finalSuspend_) << '\n';
  const std::vector<bool> reached = reachable(*this);
  for (unsigned id = blocks_.size(); id-- > 0;) {
    if (!reached[id])
      continue;
    const FlowBlock &block = blocks_[id];
    out << "block " << id << (id == entry_ ? " (entry)" : id == exit_ ? " (exit)" : "") << '\n';
    for (const FlowStep &step : block.steps)
      if (isWorthALine(step, *body_))
        out << "  " << lineOf(step, context, classOf) << '\n';
    for (const FlowEdge &edge : branchesOf(block))
      out << "  -> " << edge.to << lineOf(edge, context) << '\n';
    for (unsigned target : throwsTo(*this, block))
      out << "  -> " << target << " by exception\n";
    if (mayBeDestroyedIn(*this, block))
      out << "  -> " << exit_ << " destroyed while suspended\n";
  }
}

void FlowGraph::printDot(llvm::raw_ostream &out, const ASTContext &context, Classifier classOf) const {
  out << "digraph \"" << llvm::StringRef(qualifiedName(*body_)) << "\" {\n  node [shape=box, fontname=monospace];\n";
  const std::vector<bool> reached = reachable(*this);
  for (unsigned id = blocks_.size(); id-- > 0;) {
    if (!reached[id])
      continue;
    const FlowBlock &block = blocks_[id];
    std::string label = "block " + std::to_string(id) + (id == entry_ ? " (entry)" : id == exit_ ? " (exit)" : "") + "\\l";
    for (const FlowStep &step : block.steps)
      if (isWorthALine(step, *body_))
        label += inQuotes(lineOf(step, context, classOf)) + "\\l";
    out << "  b" << id << " [label=\"" << label << "\"];\n";
    for (const FlowEdge &edge : branchesOf(block))
      out << "  b" << id << " -> b" << edge.to << (edge.condition ? edge.truth ? " [label=yes]" : " [label=no]" : "") << ";\n";
    for (unsigned target : throwsTo(*this, block))
      out << "  b" << id << " -> b" << target << " [style=dashed, label=exception];\n";
    if (mayBeDestroyedIn(*this, block))
      out << "  b" << id << " -> b" << exit_ << " [style=dotted, label=destroyed];\n";
  }
  out << "}\n";
}

} // namespace coroguard
