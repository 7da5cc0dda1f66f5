// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The guard for C++: scopes with reasons, marks, loops that announce themselves. Header only; without the guard in the process
// every one of them costs a test of a pointer.
#pragma once

#include "coroguard/guard.h"

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace coroguard {

/// True if the guard is in this process and watches.
inline bool guard_active() noexcept { return coroguard_active && coroguard_active(); }

/// Blocking calls of this thread are reported in this scope, loop or not. The innermost scope decides. Belongs to one thread:
/// keep it out of coroutines that suspend inside it.
class [[nodiscard]] forbid_blocking {
public:
  explicit forbid_blocking(const char *reason = "") {
    if (coroguard_forbid_enter)
      coroguard_forbid_enter(reason);
  }
  ~forbid_blocking() {
    if (coroguard_forbid_leave)
      coroguard_forbid_leave();
  }
  forbid_blocking(const forbid_blocking &) = delete;
  forbid_blocking &operator=(const forbid_blocking &) = delete;
};

/// Blocking calls of this thread are counted under `reason` in this scope and not reported. `reason` must be a literal.
class [[nodiscard]] allow_blocking {
public:
  explicit allow_blocking(const char *reason) {
    if (coroguard_allow_enter)
      coroguard_allow_enter(reason);
  }
  ~allow_blocking() {
    if (coroguard_allow_leave)
      coroguard_allow_leave();
  }
  allow_blocking(const allow_blocking &) = delete;
  allow_blocking &operator=(const allow_blocking &) = delete;
};

/// As the first statement of a function: it does not block, as `[[clang::nonblocking]]` promises. For compilers without that
/// attribute; for those with it see docs/04-runtime.md.
#define COROGUARD_NONBLOCKING ::coroguard::forbid_blocking coroguard_nonblocking_scope(__func__)

/// This scope is a blocking call by that name: reported on a loop thread as if libc had it. For drivers and wrappers of one's own.
class [[nodiscard]] mark_blocking {
public:
  explicit mark_blocking(const char *name) : name_(name), token_(coroguard_mark_enter ? coroguard_mark_enter(name) : 0) {}
  ~mark_blocking() noexcept(false) {
    if (coroguard_mark_leave)
      coroguard_mark_leave(name_, token_);
  }
  mark_blocking(const mark_blocking &) = delete;
  mark_blocking &operator=(const mark_blocking &) = delete;

private:
  const char *name_;
  uint64_t token_;
};

/// This thread is an event loop while the object lives. For loops whose wait the guard cannot see: busy polling, custom waits.
class [[nodiscard]] watched_loop {
public:
  explicit watched_loop(const char *name) {
    if (coroguard_loop_begin)
      coroguard_loop_begin(name);
  }
  ~watched_loop() {
    if (coroguard_loop_end)
      coroguard_loop_end();
  }
  watched_loop(const watched_loop &) = delete;
  watched_loop &operator=(const watched_loop &) = delete;

  /// A turn ends and the next begins.
  void heartbeat() noexcept {
    if (coroguard_heartbeat)
      coroguard_heartbeat();
  }
  /// Around the loop's own wait: what happens inside is idle time.
  template <class Wait> decltype(auto) idle(Wait &&wait) {
    struct span {
      span() { if (coroguard_idle_enter) coroguard_idle_enter(); }
      ~span() { if (coroguard_idle_leave) coroguard_idle_leave(); }
    } around;
    return static_cast<Wait &&>(wait)();
  }
};

/// Names the loop of this thread in reports, however the guard found it.
inline void name_loop(const char *name) noexcept {
  if (coroguard_loop_name)
    coroguard_loop_name(name);
}

/// Names what runs now in reports of this thread.
class [[nodiscard]] handler_label {
public:
  explicit handler_label(const char *what) noexcept {
    if (coroguard_label)
      coroguard_label(what);
  }
  ~handler_label() {
    if (coroguard_label)
      coroguard_label(nullptr);
  }
  handler_label(const handler_label &) = delete;
  handler_label &operator=(const handler_label &) = delete;
};

/// Thrown by the blocking call itself after `throw_on_report()`.
struct blocking_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace coroguard

/// What on_report=throw calls: throws, unless an exception is in flight already.
extern "C" __attribute__((used, visibility("default"))) inline void coroguard_throw_report(const coroguard_report_view *r) {
  if (std::uncaught_exceptions() == 0)
    throw coroguard::blocking_error("'" + std::string(r->function) + "' blocks the thread of the event loop [" + r->rule + "]");
}

namespace coroguard {

using guard_callback = void (*)(const coroguard_report_view *);
/// `callback` sees every proven report, in the thread that caused it. Null ends it.
inline void on_guard_report(guard_callback callback) noexcept {
  if (coroguard_on_report)
    coroguard_on_report(callback);
}
/// From now on a proven report throws blocking_error: out of the call in forbid scopes and announced loops, out of the loop's
/// next wait elsewhere. For tests that should stop at once.
inline void throw_on_report() noexcept { on_guard_report(coroguard_throw_report); }

/// What the guard has proven so far in this process.
inline coroguard_counts guard_counts() noexcept {
  coroguard_counts counts{};
  if (coroguard_settle && coroguard_read_counts) {
    coroguard_settle();
    coroguard_read_counts(&counts);
  }
  return counts;
}

} // namespace coroguard
