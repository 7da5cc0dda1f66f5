// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options of the form `qualified::name=reason`: what a team has decided to allow, and why.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace coroguard {

/// `name` is a catalogue name. An item matches the whole name, or the end of it after `::`.
inline bool isExempt(llvm::ArrayRef<std::string> allowed, llvm::StringRef name) {
  for (llvm::StringRef item : allowed) {
    const llvm::StringRef wanted = item.split('=').first.trim();
    if (!wanted.empty() && (name == wanted || (name.ends_with(wanted) && name.drop_back(wanted.size()).ends_with("::"))))
      return true;
  }
  return false;
}

} // namespace coroguard
