// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which invocations stop the thread by themselves: rows of the catalogue whose conditions hold, functions declared
// blocking, runners, nested loops and waits for futures.
#pragma once

#include "checker/program/CallGraph.h"
#include "checker/semantics/CallCondition.h"
#include "checker/semantics/ReadyFutures.h"

#include <memory>
#include <optional>

namespace coroguard {

struct BlockingCall {
  enum class Kind : uint8_t {
    Listed,   ///< a row of the catalogue
    Declared, ///< `[[clang::blocking]]` or the annotation
    Runner,   ///< drives a task to its end
    Loop,     ///< runs an event loop
    Future,   ///< waits for a future, or for a task as if it were one
  };
  Kind kind;
  const catalog::BlockingModel *row = nullptr; ///< null unless the catalogue lists it
  Truth certain = Truth::Yes;                  ///< never No
  llvm::StringRef category;                    ///< empty without a row
  const clang::FunctionDecl *callee = nullptr; ///< what blocks

  /// Rule sync-wait speaks about it, not blocking-call.
  bool isWait() const { return kind >= Kind::Runner; }
};

class BlockingCalls {
public:
  BlockingCalls(clang::ASTContext &context, const CodeIndex &code, Names &names, TaskTypes &types, Callees &callees, AsyncContexts &contexts);

  /// Null if it does not block by itself. `invocation` is one of the call graph's, and as long-lived.
  const BlockingCall *of(const Invocation &invocation, const Body &body);

private:
  std::optional<BlockingCall> classify(const Invocation &invocation, const Body &body);
  std::optional<BlockingCall> asRunner(const CallSite &call, const Body &body);
  std::optional<BlockingCall> asFuture(const CallSite &call, const Body &body);
  std::optional<BlockingCall> asDroppedAsync(const Invocation &invocation, const Body &body);
  std::optional<BlockingCall> asListed(const CallSite &call, const Body &body);
  bool isLoopRun(const CallSite &call);
  bool applies(const catalog::BlockingModel &row, const CallSite &call);

  clang::ASTContext &context_;
  TaskTypes &types_;
  Callees &callees_;
  AsyncContexts &contexts_;
  CallCondition conditions_;
  ReadyFutures ready_;
  llvm::DenseMap<const Invocation *, std::unique_ptr<BlockingCall>> known_;
};

} // namespace coroguard
