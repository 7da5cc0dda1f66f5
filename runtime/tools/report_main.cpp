// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// coroguard-report: what `coroguard report` runs.
#include "runtime/tools/command_line.h"

#include "runtime/core/record_format.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

using namespace coroguard::run;

namespace {

constexpr const char *usage = R"(usage: coroguard report [OPTIONS] FILE...

Shows what guarded runs recorded (files ending in .cgrec).

  --report FORMAT=FILE   write a report; text, jsonl, sarif, folded or chrome; FILE - is standard output; repeatable
  --suppressions FILE    silence what the file names; repeatable
  --with FILE            JSON lines of the checker: findings it has too are marked
  --color WHEN           always, never or auto
  --no-symbolize         addresses instead of names
  --stderr               the text for people on standard error
  -q, --quiet            no text for people

Exit status: 0 nothing found, 1 findings, 2 a file could not be read or written.
)";

} // namespace

int main(int argc, char **argv) {
  std::vector<std::string> words(argv + 1, argv + argc), files;
  output_options options;
  options.text_to_stderr = false;
  bool to_stderr = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string problem;
    if (words[i] == "--help" || words[i] == "-h") {
      std::cout << usage;
      return status_clean;
    }
    if (words[i] == "--stderr") {
      to_stderr = true;
    } else if (words[i].rfind("--judge=", 0) == 0) { // asked by the guard in a program that is to halt: status 1 if this place counts
      options.only_site = std::clamp(std::atoi(words[i].c_str() + 8), 0, int(coroguard::record::max_sites) - 1);
      options.quiet = true;
    } else if (take_output_option(words, i, options, problem)) {
      if (!problem.empty()) {
        std::cerr << "coroguard report: " << problem << "\n";
        return status_failed;
      }
    } else if (words[i].size() > 1 && words[i][0] == '-') {
      std::cerr << "coroguard report: unknown option '" << words[i] << "'; see coroguard report --help\n";
      return status_failed;
    } else {
      files.push_back(words[i]);
    }
  }
  if (files.empty()) {
    std::cerr << "coroguard report: no record given; pass the .cgrec files of a run, see coroguard report --help\n";
    return status_failed;
  }
  options.text_to_stderr = to_stderr;
  if (!to_stderr && options.reports.empty() && !options.quiet)
    options.reports.emplace_back("text", "-");
  long findings = write_reports(files, options, "coroguard report");
  return findings < 0 ? status_failed : findings > 0 ? status_findings : status_clean;
}
