// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What to do instead, in the words of the library the user works with.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

#include <string>

namespace coroguard {

class Cures {
public:
  Cures(const catalog::ModelIndex &models, TaskTypes &types) : models_(models), types_(types) {}

  /// The library whose coroutine `body` is (or is written in); null for unknown libraries.
  const catalog::LibraryInfo *libraryOf(const Body &body);
  /// The cure for a purpose (await, run, spawn, sleep, offload, iterate, gather, …) in that library, else in general
  /// terms; empty if the catalogue has none. `{task}` and `{duration}` become `subject`.
  std::string text(llvm::StringRef purpose, const catalog::LibraryInfo *library, llvm::StringRef subject = "");

private:
  const catalog::ModelIndex &models_;
  TaskTypes &types_;
};

} // namespace coroguard
