// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands. Each returns the exit status: 0 clean, 1 findings, 2 the tool could not do its work.
#pragma once

#include "checker/cli/CommandLine.h"
#include "checker/report/Report.h"

namespace coroguard::cli {

constexpr int exitClean = 0, exitFindings = 1, exitFailure = 2;

int runCheckCommand(const CheckArguments &arguments, const std::string &color);
int runRuleCommand(const RuleArguments &arguments, const std::string &color);
int runRulesCommand(const RulesArguments &arguments, const std::string &color);
int runConfigCommand(const ConfigArguments &arguments, const std::string &color);
int runDoctorCommand(const DoctorArguments &arguments, const char *program, const std::string &color);
int runBaselineCommand(const BaselineArguments &arguments, const std::string &color);
int runMergeCommand(const MergeArguments &arguments, const std::string &color);
int runSuppressCommand(const SuppressArguments &arguments, const std::string &color);
int runInitCommand(const InitArguments &arguments, const std::string &color);
int runCompletionCommand(const CompletionArguments &arguments, const std::string &formats);
int runManCommand(const std::string &formats);
int runCacheCommand(const CacheArguments &arguments, const std::string &color);
int runVersionCommand();

/// `written`: all reports could be written. Problems and interrupts weigh more than findings.
int statusOf(const report::Report &report, bool written, bool exitZero);

/// The version of this coroguard: "0.1.0".
const char *versionText();

} // namespace coroguard::cli
