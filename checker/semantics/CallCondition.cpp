// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per family of predicates; what only a running program can tell is unknown.
#include "checker/semantics/CallCondition.h"

#include "checker/semantics/Durations.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/SystemConstants.h"

using namespace clang;

namespace coroguard {

using catalog::Atom;
using catalog::Predicate;

Truth CallCondition::holds(const catalog::BlockingModel &row, const CallSite &call, const Body &body,
                           llvm::StringRef &category) {
  category = row.category;
  if (row.blocks == catalog::Blocks::Always)
    return Truth::Yes;
  Truth all = Truth::Yes;
  for (const Atom &one : row.when) {
    const Truth value = atom(one, call, body, category);
    all = all & (one.negated ? !value : value);
  }
  return all;
}

Truth CallCondition::onDescriptor(const Atom &atom, const Expr *argument, const Body &body, llvm::StringRef &category) {
  switch (descriptors_.kindOf(argument, body)) {
  case Descriptor::Unknown: return Truth::Unknown;
  case Descriptor::NonBlocking: return Truth::No;
  case Descriptor::Blocking: return truthOf(atom.predicate == Predicate::FdBlocking);
  case Descriptor::Regular: break;
  }
  // Whatever the mode of its descriptor, a file is read from and written to the disk.
  if (!atom.negated && (category == "io" || atom.predicate == Predicate::RegularFile)) {
    category = "disk";
    return Truth::Yes;
  }
  return truthOf(atom.predicate == Predicate::RegularFile);
}

Truth CallCondition::isLarger(const Expr *argument, llvm::StringRef limit, const Body &body) {
  int64_t bound = 0;
  if (!argument || limit.getAsInteger(10, bound))
    return Truth::Unknown;
  if (const auto *literal = dyn_cast<StringLiteral>(argument->IgnoreParenImpCasts()))
    return truthOf(static_cast<int64_t>(literal->getByteLength()) > bound);
  const std::optional<int64_t> size = integerOf(argument, body, context_);
  return size ? truthOf(*size > bound) : Truth::Unknown;
}

Truth CallCondition::atom(const Atom &atom, const CallSite &call, const Body &body, llvm::StringRef &category) {
  const Expr *argument = nullptr;
  if (atom.argument >= 0 && static_cast<size_t>(atom.argument) < call.arguments.size())
    argument = call.arguments[atom.argument];
  if (const auto *defaulted = dyn_cast_or_null<CXXDefaultArgExpr>(argument))
    argument = defaulted->getExpr();
  switch (atom.predicate) {
  case Predicate::FdBlocking:
  case Predicate::RegularFile: return onDescriptor(atom, argument, body, category);
  case Predicate::Flag:
    return argument ? hasFlag(argument, atom.operands.front(), body, context_) : Truth::No;
  case Predicate::Value: {
    Truth any = Truth::No;
    for (llvm::StringRef name : atom.operands)
      any = argument ? std::max(any, hasValue(argument, name, body, context_)) : any;
    return any;
  }
  case Predicate::Zero: return isZeroSpan(argument, body, context_);
  case Predicate::Null: return isNullPointer(argument, body, context_);
  case Predicate::Timeout: return isTimeout(argument, body, context_);
  case Predicate::Deadline: return isFutureDeadline(argument, body, context_);
  case Predicate::StreamOnDevice: return descriptors_.isOnDevice(argument, body);
  case Predicate::StandardStream: return descriptors_.isStandardStream(argument, body);
  case Predicate::HandleBlocking: {
    const Expr *handle = argument ? argument : call.object;
    return descriptors_.isMadeNonBlocking(handle, body) ? Truth::No : Truth::Unknown;
  }
  case Predicate::Larger: return isLarger(argument, atom.operands.front(), body);
  // Code that runs on a loop is not the loop: its waits are its own.
  case Predicate::IdleSite: return Truth::No;
  case Predicate::OnLoop: {
    const Expr *handle = call.object || call.arguments.empty() ? call.object : call.arguments.front();
    return handle && descriptors_.isMadeNonBlocking(handle, body) ? Truth::No : Truth::Yes;
  }
  case Predicate::Contended:
  case Predicate::NotReady: break;
  }
  return Truth::Unknown;
}

} // namespace coroguard
