// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated table as the reports need it.
#include "runtime/tools/function_facts.h"

#include <sys/syscall.h>
#include <vector>

namespace coroguard::run {
namespace {

struct row {
  const char *function, *category, *reason, *instead;
};
constexpr const char *symbols[] = {
#define COROGUARD_INTERPOSE(function, ...) #function,
#define COROGUARD_INTERPOSE_VARIADIC(function, ...) #function,
#include "Interposers.gen.inc"
};
constexpr row rows[] = {
#define COROGUARD_BLOCKING_ROW(function, index, category, condition, when, reason, instead) {#function, category, reason, instead},
#include "Interposers.gen.inc"
};

std::string user_name(std::string name) {
  auto starts = [&](const char *prefix) { return name.rfind(prefix, 0) == 0; };
  auto ends = [&](std::string_view suffix) { return name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0; };
  for (const char *prefix : {"__isoc99_", "__isoc23_"})
    if (starts(prefix))
      return name.substr(9);
  if (starts("__") && ends("_chk"))
    return name.substr(2, name.size() - 6);
  if (starts("__") && ends("_2"))
    return name.substr(2, name.size() - 4);
  if (starts("__xstat"))
    return name.substr(3);
  if (starts("__lxstat") || starts("__fxstat"))
    return name.substr(2, 1) + name.substr(4);
  if (name == "__io_uring_get_cqe")
    return "io_uring_wait_cqe";
  return name;
}

std::vector<function_facts> make_table() {
  std::vector<function_facts> table;
  for (const char *symbol : symbols) {
    function_facts f{symbol, user_name(symbol)};
    for (const row &r : rows)
      if (std::string_view(r.function) == symbol) {
        f.category = r.category, f.reason = r.reason, f.instead = r.instead, f.row = r.function;
        break;
      }
    // a twin's texts say "see read": take them from there
    if (std::string_view(f.instead).rfind("see ", 0) == 0)
      for (const row &r : rows)
        if (std::string_view(r.function) == f.instead + 4) {
          f.reason = r.reason, f.instead = r.instead, f.row = r.function;
          break;
        }
    table.push_back(std::move(f));
  }
  return table;
}

} // namespace

const std::vector<function_facts> &all_facts() {
  static const std::vector<function_facts> table = make_table();
  return table;
}

const function_facts *find_function(unsigned index) { return index < all_facts().size() ? &all_facts()[index] : nullptr; }

const function_facts *find_function(std::string_view symbol) {
  for (const function_facts &f : all_facts())
    if (f.symbol == symbol)
      return &f;
  return nullptr;
}

const char *cure_in(const function_facts &facts, std::string_view library) {
  struct cure {
    std::string_view function, library;
    const char *text;
  };
  static constexpr cure cures[] = {
#define COROGUARD_CURE(function, library, text) {function, library, text},
#include "RuntimeRules.gen.inc"
  };
  for (const cure &c : cures)
    if (c.function == facts.row && c.library == library)
      return c.text;
  return facts.instead;
}

std::string system_call_name(long number) {
#define COROGUARD_NAMED(x) case SYS_##x: return #x;
  switch (number) {
    COROGUARD_NAMED(read) COROGUARD_NAMED(write) COROGUARD_NAMED(readv) COROGUARD_NAMED(writev) COROGUARD_NAMED(pread64)
    COROGUARD_NAMED(pwrite64) COROGUARD_NAMED(openat) COROGUARD_NAMED(open) COROGUARD_NAMED(close) COROGUARD_NAMED(stat)
    COROGUARD_NAMED(newfstatat) COROGUARD_NAMED(poll) COROGUARD_NAMED(ppoll) COROGUARD_NAMED(select) COROGUARD_NAMED(pselect6)
    COROGUARD_NAMED(epoll_wait) COROGUARD_NAMED(epoll_pwait) COROGUARD_NAMED(epoll_pwait2) COROGUARD_NAMED(futex)
    COROGUARD_NAMED(nanosleep) COROGUARD_NAMED(clock_nanosleep) COROGUARD_NAMED(pause) COROGUARD_NAMED(accept)
    COROGUARD_NAMED(accept4) COROGUARD_NAMED(connect) COROGUARD_NAMED(recvfrom) COROGUARD_NAMED(recvmsg) COROGUARD_NAMED(recvmmsg)
    COROGUARD_NAMED(sendto) COROGUARD_NAMED(sendmsg) COROGUARD_NAMED(sendmmsg) COROGUARD_NAMED(wait4) COROGUARD_NAMED(waitid)
    COROGUARD_NAMED(fsync) COROGUARD_NAMED(fdatasync) COROGUARD_NAMED(sync) COROGUARD_NAMED(syncfs) COROGUARD_NAMED(flock)
    COROGUARD_NAMED(fcntl) COROGUARD_NAMED(ioctl) COROGUARD_NAMED(rename) COROGUARD_NAMED(unlink) COROGUARD_NAMED(mkdir)
    COROGUARD_NAMED(getdents64) COROGUARD_NAMED(sendfile) COROGUARD_NAMED(splice) COROGUARD_NAMED(copy_file_range)
    COROGUARD_NAMED(fallocate) COROGUARD_NAMED(ftruncate) COROGUARD_NAMED(rt_sigtimedwait) COROGUARD_NAMED(rt_sigsuspend)
    COROGUARD_NAMED(semop) COROGUARD_NAMED(semtimedop) COROGUARD_NAMED(msgrcv) COROGUARD_NAMED(msgsnd) COROGUARD_NAMED(mq_timedsend)
    COROGUARD_NAMED(mq_timedreceive) COROGUARD_NAMED(io_uring_enter) COROGUARD_NAMED(vfork) COROGUARD_NAMED(clone)
  default: return number < 0 ? "" : "system call " + std::to_string(number);
  }
#undef COROGUARD_NAMED
}

} // namespace coroguard::run
