// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The process pool. One thread of ours owns the workers: it hands out jobs, reads answers, replaces the dead. A worker gets one
// job at a time, or many while they turn out to be tiny.
#include "coroguard/process_pool_executor.hpp"
#include "runtime/aio/debug.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char **environ;

namespace coroguard {

remote_error::remote_error(std::string type, std::string message, pid_t worker)
    : std::runtime_error(message + " (" + type + " in worker process " + std::to_string(worker) + ")"),
      data_(std::make_shared<const data>(data{std::move(type), std::move(message), worker})) {}

namespace detail {

namespace {
void anchor() {}
} // namespace

std::int64_t code_offset(const void *address) {
  Dl_info here{}, there{};
  const void *base = reinterpret_cast<const void *>(&anchor);
  static thread_local const void *checked = nullptr;
  if (checked != address) {
    if (::dladdr(base, &here) && ::dladdr(address, &there) && here.dli_fbase != there.dli_fbase)
      throw std::invalid_argument(std::string("coroguard: a process pool runs functions of the program itself, not of ") + there.dli_fname);
    checked = address;
  }
  return static_cast<const char *>(address) - static_cast<const char *>(base);
}
const void *code_at(std::int64_t offset) noexcept { return reinterpret_cast<const char *>(&anchor) + offset; }

namespace {

struct request_head {
  std::uint64_t size; ///< of what follows
  std::uint64_t id;
  std::int64_t function;
};
struct answer_head {
  std::uint64_t size;
  std::uint64_t id;
  std::uint64_t failed;
};

std::int64_t monotonic_ns() {
  timespec t;
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

// --- the worker process ------------------------------------------------------------------------------------------

void write_fully(int fd, const std::string &data) {
  std::size_t done = 0;
  while (done < data.size()) {
    ssize_t n = ::send(fd, data.data() + done, data.size() - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      ::_exit(0); // the parent is gone
    done += std::size_t(n);
  }
}

void answer(std::string &out, const request_head &head, const char *payload) {
  std::string body;
  std::uint64_t failed = 0;
  wire_reader in(payload, head.size);
  wire_writer writer(body);
  try {
    reinterpret_cast<remote_function>(const_cast<void *>(code_at(head.function)))(in, writer);
  } catch (const std::exception &e) {
    failed = 1;
    body.clear();
    writer.put(current_exception_type());
    writer.put(std::string(e.what()));
  } catch (...) {
    failed = 1;
    body.clear();
    writer.put(current_exception_type());
    writer.put(std::string("not a std::exception"));
  }
  answer_head a{body.size(), head.id, failed};
  out.append(reinterpret_cast<const char *>(&a), sizeof a);
  out += body;
}

[[noreturn]] void worker_main(int fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGINT, SIG_IGN); // Ctrl-C is the parent's business
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::unsetenv("COROGUARD_PROCESS_WORKER");
  std::string in, out;
  std::size_t from = 0;
  std::int64_t flushed = monotonic_ns();
  for (;;) {
    while (in.size() - from >= sizeof(request_head)) {
      request_head head;
      std::memcpy(&head, in.data() + from, sizeof head);
      if (in.size() - from < sizeof head + head.size)
        break;
      answer(out, head, in.data() + from + sizeof head);
      from += sizeof head + head.size;
      if (std::int64_t now = monotonic_ns(); now - flushed > 500'000) {
        write_fully(fd, out);
        out.clear();
        flushed = now;
      }
    }
    in.erase(0, from);
    from = 0;
    write_fully(fd, out);
    out.clear();
    char buffer[65536];
    ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
    flushed = monotonic_ns();
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      ::_exit(0);
    in.append(buffer, std::size_t(n));
  }
}

/// In a worker the program ends here, after static initialisation and before main.
__attribute__((constructor)) void become_worker() {
  const char *fd = std::getenv("COROGUARD_PROCESS_WORKER");
  if (!fd || !*fd)
    return;
  worker_main(std::atoi(fd));
}

} // namespace
} // namespace detail

using namespace detail;

// --- the pool ----------------------------------------------------------------------------------------------------

struct process_pool_executor::impl {
  struct worker {
    pid_t pid = -1;
    int fd = -1;
    std::deque<std::pair<std::uint64_t, std::unique_ptr<remote_job>>> sent; ///< oldest first
    std::string out, in;
    std::size_t window = 1;
    std::int64_t last_event = 0;
    double mean_ns = 1e9;
  };
  std::size_t limit;
  int wake = -1;
  mutable std::mutex mutex;
  std::deque<std::unique_ptr<remote_job>> queue; ///< guarded
  std::vector<pid_t> pids;                       ///< guarded, for worker_pids
  bool stopping = false, abort = false;          ///< guarded
  std::vector<std::unique_ptr<worker>> crew;     ///< the manager's own
  std::uint64_t ids = 0;
  std::deque<std::unique_ptr<remote_job>> alone; ///< suspects of a crash: run one at a time
  std::size_t failed_starts = 0;
  std::thread manager;
  std::mutex end_mutex;

  void poke() {
    std::uint64_t one = 1;
    (void)!::write(wake, &one, sizeof one);
  }

  std::unique_ptr<worker> start_worker() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
      throw std::system_error(errno, std::generic_category(), "coroguard: process pool (socketpair)");
    int size = 1 << 20;
    ::setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    ::setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    constexpr int inherited = 198;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, fds[1], inherited);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::string marker = "COROGUARD_PROCESS_WORKER=" + std::to_string(inherited), name = "coroguard-worker";
    std::vector<char *> env{marker.data()};
    for (char **e = environ; *e; ++e)
      env.push_back(*e);
    env.push_back(nullptr);
    char *argv[] = {name.data(), nullptr};
    auto w = std::make_unique<worker>();
    int error = ::posix_spawn(&w->pid, "/proc/self/exe", &actions, &attributes, argv, env.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    ::close(fds[1]);
    if (error) {
      ::close(fds[0]);
      throw std::system_error(error, std::generic_category(), "coroguard: cannot start a worker process");
    }
    ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
    w->fd = fds[0];
    std::lock_guard lock(mutex);
    pids.push_back(w->pid);
    return w;
  }

  void finish(remote_job &job, std::exception_ptr error) {
    if (job.attempts > 0 || job.start())
      job.answered(nullptr, std::move(error));
  }

  void give(worker &w, std::unique_ptr<remote_job> job) {
    if (job->attempts == 0 && !job->start())
      return; // cancelled
    ++job->attempts;
    if (w.sent.empty())
      w.last_event = monotonic_ns();
    request_head head{job->request.size(), ++ids, code_offset(reinterpret_cast<const void *>(job->function))};
    w.out.append(reinterpret_cast<const char *>(&head), sizeof head);
    w.out += job->request;
    w.sent.emplace_back(head.id, std::move(job));
  }

  /// Fills the workers' windows, the emptiest first.
  void hand_out() {
    for (;;) {
      std::unique_ptr<remote_job> job;
      bool suspect = !alone.empty();
      worker *best = nullptr;
      for (auto &w : crew)
        if (!best || w->sent.size() < best->sent.size())
          best = w.get();
      bool room = best && best->sent.size() < (suspect ? 1 : best->window);
      bool grow = crew.size() < limit && (!best || !best->sent.empty());
      if (!room && !grow)
        break;
      if (suspect) {
        job = std::move(alone.front());
        alone.pop_front();
      } else {
        std::lock_guard lock(mutex);
        if (queue.empty())
          break;
        job = std::move(queue.front());
        queue.pop_front();
      }
      if (grow) {
        try {
          crew.push_back(start_worker());
          best = crew.back().get();
        } catch (...) {
          if (!room) {
            finish(*job, std::current_exception());
            continue;
          }
        }
      }
      bool guard = suspect;
      give(*best, std::move(job));
      if (guard)
        best->window = 1;
    }
    for (auto &w : crew)
      flush(*w);
  }

  void flush(worker &w) {
    while (!w.out.empty()) {
      ssize_t n = ::send(w.fd, w.out.data(), w.out.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return; // full, or dead: the reader will notice
      w.out.erase(0, std::size_t(n));
    }
  }

  /// False: the worker is gone.
  bool read_answers(worker &w) {
    char buffer[65536];
    for (;;) {
      ssize_t n = ::recv(w.fd, buffer, sizeof buffer, 0);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        break;
      if (n <= 0)
        return false;
      w.in.append(buffer, std::size_t(n));
      if (std::size_t(n) < sizeof buffer)
        break;
    }
    std::size_t from = 0, answers = 0;
    while (w.in.size() - from >= sizeof(answer_head)) {
      answer_head head;
      std::memcpy(&head, w.in.data() + from, sizeof head);
      if (w.in.size() - from < sizeof head + head.size)
        break;
      if (w.sent.empty() || w.sent.front().first != head.id)
        return false; // not our protocol any more: memory of the worker is corrupt
      auto job = std::move(w.sent.front().second);
      w.sent.pop_front();
      wire_reader in(w.in.data() + from + sizeof head, head.size);
      if (head.failed) {
        try {
          auto type = in.get<std::string>();
          job->answered(nullptr, std::make_exception_ptr(remote_error(type, in.get<std::string>(), w.pid)));
        } catch (...) {
          job->answered(nullptr, std::current_exception());
        }
      } else {
        job->answered(&in, nullptr);
      }
      from += sizeof head + head.size;
      ++answers;
    }
    w.in.erase(0, from);
    if (answers) {
      std::int64_t now = monotonic_ns();
      double each = double(now - w.last_event) / double(answers);
      w.last_event = now;
      w.mean_ns = w.mean_ns > 1e8 ? each : w.mean_ns * 0.75 + each * 0.25;
      if (w.mean_ns < 100'000)
        w.window = std::min<std::size_t>(128, w.window * 2);
      else if (w.mean_ns > 300'000)
        w.window = std::max<std::size_t>(1, w.window / 4);
    }
    return true;
  }

  /// Takes leave of a worker that closed its end: reaps it and decides about its jobs.
  void bury(worker &w) {
    ::kill(w.pid, SIGKILL);
    int status = 0;
    while (::waitpid(w.pid, &status, 0) < 0 && errno == EINTR) {
    }
    ::close(w.fd);
    {
      std::lock_guard lock(mutex);
      std::erase(pids, w.pid);
    }
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0, code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    bool single = w.sent.size() == 1;
    for (auto &[id, job] : w.sent) {
      if (single || job->attempts >= 3) {
        std::string how = signal ? "was killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")"
                                 : "ended with exit code " + std::to_string(code);
        job->answered(nullptr, std::make_exception_ptr(broken_process_pool("coroguard: worker process " + std::to_string(w.pid) + " " + how + " while it ran this function", signal, code)));
      } else {
        alone.push_back(std::move(job));
      }
    }
  }

  bool idle() {
    for (auto &w : crew)
      if (!w->sent.empty())
        return false;
    std::lock_guard lock(mutex);
    return queue.empty() && alone.empty();
  }

  void manage() {
    ::pthread_setname_np(::pthread_self(), "coroguard-pool");
    std::vector<pollfd> fds;
    for (;;) {
      hand_out();
      bool stop, now;
      {
        std::lock_guard lock(mutex);
        stop = stopping;
        now = abort;
      }
      if (now || (stop && idle()))
        break;
      fds.assign(1, {wake, POLLIN, 0});
      for (auto &w : crew)
        fds.push_back({w->fd, short(POLLIN | (w->out.empty() ? 0 : POLLOUT)), 0});
      if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
        continue;
      if (fds[0].revents) {
        std::uint64_t n;
        (void)!::read(wake, &n, sizeof n);
      }
      std::vector<worker *> dead;
      for (std::size_t i = 1; i < fds.size(); ++i) {
        worker &w = *crew[i - 1];
        if ((fds[i].revents & (POLLIN | POLLHUP | POLLERR)) && !read_answers(w))
          dead.push_back(&w);
        else if (fds[i].revents & POLLOUT)
          flush(w);
      }
      for (auto *d : dead) {
        bury(*d);
        std::erase_if(crew, [&](auto &w) { return w.get() == d; });
      }
    }
    for (auto &w : crew) {
      for (auto &[id, job] : w->sent)
        job->answered(nullptr, std::make_exception_ptr(broken_process_pool("coroguard: the process pool was shut down", 0, 0)));
      if (w->sent.empty())
        ::shutdown(w->fd, SHUT_RDWR), ::kill(w->pid, SIGCONT); // it may be stopped: it could not see the end
      else
        ::kill(w->pid, SIGKILL);
      ::close(w->fd);
      int status;
      while (::waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
      }
    }
    for (auto &job : alone)
      job->answered(nullptr, std::make_exception_ptr(broken_process_pool("coroguard: the process pool was shut down", 0, 0)));
    std::lock_guard lock(mutex);
    pids.clear();
    crew.clear();
    alone.clear();
  }
};

process_pool_executor::process_pool_executor(std::size_t workers) : impl_(new impl) {
  cpu_set_t set;
  impl_->limit = workers ? workers : ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::size_t(std::max(1, CPU_COUNT(&set))) : 1;
  impl_->wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (impl_->wake < 0)
    throw std::system_error(errno, std::generic_category(), "coroguard: process pool (eventfd)");
  try {
    impl_->manager = std::thread([p = impl_.get()] { p->manage(); });
  } catch (const std::system_error &e) {
    ::close(impl_->wake);
    throw std::system_error(e.code(), "coroguard: process pool: its thread cannot be started");
  }
}

process_pool_executor::~process_pool_executor() {
  shutdown(true, true);
  ::close(impl_->wake);
}

void process_pool_executor::send(std::unique_ptr<remote_job> job) {
  std::vector<std::unique_ptr<remote_job>> one;
  one.push_back(std::move(job));
  send(std::move(one));
}
void process_pool_executor::send(std::vector<std::unique_ptr<remote_job>> jobs) {
  bool was_empty;
  {
    std::lock_guard lock(impl_->mutex);
    if (impl_->stopping)
      throw invalid_state_error("coroguard: cannot submit to a process pool after its shutdown");
    was_empty = impl_->queue.empty();
    for (auto &j : jobs)
      impl_->queue.push_back(std::move(j));
  }
  if (was_empty)
    impl_->poke();
}

void process_pool_executor::shutdown(bool wait, bool cancel_pending) {
  std::deque<std::unique_ptr<remote_job>> dropped;
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    impl_->abort |= !wait;
    if (cancel_pending || !wait)
      dropped.swap(impl_->queue);
  }
  for (auto &j : dropped)
    if (j->start())
      j->answered(nullptr, std::make_exception_ptr(cancelled_error("the process pool was shut down")));
  impl_->poke();
  std::lock_guard lock(impl_->end_mutex);
  if (impl_->manager.joinable())
    impl_->manager.join();
}

std::size_t process_pool_executor::workers() const noexcept { return impl_->limit; }
std::vector<pid_t> process_pool_executor::worker_pids() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->pids;
}

} // namespace coroguard
