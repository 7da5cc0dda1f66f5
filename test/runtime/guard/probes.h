// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Probes of the guard's table: what each intercepted function looks like when it blocks and when it does not. Files named
// probes_*.cpp hold them; probe_driver.cpp runs them on a loop of choice or off any loop.
#pragma once

#include <string>
#include <vector>

namespace probes {

enum class kind {
  blocks, ///< reported
  strict, ///< reported in strict mode, silent otherwise
  silent, ///< the row's condition is false
};
struct probe {
  const char *function; ///< row of the table, as reported
  int line;
  kind what;
  void (*run)();
};

std::vector<probe> &all();
struct registration {
  registration(const char *function, int line, kind what, void (*run)()) { all().push_back({function, line, what, run}); }
};

/// What probes work on; made before any loop runs.
struct world {
  std::string dir;          ///< a directory of our own, with file `data` (64 KiB) and `link`
  int file = -1;            ///< `data`, read and write
  int memory = -1;          ///< a memory file
  int pipe_in = -1, pipe_out = -1;                 ///< blocking; nobody else writes
  int quiet_pipe_in = -1, quiet_pipe_out = -1;     ///< O_NONBLOCK
  int socket_a = -1, socket_b = -1;                ///< blocking stream pair
  int quiet_socket_a = -1, quiet_socket_b = -1;    ///< O_NONBLOCK stream pair
  int listener = -1, quiet_listener = -1;          ///< TCP on the loopback interface
  unsigned short port = 0;
};
extern world w;
inline const char *path(const char *leaf) {
  thread_local std::string names[4];
  thread_local unsigned next;
  std::string &name = names[next++ % 4];
  return (name = w.dir + "/" + leaf).c_str();
}

/// Runs `f` on another thread after some milliseconds. The thread is made before the loop runs and waits its turn.
void later(int milliseconds, void (*f)());
/// Runs `f` on another thread now and returns when it is done, without a call that the guard sees.
void elsewhere(void (*f)());
/// Waits without a call that the guard sees.
void spin_until(volatile bool &flag);

/// A loop run by two threads, one of which is idle in the condition variable wait of that name; false if there is none.
bool run_idle_workers(const char *function);

} // namespace probes

#define PROBE_NAME2(a, b) a##b
#define PROBE_NAME(a, b) PROBE_NAME2(a, b)
#define PROBE(word, function, what, ...)                                                                                         \
  static void PROBE_NAME(word##_##function##_, __LINE__)() __VA_ARGS__                                                          \
  static probes::registration PROBE_NAME(register_##word##_##function##_, __LINE__)(#function, __LINE__, probes::kind::what,     \
                                                                                    PROBE_NAME(word##_##function##_, __LINE__));
/// BLOCKS(read, { … }), SILENT(read, { … }), STRICT(sched_yield, { … }).
#define BLOCKS(function, ...) PROBE(block, function, blocks, __VA_ARGS__)
#define STRICT(function, ...) PROBE(strict, function, strict, __VA_ARGS__)
#define SILENT(function, ...) PROBE(quiet, function, silent, __VA_ARGS__)
