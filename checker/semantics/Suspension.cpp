// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Classes of suspension points.
#include "checker/semantics/Suspension.h"

using namespace clang;

namespace coroguard {

SuspensionClass classify(const CoroutineSuspendExpr *suspension, TaskTypes &types, bool mayHopThread) {
  if (suspendsAt(suspension, types) == Suspends::Never)
    return SuspensionClass::NeverSuspends;
  if (mayHopThread)
    return SuspensionClass::MayHopThread;
  const CXXRecordDecl *awaiter = classOf(suspension->getCommonExpr()->getType());
  return awaiter && resumesInline(awaiter) ? SuspensionClass::ResumesInline : SuspensionClass::MaySuspend;
}

llvm::StringRef nameOf(SuspensionClass suspension) {
  switch (suspension) {
  case SuspensionClass::NeverSuspends: return "never suspends";
  case SuspensionClass::ResumesInline: return "resumes inline";
  case SuspensionClass::MaySuspend: return "may suspend";
  case SuspensionClass::MayHopThread: return "may hop thread";
  }
  return "";
}

} // namespace coroguard
