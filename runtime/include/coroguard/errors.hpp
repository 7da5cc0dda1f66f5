// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every error the coroutine runtime throws, apart from std::system_error (operating system) and std::invalid_argument
// (values out of range).
//
//   try { co_await coroguard::wait_for(work(), 1s); }
//   catch (const coroguard::timeout_error &) { /* work() was cancelled */ }
#pragma once

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace coroguard {

/// Thrown at a suspension point of a cancelled task. Deliberately **not** a std::exception, as Python's CancelledError
/// is not an Exception: `catch (const std::exception &)` does not swallow it. After `catch (...)`, rethrow it.
class cancelled_error final {
public:
  cancelled_error() noexcept = default;
  explicit cancelled_error(std::string message) : message_(std::make_shared<std::string>(std::move(message))) {}
  /// The message given to `cancel(message)`, else "cancelled".
  const char *what() const noexcept { return message_ ? message_->c_str() : "cancelled"; }

private:
  std::shared_ptr<std::string> message_;
};

/// A deadline passed: `wait_for`, `timeout`, stream deadlines.
class timeout_error : public std::runtime_error {
public:
  explicit timeout_error(const std::string &what = "timed out") : std::runtime_error(what) {}
};

/// The object is not in a state that allows the operation: result not ready, awaited twice, closed.
class invalid_state_error : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// `current_loop()` and everything built on it, outside a running loop.
class no_running_loop_error : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// `run` (or `run_until_complete`) on a thread whose loop is running. The message names both.
class nested_run_error : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// An operation on a closed event loop.
class loop_closed_error : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// Nothing can wake the tasks that are left. The message holds the wait graph.
class deadlock_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Thrown into an async generator at its `co_yield` by `aclose()`. Let it pass.
class generator_exit final {};

/// Several failures of one `task_group`. Never empty.
class exception_group : public std::runtime_error {
public:
  exception_group(const std::string &message, std::vector<std::exception_ptr> exceptions);
  /// In the order in which they happened.
  const std::vector<std::exception_ptr> &exceptions() const noexcept { return *exceptions_; }
  /// How many members (of nested groups too) are an `E`.
  template <class E> std::size_t count() const {
    std::size_t n = 0;
    for (const auto &e : *exceptions_) {
      try {
        std::rethrow_exception(e);
      } catch (const exception_group &nested) {
        n += nested.count<E>();
      } catch (const E &) {
        ++n;
      } catch (...) {
      }
    }
    return n;
  }

private:
  std::shared_ptr<const std::vector<std::exception_ptr>> exceptions_;
};

class queue_empty : public std::runtime_error {
public:
  queue_empty() : std::runtime_error("queue is empty") {}
};
class queue_full : public std::runtime_error {
public:
  queue_full() : std::runtime_error("queue is full") {}
};
class queue_shutdown : public std::runtime_error {
public:
  queue_shutdown() : std::runtime_error("queue was shut down") {}
};
class broken_barrier_error : public std::runtime_error {
public:
  broken_barrier_error() : std::runtime_error("barrier is broken") {}
};

/// What an exception is about, in one line: its what(), or its type for foreign ones, or "cancelled".
std::string describe(const std::exception_ptr &error);

} // namespace coroguard
