// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What callers need to know of a function without looking into it. Plain data that can be written down, so that a step
// over the whole program can join the units.
#pragma once

#include "checker/flow/Borrow.h"

#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace coroguard {

class Unit;

struct FunctionSummary {
  /// What becomes of a task that is given as this parameter.
  enum class Fate : uint8_t {
    NoTask,   ///< the parameter is none
    Awaited,  ///< done when the function (or the task it returns) is
    Stored,   ///< in something that outlives the call
    Returned, ///< to the caller, as it is or inside another task
    Detached, ///< runs on by itself
    Passed,   ///< consumed somewhere the unit does not show
    Dropped,
  };
  struct Parameter {
    std::string name, type;
    Fate fate = Fate::NoTask;
    Keep keeps = Keep::No; ///< does the returned task refer to what this refers to?
    friend bool operator==(const Parameter &, const Parameter &) = default;
  };

  std::string usr;  ///< Clang's id of the declaration, the same in every unit
  std::string name; ///< qualified
  std::string file; ///< as the compiler was given it
  unsigned line = 0;
  bool coroutine = false;
  bool returnsTask = false; ///< coroutine or not
  catalog::Start start = catalog::Start::Unknown; ///< of the task it returns
  bool maySuspend = false;  ///< an await or yield of its own may suspend it
  Keep keepsObject = Keep::No; ///< does the returned task refer to `*this` or the closure?
  std::vector<std::string> leavesLocked; ///< mutexes locked by hand and not unlocked on every way
  std::vector<Parameter> parameters;

  friend bool operator==(const FunctionSummary &, const FunctionSummary &) = default;
};

FunctionSummary summarise(const Body &body, Unit &unit);

llvm::json::Object toJson(const FunctionSummary &summary);
/// The error names the member that is missing or wrong.
llvm::Expected<FunctionSummary> summaryFromJson(const llvm::json::Value &value);

} // namespace coroguard
