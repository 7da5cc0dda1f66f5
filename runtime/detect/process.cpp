// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Start, fork and end of the guard in a process: options, the record file, the environment of children.
#include "runtime/detect/process.h"

#include "runtime/detect/state.h"
#include "runtime/detect/system.h"
#include "runtime/intercept/intercept.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;
/// The program's own defaults, read before COROGUARD_OPTIONS.
extern "C" __attribute__((weak)) const char *coroguard_default_options();
/// Called with every report under on_report=callback.
extern "C" __attribute__((weak)) void coroguard_report_callback(const coroguard_report_view *);

namespace coroguard::guard {

constinit thread_local thread_local_state self __attribute__((tls_model("initial-exec"))) = {};
process_state process;

namespace {

int clock_by_system_call(clockid_t clock, timespec *into) { return int(sys::call(SYS_clock_gettime, clock, long(into))); }

} // namespace

int (*sys::clock_now)(clockid_t, timespec *) = clock_by_system_call;

namespace {

thread_block blocks[record::max_loops];
std::atomic<uint32_t> record_lock; // 0 free, 1 taken; only for the first mapping

/// Variables the guard adds and, without `children`, hides from the program again.
char program_path[sizeof record::header::program];
char preload_value[1024], options_value[1024], record_value[300];

const char *variable(const char *name) {
  size_t length = strlen(name);
  for (char **e = environ; e && *e; ++e)
    if (strncmp(*e, name, length) == 0 && (*e)[length] == '=')
      return *e + length + 1;
  return nullptr;
}

void remove_variable(const char *name) {
  size_t length = strlen(name);
  char **out = environ;
  for (char **e = environ; e && *e; ++e)
    if (strncmp(*e, name, length) != 0 || (*e)[length] != '=')
      *out++ = *e;
  if (out)
    *out = nullptr;
}

/// Takes our library out of LD_PRELOAD, in place.
void restore_preload() {
  for (char **e = environ; e && *e; ++e) {
    if (strncmp(*e, "LD_PRELOAD=", 11) != 0)
      continue;
    char *value = *e + 11;
    char *at = strstr(value, process.library_path);
    if (!at)
      return;
    size_t length = strlen(process.library_path);
    char *after = at + length;
    if (*after == ':' || *after == ' ')
      ++after;
    else if (at > value)
      --at;
    memmove(at, after, strlen(after) + 1);
    if (!*value)
      remove_variable("LD_PRELOAD");
    return;
  }
}

void keep(char *into, size_t capacity, const char *name, const char *value) {
  into[0] = 0;
  if (value && strlen(name) + strlen(value) + 2 < capacity)
    sys::put_text(sys::put_text(sys::put_text(into, name), "="), value);
}

void default_path() {
  const char *given = process.opt.log_path.value;
  char *out = process.record_path;
  if (*given) {
    out = sys::put_text(out, given);
  } else {
    out = sys::put_text(out, process.linked ? "/tmp/coroguard." : "coroguard.");
  }
  if (*given)
    out = sys::put_text(out, ".");
  out = sys::put_number(out, process.pid);
  sys::put_text(out, ".cgrec");
}

constexpr long size = sizeof(record::file);

/// The launcher's file, before the program may no longer reach it (chroot, another user, no descriptor left). It stays as it
/// is: the record of the program that became this one, until this one has a loop.
void map_handed_record() {
  const char *handed = record_value[0] ? record_value + strlen("COROGUARD_RECORD=") : nullptr;
  if (!handed || process.disabled)
    return;
  strncpy(process.record_path, handed, sizeof process.record_path - 1);
  long fd = sys::open(process.record_path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return;
  long memory = sys::call(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  sys::close(int(fd));
  process.handed_record = memory < 0 && memory > -4096 ? 0 : memory;
}

long open_own_record() {
  if (record_value[0] && process.pid == uint32_t(sys::getpid()))
    return -1; // the launcher's could not be mapped, and nobody would look at ours
  default_path();
  rlimit limit{};
  sys::call(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, long(&limit));
  if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur <= size_t(size))
    return -1;
  long fd = sys::open(process.record_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd >= 0 && sys::call(SYS_fallocate, fd, 0, 0, size) != 0) {
    sys::close(int(fd));
    return -1;
  }
  return fd;
}

record::file *map_record() {
  long memory = process.handed_record;
  process.handed_record = 0;
  if (!memory) {
    long fd = open_own_record();
    if (fd == -ENOENT && !process.linked)
      return nullptr; // the launcher has ended, and its directory with it: nobody would read it
    if (fd < 0) {
      warn_line("coroguard: warning: the record file cannot be written; set log_path to a writable directory. Reports of this process are lost");
      return nullptr;
    }
    memory = sys::call(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    sys::close(int(fd));
    if (memory < 0 && memory > -4096)
      return nullptr;
  }
  auto *file = reinterpret_cast<record::file *>(memory);
  if (file->head.version == record::version && file->head.pid == process.pid)
    memset(static_cast<void *>(file), 0, sizeof *file); // exec in the same process: the new program starts afresh
  auto &head = file->head;
  memcpy(head.magic, record::magic, sizeof head.magic);
  head.version = record::version;
  head.size = uint32_t(size);
  head.pid = process.pid;
  head.parent = uint32_t(sys::call(SYS_getppid));
  timespec t{};
  sys::clock_now(CLOCK_REALTIME, &t);
  process.start_ns = sys::now();
  head.start_realtime_ns = uint64_t(t.tv_sec) * 1'000'000'000u + uint64_t(t.tv_nsec);
  head.start_monotonic_ns = process.start_ns;
  head.threshold_ns = uint64_t(process.opt.threshold_ms) * 1'000'000;
  memcpy(head.program, program_path, sizeof head.program);
  return file;
}

void child_after_fork() {
  if (process.sandboxed)
    return;
  stop_watchdog_after_fork();
  process.pid = uint32_t(sys::getpid());
  if (process.file)
    sys::call(SYS_munmap, long(process.file), size);
  if (process.handed_record)
    sys::call(SYS_munmap, process.handed_record, size);
  process.file = nullptr, process.handed_record = 0;
  self.armed = 0, self.outermost = 0, self.block = nullptr, self.thread = 0;
  self.allow_depth = self.forbid_depth = 0, self.scopes = 0, self.registered = false, self.dispatched = false;
  if (!process.opt.children) {
    process.disabled = true;
    return;
  }
  memset(static_cast<void *>(blocks), 0, sizeof blocks);
  record_value[0] = 0; // the launcher's file belongs to the parent
  process.record_path[0] = 0;
  for (auto &entry : process.epoll_sharers)
    entry.store(0, std::memory_order_relaxed);
}

void print_line(const char *line) { warn_line(line); }

void print_stats() {
  uint64_t turns = 0, loops = 0, places = 0, reports = 0, tentative = 0;
  for (auto &l : process.file->loops)
    loops += l.confirmed.load(), turns += l.turn_count.load();
  for (auto &s : process.file->sites)
    if (s.ready.load())
      ++places, reports += s.confirmed.load(), tentative += s.tentative.load();
  char line[256], *out = sys::put_text(line, "coroguard: ");
  struct {
    const char *name;
    uint64_t value;
  } const counters[] = {{" loops, ", loops}, {" turns, ", turns}, {" places reported ", places}, {" times, ", reports},
                        {" reports not proven, ", tentative}, {" over the limit", process.file->head.rate_limited.load()}};
  for (auto &c : counters)
    out = sys::put_text(sys::put_number(out, c.value), c.name);
  warn_line(line);
}

void choose_receiver() {
  struct {
    const char *word;
    void (*receiver)(const coroguard_report_view *);
    const char *missing;
  } const known[] = {
      {"report", nullptr, nullptr},
      {"abort", nullptr, nullptr},
      {"callback", coroguard_report_callback, "coroguard: warning: on_report=callback, but the program exports no coroguard_report_callback; link it with coroguard::guard or with -rdynamic"},
      {"throw", coroguard_throw_report, "coroguard: warning: on_report=throw, but the program exports no coroguard_throw_report; include coroguard/guard.hpp and link with coroguard::guard or with -rdynamic"}};
  for (auto &k : known)
    if (strcmp(process.opt.on_report.value, k.word) == 0) {
      process.callback = k.receiver;
      if (k.missing && !k.receiver)
        warn_line(k.missing);
      return;
    }
  warn_line("coroguard: warning: on_report is report, abort, callback or throw");
}

/// Calls must reach the guard: the symbols a program would bind to have to be ours, unless a sanitizer stands before us.
void verify() {
  static const char *const probes[] = {"epoll_wait", "poll", "nanosleep", "read", "pthread_mutex_lock", "pthread_cond_wait"};
  for (const char *name : probes) {
    void *bound = dlsym(RTLD_DEFAULT, name);
    Dl_info where{}, mine{};
    if (!bound || !dladdr(bound, &where) || !dladdr(reinterpret_cast<void *>(&warn_line), &mine) || where.dli_fbase == mine.dli_fbase)
      continue;
    if (dlsym(RTLD_DEFAULT, "__asan_init") || dlsym(RTLD_DEFAULT, "__tsan_init") || dlsym(RTLD_DEFAULT, "__msan_init") || dlsym(RTLD_DEFAULT, "__rtsan_init"))
      return; // the sanitizer's interceptors call on to ours
    warn_line("coroguard: warning: calls of this program do not reach the guard (another library stands before it). Put libcoroguard-guard.so first in LD_PRELOAD, or link it before other libraries");
    process.disabled = true;
    return;
  }
}

} // namespace

thread_block *block_at(unsigned index) { return &blocks[index]; }

void warn_line(const char *text) {
  char line[640];
  size_t n = strnlen(text, sizeof line - 1);
  memcpy(line, text, n);
  line[n] = '\n';
  sys::write(2, line, n + 1);
}

void note_line(const char *text) {
  static std::atomic<uint32_t> used;
  size_t length = strlen(text) + 1;
  auto *file = process.file;
  uint32_t at = file ? used.fetch_add(uint32_t(length)) : 0;
  if (!file)
    return warn_line(text);
  if (at + length >= sizeof file->head.warning)
    return;
  memcpy(file->head.warning + at, text, length - 1);
  file->head.warning[at + length - 1] = '\n';
}

bool ensure_record() {
  if (__builtin_expect(process.file != nullptr, 1))
    return true;
  if (process.disabled || !process.init_done)
    return false;
  uint32_t expected = 0;
  while (!record_lock.compare_exchange_strong(expected, 1)) {
    expected = 0;
    sys::call(SYS_sched_yield);
  }
  if (!process.file && !process.disabled) {
    process.file = map_record();
    if (!process.file)
      process.disabled = true;
  }
  record_lock.store(0);
  return process.file != nullptr;
}

void halt() {
  process.file->head.halted.store(1);
  if (strcmp(process.opt.on_report.value, "abort") == 0)
    sys::call(SYS_tgkill, process.pid, sys::gettid(), SIGABRT);
  sys::call(SYS_exit_group, process.opt.exitcode);
  __builtin_trap();
}

char *const *child_environment(char *const *given, char **scratch, size_t capacity) {
  if (process.sandboxed || process.opt.children || process.linked || !preload_value[0] || uint32_t(sys::getpid()) != process.pid || !given)
    return given;
  size_t n = 0;
  bool preloaded = false;
  for (; given[n] && n + 4 < capacity; ++n) {
    scratch[n] = given[n];
    if (strncmp(given[n], "LD_PRELOAD=", 11) == 0) {
      scratch[n] = preload_value;
      preloaded = true;
    }
  }
  if (given[n])
    return given;
  if (!preloaded)
    scratch[n++] = preload_value;
  if (options_value[0])
    scratch[n++] = options_value;
  if (record_value[0])
    scratch[n++] = record_value;
  scratch[n] = nullptr;
  return scratch;
}

namespace {

__attribute__((constructor(101))) void start() {
  set_defaults(process.opt);
  if (coroguard_default_options)
    parse_options(process.opt, coroguard_default_options(), print_line);
  const char *options = variable("COROGUARD_OPTIONS");
  parse_options(process.opt, options, print_line);
  if (process.opt.help)
    print_options(print_line);
  process.pid = uint32_t(sys::getpid());
  sys::call(SYS_readlink, long("/proc/self/exe"), long(program_path), sizeof program_path - 1);
  if (void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD))
    if (void *found = dlsym(vdso, "__vdso_clock_gettime"))
      sys::clock_now = reinterpret_cast<int (*)(clockid_t, timespec *)>(found);
  process.start_ns = sys::now();
  Dl_info mine{};
  if (dladdr(reinterpret_cast<void *>(&warn_line), &mine) && mine.dli_fname)
    strncpy(process.library_path, mine.dli_fname, sizeof process.library_path - 1);
  const char *preload = variable("LD_PRELOAD");
  process.linked = !preload || !strstr(preload, "coroguard-guard");
  resolve_interposed();
  choose_receiver();
  process.disabled = !process.opt.enabled;
  if (process.opt.verify_interceptors && !process.disabled)
    verify();
  keep(record_value, sizeof record_value, "COROGUARD_RECORD", variable("COROGUARD_RECORD"));
  if (!process.linked) {
    keep(preload_value, sizeof preload_value, "LD_PRELOAD", preload);
    keep(options_value, sizeof options_value, "COROGUARD_OPTIONS", options);
    if (!process.opt.children) {
      restore_preload();
      remove_variable("COROGUARD_OPTIONS");
      remove_variable("COROGUARD_RECORD");
    } else {
      remove_variable("COROGUARD_RECORD"); // children make their own beside it
    }
  }
  pthread_key_create(&process.exit_key, [](void *) { leave_thread(); });
  pthread_atfork(nullptr, nullptr, child_after_fork);
  process.init_done = true;
  if (!process.linked)
    map_handed_record();
}

__attribute__((destructor)) void finish() {
  if (process.sandboxed) {
    if (process.file)
      process.file->head.end_monotonic_ns.store(sys::now());
    return;
  }
  if (process.file && uint32_t(sys::getpid()) == process.pid) {
    uint64_t now = sys::now();
    for (unsigned i = 0; i < record::max_loops && process.file->loops[i].thread.load(); ++i)
      if (thread_block *b = block_at(i); b->slot) {
        if (b == self.block)
          note_position(*b, reinterpret_cast<uint64_t>(__builtin_frame_address(0)), now);
        judge_last_turn(*b, now);
      }
    process.file->head.end_monotonic_ns.store(now);
    if (process.opt.print_stats)
      print_stats();
  }
  if (process.linked && !process.disabled)
    report_at_exit();
}

} // namespace
} // namespace coroguard::guard
