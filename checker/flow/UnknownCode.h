// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that run somebody else's code before they return: resumed handles, stored callbacks, events that run who waits
// for them, dispatched handlers, and functions of the unit that do one of these.
#pragma once

#include "checker/flow/HeldLocks.h"
#include "checker/semantics/Unit.h"

namespace coroguard {

/// One such call.
struct ForeignRun {
  enum class Kind : uint8_t {
    Handle,   ///< `handle.resume()`
    Callback, ///< `on_change_()`, a stored function object
    Waiters,  ///< `event.set()`, by its model
    Handler,  ///< `asio::dispatch(executor, handler)`: at once on the executor's own thread
    Helper,   ///< a function of the unit, or an algorithm with a lambda, that does one of the others
  };
  Kind kind;
  const clang::Expr *subject;         ///< what messages name
  const clang::Stmt *inside = nullptr; ///< of Helper: where it resumes or calls; of Handler: where that was found to do harm
  bool calls = false;                 ///< of Helper: it calls back, and resumes nothing
};

/// Not thread-safe; lives no longer than the unit.
class UnknownCode {
public:
  explicit UnknownCode(Unit &unit) : unit_(unit) {}

  /// What `node`, of `body`, runs. Of Handler only that it may run at once: harmOf() says whether that matters.
  std::optional<ForeignRun> at(const clang::Stmt *node, const Body &body);
  /// What a handler that may run at once does to who holds `lock`: it takes it as well, or runs unknown code. Null: nothing. A
  /// function object that nobody sees is unknown code itself.
  const clang::Stmt *harmOf(const clang::Expr *handler, const UnderLock &lock, const Body &body);

private:
  const clang::Stmt *resumesInside(const clang::Stmt *node);
  const Body *bodyRunBy(const clang::Stmt *node);
  const clang::Stmt *find(const Body &body);
  const clang::Stmt *harmIn(const Body &body, llvm::ArrayRef<const clang::ValueDecl *> mutexes, llvm::DenseSet<const Body *> &seen, unsigned depth);

  static constexpr unsigned maxDepth = 3; ///< of calls looked into; deeper ones are rarely about the same lock
  Unit &unit_;
  /// Per depth: what is found depends on how deep it may still look.
  llvm::DenseMap<std::pair<const Body *, unsigned>, const clang::Stmt *> found_;
  unsigned depth_ = 0;
};

} // namespace coroguard
