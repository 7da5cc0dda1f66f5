// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fixes of findings as new file texts. Chooses which can be applied together; writes nothing.
#pragma once

#include "checker/report/Report.h"
#include "checker/report/SourceText.h"

#include <map>

namespace llvm {
class raw_ostream;
}

namespace coroguard::report {

/// Edits that were accepted, by file as the report names it, in order and without overlap.
struct FixPlan {
  std::map<std::string, std::vector<TextEdit>> edits;
  std::vector<size_t> fixed;     ///< indices into Report::findings
  std::vector<size_t> conflicts; ///< had a fix that overlaps one that was accepted
};

/// Takes each finding's first fix of the allowed kind, in the order of the report, whole or not at all. The same edit
/// twice (an include two fixes need) counts once.
FixPlan planFixes(const Report &report, bool unsafeToo);

/// The text of `file` after its edits; empty and false if the file cannot be read or is shorter than the edits.
bool editedText(const std::vector<TextEdit> &edits, llvm::StringRef original, std::string &result);

/// The plan as a unified diff that `patch -p1` applies at the root.
void writeDiff(const FixPlan &plan, SourceText &sources, llvm::raw_ostream &out);

} // namespace coroguard::report
