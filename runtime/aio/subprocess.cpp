// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Child processes: posix_spawn to start, a pidfd to await the end.
#include "coroguard/subprocess.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/shield.hpp"
#include "runtime/aio/system_calls.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace coroguard {

using namespace detail;

struct subprocess::state {
  pid_t pid = -1;
  std::optional<exit_status> status;
  std::unique_ptr<io_descriptor> pidfd;
  stream in, out, err;

  static exit_status decode(int code, int value) {
    exit_status s;
    if (code == CLD_EXITED)
      s.code = value;
    else
      s.signal = value;
    return s;
  }
  void reap() {
    if (status)
      return;
    siginfo_t info{};
    if (::waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid)
      status = decode(info.si_code, info.si_status);
    else if (errno == ECHILD && info.si_pid == 0 && ::kill(pid, 0) != 0)
      status = exit_status{255, 0}; // somebody else reaped it
  }
};

namespace {
struct pipe_ends {
  int ours = -1, theirs = -1;
  ~pipe_ends() {
    if (ours >= 0)
      ::close(ours);
    if (theirs >= 0)
      ::close(theirs);
  }
  void open(bool child_reads) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0)
      throw_system("pipe");
    theirs = fds[child_reads ? 0 : 1];
    ours = fds[child_reads ? 1 : 0];
  }
};
} // namespace

subprocess::subprocess(std::unique_ptr<state> s) noexcept : state_(std::move(s)) {}
subprocess::subprocess(subprocess &&) noexcept = default;
subprocess &subprocess::operator=(subprocess &&) noexcept = default;
subprocess::~subprocess() {
  if (!state_ || state_->status)
    return;
  state_->reap();
  if (state_->status)
    return;
  if (auto *loop = current_loop_or_null(); loop && state_->pidfd && loop == state_->pidfd->loop && !loop->is_closed()) {
    // still running: a small task waits for it, so that it does not stay a zombie
    loop->create_task([](std::unique_ptr<state> s) -> task<> {
      subprocess p(std::move(s));
      try {
        co_await p.wait();
      } catch (...) {
        p.state_->status = exit_status{}; // the loop ends first: give up
        throw;
      }
    }(std::move(state_)), "reap");
  }
}

namespace {
/// What posix_spawn is told: default signals, and where 0, 1 and 2 go.
struct spawn_plan {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pipe_ends in, out, err;

  spawn_plan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    sigset_t defaults, none;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~spawn_plan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  void connect(redirect how, int number, pipe_ends &ends) {
    bool child_reads = number == 0;
    switch (how) {
    case redirect::inherit: break;
    case redirect::null: ::posix_spawn_file_actions_addopen(&actions, number, "/dev/null", child_reads ? O_RDONLY : O_WRONLY, 0); break;
    case redirect::pipe:
      ends.open(child_reads);
      ::posix_spawn_file_actions_adddup2(&actions, ends.theirs, number);
      break;
    case redirect::to_output:
      if (number != 2)
        throw std::invalid_argument("coroguard: redirect::to_output is for the error stream");
      ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
      break;
    }
  }
  /// Errors: std::system_error.
  pid_t start(std::vector<std::string> &arguments, process_options &options) {
    connect(options.input, 0, in);
    connect(options.output, 1, out);
    connect(options.error, 2, err);
    if (!options.directory.empty())
      ::posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
    auto pointers = [](std::vector<std::string> &words) {
      std::vector<char *> all;
      for (auto &w : words)
        all.push_back(w.data());
      all.push_back(nullptr);
      return all;
    };
    auto argv = pointers(arguments), envp = pointers(options.environment);
    pid_t pid = -1;
    int error = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), options.environment.empty() ? environ : envp.data());
    if (error)
      throw_system(error, "start " + arguments[0]);
    return pid;
  }
};

stream take_ours(pipe_ends &ends) {
  return ends.ours >= 0 ? owned_descriptor(std::exchange(ends.ours, -1)).become<stream>() : stream();
}
} // namespace

subprocess subprocess::start(std::vector<std::string> arguments, process_options options) {
  if (arguments.empty() || arguments[0].empty())
    throw std::invalid_argument("coroguard: subprocess needs a program");
  auto &loop = current_loop();
  spawn_plan plan;
  auto s = std::make_unique<state>();
  s->pid = plan.start(arguments, options);
  try {
    owned_descriptor fd(int(::syscall(SYS_pidfd_open, s->pid, 0)));
    if (fd.get() < 0)
      throw_system("coroguard: cannot watch process " + std::to_string(s->pid) + " (pidfd_open)");
    s->pidfd = std::make_unique<io_descriptor>(&loop, fd.get());
    (void)fd.release();
    s->in = take_ours(plan.in);
    s->out = take_ours(plan.out);
    s->err = take_ours(plan.err);
  } catch (...) { // no descriptors left: a child nobody can wait for must not stay
    ::kill(s->pid, SIGKILL);
    while (::waitpid(s->pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    throw;
  }
  return subprocess(std::move(s));
}

pid_t subprocess::pid() const noexcept { return state_ ? state_->pid : -1; }

static stream &piped(stream &s, const char *which) {
  if (s.native_handle() < 0 && !s.is_open())
    throw invalid_state_error(std::string("coroguard: the ") + which + " of this process is not a pipe (redirect::pipe), or is closed");
  return s;
}
stream &subprocess::input() { return piped(owned().in, "input"); }
stream &subprocess::output() { return piped(owned().out, "output"); }
stream &subprocess::error() { return piped(owned().err, "error stream"); }

subprocess::state &subprocess::owned() const {
  if (!state_)
    throw invalid_state_error("coroguard: this subprocess was moved from");
  return *state_;
}

task<exit_status> subprocess::wait() {
  auto &s = owned();
  s.reap();
  auto *loop = &current_loop();
  while (!s.status) {
    struct counted { // with a virtual clock, time must not pass while a real process runs
      event_loop *l;
      explicit counted(event_loop *x) : l(x) { l->external_begin(); }
      ~counted() { l->external_end(); }
    } outside(loop);
    co_await ready_awaiter<false>(*s.pidfd);
    s.reap();
  }
  s.pidfd->close_now();
  co_return *s.status;
}

std::optional<exit_status> subprocess::status() {
  owned().reap();
  return state_->status;
}
void subprocess::send_signal(int number) {
  owned().reap();
  if (!state_->status && ::kill(state_->pid, number) != 0 && errno != ESRCH)
    throw_system("kill");
}
void subprocess::terminate() { send_signal(SIGTERM); }
void subprocess::kill() { send_signal(SIGKILL); }

task<process_result> subprocess::communicate(std::string data) {
  auto feed = [](state &s, std::string text) -> task<> {
    if (!s.in.is_open())
      co_return;
    try {
      co_await s.in.write(text);
    } catch (const std::system_error &e) {
      if (e.code() != std::errc::broken_pipe)
        throw;
    }
    s.in.close();
  };
  auto drain = [](stream &s) -> task<std::string> {
    if (!s.is_open())
      co_return std::string();
    co_return co_await s.read_all();
  };
  (void)owned();
  process_result r;
  auto [fed, out, err] = co_await gather(feed(*state_, std::move(data)), drain(state_->out), drain(state_->err));
  (void)fed;
  r.output = std::move(out);
  r.error = std::move(err);
  r.status = co_await wait();
  co_return r;
}

task<process_result> run_process(std::vector<std::string> arguments, std::string input, process_options options) {
  options.input = redirect::pipe;
  if (options.output == redirect::inherit)
    options.output = redirect::pipe;
  if (options.error == redirect::inherit)
    options.error = redirect::pipe;
  auto p = subprocess::start(std::move(arguments), std::move(options));
  std::exception_ptr failed;
  try {
    co_return co_await p.communicate(std::move(input));
  } catch (...) {
    failed = std::current_exception();
  }
  p.kill();
  co_await shield(create_task([](subprocess dead) -> task<> { (void)co_await dead.wait(); }(std::move(p)), "reap"));
  std::rethrow_exception(failed);
}

} // namespace coroguard
