// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One thread that looks at turns in progress and takes the stack while a loop is stuck. It is made by clone(2) without libc:
// the program's libc does not count it, no thread-local destructor, atfork handler or sanitizer ever meets it, and a program
// whose last thread ends still exits. A thread that sits in an interposed call is read from outside; only a thread that runs
// is interrupted, by a signal whose handler restarts whatever system call it might have hit.
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <errno.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>

namespace coroguard::guard {
namespace {

constexpr size_t stack_size = 256 * 1024, thread_area = 64 * 1024;

struct sample_request {
  std::atomic<uint32_t> thread; ///< 0: none open
  std::atomic<uint32_t> done;
  uint64_t stack_low, stack_high;
  stack_frame frames[record::max_frames];
  unsigned count;
  char label[44]; ///< what runs in it, by the label source; empty without one
};
sample_request request;
std::atomic<uint32_t> samples_paused;
std::atomic<uint32_t> ending; ///< the watchdog is to end, and is woken by it
long watchdog_thread;
spare_stack sample_stack;
std::atomic<uint32_t> sample_stack_used; ///< by a handler that came too late for the watchdog, maybe
int sample_signal;
bool handler_installed;

void sleep_ns(uint64_t ns) {
  timespec t{long(ns / 1'000'000'000u), long(ns % 1'000'000'000u)};
  sys::call(SYS_nanosleep, long(&t), 0);
}

/// Runs in the sampled thread. Touches no errno, takes no lock, reads the stack through checked reads only.
void on_sample(int, siginfo_t *info, void *raw) {
  self.selector = 0; // every signal is blocked here, SIGSYS too, and our own return from here is a system call outside libc
  auto *context = static_cast<ucontext_t *>(raw);
  auto &regs = context->uc_mcontext.gregs;
  if (info->si_code != SI_TKILL || uint32_t(sys::gettid()) != request.thread.load(std::memory_order_acquire))
    return;
  machine_state state{uint64_t(regs[REG_RIP]), uint64_t(regs[REG_RSP]), uint64_t(regs[REG_RBP]), uint64_t(regs[REG_RBX]),
                      uint64_t(regs[REG_R12]), uint64_t(regs[REG_R13]), uint64_t(regs[REG_R14]), uint64_t(regs[REG_R15])};
  if (sample_stack_used.exchange(1, std::memory_order_acquire))
    return;
  // On a stack of ours: an alternate signal stack of the program's, or a fiber's, may have no room for the walk.
  request.count = walk_stack_aside(sample_stack, state, true, {}, request.frames, record::max_frames);
  sample_stack_used.store(0, std::memory_order_release);
  request.label[0] = 0;
  if (process.label_source)
    process.label_source(request.label, sizeof request.label);
  // A system call that began between the watchdog's look and this signal: `mov $nr, %eax; syscall` starts over.
  if (regs[REG_RAX] == -EINTR) {
    uint8_t code[7];
    if (safe_read(state.ip - 7, code, 7) && code[5] == 0x0f && code[6] == 0x05 && code[0] == 0xb8) {
      uint32_t number;
      memcpy(&number, code + 1, 4);
      regs[REG_RAX] = number;
      regs[REG_RIP] -= 2;
    }
  }
  request.done.store(1, std::memory_order_release);
}

struct kernel_sigaction {
  void (*handler)(int, siginfo_t *, void *);
  unsigned long flags;
  void (*restorer)();
  uint64_t mask;
};
__asm__(".text\n.type coroguard_restore,@function\n.globl coroguard_restore\n.hidden coroguard_restore\ncoroguard_restore:\n"
        "  mov $15, %eax\n  syscall\n.size coroguard_restore,.-coroguard_restore\n");
extern "C" void coroguard_restore() __attribute__((visibility("hidden")));

/// Ours, or nobody's and now ours. A program that uses the signal itself keeps it and gets no samples.
bool handler_ready() {
  kernel_sigaction now{};
  if (sys::call(SYS_rt_sigaction, sample_signal, 0, long(&now), 8) != 0)
    return false;
  if (now.handler == on_sample)
    return true;
  if (now.handler != nullptr || handler_installed)
    return false;
  kernel_sigaction mine{on_sample, SA_SIGINFO | SA_RESTART | SA_ONSTACK | 0x04000000 /* SA_RESTORER */, coroguard_restore, ~uint64_t(0)};
  handler_installed = sys::call(SYS_rt_sigaction, sample_signal, long(&mine), 0, 8) == 0;
  return handler_installed;
}

const char *task_path(char *path, uint32_t thread, const char *leaf) {
  sys::put_text(sys::put_number(sys::put_text(path, "/proc/self/task/"), thread), leaf);
  return path;
}

unsigned letter(char c) { return unsigned(c <= '9' ? c - '0' : (c | 32) - 'a' + 10); }

/// The first word of a field of /proc/…/status as a number; false if the thread is gone.
bool status_value(uint32_t thread, const char *key, unsigned base, uint64_t &value) {
  char path[64], text[4096];
  const char *at = sys::slurp(task_path(path, thread, "/status"), text, sizeof text) ? strstr(text, key) : nullptr;
  if (!at)
    return false;
  value = 0;
  for (at += strlen(key); *at == '\t' || *at == ' '; ++at)
    ;
  for (; *at && *at != '\n' && *at != ' '; ++at)
    value = value * base + letter(*at);
  return true;
}

bool sleeps(uint32_t thread) {
  uint64_t state;
  return status_value(thread, "\nState:", 36, state) && state != letter('R');
}
bool runs(uint32_t thread) {
  uint64_t state;
  return status_value(thread, "\nState:", 36, state) && state == letter('R');
}

bool blocks_signal(uint32_t thread) {
  uint64_t mask;
  return !status_value(thread, "SigBlk:", 16, mask) || (mask >> (sample_signal - 1) & 1);
}

/// What the thread does in the kernel: -1 it runs, -2 it is gone, else the system call's number with its stack pointer and
/// program counter.
long kernel_state(uint32_t thread, uint64_t &sp, uint64_t &pc) {
  char path[64], text[256];
  if (!sys::slurp(task_path(path, thread, "/syscall"), text, sizeof text)) // gone; or the process became another user's, and this file is still the first one's
    return runs(thread) ? -1 : -2;
  if (text[0] == 'r' || text[0] == '-')
    return -1;
  long number = 0;
  const char *at = text;
  for (; *at >= '0' && *at <= '9'; ++at)
    number = number * 10 + (*at - '0');
  uint64_t values[8] = {};
  int n = 0;
  while (*at && n < 8) {
    while (*at == ' ')
      ++at;
    if (at[0] == '0' && at[1] == 'x')
      at += 2;
    for (; *at && *at != ' ' && *at != '\n'; ++at)
      values[n] = values[n] * 16 + uint64_t(*at <= '9' ? *at - '0' : *at - 'a' + 10);
    ++n;
    if (*at == '\n')
      break;
  }
  sp = values[6], pc = values[7];
  return number;
}

/// Restarted by the kernel after a handler (SA_RESTART), so that sampling them is not seen. Waits with a timeout are not here.
bool restarts(long number) {
  switch (number) {
  case SYS_read: case SYS_readv: case SYS_write: case SYS_writev: case SYS_open: case SYS_openat: case SYS_wait4: case SYS_waitid:
  case SYS_flock: case SYS_ioctl: case SYS_fcntl: case SYS_fsync: case SYS_fdatasync: case SYS_pread64: case SYS_pwrite64:
    return true;
  default:
    return false;
  }
}

bool sample_by_signal(thread_block &b) {
  if (!process.opt.sample || !handler_ready() || blocks_signal(b.thread))
    return false;
  request.done.store(0, std::memory_order_relaxed);
  request.thread.store(b.thread);
  if (samples_paused.load()) {
    request.thread.store(0, std::memory_order_release);
    return false;
  }
  if (sys::call(SYS_tgkill, process.pid, b.thread, sample_signal) != 0) {
    request.thread.store(0, std::memory_order_release);
    return false;
  }
  for (int i = 0; i < 200 && !request.done.load(std::memory_order_acquire); ++i)
    sleep_ns(100'000);
  bool ok = request.done.load(std::memory_order_acquire);
  request.thread.store(0, std::memory_order_release);
  if (!ok)
    return false;
  memcpy(b.watch_stack, request.frames, sizeof(stack_frame) * request.count);
  b.watch_stack_size = uint8_t(request.count);
  memcpy(b.watch_label, request.label, sizeof b.watch_label);
  return request.count > 0;
}

bool sample_call(thread_block &b) {
  auto &c = b.slot->call;
  uint32_t before = c.sequence.load(std::memory_order_acquire);
  if (!(before & 1))
    return false;
  machine_state state{c.ip, c.sp, c.bp};
  function_id function = c.function;
  stack_frame frames[record::max_frames];
  unsigned n = walk_stack(state, false, {}, frames, record::max_frames);
  if (c.sequence.load(std::memory_order_acquire) != before || n == 0)
    return false;
  memcpy(b.watch_stack, frames, sizeof(stack_frame) * n);
  b.watch_stack_size = uint8_t(n);
  b.watch_function = function;
  return true;
}

void sample(thread_block &b) {
  uint64_t sp = 0, pc = 0;
  long state = kernel_state(b.thread, sp, pc);
  if (state >= 0)
    b.watch_system_call = int32_t(state);
  b.watch_function = record::none16;
  b.watch_label[0] = 0;
  if (sample_call(b))
    return;
  if (state == -1 || (state >= 0 && restarts(state))) {
    sample_by_signal(b);
  } else if (state >= 0) {
    b.watch_stack_size = uint8_t(walk_stack({pc, sp, 0}, true, {}, b.watch_stack, record::max_frames));
  }
}

bool idle_in_loop(const thread_block &b) {
  if (b.watch_function >= function_count || !strstr(function_table[b.watch_function].name, "cond_"))
    return false;
  return is_loop_internal(b, b.watch_stack, b.watch_stack_size);
}

void look_at(thread_block &b, uint64_t now, uint64_t threshold, uint64_t gap) {
  uint64_t start = b.slot->turn_start_ns.load(std::memory_order_acquire);
  uint64_t turn = b.turn_id;
  if (!start || now < start || b.slot->gone.load(std::memory_order_relaxed))
    return;
  if (b.watch_turn != turn) {
    uint64_t cpu = sys::thread_cpu_ns(b.thread);
    if (!cpu) { // the thread ended inside its turn
      b.slot->gone.store(1, std::memory_order_release);
      return;
    }
    b.watch_cpu_ns = cpu;
    b.watch_runqueue_ns = sys::runqueue_ns(b.thread);
    b.watch_wall_ns = now;
    b.watch_switches = sys::voluntary_switches(b.thread) - sleeps(b.thread); // one that sleeps already gave it up in this turn
    b.watch_inside_ns = start;
    b.watch_samples = 0, b.watch_stack_size = 0, b.watch_gap_ns = 0;
    b.watch_system_call = -1;
    b.watch_site = record::none16;
    b.watch_next_sample_ns = start + threshold;
    std::atomic_thread_fence(std::memory_order_release);
    b.watch_turn = turn;
    return;
  }
  if (gap > b.watch_gap_ns)
    b.watch_gap_ns = gap;
  if (b.slot->left_ns.load(std::memory_order_acquire))
    return; // the loop has been left; what it was is told when it comes back, or at exit
  // the first sample a little early, so that a stall just above the threshold has its stack
  if (now + threshold / 4 < b.watch_next_sample_ns)
    return;
  sample(b);
  if (b.slot->turn_start_ns.load(std::memory_order_acquire) != start) {
    b.watch_stack_size = 0;
    return;
  }
  ++b.watch_samples;
  unsigned popped = b.watch_stack_size && !b.announced ? popped_frames(b, b.watch_stack[0].cfa - 1) : 0;
  if (popped > b.popped_in_loop) { // it computes, but above its loop, which it left after the last look
    b.slot->left_ns.store(b.watch_inside_ns, std::memory_order_release);
    judge_last_turn(b, now);
    return;
  }
  b.watch_inside_ns = now;
  uint64_t duration = now - start;
  b.watch_next_sample_ns = start + (duration < threshold ? threshold : duration * 2);
  if (duration >= threshold && !idle_in_loop(b))
    report_stall_in_progress(b, start, now);
}

/// Whether the program's own threads have ended without libc (which would have ended the process): the first one is kept by the
/// kernel until the last is gone.
bool is_left_alone() {
  uint64_t threads = 0, state = 0;
  return status_value(process.pid, "\nThreads:", 10, threads) && threads == 2 && status_value(process.pid, "\nState:", 36, state) &&
         state == letter('Z');
}

/// As the program's first thread ended: the status of a process is that of its last thread. Its file in /proc ends with it.
[[noreturn]] void end_as_the_program() {
  char path[64], text[1024];
  sys::slurp(task_path(path, process.pid, "/stat"), text, sizeof text);
  size_t n = strlen(text);
  while (n && text[n - 1] != ' ')
    --n;
  unsigned status = 0;
  for (const char *at = text + n; *at >= '0' && *at <= '9'; ++at)
    status = status * 10 + unsigned(*at - '0');
  if (int signal = int(status & 0x7f)) {
    kernel_sigaction standard{};
    uint64_t none = 0;
    sys::call(SYS_rt_sigaction, signal, long(&standard), 0, 8);
    sys::call(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, long(&none), 0, 8);
    sys::call(SYS_tgkill, process.pid, sys::gettid(), signal);
  }
  for (;;)
    sys::call(SYS_exit, status >> 8 & 0xff);
}

[[noreturn]] int watch(void *) {
  // Descriptors of its own, none to begin with: while a process shares its table between threads, the kernel counts
  // every use of a descriptor in every system call. Nothing of the program's is held open. Before Linux 5.9: shared.
  sys::call(SYS_close_range, 0, ~0u, CLOSE_RANGE_UNSHARE);
  unsigned looks = 0;
  for (uint64_t last = sys::now();;) {
    uint64_t threshold = uint64_t(process.opt.threshold_ms) * 1'000'000;
    uint64_t tick = threshold / 6;
    tick = tick < 1'000'000 ? 1'000'000 : tick > 20'000'000 ? 20'000'000 : tick;
    timespec t{long(tick / 1'000'000'000u), long(tick % 1'000'000'000u)};
    sys::call(SYS_futex, long(&ending), FUTEX_WAIT_PRIVATE, 0, long(&t));
    if (ending.load())
      sys::call(SYS_exit, 0);
    if (++looks % 64 == 0 && is_left_alone())
      end_as_the_program();
    uint64_t now = sys::now();
    uint64_t gap = now - last > tick ? now - last - tick : 0;
    last = now;
    if (process.disabled || !process.file)
      continue;
    for (unsigned i = 0; i < record::max_loops && process.file->loops[i].thread.load(std::memory_order_acquire); ++i)
      if (thread_block *b = block_at(i); b->slot)
        look_at(*b, now, threshold, gap);
  }
}

} // namespace

long sys::start(long flags, long stack_top, long thread_area, int (*run)(void *), void *argument) {
  register auto entry __asm__("r12") = run;
  register void *given __asm__("r13") = argument;
  register long r10 __asm__("r10") = 0;
  register long r8 __asm__("r8") = thread_area;
  long result;
  __asm__ volatile("syscall\n\t"
                   "test %%rax, %%rax\n\t"
                   "jnz 1f\n\t"
                   "xor %%ebp, %%ebp\n\t"
                   "mov %%r13, %%rdi\n\t"
                   "call *%%r12\n\t"
                   "hlt\n"
                   "1:"
                   : "=a"(result)
                   : "a"(long(SYS_clone)), "D"(flags), "S"(stack_top), "d"(0L), "r"(r10), "r"(r8), "r"(entry), "r"(given)
                   : "rcx", "r11", "memory");
  return result;
}

uint32_t sys::voluntary_switches(uint32_t thread) {
  if (rusage usage; thread == uint32_t(gettid()))
    return call(SYS_getrusage, 1 /* RUSAGE_THREAD */, long(&usage)) == 0 ? uint32_t(usage.ru_nvcsw) : 0;
  uint64_t switches = 0;
  status_value(thread, "\nvoluntary_ctxt_switches:", 10, switches);
  return uint32_t(switches);
}

void start_watchdog() {
  uint32_t expected = 0;
  if (!process.opt.stalls || process.disabled || !process.watchdog_running.compare_exchange_strong(expected, 1))
    return;
  sample_signal = process.opt.sample_signal ? int(process.opt.sample_signal) : SIGRTMAX - 3;
  alignas(4096) static char memory[stack_size + thread_area]; // whatever limits the program has set itself
  // A thread area of our own: the thread pointer's first words as libc lays them out, room below for thread-locals.
  auto *area = memory + stack_size + thread_area - 4096;
  memcpy(area, reinterpret_cast<const void *>(__builtin_thread_pointer()), 0x30); // dtv, canary and pointer guard included
  const void *self_pointer = area;
  memcpy(area, &self_pointer, sizeof self_pointer);
  memcpy(area + 16, &self_pointer, sizeof self_pointer);
  uint64_t all = ~uint64_t(0), old = 0;
  sys::call(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, long(&all), long(&old), 8);
  long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS;
  long result = sys::start(flags, long(memory) + long(stack_size) - 64, long(area), watch, nullptr);
  sys::call(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, long(&old), 0, 8);
  watchdog_thread = result;
  if (result < 0)
    note_line("the watchdog thread could not be made: stalls have no stack");
}

void stop_watchdog() {
  if (!process.watchdog_running.load() || watchdog_thread <= 0)
    return;
  ending.store(1);
  sys::call(SYS_futex, long(&ending), FUTEX_WAKE_PRIVATE, 1);
  while (sys::call(SYS_tgkill, process.pid, watchdog_thread, 0) == 0)
    sleep_ns(50'000);
}

void stop_watchdog_after_fork() {
  process.watchdog_running.store(0, std::memory_order_relaxed);
  request.thread.store(0, std::memory_order_relaxed);
  sample_stack_used.store(0, std::memory_order_relaxed);
}

bool takes_samples(int signal) {
  kernel_sigaction now{};
  return handler_installed && !process.sandboxed && signal == sample_signal && sys::call(SYS_rt_sigaction, signal, 0, long(&now), 8) == 0 && now.handler == on_sample;
}

void pause_samples() {
  if (process.sandboxed || uint32_t(sys::getpid()) != process.pid)
    return; // a child made by vfork, in this memory
  samples_paused.fetch_add(1);
  for (int i = 0; i < 500 && request.thread.load(); ++i)
    sleep_ns(50'000); // if it is for this thread, it comes now
}

void resume_samples() {
  if (!process.sandboxed && uint32_t(sys::getpid()) == process.pid)
    samples_paused.fetch_sub(1);
}

} // namespace coroguard::guard
