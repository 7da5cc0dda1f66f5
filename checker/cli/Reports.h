// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the reports of a run go: one format on standard output, any number in files.
#pragma once

#include "checker/cli/CommandLine.h"
#include "checker/report/Format.h"

#include "llvm/Support/Error.h"

namespace coroguard::cli {

/// Empty when a file can be put at `path`, else why not.
std::string whyNotWritable(const std::string &path);

class Outputs {
public:
  /// Understands `--format` and `--report`. A file that cannot be written is said at once, on standard error: the run goes
  /// on, so that a long one is not lost, and write() fails in the end.
  static llvm::Expected<Outputs> open(const CheckArguments &arguments, std::string color);

  /// Writes them all, each file whole or not at all. False if one could not be written; that is said.
  bool write(const report::Report &report, report::SourceText &sources) const;

private:
  struct File {
    const report::Format *format;
    std::string path;
    bool writable;
  };
  bool writeFile(const File &file, const report::Report &report, report::SourceText &sources) const;

  const report::Format *terminal_ = nullptr;
  std::vector<File> files_;
  std::string color_;
};

} // namespace coroguard::cli
