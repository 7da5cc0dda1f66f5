// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The waits of event loops: each may be a loop's idle wait, a nested loop, or a call that blocks. And condition variables,
// which are idle waits in loops run by several threads.
#include "runtime/intercept/custom.h"
#include "runtime/intercept/headers.h"

namespace coroguard::guard {
namespace {

using record::wait_kind;

int64_t nanoseconds(int milliseconds) { return milliseconds < 0 ? -1 : int64_t(milliseconds) * 1'000'000; }
int64_t nanoseconds(const timespec *t) { return is_address(t) ? int64_t(t->tv_sec) * 1'000'000'000 + t->tv_nsec : -1; }
int64_t nanoseconds(const __kernel_timespec *t) { return is_address(t) ? int64_t(t->tv_sec) * 1'000'000'000 + t->tv_nsec : -1; }
int64_t nanoseconds(const timeval *t) { return is_address(t) ? int64_t(t->tv_sec) * 1'000'000'000 + int64_t(t->tv_usec) * 1000 : -1; }

unsigned bits(int nfds, const fd_set *set) {
  unsigned n = 0;
  if (is_address(set))
    for (int i = 0; i < nfds && i < FD_SETSIZE; i += 64)
      n += unsigned(__builtin_popcountl(*reinterpret_cast<const unsigned long *>(reinterpret_cast<const char *>(set) + i / 8)));
  return n;
}

struct site {
  function_id function;
  const void *caller, *frame;
};

template <class Call> [[gnu::always_inline]] inline auto wait_here(site where, wait_kind kind, uint64_t key, int64_t timeout, unsigned width, Call real) {
  if (!is_outermost(where.frame) || process.disabled)
    return real();
  wait_call w{context_of(where.function, where.caller, where.frame), kind, key, timeout, width};
  w.call.start_ns = sys::now();
  wait_role role = enter_wait(w);
  if (role == wait_role::pass) {
    auto result = real();
    if (self.block && result > 0)
      leave_wait(w, role, result);
    return result;
  }
  if (role == wait_role::idle) {
    if (kind == wait_kind::io_uring) // liburing's waits call each other
      self.outermost = reinterpret_cast<uint64_t>(where.frame);
    auto result = real();
    self.outermost = 0;
    leave_wait(w, role, result);
    return result;
  }
  enter_call(w.call, where.frame);
  auto result = real();
  uint64_t duration = end_call(w.call);
  leave_wait(w, role, result);
  if (process.opt.calls && duration >= uint64_t(process.opt.min_wait_us) * 1000)
    report_call(w.call, duration, record::kind::call, nullptr, w.call.ip);
  return result;
}

#define COROGUARD_WAIT(function, result, parameters, arguments, kind, key, timeout, width)                                       \
  COROGUARD_REAL(function, result, parameters, arguments)                                                                        \
  COROGUARD_EXPORT result hook_##function parameters __asm__(#function);                                                         \
  result hook_##function parameters {                                                                                            \
    return wait_here({id_##function, __builtin_return_address(0), __builtin_frame_address(0)}, kind, key, timeout, width,        \
                     [&] { return real_##function arguments; });                                                                 \
  }

uint64_t key_of(int epfd) { return uint64_t(epfd) + 1; }
uint64_t key_of(const io_uring *ring) { return reinterpret_cast<uint64_t>(ring); }

COROGUARD_WAIT(epoll_wait, int, (int epfd, epoll_event *events, int size, int timeout), (epfd, events, size, timeout), wait_kind::epoll,
               key_of(epfd), nanoseconds(timeout), 0)
COROGUARD_WAIT(epoll_pwait, int, (int epfd, epoll_event *events, int size, int timeout, const sigset_t *mask),
               (epfd, events, size, timeout, mask), wait_kind::epoll, key_of(epfd), nanoseconds(timeout), 0)
COROGUARD_WAIT(epoll_pwait2, int, (int epfd, epoll_event *events, int size, const timespec *timeout, const sigset_t *mask),
               (epfd, events, size, timeout, mask), wait_kind::epoll, key_of(epfd), nanoseconds(timeout), 0)
COROGUARD_WAIT(poll, int, (pollfd * fds, nfds_t count, int timeout), (fds, count, timeout), wait_kind::poll, 0, nanoseconds(timeout),
               unsigned(count))
COROGUARD_WAIT(__poll_chk, int, (pollfd * fds, nfds_t count, int timeout, size_t size), (fds, count, timeout, size), wait_kind::poll, 0,
               nanoseconds(timeout), unsigned(count))
COROGUARD_WAIT(ppoll, int, (pollfd * fds, nfds_t count, const timespec *timeout, const sigset_t *mask), (fds, count, timeout, mask),
               wait_kind::poll, 0, nanoseconds(timeout), unsigned(count))
COROGUARD_WAIT(__ppoll_chk, int, (pollfd * fds, nfds_t count, const timespec *timeout, const sigset_t *mask, size_t size),
               (fds, count, timeout, mask, size), wait_kind::poll, 0, nanoseconds(timeout), unsigned(count))
COROGUARD_WAIT(select, int, (int nfds, fd_set *in, fd_set *out, fd_set *except, timeval *timeout), (nfds, in, out, except, timeout),
               wait_kind::select, 0, nanoseconds(timeout), bits(nfds, in) + bits(nfds, out))
COROGUARD_WAIT(pselect, int, (int nfds, fd_set *in, fd_set *out, fd_set *except, const timespec *timeout, const sigset_t *mask),
               (nfds, in, out, except, timeout, mask), wait_kind::select, 0, nanoseconds(timeout), bits(nfds, in) + bits(nfds, out))
COROGUARD_WAIT(io_uring_enter, int, (unsigned fd, unsigned submit, unsigned wanted, unsigned flags, sigset_t *mask),
               (fd, submit, wanted, flags, mask), wait_kind::io_uring, key_of(int(fd)), wanted ? -1 : 0, 0)
COROGUARD_WAIT(io_uring_submit_and_wait, int, (io_uring * ring, unsigned wanted), (ring, wanted), wait_kind::io_uring, key_of(ring),
               wanted ? -1 : 0, 0)
COROGUARD_WAIT(io_uring_submit_and_wait_timeout, int,
               (io_uring * ring, io_uring_cqe **cqe, unsigned wanted, __kernel_timespec *timeout, sigset_t *mask),
               (ring, cqe, wanted, timeout, mask), wait_kind::io_uring, key_of(ring), wanted ? nanoseconds(timeout) : 0, 0)
COROGUARD_WAIT(io_uring_wait_cqes, int, (io_uring * ring, io_uring_cqe **cqe, unsigned wanted, __kernel_timespec *timeout, sigset_t *mask),
               (ring, cqe, wanted, timeout, mask), wait_kind::io_uring, key_of(ring), wanted ? nanoseconds(timeout) : 0, 0)
COROGUARD_WAIT(io_uring_wait_cqe_timeout, int, (io_uring * ring, io_uring_cqe **cqe, __kernel_timespec *timeout), (ring, cqe, timeout),
               wait_kind::io_uring, key_of(ring), nanoseconds(timeout), 0)
COROGUARD_WAIT(__io_uring_get_cqe, int, (io_uring * ring, io_uring_cqe **cqe, unsigned submit, unsigned wanted, sigset_t *mask),
               (ring, cqe, submit, wanted, mask), wait_kind::io_uring, key_of(ring), wanted ? -1 : 0, 0)

// --- condition variables and absolute sleeps ---------------------------------------------------------------------

template <class Call> [[gnu::always_inline]] inline auto condition_here(site where, Call real) {
  if (process.disabled || !is_outermost(where.frame))
    return real();
  call_context call = context_of(where.function, where.caller, where.frame);
  call.start_ns = sys::now();
  if (enter_idle_condition(call)) {
    auto result = real();
    leave_idle_condition();
    return result;
  }
  if (!self.armed) {
    auto result = real();
    leave_unknown_condition(call);
    return result;
  }
  enter_call(call, where.frame);
  auto result = real();
  uint64_t duration = end_call(call);
  if (duration >= uint64_t(process.opt.min_wait_us) * 1000 && !learn_idle_condition(call, duration) && process.opt.calls)
    report_call(call, duration, record::kind::call, nullptr, 0);
  return result;
}

#define COROGUARD_CONDITION(function, parameters, arguments)                                                                     \
  COROGUARD_REAL(function, int, parameters, arguments)                                                                           \
  static __attribute__((noinline)) int watched_##function parameters {                                                          \
    return condition_here({id_##function, __builtin_return_address(0), __builtin_frame_address(0)},                              \
                          [&] { return real_##function arguments; });                                                            \
  }                                                                                                                              \
  static __attribute__((noinline)) int unwatched_##function parameters {                                                         \
    int result = real_##function arguments;                                                                                      \
    if (__builtin_expect(process.idle_sites_used.load(std::memory_order_relaxed) != 0, 0)) /* learned while it waited */         \
      leave_unknown_condition(context_of(id_##function, __builtin_return_address(0), __builtin_frame_address(0)));               \
    return result;                                                                                                               \
  }                                                                                                                              \
  COROGUARD_EXPORT int hook_##function parameters __asm__(#function);                                                            \
  int hook_##function parameters {                                                                                               \
    if (COROGUARD_UNLIKELY_ARMED || process.idle_sites_used.load(std::memory_order_relaxed) != 0)                                \
      return watched_##function arguments;                                                                                       \
    return unwatched_##function arguments;                                                                                        \
  }

COROGUARD_CONDITION(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t *mutex), (condition, mutex))
COROGUARD_CONDITION(pthread_cond_timedwait, (pthread_cond_t * condition, pthread_mutex_t *mutex, const timespec *until), (condition, mutex, until))
COROGUARD_CONDITION(pthread_cond_clockwait, (pthread_cond_t * condition, pthread_mutex_t *mutex, clockid_t clock, const timespec *until),
                    (condition, mutex, clock, until))
COROGUARD_CONDITION(cnd_wait, (cnd_t * condition, mtx_t *mutex), (condition, mutex))
COROGUARD_CONDITION(cnd_timedwait, (cnd_t * condition, mtx_t *mutex, const timespec *until), (condition, mutex, until))

COROGUARD_REAL(clock_nanosleep, int, (clockid_t clock, int flags, const timespec *t, timespec *remain), (clock, flags, t, remain))
__attribute__((noinline)) int watched_clock_nanosleep(clockid_t clock, int flags, const timespec *t, timespec *remain) {
  const void *frame = __builtin_frame_address(0), *caller = __builtin_return_address(0);
  bool sleeps = is_address(t) && (flags & TIMER_ABSTIME ? in_future(t, clock) : t->tv_sec > 0 || t->tv_nsec > 0);
  if (!sleeps || !is_outermost(frame))
    return real_clock_nanosleep(clock, flags, t, remain);
  call_context call = context_of(id_clock_nanosleep, caller, frame);
  enter_call(call, frame);
  int result = real_clock_nanosleep(clock, flags, t, remain);
  conclude_call(call, finding_level::always, end_call(call), any_switches);
  return result;
}
COROGUARD_EXPORT int hook_clock_nanosleep(clockid_t, int, const timespec *, timespec *) __asm__("clock_nanosleep");
int hook_clock_nanosleep(clockid_t clock, int flags, const timespec *t, timespec *remain) {
  if (COROGUARD_UNLIKELY_ARMED)
    return watched_clock_nanosleep(clock, flags, t, remain);
  return real_clock_nanosleep(clock, flags, t, remain);
}

} // namespace
} // namespace coroguard::guard
