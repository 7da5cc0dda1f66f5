// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looking inside: the tree of tasks and who awaits whom, and the async stack of an exception.
//
//   coroguard::print_tasks(stderr);
//   catch (...) { for (auto &e : coroguard::async_stack(std::current_exception())) std::cerr << e.function << ':' << e.line; }
//
// Debug mode (COROGUARD_DEBUG=1, or {.debug = true}) reports: never-awaited and pending destroyed tasks, exceptions never
// retrieved, slow callbacks, wrong threads, deadlocks, busy loops, large frames, unclosed transports.
#pragma once

#include "coroguard/event_loop.hpp"

#include <cstdio>

namespace coroguard {

/// Every live task of `loop`, what it waits for and where, as text; awaited tasks under their awaiters. Loop thread.
std::string format_tasks(event_loop &loop);
/// The same for the running loop. In debug mode SIGQUIT does it too. Errors: no_running_loop_error.
void print_tasks(std::FILE *out = stderr);

/// The coroutines `error` passed through, innermost first, with the line of the await. Debug mode; the last 16 exceptions
/// of this thread are remembered. Empty if unknown.
std::vector<stack_entry> async_stack(const std::exception_ptr &error);

} // namespace coroguard
