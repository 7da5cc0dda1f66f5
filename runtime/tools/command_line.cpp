// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shared parts of the two commands.
#include "runtime/tools/command_line.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace coroguard::run {

bool take_option(const std::vector<std::string> &words, std::size_t &i, const std::string &name, std::string &value) {
  const std::string &word = words[i];
  if (word == name && i + 1 < words.size()) {
    value = words[++i];
    return true;
  }
  if (word.rfind(name + "=", 0) == 0) {
    value = word.substr(name.size() + 1);
    return true;
  }
  return false;
}

bool take_output_option(const std::vector<std::string> &words, std::size_t &i, output_options &into, std::string &problem) {
  std::string value;
  if (take_option(words, i, "--report", value)) {
    std::size_t equals = value.find('=');
    std::string format = value.substr(0, equals);
    if (!find_writer(format))
      problem = "--report: unknown format '" + format + "'; the formats are " + std::string(formats());
    else
      into.reports.emplace_back(format, equals == std::string::npos ? "-" : value.substr(equals + 1));
    return true;
  }
  if (take_option(words, i, "--suppressions", value))
    return into.suppression_files.push_back(value), true;
  if (take_option(words, i, "--with", value))
    return into.static_findings = value, true;
  if (take_option(words, i, "--color", value)) {
    into.color = value;
    if (value != "auto" && value != "always" && value != "never")
      problem = "--color: '" + value + "' is not always, never or auto";
    return true;
  }
  if (words[i] == "--no-symbolize")
    return into.symbolize = false, true;
  if (words[i] == "--quiet" || words[i] == "-q")
    return into.quiet = true, true;
  return false;
}

long write_reports(const std::vector<std::string> &records, const output_options &options, const std::string &command) {
  bool failed = false;
  suppressions silenced;
  for (const std::string &path : options.suppression_files)
    for (const std::string &problem : silenced.read(path)) {
      std::cerr << command << ": " << problem << "\n";
      failed = true;
    }
  report_options build;
  build.symbolize = options.symbolize;
  build.only_site = options.only_site;
  build.silenced = &silenced;
  if (!options.static_findings.empty()) {
    std::string error;
    if (!read_static_findings(options.static_findings, build.static_places, error)) {
      std::cerr << command << ": " << error << "\n";
      failed = true;
    }
  }
  std::vector<report> reports;
  for (const std::string &path : records) {
    std::string error;
    auto record = record_reader::open(path, error);
    if (!record) {
      std::cerr << command << ": " << error << "\n";
      failed = true;
      continue;
    }
    reports.push_back(build_report(*record, build));
  }
  long findings = 0;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    findings += long(reports[i].findings.size());
    reports[i].suppressions = i + 1 == reports.size() ? silenced.uses() : std::vector<suppression_use>();
    if (options.text_to_stderr && !options.quiet) {
      bool color = options.color == "always" || (options.color == "auto" && isatty(2) && !std::getenv("NO_COLOR"));
      write_text(std::cerr, reports[i], {color});
    }
  }
  for (const auto &[format, path] : options.reports) {
    std::ofstream file;
    if (path != "-")
      file.open(path);
    std::ostream &out = path == "-" ? std::cout : file;
    if (reports.empty())
      reports.emplace_back();
    report all = reports[0];
    for (std::size_t i = 1; i < reports.size(); ++i) {
      auto append = [](auto &to, const auto &from) { to.insert(to.end(), from.begin(), from.end()); };
      append(all.findings, reports[i].findings), append(all.loops, reports[i].loops), append(all.timeline, reports[i].timeline);
    }
    if (out)
      find_writer(format)(out, all);
    out.flush();
    if (!out) {
      std::cerr << command << ": " << path << ": cannot be written: " << std::strerror(errno) << "\n";
      failed = true;
    }
  }
  return failed ? -1 : findings;
}

} // namespace coroguard::run
