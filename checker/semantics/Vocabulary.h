// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the names of functions and classes tell. They are asked last: where no model knows the function, its body is not
// in the unit, and types leave it open. Most of it makes a rule silent (who waits? who sees to errors?), so the words are
// many and everyday. The names of protocols are not here: those of the standard's containers, locks, awaiters and promises
// mean the same everywhere and stand where they are read.
//
// Upper and lower case and underscores make no difference, but where a word has to end (drives, isAsynchronous, rethrows):
// `syncWait`, `sync_wait` and `SyncWait` are the same words. An empty name (operators, constructors, no callee) says nothing.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace coroguard::says {

// Functions.

/// Gives others a turn until something is done: `join`, `run_until`, `drain`.
bool waits(llvm::StringRef function);
/// The same more generously: who calls it after it gave work away may have seen to it that the work is done. It is only
/// asked to be silent.
bool mayWait(llvm::StringRef function);
/// Waits for what it gives: `get`, `receive`, `acquire`.
bool obtains(llvm::StringRef function);
/// A member without arguments that makes a loop turn: `run`, `poll_one`, `process_events`, but no `runner`. No signature
/// tells "run until there is nothing to do" from "stop".
bool drives(llvm::StringRef function);
/// Takes work and lets it run on: `spawn`, `post`, `go`.
bool spawns(llvm::StringRef function);
/// Begins at once and ends later: `asyncWrite`, `async_write`, but no `asynchronous`.
bool isAsynchronous(llvm::StringRef function);
/// Is given what is to run later: `post`, `dispatch`, `runAsync`, `invokeLater`.
bool postpones(llvm::StringRef function);
/// Puts what it is given into the object: `push_back`, `emplace`, `addTask`.
bool keeps(llvm::StringRef function);
/// A continuation that is told how the work failed: `handle_exception`, `thenError`, `onError`.
bool handlesErrors(llvm::StringRef function);
/// Waits for the first of several, or not for ever: `race`, `with_timeout`, `when_any`.
bool races(llvm::StringRef function);
/// Lets time pass, or others run: `sleep`, `delay`, `yield`.
bool pauses(llvm::StringRef function);
/// Lets others run, and no time pass: `yield`, `maybe_preempt`, `consumeBudget`.
bool yields(llvm::StringRef function);
/// Goes on on a loop or on the main thread: `back_to_loop`, `on_ui_thread`.
bool returnsToLoop(llvm::StringRef function);
/// Goes on on another thread: `resume_background`, `to_pool`.
bool leavesLoop(llvm::StringRef function);
/// A member of a mutex that waits until it has the lock: `lock`, `co_scoped_lock`, `acquire`, but no `try_lock`.
bool locks(llvm::StringRef function);
/// Gives it back: `unlock`, `release`.
bool unlocks(llvm::StringRef function);
/// Waits for nothing and may come back with nothing: `tryPop`, `poll`.
bool tries(llvm::StringRef function);
/// Is given a callback for whenever something happens: `connect`, `on_message`, `subscribe`.
bool registers(llvm::StringRef function);
/// Gives what its caller then owns: `event_base_new`, `create_loop`, but no `default_loop`.
bool makesNew(llvm::StringRef function);
/// Ends what was begun: `close`, `rollback`, `join`.
bool cleansUp(llvm::StringRef function);
/// Tells people: `log_error`, `print`.
bool logs(llvm::StringRef function);
/// What it is given ends up in a log, and nothing comes back: `logger_`, `log_callback`, but no `login`.
bool isLogger(llvm::StringRef callback);
/// Throws on, or takes along, what was caught: `rethrow_exception`, `current_exception`.
bool rethrows(llvm::StringRef function);
/// Throws results away: `discard_result`, `ignore`.
bool discards(llvm::StringRef function);

// Functions, variables and members.

/// Somebody asked for the end: `stop_requested`, `cancelled`.
bool isAboutTheEnd(llvm::StringRef name);
/// That, or what says whether the end has come: `shutting_down`, `is_open`, `running`.
bool isAboutLife(llvm::StringRef name);
/// Bounds a wait: `deadline`, `timeout_`, `expired`.
bool isAboutTime(llvm::StringRef name);
/// Has another answer the next time, whatever the program does: `exists`, `now`, `next`.
bool isAboutTheOutside(llvm::StringRef name);
/// Who holds it keeps others out: `lock`, `units`, `permit`.
bool isAboutHolding(llvm::StringRef name);

// Classes.

/// A loop: `EventLoop`, `io_context`, `Reactor`.
bool isLoop(llvm::StringRef type);
/// Threads that run what they are given: `ThreadPool`, `Workers`.
bool isPool(llvm::StringRef type);
/// Of threads, as in `explicit Scheduler(unsigned worker_count)`.
bool isAboutThreads(llvm::StringRef name);
/// Something that runs work: a loop, a pool, or what stands for one (`executor`, `scheduler`). They outlive their work.
bool runsWork(llvm::StringRef type);
/// `Mutex`, `SpinLock`.
bool isMutex(llvm::StringRef type);
/// Who closes it waits for all that entered: `gate`, `AsyncGate`.
bool isGate(llvm::StringRef type);

} // namespace coroguard::says
