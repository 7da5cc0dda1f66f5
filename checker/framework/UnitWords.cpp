// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What can be told from words alone.
#include "checker/framework/UnitWords.h"

#include "llvm/ADT/STLExtras.h"

namespace coroguard {

using catalog::FunctionRole;
using catalog::TypeRole;

bool UnitWords::hasAny(std::initializer_list<llvm::StringRef> words) const {
  return llvm::any_of(words, [&](llvm::StringRef word) { return has(word); });
}

bool UnitWords::hasPart(llvm::StringRef part) const {
  return hasLike([&](llvm::StringRef word) { return word.contains(part); });
}

llvm::ArrayRef<llvm::StringLiteral> asyncWords() {
  static constexpr llvm::StringLiteral words[] = {
      "co_await",          "co_yield",         "co_return",        "co_", // pasted together by a macro
      "promise_type",      "coroutine_traits", "coroutine_handle", "noop_coroutine",
      "get_return_object", "initial_suspend",  "final_suspend",    "unhandled_exception",
      "yield_value",       "await_ready",      "await_suspend",    "await_resume",
      "await_transform",   "nonblocking",      "coroguard",        "__cpp_coroutines"};
  return words;
}

/// What makes code async without a coroutine in sight. The other roles matter only where code is async already.
static bool startsAsync(TypeRole role) {
  switch (role) {
  case TypeRole::Task:
  case TypeRole::Detached:
  case TypeRole::Generator:
  case TypeRole::AsyncSequence:
  case TypeRole::Handle:
  case TypeRole::Loop:
    return true;
  case TypeRole::Future:
  case TypeRole::ThreadPool:
  case TypeRole::Thread:
  case TypeRole::AsyncMutex:
  case TypeRole::Mutex:
  case TypeRole::LockGuard:
  case TypeRole::Cancellation:
  case TypeRole::StopToken:
  case TypeRole::Context:
    return false;
  }
  return true;
}

static bool startsAsync(const catalog::FunctionModel &row) {
  switch (row.role) {
  case FunctionRole::Inline:
  case FunctionRole::Thread:
  case FunctionRole::Move:
  case FunctionRole::Offload:
  case FunctionRole::Keeps:
  case FunctionRole::Ready:
  case FunctionRole::Detach:
  case FunctionRole::Resumes:
    return row.returnsTask;
  default:
    return true;
  }
}

/// A qualified name can stand for something only if each of its parts is a word of the unit.
static bool mayName(const UnitWords &words, llvm::StringRef qualified) {
  while (!qualified.empty()) {
    auto [part, rest] = qualified.split("::");
    if (!part.empty() && !part.starts_with("operator") && !words.has(part)) return false;
    qualified = rest;
  }
  return true;
}

bool mayBeAsync(const UnitWords &words, const catalog::ModelIndex &models) {
  return llvm::any_of(asyncWords(), [&](llvm::StringRef word) { return words.has(word); }) ||
         llvm::any_of(
             models.allTypes(),
             [&](const catalog::TypeModel &row) { return startsAsync(row.role) && mayName(words, row.name); }) ||
         llvm::any_of(models.allFunctions(),
                      [&](const catalog::FunctionModel &row) { return startsAsync(row) && mayName(words, row.name); });
}

} // namespace coroguard
