// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Frames with a meaning: who runs a loop, what is a loop's own waiting, what is not the user's code.
#pragma once

#include "runtime/export/run_report.h"

namespace coroguard::run {

/// `a::b` for `a::(anonymous namespace)::b`.
std::string without_unnamed_namespaces(std::string function);
/// A function that returns only when its loop ends: what it calls runs on the loop.
bool is_runner(const source_frame &frame);
/// The idle wait of a worker of a loop run by several threads: runner, then nothing but the library.
bool is_idle_worker(const std::vector<source_frame> &stack);
/// The catalogue's id of the coroutine or loop library that called this code; empty if no frame is of one.
std::string_view library_of(const std::vector<source_frame> &stack);
/// A lock of the loop itself: nothing but its own code between the call and the function that runs it, or a mutex only it has.
bool is_loop_machinery(const std::vector<source_frame> &stack, const std::string &program);
/// A library prepares itself, once in the life of the process: nothing but libraries between the call and pthread_once or its like.
bool is_library_setup(const std::vector<source_frame> &stack, const std::string &program);
/// libuv's lock around its table of signals: a pipe with one byte in it. Whoever starts a child process takes it.
bool is_signal_lock(const std::vector<source_frame> &stack);
/// Libraries, language runtimes, start code: not where the user looks first.
bool is_library(const source_frame &frame, const std::string &program);
/// True if the walk arrived at the thread's start.
bool is_complete(const std::vector<source_frame> &stack);

} // namespace coroguard::run
