// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tasks of a body borrow, as text.
#include "checker/flow/Borrow.h"
#include "checker/semantics/Awaiting.h"

#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {

llvm::StringRef nameOf(Keep keep) { return keep == Keep::Yes ? "yes" : keep == Keep::Maybe ? "maybe" : "no"; }

void Borrows::print(const Body &body, llvm::raw_ostream &out) {
  for (const Stmt *node : body.nodes)
    if (const auto *call = dyn_cast<CallExpr>(node); call && call->isPRValue() && types_.classify(call->getType()))
      printCall(body, call, out);
  static constexpr llvm::StringLiteral kWhat[] = {"argument", "closure", "capture"};
  for (const DanglingBorrow &borrow : dangling()) {
    if (borrow.body != &body)
      continue;
    out << "dangling " << kWhat[static_cast<unsigned>(borrow.what)] << " `" << borrow.name << "` of " << quoted(borrow.call, context_)
        << ": " << described(borrow.storage);
    if (borrow.destination.at)
      out << ", the task is " << described(borrow.destination, context_);
    out << '\n';
  }
}

void Borrows::printCall(const Body &body, const CallExpr *call, llvm::raw_ostream &out) {
  const std::optional<CallSite> site = CallSite::of(call);
  if (!site || !site->callee)
    return;
  out << "call " << quoted(call, context_) << '\n';
  if (site->object)
    out << "  keeps its object: " << nameOf(keepsObject(site->callee)) << '\n';
  for (unsigned i = 0; i < site->arguments.size(); ++i) {
    const ParmVarDecl *parameter = site->parameter(i);
    if (!parameter || !mayBorrow(parameter->getType()))
      continue;
    const bool reference = parameter->getType()->isReferenceType();
    const Storage storage = reference ? storageOf(site->arguments[i], body) : pointeeOf(site->arguments[i], body);
    out << "  `" << parameter->getName() << "` keeps " << described(storage) << ": "
        << nameOf(keepsParameter(site->callee, parameter->getFunctionScopeIndex())) << '\n';
  }
  for (const Destination &destination : journeys_.of(call, body))
    out << "  the task is " << described(destination, context_) << '\n';
}

} // namespace coroguard
