// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes down which NOLINT comments the preprocessor came by: those in code that is compiled out do not count.
#pragma once

#include "checker/driver/UserFindings.h"

#include "clang/Lex/Preprocessor.h"

namespace coroguard::driver {

/// Registers itself for the life of the preprocessor, and must live as long. Lines `{"nolint": {"file", "line"}}`.
class SuppressionComments : public clang::CommentHandler {
public:
  SuppressionComments(UserFindings &findings, LineWriter &lines) : findings_(findings), lines_(lines) {}
  bool HandleComment(clang::Preprocessor &preprocessor, clang::SourceRange range) override;

private:
  UserFindings &findings_;
  LineWriter &lines_;
};

} // namespace coroguard::driver
