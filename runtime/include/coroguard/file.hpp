// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files, through the default executor: disks have no readiness to wait for.
//
//   std::string text = co_await coroguard::read_file("notes.txt");
//   auto f = co_await coroguard::open_file("log.txt", "a");
//   co_await f.write("one more line\n");
//   co_await f.aclose();
#pragma once

#include "coroguard/task.hpp"

#include <memory>
#include <string>

namespace coroguard {

/// All of a file. Errors: std::system_error.
task<std::string> read_file(std::string path);
/// Replaces (or appends to) a file.
task<> write_file(std::string path, std::string data, bool append = false);

/// An open file. Movable. One operation at a time. Closed when destroyed (in place, which may block for a moment).
class file {
public:
  file() noexcept = default;
  file(file &&) noexcept = default;
  file &operator=(file &&) noexcept = default;
  bool is_open() const noexcept { return fd_ != nullptr; }
  /// Up to `n` bytes at the current position; empty at the end. Errors: std::system_error; invalid_state_error if closed.
  task<std::string> read(std::size_t n);
  task<std::string> read_all();
  /// Writes all.
  task<> write(std::string data);
  task<> seek(std::int64_t position);
  /// fsync.
  task<> sync();
  task<> aclose();

  struct owner; // internal

private:
  friend task<file> open_file(std::string path, std::string mode);
  int descriptor() const;
  std::shared_ptr<owner> fd_;
};

/// `mode` as fopen's: "r", "w", "a", "r+", "w+", "a+", "x". Errors: std::system_error, std::invalid_argument.
task<file> open_file(std::string path, std::string mode = "r");

} // namespace coroguard
