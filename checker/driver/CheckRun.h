// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run over many units: schedules them on worker processes and joins what they found into one report whose content
// does not depend on the number of workers.
#pragma once

#include "checker/driver/Configuration.h"
#include "checker/driver/Database.h"
#include "checker/driver/ResultCache.h"
#include "checker/driver/UnitAnalysis.h"
#include "checker/driver/Workers.h"
#include "checker/report/Report.h"

#include <map>
#include <set>

namespace coroguard::driver {

struct CheckOptions {
  WorkersOptions workers;
  AnalysisOptions analysis;
  const ResultCache *cache = nullptr; ///< results are taken from it
  bool keepResults = false;           ///< and put into it
  bool compileAll = false;            ///< also units in which no rule could find anything: their errors are wanted
  std::string root; ///< absolute; paths in the report are relative to it
};

struct CheckProgress {
  size_t done = 0, total = 0;
  size_t skipped = 0;     ///< of those done, the ones that took no time
  llvm::StringRef lastUnit; ///< root-relative, of the unit that ended last
};

struct CheckOutcome {
  report::Run run;                ///< all but version and seconds
  std::vector<Finding> findings;  ///< not yet arranged
  std::vector<report::Problem> problems;
  report::SuppressionUse suppressions;
  std::set<std::string> parts;    ///< those of CompileCommand::parts that some unit compiled
  std::map<std::string, unsigned> droppedOptions; ///< and in how many units
  std::vector<LeftOut> leftOut;   ///< by place, each function once; places root-relative
  std::string dump;               ///< of all units, in their order
  double cpuSeconds = 0, parseSeconds = 0, layoutSeconds = 0;
  size_t remembered = 0; ///< units whose result was in the cache
  size_t skipped = 0; ///< units in which no rule could find anything, by their words
  size_t shared = 0;  ///< units of which the beginning was parsed together with that of others
  std::map<std::string, double> unitSeconds; ///< CPU time by root-relative unit, of this run or when it was last analysed
  std::map<std::string, double> ruleSeconds;
};

/// `tick` returns false to stop the run: findings made so far are in the outcome, `interrupted` is set. An error means
/// that nothing was analysed (settings of some file are wrong).
llvm::Expected<CheckOutcome> runCheck(llvm::ArrayRef<CompileCommand> units, Configuration &configuration,
                                      const CheckOptions &options, llvm::function_ref<bool(const CheckProgress &)> tick);

} // namespace coroguard::driver
