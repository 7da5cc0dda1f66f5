// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program `coroguard`.
#include "checker/cli/Commands.h"
#include "checker/cli/RuntimeTools.h"
#include "checker/cli/Terminal.h"

#include "checker/report/Format.h"
#include "rules/catalog/Problem.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>

using namespace coroguard::cli;

static std::string formatNames() {
  std::vector<llvm::StringRef> names;
  for (const coroguard::report::Format *format : coroguard::report::formats())
    names.push_back(format->name);
  llvm::sort(names);
  return llvm::join(names, ", ");
}

static int leave(const CommandLine::Exit &exit, const std::string &color) {
  if (exit.status == 0 || exit.text.find("\n") != std::string::npos) {
    (exit.status == 0 ? llvm::outs() : llvm::errs()) << exit.text;
    return exit.status;
  }
  std::vector<llvm::StringRef> choices(exit.choices.begin(), exit.choices.end());
  llvm::StringRef near = coroguard::catalog::nearest(exit.unknown, choices);
  std::string text = exit.text;
  if (!exit.unknown.empty() && !near.empty())
    text = text.substr(0, text.find(';')) + "; did you mean '" + near.str() + "'?";
  sayError(text, color);
  return exit.status;
}

static int run(const CommandLine &line, const char *program) {
  if (line.exit)
    return leave(*line.exit, line.color);
  if (line.check)
    return runCheckCommand(*line.check, line.color);
  if (line.rule)
    return runRuleCommand(*line.rule, line.color);
  if (line.rules)
    return runRulesCommand(*line.rules, line.color);
  if (line.config)
    return runConfigCommand(*line.config, line.color);
  if (line.doctor)
    return runDoctorCommand(*line.doctor, program, line.color);
  if (line.baseline)
    return runBaselineCommand(*line.baseline, line.color);
  if (line.merge)
    return runMergeCommand(*line.merge, line.color);
  if (line.suppress)
    return runSuppressCommand(*line.suppress, line.color);
  if (line.init)
    return runInitCommand(*line.init, line.color);
  if (line.completion)
    return runCompletionCommand(*line.completion, formatNames());
  if (line.man)
    return runManCommand(formatNames());
  if (line.cache)
    return runCacheCommand(*line.cache, line.color);
  return runVersionCommand();
}

int main(int count, char **words) {
  if (int status = becomeRuntimeTool(count, words)) // first: a program that is run inherits what is ignored here
    return status;
  signal(SIGPIPE, SIG_IGN); // `coroguard check | head` ends with a message of the stream, not by a signal
  const CommandLine line = parseCommandLine(count, words, formatNames());
  const int status = run(line, words[0]);
  return flushOutput(line.color) ? status : exitFailure;
}
