// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Words to data, with CLI11. Compiled with exceptions, without LLVM.
#include "checker/cli/CommandLine.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace coroguard::cli {
namespace {

const char *const about = R"(coroguard finds async misuse in C++ coroutine code: tasks nobody awaits, calls that block the
event loop, loops that never run.)";

const char *const examples = R"(
Examples:
  coroguard check                       every unit of the build found from here
  coroguard check src/net -p build      the units below src/net
  coroguard check a.cpp -- -std=c++20   one file with its flags
  coroguard rule async-unawaited-task   why a rule exists, and what to do

Exit status: 0 clean, 1 findings, 2 something kept coroguard from doing its work.)";

void addSettings(CLI::App &app, CheckArguments &check) {
  app.add_option("--profile", check.profile, "default: right 19 times in 20; strict: everything")->type_name("NAME");
  app.add_option("--rules", check.rules, "Only these rules: globs, separated by commas; -GLOB leaves out")->type_name("GLOBS");
  app.add_option("--set", check.set, "An option of a rule, as in .clang-tidy: async-blocking-call.Categories=sleep;wait")
      ->type_name("RULE.OPTION=VALUE")
      ->allow_extra_args(false);
  app.add_option("--models", check.models, "Facts about your own functions and types (YAML)")->type_name("FILE")->allow_extra_args(false);
  app.add_option("--config", check.config, "YAML as in .clang-tidy, instead of these files")->type_name("YAML");
  app.add_option("--config-file", check.configFile, "The same from a file")->type_name("FILE");
  app.add_option("--header-filter", check.headerFilter, "Report only in headers whose path matches")->type_name("REGEX");
  app.add_option("--exclude-header-filter", check.excludeHeaderFilter, "Do not report in headers whose path matches")
      ->type_name("REGEX");
}

/// Which units, how, and where from.
void addUnits(CLI::App &app, CheckArguments &check) {
  app.add_option("PATH", check.paths, "Files or folders to check");
  app.add_option("-p,--build", check.build, "Build folder or compile_commands.json")->type_name("PATH");
  app.add_option("-j,--jobs", check.jobs, "Units at a time (default: by processors and memory)")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  app.add_option("--root", check.root, "Paths are shown relative to it (default: the git work tree, or here)")->type_name("DIR");
  addSettings(app, check);
  app.add_option("--timeout", check.timeout, "Give a unit up after so long (default: 600)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 1000000));
  app.add_flag("--no-shortcuts", check.noShortcuts, "Parse everything, also what no rule looks at (slower, same findings)");
  app.add_flag("-q,--quiet", check.quiet, "No progress, no notes");
}

void addOutput(CLI::App &app, CheckArguments &check, const std::string &formats) {
  app.add_option("--format", check.format, "How findings are shown: " + formats + " (default: pretty)")->type_name("FORMAT");
  app.add_option("--report", check.reports, "Also write a report to a file; may be repeated")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  app.add_flag("--exit-zero", check.exitZero, "Exit 0 even with findings (2 stays 2)");
}

void addMerge(CLI::App &app, CheckArguments &check, const std::string &formats) {
  app.footer("\nThe result is the report of one run over all units. Start it where the sources are.");
  app.add_option("FILE", check.paths, "Reports that 'coroguard check --report json=FILE' wrote")->required();
  app.add_option("--root", check.root, "Where the paths of the reports start (default: the git work tree, or here)")->type_name("DIR");
  addOutput(app, check, formats);
}

void addCheck(CLI::App &app, CheckArguments &check, const std::string &formats) {
  app.footer("\nWithout PATH every unit of the compilation database is checked. compile_commands.json is looked for here,\n"
             "in build folders and in parents. After -- stand the compile flags of the files, as for clang-tidy.\n"
             "Progress and problems go to standard error, findings to standard output.");
  addOutput(app, check, formats);
  app.add_option("--baseline", check.baseline, "Leave out the findings of this file (see 'coroguard baseline --help')")
      ->type_name("FILE");
  app.add_option("--diff", check.diff, "Only what is on lines changed since this git revision")->type_name("REV");
  CLI::Option *fix = app.add_flag("--fix", check.fix, "Write safe fixes into the files");
  app.add_flag("--fix-unsafe", check.fixUnsafe, "Also fixes that a person must read");
  app.add_flag("--fix-preview", check.fixPreview, "Print safe fixes (with --fix-unsafe: all) as a diff for patch -p1, write nothing")
      ->excludes(fix);
  addUnits(app, check);
  app.add_option("--shard", check.shard, "Only the I-th of N parts, for N machines; 'coroguard merge' joins them")->type_name("I/N");
  app.add_flag("--timing", check.timing, "Show what the time went into");
}

void addBaseline(CLI::App &app, BaselineArguments &baseline) {
  app.footer("\ncreate writes the findings of now. update takes out those that are gone, and with --grow puts in new ones.\n"
             "check reports what is not in it, as 'coroguard check --baseline FILE' does. Findings are known by rule,\n"
             "function and text of the line, so that code may move.");
  app.add_option("ACTION", baseline.action, "create, update or check")
      ->required()
      ->check(CLI::IsMember({"create", "update", "check"}));
  app.add_option("--file", baseline.check.baseline, "The baseline (default: coroguard-baseline.json)")->type_name("FILE");
  app.add_flag("--grow", baseline.grow, "Let update put in new findings");
  addUnits(app, baseline.check);
}

/// Long options and subcommands that could stand where `word` did.
std::vector<std::string> choicesFor(const CLI::App &app, const std::string &word) {
  std::vector<std::string> choices;
  if (word.rfind("-", 0) == 0) {
    for (const CLI::Option *option : app.get_options())
      for (const std::string &name : option->get_lnames())
        choices.push_back("--" + name);
  } else {
    for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
      choices.push_back(command->get_name());
  }
  return choices;
}

const CLI::App &deepest(const CLI::App &app) {
  std::vector<CLI::App *> chosen = const_cast<CLI::App &>(app).get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

CommandLine::Exit failure(const CLI::App &app, const CLI::ParseError &error, const std::vector<std::string> &words) {
  CommandLine::Exit exit;
  exit.status = 2;
  const CLI::App &command = deepest(app);
  std::string help = "; 'coroguard " + (&command == &app ? std::string() : command.get_name() + " ") + "--help' shows what there is";
  if (dynamic_cast<const CLI::ExtrasError *>(&error)) {
    std::vector<std::string> extras = command.remaining();
    if (extras.empty())
      extras = app.remaining();
    if (!extras.empty()) {
      exit.unknown = extras.front().substr(0, extras.front().find('='));
      exit.choices = choicesFor(command, exit.unknown);
      bool isOption = exit.unknown.rfind("-", 0) == 0;
      exit.text = (isOption ? "unknown option '" : &command == &app ? "unknown command '" : "unexpected argument '") +
                  exit.unknown + "'" + help;
      return exit;
    }
  }
  exit.text = words.empty() ? std::string("no command given") + help : std::string(error.what()) + help;
  return exit;
}

} // namespace

CommandLine parseCommandLine(int count, const char *const *words, const std::string &formats) {
  std::vector<std::string> before, after;
  bool dashes = false;
  for (int i = 1; i < count; ++i) {
    if (!dashes && std::string(words[i]) == "--")
      dashes = true;
    else
      (dashes ? after : before).push_back(words[i]);
  }

  CommandLine result;
  CheckArguments check;
  RuleArguments rule;
  RulesArguments rules;
  ConfigArguments config;
  DoctorArguments doctor;
  BaselineArguments baseline;
  MergeArguments merge;

  CLI::App app(about, "coroguard");
  app.footer(examples);
  app.set_help_flag("-h,--help", "Show this help");
  app.add_option("--color", result.color, "auto, always or never; NO_COLOR and CLICOLOR_FORCE are heeded")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--version", result.version, "Show the version");
  app.fallthrough();
  app.require_subcommand(0, 1);

  CLI::App *checkCommand = app.add_subcommand("check", "Find async misuse in the units of a build");
  addCheck(*checkCommand, check, formats);
  CLI::App *ruleCommand = app.add_subcommand("rule", "Explain a rule: why, bad and good code, when it is fine");
  ruleCommand->add_option("ID", rule.id, "For example async-unawaited-task")->required();
  CLI::App *rulesCommand = app.add_subcommand("rules", "List the rules");
  rulesCommand->add_option("--format", rules.format, "table or json")->check(CLI::IsMember({"table", "json"}))->type_name("FORMAT");
  rulesCommand->add_option("--profile", rules.profile, "Only those of a profile")->check(CLI::IsMember({"default", "strict"}))->type_name("NAME");
  CLI::App *configCommand = app.add_subcommand("config", "Show the settings that apply to a file");
  configCommand->add_option("FILE", config.check.paths, "A source file (default: here)")->expected(0, 1);
  addSettings(*configCommand, config.check);
  CLI::App *doctorCommand = app.add_subcommand("doctor", "Check that everything coroguard needs works, and say what to do if not");
  doctorCommand->add_option("-p,--build", doctor.build, "Build folder or compile_commands.json")->type_name("PATH");
  doctorCommand->add_option("PATH", doctor.path, "Where the project is (default: here)");
  CLI::App *baselineCommand = app.add_subcommand("baseline", "Accept today's findings, so that only new ones count");
  addBaseline(*baselineCommand, baseline);
  app.add_subcommand("run", "Run a program under the guard: stalls and blocking calls on its event loops"); // see RuntimeTools.h
  app.add_subcommand("report", "Turn what the guard recorded into text, SARIF, traces and more");
  CLI::App *mergeCommand = app.add_subcommand("merge", "Join the reports of shards");
  addMerge(*mergeCommand, merge.check, formats);
  CLI::App *versionCommand = app.add_subcommand("version", "Show the versions of coroguard and of its parts");

  try {
    std::vector<std::string> reversed(before.rbegin(), before.rend());
    app.parse(reversed);
  } catch (const CLI::CallForHelp &) {
    result.exit = CommandLine::Exit{0, app.help(), {}, {}}; // the chosen subcommand's
    return result;
  } catch (const CLI::ParseError &error) {
    result.exit = failure(app, error, before);
    return result;
  }
  if (dashes)
    check.flags = baseline.check.flags = std::move(after);
  if (*checkCommand)
    result.check = std::move(check);
  else if (*ruleCommand)
    result.rule = std::move(rule);
  else if (*rulesCommand)
    result.rules = std::move(rules);
  else if (*configCommand)
    result.config = std::move(config);
  else if (*doctorCommand)
    result.doctor = std::move(doctor);
  else if (*baselineCommand)
    result.baseline = std::move(baseline);
  else if (*mergeCommand)
    result.merge = std::move(merge);
  else if (*versionCommand)
    result.version = true;
  else if (!result.version)
    result.exit = CommandLine::Exit{2, app.help(), {}, {}};
  return result;
}

} // namespace coroguard::cli
