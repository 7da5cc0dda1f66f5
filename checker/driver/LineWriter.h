// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes `{"key": value}` lines and flushes each: what is written survives the writer's crash.
#pragma once

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::driver {

class LineWriter {
public:
  explicit LineWriter(llvm::raw_ostream &out) : out_(&out) {}

  /// Later lines go to `out`.
  void redirect(llvm::raw_ostream &out) { out_ = &out; }

  void write(llvm::StringRef key, llvm::json::Value value) {
    *out_ << llvm::json::Value(llvm::json::Object{{key, std::move(value)}}) << '\n';
    out_->flush();
  }

private:
  llvm::raw_ostream *out_;
};

} // namespace coroguard::driver
