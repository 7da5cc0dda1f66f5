// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One hook per intercepted row of the catalogue, made by including the generated table four times: names, conditions, real
// functions, hooks. Functions that need more than a condition are named COROGUARD_CUSTOM_… and live in waits.cpp, variadic.cpp
// and lifecycle.cpp.
#include "runtime/intercept/conditions.h"
#include "runtime/intercept/custom.h"
#include "runtime/intercept/headers.h"
#include "runtime/intercept/perform.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <type_traits>

namespace coroguard::guard {

const function_info function_table[] = {
#define COROGUARD_INTERPOSE(function, ...) {#function},
#define COROGUARD_INTERPOSE_VARIADIC(function, ...) {#function},
#include "Interposers.gen.inc"
};
const unsigned function_count = id_count;

void conclude_call(const call_context &call, finding_level level, uint64_t duration, uint32_t switches) {
  if (!process.opt.calls || level.level == finding_level::none)
    return;
  if (level.level == finding_level::if_waited) {
    if (duration < uint64_t(process.opt.min_wait_us) * 1000)
      return;
    if (switches != any_switches && voluntary_switches() == switches)
      return; // it took long because something else ran, not because it waited
  }
  report_call(call, duration, record::kind::call, nullptr, 0);
}

namespace {

struct nth_object {
  unsigned wanted;
  char path[1024];
};
int copy_path(dl_phdr_info *info, size_t, void *raw) {
  auto *object = static_cast<nth_object *>(raw);
  if (object->wanted--)
    return 0;
  strncpy(object->path, info->dlpi_name, sizeof object->path - 1);
  return 1;
}

void *base_of(const void *address) {
  Dl_info where{};
  return dladdr(address, &where) ? where.dli_fbase : nullptr;
}

/// A definition that only a plugin sees: it came as a dependency of something opened with RTLD_LOCAL, as libcrypt does with
/// Python's module. The library that has it stays loaded from now on.
void *local_symbol(const char *name) {
  int before = errno;
  auto open = reinterpret_cast<decltype(&dlopen)>(dlsym(RTLD_NEXT, "dlopen")); // not our hooks, nor a report
  auto close = reinterpret_cast<decltype(&dlclose)>(dlsym(RTLD_NEXT, "dlclose"));
  void *own = base_of(reinterpret_cast<const void *>(&next_symbol));
  for (unsigned i = 0;; ++i) {
    nth_object object{i, {}};
    if (!dl_iterate_phdr(copy_path, &object)) {
      errno = before;
      return nullptr;
    }
    void *handle = object.path[0] ? open(object.path, RTLD_LAZY | RTLD_NOLOAD) : nullptr;
    if (!handle)
      continue;
    void *found = dlsym(handle, name);
    Dl_info where{};
    bool other = found && base_of(found) != own;
    if (other && dladdr(found, &where) && where.dli_fname)
      open(where.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    close(handle);
    if (other) {
      errno = before;
      return found;
    }
  }
}

} // namespace

void *next_symbol(const char *name) {
  // Where several versions exist, the one programs of today are linked with.
  static constexpr struct {
    const char *name, *version;
  } versioned[] = {{"pthread_cond_wait", "GLIBC_2.3.2"}, {"pthread_cond_timedwait", "GLIBC_2.3.2"}, {"realpath", "GLIBC_2.3"},
                   {"posix_spawn", "GLIBC_2.15"},        {"posix_spawnp", "GLIBC_2.15"},            {"nftw", "GLIBC_2.3.3"},
                   {"nftw64", "GLIBC_2.3.3"},            {"fmemopen", "GLIBC_2.22"},                {"sem_wait", "GLIBC_2.34"}};
  for (auto &v : versioned)
    if (strcmp(v.name, name) == 0)
      if (void *found = dlvsym(RTLD_NEXT, name, v.version))
        return found;
  void *found = dlsym(RTLD_NEXT, name);
  return found || !process.init_done ? found : local_symbol(name); // nothing is local before the program runs
}

namespace {

/// Rows whose facts need the whole argument list, after the condition itself.
constexpr finding_level cap_by_category(const char *category, finding_level level) {
  if (is(category, "wait") || is(category, "lock"))
    return level && finding_level(finding_level::if_waited);
  return level;
}
/// Rows about a file that is named or given by its descriptor. stdio's other texts and numbers are neither.
constexpr bool may_be_in_memory(const char *category, const char *function) {
  return is(category, "fs-meta") || is(category, "disk") || (is(category, "stdio") && traits_of(function).stdio == stdio_use::open);
}
inline bool only_strict(const char *category) { return is(category, "sched") || is(category, "thread"); }

} // namespace

// --- conditions --------------------------------------------------------------------------------------------------

#define COROGUARD_INTERPOSE(function, result, parameters, arguments, header)                                                     \
  struct when_##function : predicates<traits_of(#function)> {                                                                    \
    static finding_level test parameters {                                                                                       \
      finding_level level;                                                                                                       \
      auto in_memory = [&] { return names_memory<has(#function, "symlink")> arguments; };                                        \
      (void)in_memory;
#define COROGUARD_INTERPOSE_VARIADIC COROGUARD_INTERPOSE
#define COROGUARD_BLOCKING_ROW(function, index, category, condition, when, reason, instead)                                      \
      if (!only_strict(category) || process.opt.strict)                                                                          \
        if (finding_level now = cap_by_category(category, finding_level(condition)); now.level > level.level)                    \
          if (!may_be_in_memory(category, #function) || !in_memory())                                                            \
            level = now;
#define COROGUARD_INTERPOSE_END(function)                                                                                        \
      return level;                                                                                                              \
    }                                                                                                                            \
  };
#define timeout(...) has_timeout(__VA_ARGS__) // parameters are called timeout too
#include "Interposers.gen.inc"
#undef timeout

// --- the real functions, and the hooks ---------------------------------------------------------------------------

#define COROGUARD_INTERPOSE(function, result, parameters, arguments, header)                                                     \
  COROGUARD_PICK(COROGUARD_CUSTOM_##function, COROGUARD_HOOK, ~)(function, result, parameters, arguments)
#define COROGUARD_INTERPOSE_VARIADIC(...)

#define COROGUARD_HOOK(function, result, parameters, arguments)                                                                  \
  COROGUARD_REAL(function, result, parameters, arguments)                                                                        \
  static __attribute__((noinline)) result watched_##function parameters {                                                       \
    const void *frame = __builtin_frame_address(0), *caller = __builtin_return_address(0);                                       \
    finding_level level = is_outermost(frame) ? when_##function::test arguments : finding_level();                               \
    if (level.level == finding_level::none)                                                                                      \
      return straight<traits_of(#function)>(COROGUARD_WITH(real_##function, COROGUARD_ARGUMENTS arguments));                                     \
    call_context call = context_of(id_##function, caller, frame);                                                                \
    return perform<traits_of(#function)>(#function, call, frame, level, COROGUARD_WITH(real_##function, COROGUARD_ARGUMENTS arguments)); \
  }                                                                                                                              \
  COROGUARD_EXPORT result hook_##function parameters __asm__(#function);                                                         \
  result hook_##function parameters {                                                                                            \
    if (COROGUARD_UNLIKELY_ARMED)                                                                                                \
      return watched_##function arguments;                                                                                       \
    return straight<traits_of(#function)>(COROGUARD_WITH(real_##function, COROGUARD_ARGUMENTS arguments));                                       \
  }

#include "Interposers.gen.inc"

} // namespace coroguard::guard

extern "C" {
extern coroguard::guard::real_function __start_coroguard_real[] __attribute__((visibility("hidden")));
extern coroguard::guard::real_function __stop_coroguard_real[] __attribute__((visibility("hidden")));
}

void coroguard::guard::resolve_interposed() {
  for (real_function *r = __start_coroguard_real; r != __stop_coroguard_real; ++r)
    if (void *found = next_symbol(r->name))
      *r->slot = found;
}
