// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Probes: sleeps, waits, locks, threads, processes, names and addresses, queues.
#include "probes.h"

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <future>
#include <grp.h>
#include <latch>
#include <linux/time_types.h>
#include <mqueue.h>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <resolv.h>
#include <sched.h>
#include <semaphore.h>
#include <shared_mutex>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <thread>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include <crypt.h>

using probes::later;
using probes::elsewhere;
using probes::path;
using probes::w;
using namespace std::chrono_literals;

extern char **environ;
extern "C" int __poll_chk(pollfd *, nfds_t, int, size_t);
extern "C" int __ppoll_chk(pollfd *, nfds_t, const timespec *, const sigset_t *, size_t);

namespace {
const timespec ms2{0, 2'000'000}, zero{0, 0};
timespec in(int ms, clockid_t clock = CLOCK_REALTIME) { timespec t; clock_gettime(clock, &t); t.tv_nsec += ms * 1'000'000L; if (t.tv_nsec >= 1'000'000'000) { ++t.tv_sec; t.tv_nsec -= 1'000'000'000; } return t; }
const timespec past{1, 0};
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, own = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER, own_rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
pthread_spinlock_t spin;
mtx_t mtx; cnd_t cnd;
sem_t sem, open_sem;
pthread_barrier_t barrier;
std::mutex std_mutex; std::shared_mutex std_shared;
FILE *locked_stream;
[[maybe_unused]] const bool made = [] { pthread_spin_init(&spin, 0); mtx_init(&mtx, mtx_timed); cnd_init(&cnd); sem_init(&sem, 0, 0); sem_init(&open_sem, 0, 1000000); pthread_barrier_init(&barrier, nullptr, 2); return true; }();
// `hold` takes a lock on the helper thread, tells, keeps it for some milliseconds and gives it back.
volatile bool held;
void raw_wait(int ms) { timespec t{0, ms * 1'000'000L}; syscall(SYS_nanosleep, &t, nullptr); }
#define HOLD(take, give) held = false; later(0, [] { take; held = true; raw_wait(4); give; }); probes::spin_until(held);
template <class F> pthread_t running(F) { pthread_t t; pthread_create(&t, nullptr, [](void *) -> void * { raw_wait(4); return nullptr; }, nullptr); return t; }
// Its kernel thread is gone: joining finds it ended, however busy the machine is.
pthread_t ended() {
  static pthread_t t;
  static std::atomic<long> id;
  id = 0;
  elsewhere([] {
    pthread_create(&t, nullptr, [](void *) -> void * { id = syscall(SYS_gettid); return nullptr; }, nullptr);
    while (id == 0 || syscall(SYS_tgkill, long(getpid()), id.load(), 0L) == 0)
      raw_wait(1);
  });
  return t;
}
pid_t child() { static pid_t pid; elsewhere([] { pid = long(syscall(SYS_fork)) == 0 ? (raw_wait(3), syscall(SYS_exit_group, 0), 0) : 0; }); return pid; }
void fork_one() { if (syscall(SYS_fork) == 0) { timespec t{0, 3'000'000}; syscall(SYS_nanosleep, &t, nullptr); syscall(SYS_exit_group, 0); } }
pthread_t loop_thread; void wake() { pthread_kill(loop_thread, SIGUSR1); }
void on_signal(int) {}
void catch_signal() { struct sigaction a{}; a.sa_handler = on_signal; sigaction(SIGUSR1, &a, nullptr); loop_thread = pthread_self(); }
sigset_t only(int s) { sigset_t m; sigemptyset(&m); sigaddset(&m, s); return m; }
struct blocked { sigset_t old; blocked() { sigset_t m = only(SIGUSR2); pthread_sigmask(SIG_BLOCK, &m, &old); loop_thread = pthread_self(); } ~blocked() { pthread_sigmask(SIG_SETMASK, &old, nullptr); } };
void wake2() { pthread_kill(loop_thread, SIGUSR2); }
mqd_t queue(int flags) {
  mq_attr a{};
  a.mq_maxmsg = 4, a.mq_msgsize = 8;
  std::string name = "/coroguard-probe-" + std::to_string(getpid());
  mqd_t made = mq_open(name.c_str(), O_RDWR | O_CREAT | flags, 0600, &a);
  mq_unlink(name.c_str());
  return made;
}
char text[1024]; unsigned char answer[512];
struct flock range(int type) { struct flock l{}; l.l_type = short(type); return l; }
/// On a file description of its own, so that it is in everybody else's way.
void range_lock(int type) { static int fd = open(path("data"), O_RDWR); struct flock l = range(type); fcntl(fd, F_OFD_SETLK, &l); }
void no_nameserver() {
  _res.options |= RES_INIT;
  _res.nscount = 1, _res.retrans = 1, _res.retry = 1;
  _res.nsaddr_list[0].sin_family = AF_INET;
  _res.nsaddr_list[0].sin_port = htons(9);
  _res.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}
int near_end, far_end;
void hang_up() { close(far_end); }
/// A TCP socket that has more to send than its peer takes.
int unsent(int linger_seconds) {
  elsewhere([] {
    near_end = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET, a.sin_port = htons(w.port), a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(near_end, reinterpret_cast<sockaddr *>(&a), sizeof a))
      abort();
    far_end = accept(w.listener, nullptr, nullptr);
    static char bytes[65536];
    while (send(near_end, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
      ;
  });
  linger l{linger_seconds, linger_seconds};
  setsockopt(near_end, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  return near_end;
}
} // namespace

// probe_libraries.cpp
extern bool probes_machine_starts;
extern char probes_journal[64];
extern "C" {
int io_uring_enter(unsigned, unsigned, unsigned, unsigned, void *);
int io_uring_submit_and_wait(void *, unsigned);
int io_uring_submit_and_wait_timeout(void *, void *, unsigned, __kernel_timespec *, void *);
int io_uring_wait_cqes(void *, void *, unsigned, __kernel_timespec *, void *);
int io_uring_wait_cqe_timeout(void *, void *, __kernel_timespec *);
int __io_uring_get_cqe(void *, void *, unsigned, unsigned, void *);
int sd_journal_print(int, const char *, ...);
int sd_journal_print_with_location(int, const char *, const char *, const char *, const char *, ...);
int sd_journal_send(const char *, ...);
int sd_journal_send_with_location(const char *, const char *, const char *, const char *, ...);
}
static void arrived(const char *text) { if (strcmp(probes_journal, text) != 0) abort(); }

BLOCKS(sleep, { later(3, wake); catch_signal(); sleep(1); })
SILENT(sleep, { sleep(0); })
BLOCKS(usleep, { usleep(2000); })
SILENT(usleep, { usleep(0); })
BLOCKS(nanosleep, { nanosleep(&ms2, nullptr); })
BLOCKS(nanosleep, { std::this_thread::sleep_for(2ms); })
SILENT(nanosleep, { nanosleep(&zero, nullptr); })
BLOCKS(clock_nanosleep, { clock_nanosleep(CLOCK_MONOTONIC, 0, &ms2, nullptr); })
SILENT(clock_nanosleep, { clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &past, nullptr); })
BLOCKS(thrd_sleep, { thrd_sleep(&ms2, nullptr); })
SILENT(thrd_sleep, { thrd_sleep(&zero, nullptr); })
BLOCKS(pause, { catch_signal(); later(3, wake); pause(); })
BLOCKS(sigsuspend, { catch_signal(); later(3, wake); sigset_t none; sigemptyset(&none); sigsuspend(&none); })
BLOCKS(sigwait, { blocked b; later(3, wake2); sigset_t s = only(SIGUSR2); int n; sigwait(&s, &n); })
BLOCKS(sigwaitinfo, { blocked b; later(3, wake2); sigset_t s = only(SIGUSR2); sigwaitinfo(&s, nullptr); })
BLOCKS(sigtimedwait, { blocked b; sigset_t s = only(SIGUSR2); sigtimedwait(&s, nullptr, &ms2); })
SILENT(sigtimedwait, { blocked b; sigset_t s = only(SIGUSR2); sigtimedwait(&s, nullptr, &zero); })
BLOCKS(poll, { pollfd p{w.quiet_pipe_in, POLLIN, 0}; poll(&p, 0, 2); })
SILENT(poll, { pollfd p{w.quiet_pipe_in, POLLIN, 0}; poll(&p, 1, 0); })
BLOCKS(__poll_chk, { pollfd p{w.quiet_listener, POLLIN, 0}; __poll_chk(&p, 1, 2, sizeof p); })
SILENT(__poll_chk, { pollfd p{w.quiet_pipe_in, POLLIN, 0}; __poll_chk(&p, 1, 0, sizeof p); })
BLOCKS(ppoll, { pollfd p{w.quiet_listener, POLLIN, 0}; ppoll(&p, 1, &ms2, nullptr); })
SILENT(ppoll, { pollfd p{w.quiet_listener, POLLIN, 0}; ppoll(&p, 1, &zero, nullptr); })
BLOCKS(__ppoll_chk, { pollfd p{w.quiet_listener, POLLIN, 0}; __ppoll_chk(&p, 1, &ms2, nullptr, sizeof p); })
SILENT(__ppoll_chk, { pollfd p{w.quiet_pipe_in, POLLIN, 0}; __ppoll_chk(&p, 1, &zero, nullptr, sizeof p); })
BLOCKS(select, { timeval t{0, 2000}; select(0, nullptr, nullptr, nullptr, &t); })
SILENT(select, { timeval t{0, 0}; select(0, nullptr, nullptr, nullptr, &t); })
BLOCKS(pselect, { pselect(0, nullptr, nullptr, nullptr, &ms2, nullptr); })
SILENT(pselect, { pselect(0, nullptr, nullptr, nullptr, &zero, nullptr); })
BLOCKS(epoll_wait, { int set = epoll_create1(0); epoll_event e; epoll_wait(set, &e, 1, 2); close(set); })
SILENT(epoll_wait, { int set = epoll_create1(0); epoll_event e; epoll_wait(set, &e, 1, 0); close(set); })
BLOCKS(epoll_pwait, { int set = epoll_create1(0); epoll_event e; epoll_pwait(set, &e, 1, 2, nullptr); close(set); })
SILENT(epoll_pwait, { int set = epoll_create1(0); epoll_event e; epoll_pwait(set, &e, 1, 0, nullptr); close(set); })
BLOCKS(epoll_pwait2, { int set = epoll_create1(0); epoll_event e; epoll_pwait2(set, &e, 1, &ms2, nullptr); close(set); })
SILENT(epoll_pwait2, { int set = epoll_create1(0); epoll_event e; epoll_pwait2(set, &e, 1, &zero, nullptr); close(set); })
BLOCKS(syscall, { std::promise<int> p; auto f = p.get_future(); static auto *q = &p; q = &p; later(5, [] { q->set_value(1); }); f.get(); })
SILENT(syscall, { std::promise<int> p; auto f = p.get_future(); p.set_value(1); f.get(); })
SILENT(syscall, { syscall(SYS_gettid); })
// libstdc++ yields a few times before it waits, which takes long where others want the processor
BLOCKS(syscall, { static std::atomic<int> a; a = 0; later(200, [] { a = 1; a.notify_all(); }); a.wait(0); })
SILENT(syscall, { std::latch l(1); l.count_down(); l.wait(); })

BLOCKS(pthread_mutex_lock, { HOLD(pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex)) pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex); })
BLOCKS(pthread_mutex_lock, { HOLD(std_mutex.lock(), std_mutex.unlock()) std::lock_guard lock(std_mutex); })
SILENT(pthread_mutex_lock, { pthread_mutex_lock(&own); pthread_mutex_unlock(&own); })
SILENT(pthread_mutex_lock, { std::lock_guard lock(std_mutex); })
SILENT(pthread_mutex_trylock, { HOLD(pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex)) pthread_mutex_trylock(&mutex); })
BLOCKS(pthread_mutex_timedlock, { HOLD(pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex)) timespec t = in(50); if (pthread_mutex_timedlock(&mutex, &t) == 0) pthread_mutex_unlock(&mutex); })
SILENT(pthread_mutex_timedlock, { timespec t = in(50); pthread_mutex_timedlock(&own, &t); pthread_mutex_unlock(&own); })
SILENT(pthread_mutex_timedlock, { HOLD(pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex)) pthread_mutex_timedlock(&mutex, &past); })
BLOCKS(pthread_mutex_clocklock, { HOLD(pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex)) timespec t = in(50, CLOCK_MONOTONIC); if (pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &t) == 0) pthread_mutex_unlock(&mutex); })
SILENT(pthread_mutex_clocklock, { timespec t = in(50, CLOCK_MONOTONIC); pthread_mutex_clocklock(&own, CLOCK_MONOTONIC, &t); pthread_mutex_unlock(&own); })
#define RWLOCK(name, free, ...)                                                                                                  \
  BLOCKS(name, { HOLD(pthread_rwlock_wrlock(&rwlock), pthread_rwlock_unlock(&rwlock)) timespec t = in(50, free); (void)t; if (name(&rwlock __VA_OPT__(,) __VA_ARGS__) == 0) pthread_rwlock_unlock(&rwlock); })
#define RWFREE(name, free, ...)                                                                                                  \
  SILENT(name, { timespec t = in(50, free); (void)t; name(&own_rwlock __VA_OPT__(,) __VA_ARGS__); pthread_rwlock_unlock(&own_rwlock); })
RWLOCK(pthread_rwlock_rdlock, CLOCK_REALTIME)
RWFREE(pthread_rwlock_rdlock, CLOCK_REALTIME)
RWLOCK(pthread_rwlock_wrlock, CLOCK_REALTIME)
RWFREE(pthread_rwlock_wrlock, CLOCK_REALTIME)
RWLOCK(pthread_rwlock_timedrdlock, CLOCK_REALTIME, &t)
RWFREE(pthread_rwlock_timedrdlock, CLOCK_REALTIME, &t)
RWLOCK(pthread_rwlock_timedwrlock, CLOCK_REALTIME, &t)
RWFREE(pthread_rwlock_timedwrlock, CLOCK_REALTIME, &t)
RWLOCK(pthread_rwlock_clockrdlock, CLOCK_MONOTONIC, CLOCK_MONOTONIC, &t)
RWFREE(pthread_rwlock_clockrdlock, CLOCK_MONOTONIC, CLOCK_MONOTONIC, &t)
RWLOCK(pthread_rwlock_clockwrlock, CLOCK_MONOTONIC, CLOCK_MONOTONIC, &t)
RWFREE(pthread_rwlock_clockwrlock, CLOCK_MONOTONIC, CLOCK_MONOTONIC, &t)
SILENT(pthread_rwlock_rdlock, { std::shared_lock lock(std_shared); })
BLOCKS(pthread_spin_lock, { HOLD(pthread_spin_lock(&spin), pthread_spin_unlock(&spin)) pthread_spin_lock(&spin); pthread_spin_unlock(&spin); })
SILENT(pthread_spin_lock, { pthread_spin_lock(&spin); pthread_spin_unlock(&spin); })
BLOCKS(mtx_lock, { HOLD(mtx_lock(&mtx), mtx_unlock(&mtx)) mtx_lock(&mtx); mtx_unlock(&mtx); })
SILENT(mtx_lock, { mtx_lock(&mtx); mtx_unlock(&mtx); })
BLOCKS(mtx_timedlock, { HOLD(mtx_lock(&mtx), mtx_unlock(&mtx)) timespec t = in(50); if (mtx_timedlock(&mtx, &t) == thrd_success) mtx_unlock(&mtx); })
SILENT(mtx_timedlock, { timespec t = in(50); mtx_timedlock(&mtx, &t); mtx_unlock(&mtx); })
BLOCKS(sem_wait, { later(3, [] { sem_post(&sem); }); sem_wait(&sem); })
SILENT(sem_wait, { sem_wait(&open_sem); })
BLOCKS(sem_timedwait, { timespec t = in(2); sem_timedwait(&sem, &t); })
SILENT(sem_timedwait, { timespec t = in(50); sem_timedwait(&open_sem, &t); })
BLOCKS(sem_clockwait, { timespec t = in(2, CLOCK_MONOTONIC); sem_clockwait(&sem, CLOCK_MONOTONIC, &t); })
SILENT(sem_clockwait, { timespec t = in(50, CLOCK_MONOTONIC); sem_clockwait(&open_sem, CLOCK_MONOTONIC, &t); })
BLOCKS(flock, { static int fd; fd = open(path("data"), O_RDWR); HOLD(flock(w.file, LOCK_EX), flock(w.file, LOCK_UN)) flock(fd, LOCK_EX); flock(fd, LOCK_UN); close(fd); })
SILENT(flock, { flock(w.file, LOCK_EX | LOCK_NB); flock(w.file, LOCK_UN); })
SILENT(lockf, { lockf(w.file, F_TLOCK, 1); lockf(w.file, F_ULOCK, 1); })
BLOCKS(lockf, { HOLD(range_lock(F_WRLCK), range_lock(F_UNLCK)) lockf(w.file, F_LOCK, 1); lockf(w.file, F_ULOCK, 1); })
BLOCKS(lockf64, { HOLD(range_lock(F_WRLCK), range_lock(F_UNLCK)) lockf64(w.file, F_LOCK, 1); lockf64(w.file, F_ULOCK, 1); })
SILENT(lockf64, { HOLD(range_lock(F_WRLCK), range_lock(F_UNLCK)) lockf64(w.file, F_TLOCK, 1); })
BLOCKS(fcntl, { HOLD(range_lock(F_WRLCK), range_lock(F_UNLCK)) struct flock l = range(F_WRLCK); fcntl(w.file, F_SETLKW, &l); l = range(F_UNLCK); fcntl(w.file, F_SETLK, &l); })
BLOCKS(fcntl, { HOLD(range_lock(F_WRLCK), range_lock(F_UNLCK)) struct flock l = range(F_RDLCK); fcntl(w.file, F_OFD_SETLKW, &l); l = range(F_UNLCK); fcntl(w.file, F_OFD_SETLK, &l); })
SILENT(fcntl, { struct flock l = range(F_WRLCK); fcntl(w.file, F_SETLKW, &l); l = range(F_UNLCK); fcntl(w.file, F_SETLK, &l); })
BLOCKS(fcntl64, { HOLD(range_lock(F_WRLCK), range_lock(F_UNLCK)) struct flock l = range(F_WRLCK); fcntl64(w.file, F_SETLKW, &l); l = range(F_UNLCK); fcntl64(w.file, F_SETLK, &l); })
SILENT(fcntl64, { HOLD(range_lock(F_WRLCK), range_lock(F_UNLCK)) struct flock l = range(F_WRLCK); fcntl64(w.file, F_SETLK, &l); })
BLOCKS(flockfile, { elsewhere([] { locked_stream = fopen("/dev/null", "w"); }); HOLD(flockfile(locked_stream), funlockfile(locked_stream)) flockfile(locked_stream); funlockfile(locked_stream); })
SILENT(flockfile, { flockfile(stdout); funlockfile(stdout); })
BLOCKS(pthread_cond_wait, { static bool ready; ready = false; later(3, [] { pthread_mutex_lock(&mutex); ready = true; pthread_cond_broadcast(&condition); pthread_mutex_unlock(&mutex); }); pthread_mutex_lock(&mutex); while (!ready) pthread_cond_wait(&condition, &mutex); pthread_mutex_unlock(&mutex); })
BLOCKS(pthread_cond_timedwait, { timespec t = in(2); pthread_mutex_lock(&mutex); pthread_cond_timedwait(&condition, &mutex, &t); pthread_mutex_unlock(&mutex); })
SILENT(pthread_cond_timedwait, { pthread_mutex_lock(&mutex); pthread_cond_timedwait(&condition, &mutex, &past); pthread_mutex_unlock(&mutex); })
BLOCKS(pthread_cond_clockwait, { timespec t = in(2, CLOCK_MONOTONIC); pthread_mutex_lock(&mutex); pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &t); pthread_mutex_unlock(&mutex); })
SILENT(pthread_cond_clockwait, { pthread_mutex_lock(&mutex); pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &past); pthread_mutex_unlock(&mutex); })
BLOCKS(cnd_timedwait, { timespec t = in(2); mtx_lock(&mtx); cnd_timedwait(&cnd, &mtx, &t); mtx_unlock(&mtx); })
SILENT(cnd_timedwait, { mtx_lock(&mtx); cnd_timedwait(&cnd, &mtx, &past); mtx_unlock(&mtx); })
BLOCKS(cnd_wait, { static bool ready; ready = false; later(3, [] { mtx_lock(&mtx); ready = true; cnd_broadcast(&cnd); mtx_unlock(&mtx); }); mtx_lock(&mtx); while (!ready) cnd_wait(&cnd, &mtx); mtx_unlock(&mtx); })
BLOCKS(pthread_join, { pthread_join(running(0), nullptr); })
SILENT(pthread_join, { pthread_join(ended(), nullptr); })
BLOCKS(pthread_join, { std::jthread t([] { raw_wait(3); }); })
BLOCKS(pthread_timedjoin_np, { timespec t = in(50); pthread_timedjoin_np(running(0), nullptr, &t); })
SILENT(pthread_timedjoin_np, { timespec t = in(50); pthread_timedjoin_np(ended(), nullptr, &t); })
BLOCKS(pthread_clockjoin_np, { timespec t = in(50, CLOCK_MONOTONIC); pthread_clockjoin_np(running(0), nullptr, CLOCK_MONOTONIC, &t); })
SILENT(pthread_clockjoin_np, { timespec t = in(50, CLOCK_MONOTONIC); pthread_clockjoin_np(ended(), nullptr, CLOCK_MONOTONIC, &t); })
SILENT(pthread_tryjoin_np, { pthread_tryjoin_np(ended(), nullptr); })
BLOCKS(thrd_join, { thrd_t t; thrd_create(&t, [](void *) { raw_wait(3); return 0; }, nullptr); thrd_join(t, nullptr); })
SILENT(thrd_join, { thrd_join(ended(), nullptr); })
BLOCKS(pthread_barrier_wait, { later(3, [] { pthread_barrier_wait(&barrier); }); pthread_barrier_wait(&barrier); })
SILENT(pthread_barrier_wait, { pthread_barrier_t alone; pthread_barrier_init(&alone, nullptr, 1); pthread_barrier_wait(&alone); pthread_barrier_destroy(&alone); })
STRICT(pthread_create, { pthread_t t; pthread_create(&t, nullptr, [](void *) -> void * { return nullptr; }, nullptr); pthread_detach(t); })
STRICT(sched_yield, { sched_yield(); })

BLOCKS(fork, { pid_t p = fork(); if (p == 0) _exit(0); })
BLOCKS(vfork, { pid_t p = vfork(); if (p == 0) _exit(0); })
BLOCKS(posix_spawn, { pid_t p; char *const argv[] = {const_cast<char *>("true"), nullptr}; posix_spawn(&p, "/bin/true", nullptr, nullptr, argv, environ); })
BLOCKS(posix_spawnp, { pid_t p; char *const argv[] = {const_cast<char *>("true"), nullptr}; posix_spawnp(&p, "true", nullptr, nullptr, argv, environ); })
BLOCKS(system, { if (system("true")) abort(); })
SILENT(system, { if (!system(nullptr)) abort(); })
BLOCKS(popen, { pclose(popen("true", "r")); })
BLOCKS(pclose, { pclose(popen("true", "r")); })
BLOCKS(wait, { fork_one(); wait(nullptr); })
BLOCKS(waitpid, { fork_one(); waitpid(-1, nullptr, 0); })
SILENT(waitpid, { waitpid(-1, nullptr, WNOHANG); })
BLOCKS(wait3, { fork_one(); wait3(nullptr, 0, nullptr); })
SILENT(wait3, { wait3(nullptr, WNOHANG, nullptr); })
BLOCKS(wait4, { fork_one(); wait4(-1, nullptr, 0, nullptr); })
SILENT(wait4, { wait4(-1, nullptr, WNOHANG, nullptr); })
BLOCKS(waitid, { fork_one(); siginfo_t s; waitid(P_ALL, 0, &s, WEXITED); })
SILENT(waitid, { siginfo_t s; waitid(P_ALL, 0, &s, WEXITED | WNOHANG); })
BLOCKS(mq_send, { mqd_t q = queue(0); mq_send(q, "x", 1, 0); mq_close(q); })
SILENT(mq_send, { mqd_t q = queue(O_NONBLOCK); mq_send(q, "x", 1, 0); mq_close(q); })
BLOCKS(mq_receive, { mqd_t q = queue(0); mq_send(q, "x", 1, 0); mq_receive(q, text, sizeof text, nullptr); mq_close(q); })
SILENT(mq_receive, { mqd_t q = queue(O_NONBLOCK); mq_receive(q, text, sizeof text, nullptr); mq_close(q); })
BLOCKS(mq_timedsend, { mqd_t q = queue(0); timespec t = in(2); mq_timedsend(q, "x", 1, 0, &t); mq_close(q); })
SILENT(mq_timedsend, { mqd_t q = queue(O_NONBLOCK); timespec t = in(2); mq_timedsend(q, "x", 1, 0, &t); mq_close(q); })
BLOCKS(mq_timedreceive, { mqd_t q = queue(0); timespec t = in(2); mq_timedreceive(q, text, sizeof text, nullptr, &t); mq_close(q); })
SILENT(mq_timedreceive, { mqd_t q = queue(O_NONBLOCK); timespec t = in(2); mq_timedreceive(q, text, sizeof text, nullptr, &t); mq_close(q); })
BLOCKS(msgsnd, { int q = msgget(IPC_PRIVATE, 0600); struct { long type; char c; } m{1, 'x'}; msgsnd(q, &m, 1, 0); msgctl(q, IPC_RMID, nullptr); })
SILENT(msgsnd, { int q = msgget(IPC_PRIVATE, 0600); struct { long type; char c; } m{1, 'x'}; msgsnd(q, &m, 1, IPC_NOWAIT); msgctl(q, IPC_RMID, nullptr); })
BLOCKS(msgrcv, { int q = msgget(IPC_PRIVATE, 0600); struct { long type; char c; } m{1, 'x'}; msgsnd(q, &m, 1, IPC_NOWAIT); msgrcv(q, &m, 1, 0, 0); msgctl(q, IPC_RMID, nullptr); })
SILENT(msgrcv, { int q = msgget(IPC_PRIVATE, 0600); struct { long type; char c; } m{1, 'x'}; msgrcv(q, &m, 1, 0, IPC_NOWAIT); msgctl(q, IPC_RMID, nullptr); })
BLOCKS(semop, { int s = semget(IPC_PRIVATE, 1, 0600); sembuf op{0, 0, 0}; semop(s, &op, 1); semctl(s, 0, IPC_RMID); })
SILENT(semop, { int s = semget(IPC_PRIVATE, 1, 0600); sembuf op{0, -1, IPC_NOWAIT}; semop(s, &op, 1); semctl(s, 0, IPC_RMID); })
BLOCKS(semtimedop, { int s = semget(IPC_PRIVATE, 1, 0600); sembuf op{0, -1, 0}; semtimedop(s, &op, 1, &ms2); semctl(s, 0, IPC_RMID); })
SILENT(semtimedop, { int s = semget(IPC_PRIVATE, 1, 0600); sembuf op{0, -1, IPC_NOWAIT}; semtimedop(s, &op, 1, &ms2); semctl(s, 0, IPC_RMID); })
BLOCKS(dlopen, { dlclose(dlopen("libm.so.6", RTLD_LAZY)); })
SILENT(dlopen, { dlopen(nullptr, RTLD_LAZY); })
BLOCKS(dlmopen, { dlclose(dlmopen(LM_ID_BASE, "libm.so.6", RTLD_LAZY)); })
BLOCKS(dlclose, { dlclose(dlopen("libm.so.6", RTLD_LAZY)); })
SILENT(getrandom, { if (getrandom(text, 8, 0) != 8) abort(); })
BLOCKS(getrandom, { if (getrandom(text, 8, GRND_RANDOM) < 0) abort(); })
BLOCKS(getentropy, { probes_machine_starts = true; if (getentropy(text, 8)) abort(); probes_machine_starts = false; })
SILENT(getentropy, { if (getentropy(text, 8)) abort(); })
BLOCKS(arc4random, { probes_machine_starts = true; if (arc4random() != 4) abort(); probes_machine_starts = false; })
SILENT(arc4random, { if (arc4random() != 4) abort(); })
BLOCKS(crypt, { if (!crypt("x", "$1$saltsalt$")) abort(); })
BLOCKS(crypt_r, { static crypt_data d; if (!crypt_r("x", "$1$saltsalt$", &d)) abort(); })

BLOCKS(getaddrinfo, { addrinfo *r = nullptr; if (getaddrinfo("localhost", nullptr, nullptr, &r) == 0) freeaddrinfo(r); })
SILENT(getaddrinfo, { addrinfo h{}, *r = nullptr; h.ai_flags = AI_NUMERICHOST; if (getaddrinfo("127.0.0.1", nullptr, &h, &r) == 0) freeaddrinfo(r); })
BLOCKS(getnameinfo, { sockaddr_in a{}; a.sin_family = AF_INET; a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); getnameinfo(reinterpret_cast<sockaddr *>(&a), sizeof a, text, sizeof text, nullptr, 0, 0); })
SILENT(getnameinfo, { sockaddr_in a{}; a.sin_family = AF_INET; a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); getnameinfo(reinterpret_cast<sockaddr *>(&a), sizeof a, text, sizeof text, nullptr, 0, NI_NUMERICHOST); })
BLOCKS(gethostbyname, { gethostbyname("localhost"); })
BLOCKS(gethostbyname2, { gethostbyname2("localhost", AF_INET); })
BLOCKS(gethostbyname_r, { hostent e, *r; int error; gethostbyname_r("localhost", &e, text, sizeof text, &r, &error); })
BLOCKS(gethostbyname2_r, { hostent e, *r; int error; gethostbyname2_r("localhost", AF_INET, &e, text, sizeof text, &r, &error); })
BLOCKS(gethostbyaddr, { in_addr a{htonl(INADDR_LOOPBACK)}; gethostbyaddr(&a, sizeof a, AF_INET); })
BLOCKS(gethostbyaddr_r, { in_addr a{htonl(INADDR_LOOPBACK)}; hostent e, *r; int error; gethostbyaddr_r(&a, sizeof a, AF_INET, &e, text, sizeof text, &r, &error); })
BLOCKS(getpwnam, { getpwnam("root"); })
BLOCKS(getpwnam_r, { passwd p, *r; getpwnam_r("root", &p, text, sizeof text, &r); })
BLOCKS(getpwuid, { getpwuid(0); })
BLOCKS(getpwuid_r, { passwd p, *r; getpwuid_r(0, &p, text, sizeof text, &r); })
BLOCKS(getgrnam, { getgrnam("root"); })
BLOCKS(getgrnam_r, { group p, *r; getgrnam_r("root", &p, text, sizeof text, &r); })
BLOCKS(getgrgid, { getgrgid(0); })
BLOCKS(getgrgid_r, { group p, *r; getgrgid_r(0, &p, text, sizeof text, &r); })
BLOCKS(getgrouplist, { gid_t g[64]; int n = 64; getgrouplist("root", 0, g, &n); })
BLOCKS(initgroups, { initgroups("root", 0); })
BLOCKS(getservbyname, { getservbyname("http", "tcp"); })
BLOCKS(getservbyport, { getservbyport(htons(80), "tcp"); })
BLOCKS(getprotobyname, { getprotobyname("tcp"); })
BLOCKS(getnetbyname, { getnetbyname("loopback"); })
// a nameserver that refuses at once
#define ASKS(name, ...) BLOCKS(name, { no_nameserver(); __VA_ARGS__ })
ASKS(res_query, res_query("probe.invalid", 1, 1, answer, sizeof answer);)
ASKS(res_search, res_search("probe.invalid", 1, 1, answer, sizeof answer);)
ASKS(res_nquery, res_nquery(&_res, "probe.invalid", 1, 1, answer, sizeof answer);)
ASKS(res_nsearch, res_nsearch(&_res, "probe.invalid", 1, 1, answer, sizeof answer);)

// Refused, whoever asks: what they would do takes more than a test should have.
BLOCKS(mount, { if (mount("none", "/absent/probe", "tmpfs", 0, nullptr) == 0) abort(); })
BLOCKS(umount, { if (umount("/absent/probe") == 0) abort(); })
BLOCKS(umount2, { if (umount2("/absent/probe", 0) == 0) abort(); })
SILENT(umount2, { if (umount2("/absent/probe", MNT_DETACH) == 0) abort(); })
BLOCKS(setns, { if (setns(-1, 0) == 0) abort(); })
BLOCKS(ptrace, { if (ptrace(PTRACE_DETACH, 0, nullptr, nullptr) == 0) abort(); })

// What the peer does not take, a lingering close waits for.
BLOCKS(close, { int fd = unsent(1); later(5, hang_up); close(fd); })
SILENT(close, { int fd = unsent(0); close(fd); hang_up(); })

// probe_libraries.cpp has these
BLOCKS(sync, { sync(); })
BLOCKS(sd_journal_print, { sd_journal_print(6, "%s %g", "print", 2.5); arrived("print 2.5"); })
BLOCKS(sd_journal_print, { sd_journal_print_with_location(6, "CODE_FILE=a", "CODE_LINE=1", "f", "%s %d %g", "print", 7, 2.5); arrived("print 7 2.5"); })
BLOCKS(sd_journal_send, { sd_journal_send("MESSAGE=%s %d %d %d %d %d %d %g", "send", 1, 2, 3, 4, 5, 6, 2.5, nullptr); arrived("MESSAGE=send 1 2 3 4 5 6 2.5"); })
BLOCKS(sd_journal_send, { sd_journal_send_with_location("CODE_FILE=a", "CODE_LINE=1", "f", "MESSAGE=%g", 2.5, nullptr); arrived("MESSAGE=2.5"); })
__kernel_timespec ring_ms2{0, 2'000'000}, ring_zero{0, 0};
BLOCKS(io_uring_enter, { io_uring_enter(99, 0, 1, 0, nullptr); })
SILENT(io_uring_enter, { io_uring_enter(99, 0, 0, 0, nullptr); })
BLOCKS(io_uring_submit_and_wait, { io_uring_submit_and_wait(&sem, 1); })
SILENT(io_uring_submit_and_wait, { io_uring_submit_and_wait(&sem, 0); })
BLOCKS(io_uring_submit_and_wait_timeout, { io_uring_submit_and_wait_timeout(&sem, nullptr, 1, &ring_ms2, nullptr); })
SILENT(io_uring_submit_and_wait_timeout, { io_uring_submit_and_wait_timeout(&sem, nullptr, 1, &ring_zero, nullptr); })
BLOCKS(io_uring_wait_cqes, { io_uring_wait_cqes(&sem, nullptr, 1, &ring_ms2, nullptr); })
SILENT(io_uring_wait_cqes, { io_uring_wait_cqes(&sem, nullptr, 0, &ring_ms2, nullptr); })
BLOCKS(io_uring_wait_cqe_timeout, { io_uring_wait_cqe_timeout(&sem, nullptr, &ring_ms2); })
SILENT(io_uring_wait_cqe_timeout, { io_uring_wait_cqe_timeout(&sem, nullptr, &ring_zero); })
BLOCKS(__io_uring_get_cqe, { __io_uring_get_cqe(&sem, nullptr, 0, 1, nullptr); })
SILENT(__io_uring_get_cqe, { __io_uring_get_cqe(&sem, nullptr, 0, 0, nullptr); })
