// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function bodies need not be parsed.
#include "checker/driver/SystemBodies.h"

#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSwitch.h"

namespace coroguard::driver {

/// The functions that the compiler calls around a suspension.
static bool isProtocolName(llvm::StringRef name) {
  return llvm::StringSwitch<bool>(name)
      .Cases({"await_ready", "await_suspend", "await_resume", "await_transform", "initial_suspend", "final_suspend",
              "yield_value", "return_value", "return_void", "unhandled_exception", "get_return_object"},
             true)
      .Default(false);
}

bool isSkippableBody(const clang::Decl &declaration, const clang::SourceManager &sources) {
  if (!sources.isInSystemHeader(declaration.getLocation()))
    return false;
  const clang::FunctionDecl *function = declaration.getAsFunction();
  if (!function)
    return true;
  if (function->getOverloadedOperator() == clang::OO_Coawait)
    return false;
  const clang::IdentifierInfo *name = function->getIdentifier();
  return !name || !isProtocolName(name->getName());
}

} // namespace coroguard::driver
