// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the test programs share: the fault, and a loop to put it in.
#pragma once

#include <functional>
#include <string>

extern std::string fault;
double cpu_seconds();
void spin(double seconds);
/// What a faulty handler does, and says how long it took.
void misbehave();
/// `turns` turns of an epoll loop; `handle` runs in each.
void epoll_turns(int turns, const std::function<void(int)> &handle);

// programs_harsh.cpp
void forks();
void signals();
void interrupted();
void many_threads();
void alternate_stack();
void unloading();
void killed();
void stuck();
void no_memory();
void spawns();
void exceptions();
void thread_ends();
void main_ends();
void environment();
void descriptors();

// programs_places.cpp
void fibers();
void small_alternate_stack();
void small_thread();
void narrow();
void closes_everything();
void other_user();
void other_root();
void signal_table();
void plugins();
void becomes_another();
void sandboxed();
void ends_without_libc();
void bad_pointers();
void copied_descriptors();
