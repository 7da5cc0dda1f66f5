// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The call inside a hook: made as the program made it, between two looks at the clock, and for stdio at the stream's buffer.
#pragma once

#include "runtime/intercept/custom.h"

#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

namespace coroguard::guard {

inline FILE *find_stream(FILE *fallback) { return fallback; }
template <class First, class... Rest> FILE *find_stream(FILE *fallback, First first, Rest... rest) {
  if constexpr (__is_same(First, FILE *))
    return first;
  else
    return find_stream(fallback, rest...);
}

/// Bytes a stdio call moved, from its result and arguments; -1: it does not tell.
template <class Result> long moved_bytes(const char *name, Result result, const char *text, size_t size) {
  if constexpr (std::is_pointer_v<Result>)
    return -1;
  else {
    if (has(name, "fputs"))
      return text ? long(strlen(text)) : -1;
    if (is(name, "puts"))
      return text ? long(strlen(text)) + 1 : -1;
    if (has(name, "putc") || has(name, "getc"))
      return 1;
    if (has(name, "fwrite") || has(name, "fread"))
      return long(size_t(result) * size);
    return has(name, "printf") ? long(result) : -1;
  }
}
template <class Result> bool stdio_failed(Result result) {
  if constexpr (std::is_pointer_v<Result>)
    return result == nullptr;
  else
    return long(result) == -1;
}

template <class... T> const char *first_text(T... arguments) {
  const char *text = nullptr;
  [[maybe_unused]] auto look = [&](auto a) {
    if constexpr (__is_same(decltype(a), const char *))
      if (!text)
        text = a;
  };
  (look(arguments), ...);
  return text;
}
/// fread(ptr, size, nmemb, stream), __fread_chk(ptr, ptrlen, size, n, stream): the last size but one.
template <class... T> size_t element_size(T... arguments) {
  size_t sizes[4] = {1, 1, 1, 1};
  unsigned n = 0;
  [[maybe_unused]] auto look = [&](auto a) {
    if constexpr (__is_same(decltype(a), size_t))
      if (n < 4)
        sizes[n++] = a;
  };
  (look(arguments), ...);
  return n >= 2 ? sizes[n - 2] : 1;
}

template <class... T> FILE *stream_of(const char *name, T... arguments) {
  FILE *fallback = has(name, "scanf") || is(name, "getchar") ? stdin : is(name, "perror") ? stderr : stdout;
  return find_stream(fallback, arguments...);
}

/// The call as the program made it. New descriptors are new: what was known about their number is forgotten.
template <call_traits Traits, class Result, class... P, class... A>
[[gnu::always_inline]] inline Result straight(Result (*real)(P...), A... arguments) {
  if constexpr (Traits.makes_descriptor) {
    Result made = real(arguments...);
    if constexpr (__is_same(Result, FILE *)) {
      if (made)
        forget_descriptor(made->_fileno);
    } else {
      forget_descriptor(int(made));
    }
    return made;
  } else if constexpr (Traits.unloads) {
    Result result = real(arguments...);
    process.unloads.fetch_add(1, std::memory_order_relaxed);
    return result;
  } else {
    return real(arguments...);
  }
}

/// Output of the program itself waits only if nobody reads it; other streams count when the call reached the kernel.
inline finding_level stream_level(const stdio_probe &probe, stdio_use use, long moved, bool failed, finding_level level) {
  FILE *f = probe.stream;
  if (f->_fileno < 0 || look_up_descriptor(f->_fileno).kind == descriptor_kind::harmless || !probe.reached_kernel(use, moved, failed))
    return finding_level::none;
  if (f == stdout || f == stderr)
    return finding_level::if_waited;
  return level.level == finding_level::none ? level : finding_level::always;
}

/// Locks: the try form costs what the lock costs, and says whether anybody has to wait. True: taken, or refused for good.
inline bool try_first(int &result, const char *, pthread_mutex_t *m) { return (result = pthread_mutex_trylock(m)) != EBUSY; }
inline bool try_first(int &result, const char *, pthread_spinlock_t *l) { return (result = pthread_spin_trylock(l)) != EBUSY; }
inline bool try_first(int &result, const char *name, pthread_rwlock_t *l) {
  result = has(name, "rdlock") ? pthread_rwlock_tryrdlock(l) : pthread_rwlock_trywrlock(l);
  return result != EBUSY && result != EAGAIN;
}
inline bool try_first(int &result, const char *, mtx_t *m) { return (result = mtx_trylock(m)) == thrd_success; }
inline bool try_first(int &result, const char *, sem_t *s) {
  int before = errno;
  result = sem_trywait(s);
  if (result != 0)
    errno = before;
  return result == 0;
}

/// The call between two looks at the clock, and for stdio at the stream's buffer.
template <call_traits Traits, class Result, class... P, class... A>
[[gnu::always_inline]] inline Result perform(const char *name, call_context &call, const void *frame, finding_level level, Result (*real)(P...), A... arguments) {
  constexpr bool on_stream = Traits.stdio > stdio_use::open && (Traits.implied_stream || (__is_same(A, FILE *) || ...));
  if constexpr (Traits.tries)
    if (int result; try_first(result, name, arguments...))
      return result;
  uint32_t switches = Traits.tries || (level.level != finding_level::if_waited && !on_stream) ? any_switches : voluntary_switches();
  if constexpr (__is_same(Result, void) && !on_stream) {
    enter_call(call, frame);
    real(arguments...);
    conclude_call(call, level, end_call(call), switches);
  } else if constexpr (__is_same(Result, void)) {
    stdio_probe probe(stream_of(name, arguments...));
    enter_call(call, frame);
    real(arguments...);
    uint64_t duration = end_call(call);
    conclude_call(call, stream_level(probe, Traits.stdio, -1, false, level), duration, switches);
  } else if constexpr (on_stream) {
    FILE *stream = stream_of(name, arguments...);
    if (!stream) // fflush(nullptr): every stream; no single one to look at
      return real(arguments...);
    stdio_probe probe(stream);
    constexpr bool closes = Traits.stdio == stdio_use::close;
    if constexpr (closes) {
      bool reaches = probe.reached_kernel(Traits.stdio, -1, false);
      bool own = stream == stdout || stream == stderr || stream->_fileno < 0;
      if (own || !reaches)
        level = own ? finding_level(finding_level::none) : level;
      forget_descriptor(stream->_fileno);
    }
    enter_call(call, frame);
    Result result = real(arguments...);
    uint64_t duration = end_call(call);
    if constexpr (!closes)
      level = stream_level(probe, Traits.stdio, moved_bytes(name, result, first_text(arguments...), element_size(arguments...)),
                           stdio_failed(result), level);
    conclude_call(call, level, duration, switches);
    return result;
  } else {
    enter_call(call, frame);
    Result result = straight<Traits>(real, arguments...);
    conclude_call(call, level, end_call(call), switches);
    return result;
  }
}

} // namespace coroguard::guard

/// `first, rest` without the comma when there is no rest.
#define COROGUARD_WITH(first, ...) first __VA_OPT__(, ) __VA_ARGS__
