// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `coroguard run` and `coroguard report` share: where reports go, suppressions, the exit status.
#pragma once

#include "runtime/export/run_report.h"
#include "runtime/tools/build_report.h"

#include <string>
#include <utility>
#include <vector>

namespace coroguard::run {

inline constexpr int status_clean = 0, status_findings = 1, status_failed = 2;

struct output_options {
  std::vector<std::pair<std::string, std::string>> reports; ///< format, file (`-`: standard output)
  std::vector<std::string> suppression_files;
  std::string static_findings; ///< JSON lines of the checker, or empty
  std::string color = "auto";
  bool symbolize = true;
  int only_site = -1; ///< see report_options
  bool text_to_stderr = true; ///< the text for people besides `reports`
  bool quiet = false;
};

/// Takes `--name=value` or `--name value` off the words; true if `words[i]` was this option (then `i` is its last word).
bool take_option(const std::vector<std::string> &words, std::size_t &i, const std::string &name, std::string &value);
/// Understands the shared options; false if the word is none of them. `problem` is set when its value is wrong.
bool take_output_option(const std::vector<std::string> &words, std::size_t &i, output_options &into, std::string &problem);

/// Builds and writes the reports of these records. Returns the number of findings, or -1 when something could not be written
/// or read, which has been said on standard error then.
long write_reports(const std::vector<std::string> &records, const output_options &options, const std::string &command);

} // namespace coroguard::run
