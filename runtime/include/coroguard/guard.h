/* SPDX-FileCopyrightText: coroguard contributors
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The guard's C interface. Every function is a weak reference: a program that includes this header and runs without the guard
 * links and runs as before. C++ programs use guard.hpp. */
#ifndef COROGUARD_GUARD_H
#define COROGUARD_GUARD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(COROGUARD_BUILDING_GUARD)
#define COROGUARD_API __attribute__((visibility("default")))
struct coroguard_report_view;
__attribute__((weak)) void coroguard_throw_report(const struct coroguard_report_view *report);
#else
#define COROGUARD_API __attribute__((weak))
#endif

/** What a report callback sees. Texts live until the callback returns. */
struct coroguard_report_view {
  const char *rule;     /**< rule id, as the checker's */
  const char *kind;     /**< call or stall */
  const char *function; /**< the call as the user wrote it; empty if none is known */
  const char *label;    /**< handler, test or mark; may be empty */
  uint64_t duration_ns;
  uint64_t count; /**< how often this place was reported, with this time */
};

struct coroguard_counts {
  uint64_t reports; /**< proven blocking calls and stalls */
  uint64_t calls, stalls;
  uint64_t allowed; /**< hits inside allow scopes */
};

/** From here on a blocking call of this thread is reported, loop or not. Scopes nest; the innermost decides. `reason` must
 *  outlive the process. Not for use across a suspension: scopes belong to a thread. */
COROGUARD_API void coroguard_forbid_enter(const char *reason);
COROGUARD_API void coroguard_forbid_leave(void);
/** From here on blocking calls of this thread are counted under `reason` instead of reported. */
COROGUARD_API void coroguard_allow_enter(const char *reason);
COROGUARD_API void coroguard_allow_leave(void);

/** Marks a stretch of code as a blocking call by the name of `name`: reported on a loop thread as if libc had it. */
COROGUARD_API uint64_t coroguard_mark_enter(const char *name);
COROGUARD_API void coroguard_mark_leave(const char *name, uint64_t token);

/** Declares this thread a loop, for loops without a wait the guard knows; `name` is copied. */
COROGUARD_API void coroguard_loop_begin(const char *name);
COROGUARD_API void coroguard_loop_end(void);
/** Names the loop of this thread, however and whenever it is recognised. `name` is copied. */
COROGUARD_API void coroguard_loop_name(const char *name);
/** One turn of a busy-polling loop ends and the next begins. */
COROGUARD_API void coroguard_heartbeat(void);
/** The loop of this thread waits, in a way the guard cannot see, until idle_leave. */
COROGUARD_API void coroguard_idle_enter(void);
COROGUARD_API void coroguard_idle_leave(void);
/** What runs now: a handler, a coroutine, a test. Copied; null clears it. */
COROGUARD_API void coroguard_label(const char *what);
/** `describe` writes what runs now in the calling thread, cut off and zero-terminated; asked for reports of places that have no
 *  label. It must be async-signal-safe: a stuck thread is asked in a signal handler. For coroutine runtimes, whose tasks change
 *  too often to be told about. */
COROGUARD_API void coroguard_label_source(void (*describe)(char *into, uint64_t size));

/** Called in the thread that caused a proven report; may throw. Null ends it. The option on_report=callback calls a function
 *  `void coroguard_report_callback(const struct coroguard_report_view *)` of the program. */
COROGUARD_API void coroguard_on_report(void (*callback)(const struct coroguard_report_view *));
COROGUARD_API void coroguard_read_counts(struct coroguard_counts *into);
/** Counts what this thread has seen but not proven, because it did not return to its loop yet. */
COROGUARD_API void coroguard_settle(void);
/** 1 if the guard is in this process and watches. */
COROGUARD_API int coroguard_active(void);

#ifdef __cplusplus
}
#endif
#endif
