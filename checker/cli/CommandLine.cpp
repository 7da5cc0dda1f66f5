// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Words to data, with CLI11, and what there is to say, as data. Compiled with exceptions, without LLVM.
#include "checker/cli/CommandLine.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

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
  app.add_option("--rules,--rule", check.rules, "Only these rules: globs, separated by commas; -GLOB leaves out")->type_name("GLOBS");
  app.add_option("--set", check.set, "An option of a rule, as in .clang-tidy: async-blocking-call.Categories=sleep;wait")
      ->type_name("RULE.OPTION=VALUE")
      ->allow_extra_args(false);
  app.add_option("--models", check.models, "Facts about your own functions and types (YAML)")->type_name("FILE")->allow_extra_args(false);
  app.add_option("--project", check.project, "Settings of the project (default: .coroguard.yaml here or in a parent; none: without)")
      ->type_name("FILE");
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
  app.add_flag("--keep-links", check.keepLinks, "Name files as the build does, not by where links lead (for sandboxes)");
  addSettings(app, check);
  app.add_option("--timeout", check.timeout, "Give a unit up after so long (default: 600)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 1000000));
  app.add_flag("--no-shortcuts", check.noShortcuts,
               "Parse all of every unit, also what no rule looks at, and use no cache (slower, same findings)");
  app.add_flag("--no-cache", check.noCache, "Neither use results of earlier runs nor keep those of this one");
  app.add_option("--cache-dir", check.cacheFolder, "Where results are kept (default: coroguard below XDG_CACHE_HOME or ~/.cache)")
      ->type_name("DIR");
  app.add_flag("-q,--quiet", check.quiet, "No progress, no notes");
}

void addOutput(CLI::App &app, CheckArguments &check, const std::string &formats) {
  app.add_option("--format", check.format, "How findings are shown: " + formats + " (default: pretty)")->type_name("FORMAT");
  app.add_option("--report", check.reports, "Also write a report to a file; may be repeated")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  app.add_flag("--exit-zero", check.exitZero, "Exit 0 even with findings (2 stays 2)");
}

/// What narrows the findings down to new ones.
void addNew(CLI::App &app, CheckArguments &check) {
  CLI::Option *baseline = app.add_option("--baseline", check.baseline, "Leave out the findings of this file (see 'coroguard baseline --help')");
  baseline->type_name("FILE");
  app.add_flag("--no-baseline", check.noBaseline, "Do not use the baseline that .coroguard.yaml names")->excludes(baseline);
  app.add_option("--diff", check.diff, "Only what is on lines changed since this git revision")->type_name("REV");
}

void addMerge(CLI::App &app, CheckArguments &check, const std::string &formats) {
  app.footer("\nThe result is the report of one run over all units. Start it where the sources are.");
  app.add_option("FILE", check.paths, "Reports that 'coroguard check --report json=FILE' wrote")->required();
  app.add_option("--root", check.root, "Where the paths of the reports start (default: the git work tree, or here)")->type_name("DIR");
  addOutput(app, check, formats);
}

void addCheck(CLI::App &app, CheckArguments &check, const std::string &formats) {
  app.footer("\nWithout PATH every unit of the compilation database is checked. compile_commands.json is looked for here,\n"
             "in build folders and in parents. A PATH without a command of its own, such as a header or a part of a unity\n"
             "build, is checked in the units that include it. After -- stand the compile flags of the files, as for clang-tidy.\n"
             "Progress and problems go to standard error, findings to standard output.");
  addOutput(app, check, formats);
  addNew(app, check);
  CLI::Option *fix = app.add_flag("--fix", check.fix, "Write safe fixes into the files");
  app.add_flag("--fix-unsafe", check.fixUnsafe, "Also fixes that a person must read");
  app.add_flag("--fix-preview", check.fixPreview, "Print safe fixes (with --fix-unsafe: all) as a diff for patch -p1, write nothing")
      ->excludes(fix);
  addUnits(app, check);
  app.add_option("--shard", check.shard, "Only the I-th of N parts, for N machines; 'coroguard merge' joins them")->type_name("I/N");
  app.add_option("--costs", check.costs, "Make parts of equal cost by this file; it must be the same on all machines")->type_name("FILE");
  app.add_option("--record-costs", check.recordCosts, "Write what each unit cost to a file for --costs")->type_name("FILE");
  app.add_flag("--report-unused-suppressions", check.unusedSuppressions, "Also report NOLINT comments that suppress nothing of ours");
  app.add_flag("--timing", check.timing, "Show what the time went into");
  app.add_flag("-v,--verbose", check.verbose, "Name the functions that path analyses left out, and why");
  CLI::Option *dump = app.add_option("--dump", check.dump, "Print what an analysis knows, and check nothing (--dump=list)")->type_name("KIND");
  app.add_option("--dump-function", check.dumpFunction, "Only of this function, with or without its namespaces")
      ->type_name("NAME")
      ->needs(dump);
}

void addCache(CLI::App &app, CacheArguments &cache) {
  app.footer("\nResults are kept by the content of all files that a unit read, its command, the settings and the program, so\n"
             "that they are never out of date. Runs may use a cache at the same time.");
  app.add_option("ACTION", cache.action, "stats: what is kept (default); clean: remove it")->check(CLI::IsMember({"stats", "clean"}));
  app.add_option("--cache-dir", cache.folder, "Where results are kept (default: coroguard below XDG_CACHE_HOME or ~/.cache)")
      ->type_name("DIR");
  app.add_option("--max-size", cache.maxSize, "From now on keep no more than this, for example 500M or 2G (default: 1G)")
      ->type_name("SIZE");
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

void addSuppress(CLI::App &app, SuppressArguments &suppress) {
  app.footer("\nWrites '// NOLINTNEXTLINE(RULE): REASON' above each line that has a finding. The same command again changes\n"
             "nothing. 'coroguard check --report-unused-suppressions' tells which are no longer needed.");
  app.add_option("--reason", suppress.reason, "Why these findings are all right; stands in each comment")->type_name("TEXT");
  addNew(app, suppress.check);
  app.add_flag("--preview", suppress.preview, "Print what would be written as a diff for patch -p1, write nothing");
  addUnits(app, suppress.check);
}

/// What the commands fill in.
struct Arguments {
  CommandLine line;
  CheckArguments check;
  RuleArguments rule;
  RulesArguments rules;
  ConfigArguments config;
  DoctorArguments doctor;
  BaselineArguments baseline;
  MergeArguments merge;
  SuppressArguments suppress;
  InitArguments init;
  CompletionArguments completion;
  CacheArguments cache;
};

void addProgram(CLI::App &app, CommandLine &line) {
  app.footer(examples);
  app.set_help_flag("-h,--help", "Show this help");
  app.add_option("--color", line.color, "auto, always or never; NO_COLOR and CLICOLOR_FORCE are heeded")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--version", line.version, "Show the version");
  app.fallthrough();
  app.require_subcommand(0, 1);
}

void addQuestions(CLI::App &app, Arguments &to) {
  CLI::App *rule = app.add_subcommand("rule", "Explain a rule: why, bad and good code, when it is fine");
  rule->add_option("ID", to.rule.id, "For example async-unawaited-task")->required()->type_name("");
  CLI::App *rules = app.add_subcommand("rules", "List the rules");
  rules->add_option("--format", to.rules.format, "table or json")->check(CLI::IsMember({"table", "json"}))->type_name("FORMAT");
  rules->add_option("--profile", to.rules.profile, "Only those of a profile")->check(CLI::IsMember({"default", "strict"}))->type_name("NAME");
  CLI::App *config = app.add_subcommand("config", "Show the settings that apply to a file, and where each comes from");
  config->add_option("FILE", to.config.check.paths, "A source file (default: here)")->expected(0, 1)->type_name("");
  addSettings(*config, to.config.check);
  CLI::App *doctor = app.add_subcommand("doctor", "Check that everything coroguard needs works, and say what to do if not");
  doctor->add_option("-p,--build", to.doctor.build, "Build folder or compile_commands.json")->type_name("PATH");
  doctor->add_option("PATH", to.doctor.path, "Where the project is (default: here)")->type_name("");
}

void addInit(CLI::App &app, InitArguments &init) {
  app.footer("\nLooks for the compilation database, the build system, the coroutine libraries in use and the CI service, and\n"
             "writes a .coroguard.yaml and a CI job that fit. What is there already is left as it is.");
  app.add_option("PATH", init.path, "Where the project is (default: here)")->type_name("");
  app.add_option("-p,--build", init.build, "Build folder or compile_commands.json")->type_name("PATH");
  app.add_flag("--preview", init.preview, "Print what would be written, write nothing");
}

/// All commands, in the order of the help.
void addCommands(CLI::App &app, Arguments &to, const std::string &formats) {
  addCheck(*app.add_subcommand("check", "Find async misuse in the units of a build"), to.check, formats);
  addQuestions(app, to);
  addInit(*app.add_subcommand("init", "Write a starter setup for the project"), to.init);
  addBaseline(*app.add_subcommand("baseline", "Accept today's findings, so that only new ones count"), to.baseline);
  addSuppress(*app.add_subcommand("suppress", "Accept today's findings in the code, each with a NOLINT and the reason"), to.suppress);
  app.add_subcommand("run", "Run a program under the guard: stalls and blocking calls on its event loops"); // see RuntimeTools.h
  app.add_subcommand("report", "Turn what the guard recorded into text, SARIF, traces and more");
  addMerge(*app.add_subcommand("merge", "Join the reports of shards"), to.merge.check, formats);
  addCache(*app.add_subcommand("cache", "Show or remove what earlier runs kept"), to.cache);
  CLI::App *completion = app.add_subcommand("completion", "Print the completion script of a shell");
  completion->footer("\nbash:  eval \"$(coroguard completion bash)\"\n"
                     "zsh:   coroguard completion zsh > ~/.zfunc/_coroguard   (a folder of $fpath)\n"
                     "fish:  coroguard completion fish > ~/.config/fish/completions/coroguard.fish");
  completion->add_option("SHELL", to.completion.shell, "bash, zsh or fish")
      ->required()
      ->type_name("")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  app.add_subcommand("man", "Print the manual page, for man -l -");
  app.add_subcommand("version", "Show the versions of coroguard and of its parts");
}

/// The command that was chosen.
void choose(const CLI::App &app, Arguments &from) {
  CommandLine &line = from.line;
  auto take = [&](const char *name, auto &target, auto &arguments) {
    if (app.got_subcommand(name))
      target = std::move(arguments);
  };
  take("check", line.check, from.check);
  take("rule", line.rule, from.rule);
  take("rules", line.rules, from.rules);
  take("config", line.config, from.config);
  take("doctor", line.doctor, from.doctor);
  take("init", line.init, from.init);
  take("baseline", line.baseline, from.baseline);
  take("suppress", line.suppress, from.suppress);
  take("merge", line.merge, from.merge);
  take("cache", line.cache, from.cache);
  take("completion", line.completion, from.completion);
  line.man = app.got_subcommand("man");
  line.version |= app.got_subcommand("version");
  if (app.get_subcommands().empty() && !line.version)
    line.exit = CommandLine::Exit{2, app.help(), {}, {}};
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
  const std::string said = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch *>(&error) && said.find("At Most 1 required") != std::string::npos) {
    const std::string option = said.substr(0, said.find(':'));
    exit.text = "'" + option + "' stands there more than once" +
                (option == "--format" ? "; what else is wanted goes to files: --report FORMAT=FILE" : help);
    return exit;
  }
  exit.text = words.empty() ? std::string("no command given") + help : said + help;
  return exit;
}

/// "WHEN:{auto,always,never}" is a value and its choices.
void readType(const std::string &type, OptionText &text) {
  size_t colon = type.find(':');
  text.value = type.substr(0, colon);
  if (colon == std::string::npos || type[colon + 1] != '{')
    return;
  std::stringstream choices(type.substr(colon + 2, type.size() - colon - 3));
  for (std::string choice; std::getline(choices, choice, ',');)
    text.choices.push_back(choice);
}

OptionText describe(const CLI::Option &option) {
  OptionText text;
  text.about = option.get_description();
  text.positional = option.get_positional() && option.get_lnames().empty() && option.get_snames().empty();
  text.repeated = option.get_expected_max() > 1;
  for (const std::string &name : option.get_snames())
    text.names.push_back("-" + name);
  for (const std::string &name : option.get_lnames())
    text.names.push_back("--" + name);
  if (text.positional)
    text.names = {option.get_name(true)};
  if (option.get_items_expected_max() > 0)
    readType(option.get_type_name(), text);
  return text;
}

CommandText describe(const CLI::App &app) {
  CommandText text{app.get_name(), app.get_description(), app.get_footer(), {}};
  for (const CLI::Option *option : app.get_options())
    text.options.push_back(describe(*option));
  return text;
}

} // namespace

std::vector<CommandText> describeCommandLine(const std::string &formats) {
  Arguments arguments;
  CLI::App app(about, "coroguard");
  addProgram(app, arguments.line);
  addCommands(app, arguments, formats);
  std::vector<CommandText> commands{describe(app)};
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
    commands.push_back(describe(*command));
  return commands;
}

CommandLine parseCommandLine(int count, const char *const *words, const std::string &formats) {
  std::vector<std::string> before, after;
  bool dashes = false;
  for (int i = 1; i < count; ++i) {
    if (!dashes && std::string(words[i]) == "--")
      dashes = true;
    else
      (dashes ? after : before).push_back(words[i]);
  }

  Arguments arguments;
  CLI::App app(about, "coroguard");
  addProgram(app, arguments.line);
  addCommands(app, arguments, formats);
  try {
    std::vector<std::string> reversed(before.rbegin(), before.rend());
    app.parse(reversed);
  } catch (const CLI::CallForHelp &) {
    arguments.line.exit = CommandLine::Exit{0, app.help(), {}, {}}; // the chosen subcommand's
    return arguments.line;
  } catch (const CLI::ParseError &error) {
    arguments.line.exit = failure(app, error, before);
    return arguments.line;
  }
  if (dashes)
    arguments.check.flags = arguments.baseline.check.flags = arguments.suppress.check.flags = std::move(after);
  choose(app, arguments);
  return arguments.line;
}

} // namespace coroguard::cli
