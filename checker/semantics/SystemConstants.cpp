// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Macros leave no trace in the syntax tree but their spelling; their values come from Linux's generic headers.
#include "checker/semantics/SystemConstants.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringMap.h"

using namespace clang;

namespace coroguard {
namespace {

/// include/uapi/asm-generic of Linux and glibc's bits/ for x86, Arm and RISC-V, which agree on these.
const llvm::StringMap<int64_t> &linuxConstants() {
  static const llvm::StringMap<int64_t> constants = {
      {"O_NONBLOCK", 04000},     {"O_NDELAY", 04000},        {"SOCK_NONBLOCK", 04000},     {"EFD_NONBLOCK", 04000},
      {"TFD_NONBLOCK", 04000},   {"SFD_NONBLOCK", 04000},    {"IN_NONBLOCK", 04000},       {"FNDELAY", 04000},
      {"F_SETFL", 4},            {"FIONBIO", 0x5421},        {"MSG_DONTWAIT", 0x40},       {"SPLICE_F_NONBLOCK", 2},
      {"RWF_NOWAIT", 8},         {"IPC_NOWAIT", 04000},      {"LOCK_NB", 4},               {"LOCK_UN", 8},
      {"WNOHANG", 1},            {"F_LOCK", 1},              {"F_SETLKW", 7},              {"F_OFD_SETLKW", 38},
      {"AI_NUMERICHOST", 4},     {"NI_NUMERICHOST", 1},      {"GRND_NONBLOCK", 1},         {"GRND_RANDOM", 2},
      {"MS_SYNC", 4},            {"MAP_POPULATE", 0x8000},   {"MFD_HUGETLB", 4},           {"MNT_DETACH", 2},
      {"LOG_NDELAY", 8},         {"TCSADRAIN", 1},           {"TCSAFLUSH", 2},             {"_IONBF", 2},
      {"MADV_POPULATE_READ", 22}, {"MADV_POPULATE_WRITE", 23}, {"MADV_COLD", 20},          {"MADV_PAGEOUT", 21},
      {"TIMER_ABSTIME", 1},
  };
  return constants;
}

/// Do the macros this token came out of include `name`?
bool comesFromMacro(SourceLocation location, llvm::StringRef name, ASTContext &context) {
  const SourceManager &sources = context.getSourceManager();
  while (location.isMacroID()) {
    if (Lexer::getImmediateMacroName(location, sources, context.getLangOpts()) == name)
      return true;
    location = sources.getImmediateMacroCallerLoc(location);
  }
  return false;
}

/// `expr` mentions the constant by name, not negated: `A | NAME`, `set ? NAME : 0`.
bool mentions(const Expr *expr, llvm::StringRef name, ASTContext &context) {
  return anyDescendant(expr, [&](const Stmt *node) {
    if (const auto *reference = dyn_cast<DeclRefExpr>(node))
      if (reference->getDecl()->getDeclName().isIdentifier() && reference->getDecl()->getName() == name)
        return true;
    return node->getBeginLoc().isMacroID() && comesFromMacro(node->getBeginLoc(), name, context);
  });
}

const Expr *throughLocals(const Expr *expr, const Body &body) {
  if (const VarDecl *variable = localOf(expr))
    if (const Expr *value = soleValueOf(variable, body))
      return value;
  return expr;
}

} // namespace

std::optional<int64_t> systemConstant(llvm::StringRef name, ASTContext &context) {
  for (const NamedDecl *found : context.getTranslationUnitDecl()->lookup(&context.Idents.get(name)))
    if (const auto *enumerator = dyn_cast<EnumConstantDecl>(found))
      return enumerator->getInitVal().getExtValue();
  auto known = linuxConstants().find(name);
  return known == linuxConstants().end() ? std::nullopt : std::optional(known->second);
}

Truth hasFlag(const Expr *expr, llvm::StringRef name, const Body &body, ASTContext &context) {
  expr = throughLocals(expr, body);
  if (std::optional<int64_t> value = integerOf(expr, body, context)) {
    if (*value == 0)
      return Truth::No;
    if (std::optional<int64_t> flag = systemConstant(name, context))
      return truthOf((*value & *flag) == *flag);
    return truthOf(mentions(expr, name, context));
  }
  const auto *conditional = dyn_cast<AbstractConditionalOperator>(expr->IgnoreParenImpCasts());
  // `flags | NAME` has it whatever `flags` is.
  return !conditional && mentions(expr, name, context) ? Truth::Yes : Truth::Unknown;
}

Truth hasValue(const Expr *expr, llvm::StringRef name, const Body &body, ASTContext &context) {
  expr = throughLocals(expr, body);
  if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(peel(expr)))
    if (reference->getDecl()->getDeclName().isIdentifier() && reference->getDecl()->getName() == name)
      return Truth::Yes;
  if (const CXXRecordDecl *tag = classOf(expr->getType()))
    return truthOf(nameOf(tag) == (name + "_t").str()); // std::adopt_lock_t{}
  const std::optional<int64_t> value = integerOf(expr, body, context);
  const std::optional<int64_t> wanted = systemConstant(name, context);
  if (value && wanted)
    return truthOf(*value == *wanted);
  if (value)
    return truthOf(mentions(expr, name, context));
  return Truth::Unknown;
}

} // namespace coroguard
