// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the destructor of a task does with its coroutine. All are false if the unit does not show the destructor.
#pragma once

namespace clang {
class CXXRecordDecl;
} // namespace clang

namespace coroguard {

/// `~task() { handle.destroy(); }`, whatever the condition, also of a member that owns the handle: `UniqueHandle handle;`,
/// `std::unique_ptr<promise, Destroy>`.
bool destroysItsCoroutine(const clang::CXXRecordDecl *record);
/// `if (state == Completed) handle.destroy();`, `if (!handle.done()) detach(); else handle.destroy();`: otherwise it lets
/// the coroutine go on.
bool onlyDestroysTheDone(const clang::CXXRecordDecl *record);
/// `~Started() { detach(); }`
bool detachesItself(const clang::CXXRecordDecl *record);
/// `~awaitable() { if (!handle.done()) handle.resume(); }`: who drops it unawaited starts it.
bool resumesItself(const clang::CXXRecordDecl *record);

} // namespace coroguard
