// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the engine thinks of each task of a body, as text.
#include "checker/flow/DroppedTasks.h"
#include "checker/flow/TaskJourney.h"
#include "checker/semantics/Awaiting.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {
namespace {

llvm::StringRef nameOf(TaskUse use) {
  static constexpr llvm::StringLiteral kNames[] = {"consumes", "queries", "mistaken for its value", "fills", "replaces", "ignores", "released"};
  return kNames[static_cast<unsigned>(use)];
}

llvm::StringRef nameOf(DroppedTask::How how) {
  static constexpr llvm::StringLiteral kNames[] = {"discarded", "held and never consumed", "not consumed on some path",
                                                   "replaced by another task", "in a container that nobody consumes",
                                                   "passed to a callee that lets it go"};
  return kNames[static_cast<unsigned>(how)];
}

llvm::StringRef nameOf(DroppedTask::Speaker speaker) {
  static constexpr llvm::StringLiteral kNames[] = {"async-unawaited-task", "async-missing-run", "async-sync-iteration", "async-task-as-value"};
  return kNames[static_cast<unsigned>(speaker)];
}

llvm::StringRef startOf(const AsyncType &type) { return type.isLazy() ? "lazy" : type.isEager() ? "eager" : "start unknown"; }

/// The variable that is initialised with the task, or with something around it.
const VarDecl *declaredWith(const Expr *creation, const Body &body) {
  const Stmt *parent = body.parentOf(creation);
  while (parent && !isa<DeclStmt>(parent))
    parent = body.parentOf(parent);
  if (!parent)
    return nullptr;
  for (const Decl *decl : cast<DeclStmt>(parent)->decls())
    if (const auto *variable = dyn_cast<VarDecl>(decl); variable && variable->hasInit())
      if (anyDescendant(variable->getInit(), [&](const Stmt *node) { return node == creation; }))
        return variable;
  return nullptr;
}

} // namespace

void DroppedTasks::print(const Body &body, llvm::raw_ostream &out) {
  const std::vector<DroppedTask> dropped = in(body);
  for (const Stmt *node : body.nodes)
    if (createdBy(node))
      printTask(body, cast<Expr>(node), dropped, out);
}

void DroppedTasks::printTask(const Body &body, const Expr *creation, llvm::ArrayRef<DroppedTask> dropped, llvm::raw_ostream &out) {
  const ASTContext &context = graphs_.context();
  out << "task " << quoted(creation, context) << " of type `" << creation->getType().getAsString(context.getPrintingPolicy()) << "`, "
      << startOf(*createdBy(creation)) << '\n';
  const VarDecl *holder = declaredWith(creation, body);
  for (const Destination &destination : TaskJourneys(types_, callees_).of(creation, body)) {
    out << "  " << described(destination, context) << '\n';
    holder = holder ? holder : destination.holder;
  }
  const auto *verdict = llvm::find_if(dropped, [&](const DroppedTask &task) { return task.creation == creation; });
  if (verdict != dropped.end() && verdict->variable)
    holder = verdict->variable;
  if (holder)
    for (const DeclRefExpr *reference : body.references(holder))
      out << "  `" << holder->getName() << "` " << lineAndColumn(reference->getLocation(), context) << ' '
          << nameOf(useOf(reference, body, types_, callees_)) << '\n';
  if (verdict == dropped.end()) {
    out << "  consumed, or nothing can be told\n";
    return;
  }
  out << "  dropped: " << nameOf(verdict->how) << ", for " << nameOf(verdict->speaker) << '\n';
  for (const DroppingPath::Turn &turn : verdict->path.turns)
    out << "    where " << quoted(turn.condition, context) << (turn.truth ? " is true" : " is false") << '\n';
  if (verdict->path.overwrittenBy)
    out << "    overwritten " << lineAndColumn(verdict->path.overwrittenBy->getBeginLoc(), context) << '\n';
}

} // namespace coroguard
