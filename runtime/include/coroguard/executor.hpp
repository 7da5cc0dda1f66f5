// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// executor: where work runs that must not run on the loop. Implemented by thread_pool_executor; process_pool_executor has
// an interface of its own (its functions cross a process boundary).
//
//   int n = co_await coroguard::run_in_executor(pool, count_words, text);
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace coroguard {

class event_loop;

namespace detail {
struct ready_node;
/// One job of an executor: intrusive, owned by whoever submits it, alive until `run` returned or `drop` was called.
struct job {
  job *next = nullptr;
  void (*run)(job *) = nullptr;  ///< on a worker thread; afterwards the executor sends `message`, if there is one
  void (*drop)(job *) = nullptr; ///< instead of run: the executor ends or the job was cancelled
  enum : std::uint8_t { queued, cancelled }; ///< a cancelled one is dropped, unless it runs already
  std::atomic<std::uint8_t> state{queued};
  ready_node *message = nullptr; ///< what goes to `loop` when the job ended; the executor sends it
  event_loop *loop_of_message = nullptr;
};
} // namespace detail

/// Interface of executors of callables. Thread-safe.
class executor {
public:
  virtual ~executor() = default;
  /// Queues a job. Errors: invalid_state_error after shutdown; std::system_error without a thread to run it.
  virtual void submit_job(detail::job *j) = 0;
  /// Ends the executor. `wait`: returns when running work is done. `cancel_pending`: queued jobs are dropped (their futures
  /// are cancelled) instead of run. Calling it again is fine.
  virtual void shutdown(bool wait = true, bool cancel_pending = false) = 0;
  virtual std::size_t workers() const noexcept = 0;
};

/// The executor loops use unless told otherwise: a thread pool of min(32, processors + 4) threads, started on demand.
std::shared_ptr<executor> make_default_executor();

} // namespace coroguard
