// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses one unit and runs the rules over it. Writes what it finds as it finds it, one JSON object per line, so that
// nothing is lost if a later step crashes; UnitResult reads the lines again.
#pragma once

#include "checker/driver/Configuration.h"
#include "checker/driver/Database.h"
#include "checker/framework/AnalysisDump.h"
#include "checker/report/Report.h"
#include "checker/report/Suppressions.h"

namespace llvm {
class raw_ostream;
}

namespace coroguard::driver {

struct AnalysisOptions {
  bool shortcuts = true; ///< skip function bodies of system headers
  std::string resourceDirectory;
  bool keepLinks = false; ///< name files as the unit does, do not resolve links
  unsigned errorsShown = 3; ///< compile errors kept per unit
  bool suppressions = false; ///< also write down the NOLINT comments; with `shortcuts` some would be missed
  const AnalysisDump *dump = nullptr; ///< instead of running rules, print this
  std::string dumpFunction;           ///< of this function only
};

/// A function about which the path analyses said nothing, or not all.
struct LeftOut {
  std::string function;
  Place place; ///< absolute
  std::string why;
};

struct UnitResult {
  std::vector<Finding> findings; ///< places absolute
  std::vector<report::Problem> problems;
  std::vector<std::string> droppedOptions;
  report::SuppressionUse suppressions; ///< `comments` only if asked for
  std::vector<LeftOut> leftOut;
  std::string dump;
  std::string phase;      ///< what was being done last: "parsing", "rule async-x"
  bool complete = false;  ///< the analysis came to its end
  double parseSeconds = 0, layoutSeconds = 0; ///< CPU time
  std::vector<std::pair<std::string, double>> ruleSeconds;
};

/// Changes the working directory and the process's memory for good: call it in a process of its own.
void analyseUnit(const CompileCommand &command, const FileConfiguration &configuration, const AnalysisOptions &options,
                 llvm::raw_ostream &out);

/// Reads what analyseUnit() wrote, whole or cut off anywhere.
UnitResult readUnitResult(llvm::StringRef lines);

} // namespace coroguard::driver
