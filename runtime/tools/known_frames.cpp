// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The names behind known_frames.h.
#include "runtime/tools/known_frames.h"

#include <algorithm>

namespace coroguard::run {
namespace {

bool has(const std::string &text, std::string_view part) { return text.find(part) != std::string::npos; }
bool starts(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

/// A template's name begins with its result type; this is what is called, not what is returned.
std::string_view called_name(std::string_view function) {
  std::string_view called = function.substr(0, function.find_first_of("<("));
  return called.substr(called.rfind(' ') + 1);
}

} // namespace

std::string without_unnamed_namespaces(std::string function) {
  constexpr std::string_view unnamed = "(anonymous namespace)::";
  for (std::size_t at; (at = function.find(unnamed)) != std::string::npos;)
    function.erase(at, unnamed.size());
  return function;
}

std::string_view library_of(const std::vector<source_frame> &stack) {
  struct library {
    std::string_view id, space;
  };
  static constexpr library libraries[] = {
#define COROGUARD_LIBRARY(id, space) {id, space},
#include "RuntimeRules.gen.inc"
  };
  for (const source_frame &f : stack) {
    std::string_view name = called_name(f.function);
    for (const library &l : libraries)
      if (l.space != "std" && name.size() > l.space.size() + 2 && name.substr(0, l.space.size()) == l.space && name.substr(l.space.size(), 2) == "::")
        return l.id;
  }
  return {};
}

bool is_runner(const source_frame &f) {
  const std::string &n = f.function;
  for (std::string_view name : {"uv_run", "event_base_loop", "ev_run", "g_main_context_iteration", "g_main_loop_run", "aeMain", "sd_event_loop"})
    if (n == name)
      return true;
  for (std::string_view part : {"asio::detail::scheduler::run", "asio::io_context::run", "asio::detail::scheduler::do_run_one",
                                "asio::detail::scheduler::do_wait_one", "asio::thread_pool::attach", "seastar::reactor::run",
                                "seastar::reactor::do_run", "folly::EventBase::loop", "QEventLoop::exec", "QCoreApplication::exec",
                                "coroguard::event_loop::run", "coroguard::detail::loop"})
    if (has(n, part))
      return true;
  return false;
}

bool is_idle_worker(const std::vector<source_frame> &stack) {
  for (const source_frame &f : stack) {
    if (has(f.function, "asio::detail::scheduler::do_run_one") || has(f.function, "asio::detail::scheduler::do_wait_one"))
      return true;
    bool own = has(f.function, "asio::detail::posix_event") || has(f.function, "asio::detail::conditionally_enabled_event") ||
               has(f.function, "asio::detail::null_event") || f.function.empty() || starts(f.function, "pthread_cond_") ||
               starts(f.function, "std::condition_variable") || starts(f.function, "__pthread");
    if (!own)
      return false;
  }
  return false;
}

bool is_loop_machinery(const std::vector<source_frame> &stack, const std::string &program) {
  if (!stack.empty() && has(stack[0].function, "asio::detail::posix_mutex"))
    return true; // nobody else's mutex, whoever calls
  for (const source_frame &f : stack) {
    if (is_runner(f))
      return true;
    if (!is_library(f, program))
      return false;
  }
  return false;
}

bool is_library_setup(const std::vector<source_frame> &stack, const std::string &program) {
  for (const source_frame &f : stack) {
    for (std::string_view once : {"__pthread_once", "pthread_once", "uv_once", "CRYPTO_THREAD_run_once", "g_once"}) // libc's own only with its symbols
      if (starts(f.function, once))
        return true;
    if (!is_library(f, program))
      return false;
  }
  return false;
}

bool is_signal_lock(const std::vector<source_frame> &stack) {
  return !stack.empty() && (starts(stack[0].function, "uv__signal_lock") || starts(stack[0].function, "uv__signal_unlock"));
}

bool is_library(const source_frame &f, const std::string &program) {
  const std::string &n = f.function;
  for (std::string_view name : {"_start", "__libc_start_main", "__libc_start_call_main", "start_thread", "clone", "clone3", "__clone"})
    if (starts(n, name) && n.size() <= name.size() + 8)
      return true;
  for (std::string_view prefix : {"/usr/include/", "/usr/lib/", "/usr/src/", "/build/", "./", "../sysdeps"})
    if (starts(f.file, prefix))
      return true;
  if (has(f.file, "/include/c++/") || has(f.file, "libstdc++"))
    return true;
  std::string_view called = called_name(n);
  for (std::string_view prefix : {"std::", "__gnu_cxx::", "boost::", "asio::", "folly::", "seastar::", "cppcoro::", "testing::", "Catch::", "coroguard::"})
    if (starts(called, prefix))
      return true;
  if (f.file.empty() && f.module != program)
    return starts(f.module, "linux-vdso") || starts(f.module, "/usr/lib") || starts(f.module, "/lib") || f.module.empty();
  return false;
}

bool is_complete(const std::vector<source_frame> &stack) {
  return std::any_of(stack.begin(), stack.end(), [](const source_frame &f) {
    return f.function == "main" || starts(f.function, "__libc_start") || f.function == "_start" || starts(f.function, "clone") ||
           starts(f.function, "start_thread") || starts(f.function, "__clone");
  });
}

} // namespace coroguard::run
