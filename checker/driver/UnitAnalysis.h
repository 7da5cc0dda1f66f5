// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses one unit and runs the rules over it. Writes what it finds as it finds it, one JSON object per line, so that
// nothing is lost if a later step crashes; UnitResult reads the lines again.
#pragma once

#include "checker/driver/Configuration.h"
#include "checker/driver/Database.h"
#include "checker/driver/FileTrace.h"
#include "checker/driver/UnitArguments.h"
#include "checker/framework/AnalysisDump.h"
#include "checker/report/Report.h"
#include "checker/report/Suppressions.h"

#include "llvm/ADT/STLFunctionalExtras.h"

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
  std::vector<std::string> parts; ///< those of CompileCommand::parts that were compiled
  std::string dump;
  std::string phase;      ///< what was being done last: "parsing", "rule async-x"
  bool complete = false;  ///< the analysis came to its end
  bool again = false;     ///< but it has to be made without shortcuts
  double parseSeconds = 0, layoutSeconds = 0; ///< CPU time
  std::vector<std::pair<std::string, double>> ruleSeconds;
};

/// A unit with all that decides about its analysis. Points to what the run owns.
struct UnitTask {
  const CompileCommand *command = nullptr;
  const UnitArguments *arguments = nullptr; ///< of argumentsFor()
  const FileConfiguration *configuration = nullptr;
};

/// The arguments with which Clang parses a unit, those of the configuration (ExtraArgs) included.
UnitArguments argumentsFor(const CompileCommand &command, const FileConfiguration &configuration, const AnalysisOptions &options);

/// Changes the working directory and the process's memory for good, as does analyseAfterPrelude(): call it in a process
/// of its own. What it learns from files goes to `trace`, if that is not null.
void analyseUnit(const UnitTask &unit, const AnalysisOptions &options, FileTrace *trace, llvm::raw_ostream &out);

/// Parses `includes` as the beginning of units like `first`, then calls `next`, which forks; the child goes on with the
/// unit that it returns, as if it had parsed all of it. Writes nothing before. Does not call `next` if the includes do not
/// compile by themselves: at their first error the process ends.
struct StartedUnit {
  const UnitTask *unit;
  llvm::raw_ostream *out;
  bool inDoubt = false; ///< if it has an error it is parsed again anyway: the first one ends the process
};
void analyseAfterPrelude(const UnitTask &first, llvm::ArrayRef<std::string> includes, const AnalysisOptions &options,
                         FileTrace *trace, llvm::function_ref<StartedUnit()> next);

/// Reads what analyseUnit() wrote, whole or cut off anywhere.
UnitResult readUnitResult(llvm::StringRef lines);

} // namespace coroguard::driver
