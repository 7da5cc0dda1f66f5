// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function bodies need not be parsed: about half the cost of a unit lies in bodies that no rule looks at.
#pragma once

namespace clang {
class Decl;
class SourceManager;
} // namespace clang

namespace coroguard::driver {

/// True for functions of system headers whose bodies say nothing about the user's code. Clang itself keeps bodies that
/// decide about types (constexpr, deduced results). What the coroutine protocol is made of stays: whether an awaiter
/// can suspend is read from the bodies of its functions.
bool isSkippableBody(const clang::Decl &declaration, const clang::SourceManager &sources);

} // namespace coroguard::driver
