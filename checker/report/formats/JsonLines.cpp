// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One JSON object per line and finding.
#include "checker/report/FindingJson.h"
#include "checker/report/Format.h"

#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

static void write(const Report &report, SourceText &, const Style &, llvm::raw_ostream &out) {
  for (const ReportedFinding &reported : report.findings)
    out << llvm::json::Value(toJson(reported)) << '\n';
}

extern const Format JsonLines;
const Format JsonLines{"jsonl", "one JSON object per finding and line", write};

} // namespace coroguard::report
