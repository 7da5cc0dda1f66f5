// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function bodies need not be parsed: about half the cost of a unit lies in bodies that no rule looks at.
#pragma once

namespace clang {
class ASTContext;
class Decl;
class SourceManager;
} // namespace clang

namespace coroguard::catalog {
class ModelIndex;
} // namespace coroguard::catalog

namespace coroguard::driver {

/// True for functions of system headers whose bodies say nothing about the user's code. Clang itself keeps bodies that
/// decide about types (constexpr, deduced results). What the coroutine protocol is made of stays: whether an awaiter
/// can suspend is read from the bodies of its functions.
bool isSkippableBody(const clang::Decl &declaration, const clang::SourceManager &sources);

/// True if the unit has templates of the user's that nobody instantiates, now that such bodies were skipped: generic
/// lambdas anywhere that suspend or call something of the user's or of the models; in the main file, where nobody writes
/// what is never used, classes and what libraries call of them. A skipped body may be what instantiates them, as
/// std::for_each does with its function, or a test library with its typed tests.
bool mayNeedSkippedBodies(const clang::ASTContext &unit, const catalog::ModelIndex &models);

} // namespace coroguard::driver
