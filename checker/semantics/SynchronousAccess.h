// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What ordinary code gets from an object without awaiting it: by its shape alone, whatever library it is of.
#pragma once

#include "clang/AST/DeclCXX.h"

namespace coroguard {

/// `operator T &() &`, `template <class U> operator U()`: the result as the conversion of the task.
bool convertsToResult(const clang::CXXRecordDecl *record);
/// `T &operator*()` where awaiting `self`, a `record`, gives a `T`; `operator bool` of an awaiter (`isOperation`) whose
/// `await_resume` says `bool` itself.
bool readsSynchronously(const clang::CXXRecordDecl *record, clang::QualType self, bool isOperation);
bool convertsToBool(const clang::CXXRecordDecl *record);
/// optional, expected, result: coroutines may return them (to leave early at the first error), but their value is there
/// or not, and nobody has to wait for it.
bool holdsItsValue(const clang::CXXRecordDecl *record);

} // namespace coroguard
