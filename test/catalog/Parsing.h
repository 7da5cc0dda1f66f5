// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shorthands of the catalogue's tests: parse a text, and the problems as text.
#pragma once

#include "rules/catalog/ModelFile.h"

#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

namespace coroguard::catalog {

inline std::string messageOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}

/// One problem per line; "" when the file is good.
inline std::string modelProblems(StringRef text, ModelOrigin origin = ModelOrigin::User, StringRef file = "m.yaml") {
  auto parsed = parseModels(llvm::MemoryBufferRef(text, file), origin);
  return parsed ? "" : messageOf(parsed.takeError());
}

inline std::string ruleProblems(StringRef text, StringRef file = "r.yaml") {
  auto parsed = parseRule(llvm::MemoryBufferRef(text, file));
  return parsed ? "" : messageOf(parsed.takeError());
}

/// Fails the test with the problems when the text is not good.
inline std::shared_ptr<const ParsedModels> modelsOf(StringRef text, ModelOrigin origin = ModelOrigin::User,
                                                    StringRef file = "m.yaml") {
  auto parsed = parseModels(llvm::MemoryBufferRef(text, file), origin);
  if (parsed) return std::shared_ptr<const ParsedModels>(std::move(*parsed));
  ADD_FAILURE() << messageOf(parsed.takeError());
  return nullptr;
}

} // namespace coroguard::catalog
