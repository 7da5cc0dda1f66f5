// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A record file in memory, checked before anything in it is believed.
#pragma once

#include "runtime/core/record_format.h"

#include <memory>
#include <string>

namespace coroguard::run {

class record_reader {
public:
  /// Maps the file; on failure null, and `error` says what and what to do.
  static std::unique_ptr<record_reader> open(const std::string &path, std::string &error);
  ~record_reader();
  record_reader(const record_reader &) = delete;
  record_reader &operator=(const record_reader &) = delete;

  const record::file &get() const { return *file_; }
  const std::string &path() const { return path_; }

private:
  record_reader(std::string path, const record::file *file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  const record::file *file_;
};

} // namespace coroguard::run
