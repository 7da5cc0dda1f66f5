// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of dumps.
#include "checker/framework/AnalysisDump.h"

#include "checker/flow/AwaitedLocks.h"
#include "checker/flow/Derivations.h"
#include "checker/flow/HeldLocks.h"
#include "checker/flow/QuietCycles.h"
#include "checker/program/FunctionSummary.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Unit.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {
namespace {

void printGraph(Unit &unit, const Body &body, llvm::raw_ostream &out, bool dot) {
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph)
    return;
  auto classOf = [&](const CoroutineSuspendExpr *suspension) {
    const auto *await = dyn_cast<CoawaitExpr>(suspension);
    return classify(suspension, unit.types(), await && unit.residence().mayChangeThread(await, body));
  };
  if (dot)
    graph->printDot(out, unit.ast(), classOf);
  else
    graph->print(out, unit.ast(), classOf);
}

constexpr AnalysisDump kDumps[] = {
    {"cfg", "the flow graph: steps, suspensions and their class, edges", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) { printGraph(unit, body, out, /*dot=*/false); }},
    {"cfg-dot", "the same for Graphviz: … | dot -Tsvg", AnalysisDump::Heading::Comment,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) { printGraph(unit, body, out, /*dot=*/true); }},
    {"task-state", "what becomes of each task", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) {
       DroppedTasks(unit.types(), unit.callees(), unit.contexts(), unit.graphs()).print(body, out);
     }},
    {"held-locks", "each lock, and its state at each suspension", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) {
       HeldLocks(unit.ast(), unit.types(), unit.code(), unit.graphs()).print(body, out);
     }},
    {"lock-waits", "where an async mutex is waited for while another is held", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) {
       AwaitedLocks(unit.ast(), unit.types(), unit.code(), unit.graphs()).print(body, out);
     }},
    {"borrows", "what tasks keep of their arguments, and what dangles", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) { unit.borrows().print(body, out); }},
    {"derivations", "locals that refer into shared state, and whether they go stale", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) {
       Derivations(unit.ast(), unit.graphs(), unit.shared()).print(body, out);
     }},
    {"cycles", "loops with a way around that never suspends", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) {
       if (const FlowGraph *graph = body.isCoroutine() ? unit.graphs().of(body) : nullptr)
         coroguard::print(quietCycles(*graph, unit.types()), unit.ast(), out);
     }},
    {"residence", "where a coroutine runs on the event loop, and where off it", AnalysisDump::Heading::Line,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) { unit.residence().print(body, out); }},
    {"summaries", "what callers need to know of each function, as JSON lines", AnalysisDump::Heading::None,
     [](Unit &unit, const Body &body, llvm::raw_ostream &out) { out << llvm::json::Value(toJson(summarise(body, unit))) << '\n'; }},
};

bool isWanted(const Body &body, llvm::StringRef name, llvm::StringRef function, const SourceManager &sources) {
  if (function.empty())
    return sources.isInMainFile(sources.getFileLoc(body.function->getLocation()));
  name.consume_back("::(lambda)");
  return name == function || (name.ends_with(function) && name.drop_back(function.size()).ends_with("::"));
}

} // namespace

llvm::ArrayRef<AnalysisDump> analysisDumps() { return kDumps; }

const AnalysisDump *findAnalysisDump(llvm::StringRef kind) {
  const auto *found = llvm::find_if(kDumps, [&](const AnalysisDump &dump) { return dump.kind == kind; });
  return found == std::end(kDumps) ? nullptr : found;
}

std::string dumpAnalysis(const AnalysisDump &dump, Unit &unit, llvm::StringRef function) {
  std::string all;
  for (const Body &body : unit.bodies()) {
    const std::string name = qualifiedName(body);
    if (!isWanted(body, name, function, unit.ast().getSourceManager()))
      continue;
    std::string text;
    llvm::raw_string_ostream out(text);
    dump.print(unit, body, out);
    if (text.empty())
      continue;
    if (dump.heading == AnalysisDump::Heading::None) {
      all += text;
      continue;
    }
    all += (dump.heading == AnalysisDump::Heading::Comment ? "// " : "") + std::string(body.isCoroutine() ? "coroutine `" : "function `") + name + "` " +
           lineAndColumn(body.function->getLocation(), unit.ast()) + (body.isInstantiation() ? " (instantiation)\n" : "\n") + text;
  }
  return all;
}

} // namespace coroguard
