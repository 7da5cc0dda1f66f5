// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a record file to a report: symbols, the user's own frame, what was proven, suppressions, sentences.
#pragma once

#include "runtime/export/run_report.h"
#include "runtime/tools/record_reader.h"
#include "runtime/tools/suppressions.h"

#include <set>
#include <string>

namespace coroguard::run {

struct report_options {
  bool symbolize = true;
  suppressions *silenced = nullptr;     ///< not owned
  int only_site = -1;                   ///< look at this place of the record alone
  std::set<std::string> static_places;  ///< `rule file:line` of the checker's findings, see read_static_findings
};

report build_report(const record_reader &record, const report_options &options);

/// Reads the checker's JSON lines (`coroguard check --report jsonl=FILE`) into the form build_report compares with.
bool read_static_findings(const std::string &path, std::set<std::string> &into, std::string &error);

} // namespace coroguard::run
