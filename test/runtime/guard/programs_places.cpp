// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The test programs of narrow places: small stacks, few descriptors, little memory, another user, another root, plugins that
// come and go, programs that look at every signal, become another program, or shut themselves in.
#include "programs.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <csignal>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <thread>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

namespace {

/// `size` bytes that end a page before anything else begins.
char *guarded_memory(size_t size) {
  auto *memory = static_cast<char *>(mmap(nullptr, size + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (memory == MAP_FAILED || mprotect(memory + 4096, size, PROT_READ | PROT_WRITE) != 0)
    abort();
  return memory + 4096;
}
void turns_with_fault() { epoll_turns(12, [](int i) { if (i == 6) misbehave(); }); }

ucontext_t loop_context, fiber;

} // namespace

/// Coroutines with stacks of their own, as small as libc's calls can live with.
void fibers() {
  for (size_t size : {8192, 16384}) {
    getcontext(&fiber);
    fiber.uc_stack.ss_sp = guarded_memory(size), fiber.uc_stack.ss_size = size, fiber.uc_link = &loop_context;
    makecontext(&fiber, [] { fault == "spin" ? spin(0.06) : misbehave(); }, 0);
    epoll_turns(8, [](int i) { if (i == 5) swapcontext(&loop_context, &fiber); });
  }
}
/// The smallest alternate stack the kernel takes; what lies below it is not ours to write.
void small_alternate_stack() {
  size_t size = (getauxval(AT_MINSIGSTKSZ) + 15) & ~size_t(15);
  if (size < MINSIGSTKSZ)
    size = MINSIGSTKSZ;
  char *memory = guarded_memory(32768), *low = memory + 32768 - size;
  memset(memory, 0x5a, 32768 - size);
  stack_t stack{low, 0, size};
  sigaltstack(&stack, nullptr);
  turns_with_fault();
  long overwritten = 0;
  for (char *p = memory; p < low; ++p)
    overwritten += *p != 0x5a;
  std::printf("overwritten: %ld\n", overwritten);
}
void small_thread() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size_t(PTHREAD_STACK_MIN));
  pthread_t thread;
  if (pthread_create(&thread, &attributes, [](void *) -> void * { turns_with_fault(); return nullptr; }, nullptr) != 0)
    abort();
  pthread_join(thread, nullptr);
}
/// Two for the loop, and none to spare; no memory of its own any more either.
void narrow() {
  rlimit descriptors{5, 5}, data{1 << 20, 1 << 20}, files{0, 0};
  setrlimit(RLIMIT_NOFILE, &descriptors);
  setrlimit(RLIMIT_DATA, &data);
  setrlimit(RLIMIT_FSIZE, &files);
  turns_with_fault();
}
/// What daemons do: nothing they held open stays, numbers start at the first again.
void closes_everything() {
  int output = dup(1);
  if (dup2(output, 9) != 9)
    abort();
  for (int fd = 0; fd < 9; ++fd)
    close(fd);
  turns_with_fault();
  if (dup2(9, 1) != 1)
    abort();
}
void other_user() {
  if (geteuid() != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)
    std::exit(77);
  turns_with_fault();
}
void other_root() {
  if (geteuid() != 0 || chroot("/dev") != 0 || chdir("/") != 0) // where there is no /proc
    std::exit(77);
  turns_with_fault();
}
/// No signal is handled that the program did not ask for, and all of them at their defaults end nothing.
void signal_table() {
  epoll_turns(30, [](int i) {
    if (i % 8 == 5)
      misbehave();
    for (int s = 1; s < NSIG; ++s)
      std::signal(s, SIG_DFL);
  });
  for (int s = 1; s < NSIG; ++s)
    if (struct sigaction now; sigaction(s, nullptr, &now) == 0 && now.sa_handler != SIG_DFL)
      std::printf("handled: %d\n", s);
  static volatile sig_atomic_t mine;
  if (signal(SIGRTMAX - 3, [](int) { mine = 1; }) != SIG_DFL)
    std::puts("not the default");
  raise(SIGRTMAX - 3);
  std::printf("mine: %d\n", int(mine));
}
/// Libraries of the program's directory, named as seen from there, one where the other lay before.
void plugins() {
  char path[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  path[n > 0 ? n : 0] = 0;
  if (char *leaf = strrchr(path, '/'))
    *leaf = 0;
  if (chdir(path) != 0)
    abort();
  epoll_turns(16, [](int i) {
    if (i != 5 && i != 8 && i != 11)
      return;
    void *library = dlopen(i == 8 ? "./libguard-plugin-b.so" : "./libguard-plugin-a.so", RTLD_NOW);
    if (!library)
      std::exit(77);
    reinterpret_cast<void (*)()>(dlsym(library, "plugin_entry"))();
    dlclose(library);
  });
  if (chdir("/") != 0)
    abort();
}
/// Becomes itself nine times, each time a little later in a turn that is about to be, or was just, looked at.
void becomes_another() {
  const char *given = getenv("COROGUARD_TEST_ROUND");
  int round = given ? atoi(given) : 0;
  epoll_turns(4, [](int) {});
  epoll_turns(4, [&](int i) {
    if (i != 3 || round == 9)
      return;
    spin(0.019 + 0.0012 * round);
    char next[16];
    std::snprintf(next, sizeof next, "%d", round + 1);
    setenv("COROGUARD_TEST_ROUND", next, 1);
    execl("/proc/self/exe", "guard-programs", "becomes-another", "clean", nullptr);
  });
}
/// A filter that ends the process at whatever this program does not do itself from here on.
void sandboxed() {
  epoll_turns(12, [](int i) {
    if (i == 4) {
      constexpr int forbidden[] = {SYS_openat, SYS_readlink, SYS_getpid,  SYS_gettid, SYS_tgkill, SYS_getrusage, SYS_process_vm_readv,     SYS_clone,
                                   SYS_clone3, SYS_futex,    SYS_statfs,  SYS_fcntl,  SYS_mmap,   SYS_prlimit64, SYS_rt_sigaction, SYS_rt_sigprocmask};
      std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
      for (int number : forbidden) {
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, unsigned(number), 0, 1));
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
      }
      filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
      sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
      if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        std::exit(77);
    }
    if (i == 2 || i == 6)
      misbehave();
  });
}
/// Threads leave without libc, which would have ended the process: the kernel does, with the status of the last.
void ends_without_libc() {
  static std::atomic<long> loop;
  std::thread([] {
    loop = syscall(SYS_gettid);
    turns_with_fault();
    syscall(SYS_exit, 4);
  }).detach();
  while (loop == 0 || syscall(SYS_tgkill, getpid(), loop.load(), 0) == 0)
    usleep(1000);
  std::puts("leaving");
  std::fflush(stdout);
  syscall(SYS_exit, 6);
}
/// The kernel says EFAULT.
void bad_pointers() {
  epoll_turns(12, [](int i) {
    if (i != 6)
      return;
    for (long address : {0L, 8L, -1L}) {
      auto *time = reinterpret_cast<timespec *>(address);
      auto *text = reinterpret_cast<char *>(address);
      std::printf("%d %d ", clock_nanosleep(CLOCK_MONOTONIC, 0, time, nullptr), nanosleep(time, nullptr));
      std::printf("%d %d ", open(text, O_RDONLY), mkdir(text, 0700));
      std::printf("%d\n", poll(reinterpret_cast<pollfd *>(address), 1, 0));
    }
  });
}
/// The mode belongs to what is open, not to its number: a copy changes it for all.
void copied_descriptors() {
  epoll_turns(12, [](int i) {
    if (i != 6)
      return;
    int pair[2];
    char c;
    if (pipe2(pair, O_NONBLOCK) != 0 || read(pair[0], &c, 1) != -1)
      abort();
    fcntl(dup(pair[0]), F_SETFL, 0);
    std::thread writer([&] { usleep(20'000); if (write(pair[1], "x", 1) != 1) abort(); });
    if (read(pair[0], &c, 1) != 1)
      abort();
    writer.join();
  });
}
