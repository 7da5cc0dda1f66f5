// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One line per finding, in the shape compilers use, so that every editor's error list understands it.
#include "checker/report/Excerpt.h"
#include "checker/report/Format.h"

#include "rules/catalog/Names.h"

#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

static void write(const Report &report, SourceText &, const Style &style, llvm::raw_ostream &out) {
  Palette paint(style);
  for (const ReportedFinding &reported : report.findings) {
    const Finding &finding = reported.finding;
    out << finding.place.file << ':' << finding.place.line << ':' << finding.place.column << ": "
        << paint.of(finding.severity) << catalog::nameOf(finding.severity) << paint.off << ": " << finding.message << " ["
        << finding.rule->id << "]\n";
  }
}

extern const Format Concise;
const Format Concise{"concise", "one line per finding", write};

} // namespace coroguard::report
