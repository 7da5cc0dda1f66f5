// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command line as plain data. Its parser is the one file of the checker that uses exceptions (CLI11 needs them), so
// this header knows only the standard library.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace coroguard::cli {

struct CheckArguments {
  std::vector<std::string> paths;
  std::optional<std::vector<std::string>> flags; ///< after `--`
  std::string build;                             ///< -p
  std::string root;
  std::string profile, rules, config, configFile, headerFilter, excludeHeaderFilter;
  std::string project; ///< .coroguard.yaml; empty: to be found; "none": none
  std::vector<std::string> set, models;
  std::string format = "pretty";
  std::vector<std::string> reports; ///< FORMAT=FILE
  unsigned jobs = 0;                ///< 0: as many as the machine can take
  unsigned timeout = 600;           ///< seconds per unit
  std::string costs, recordCosts; ///< what units cost, for shards
  std::string cacheFolder;
  bool noCache = false;
  bool noShortcuts = false, timing = false, quiet = false, exitZero = false;
  bool fix = false, fixUnsafe = false, fixPreview = false;
  std::string baseline; ///< known findings, left out
  bool noBaseline = false;
  std::string shard;    ///< "2/8": the second of eight parts
  bool verbose = false; ///< name what was left out, and why
  std::string dump;     ///< kind of analysis dump; empty: check
  std::string dumpFunction;
  std::string diff;     ///< git revision: only findings on lines changed since
  bool unusedSuppressions = false;
  bool keepLinks = false;
};

struct RuleArguments {
  std::string id;
};

struct RulesArguments {
  std::string format = "table";
  std::string profile;
};

struct ConfigArguments {
  CheckArguments check; ///< the options that decide about settings
};

struct BaselineArguments {
  std::string action;   ///< create | update | check
  CheckArguments check; ///< `baseline` is the file
  bool grow = false;    ///< update may add findings
};

struct SuppressArguments {
  CheckArguments check;
  std::string reason;
  bool preview = false;
};

struct MergeArguments {
  CheckArguments check; ///< `paths` are the reports; of the rest only what decides about output
};

struct CacheArguments {
  std::string action = "stats"; ///< stats | clean
  std::string folder;
  std::string maxSize; ///< "500M": keep no more from now on
};

struct DoctorArguments {
  std::string build, path;
};

struct InitArguments {
  std::string path; ///< of the project
  std::string build;
  bool preview = false;
};

struct CompletionArguments {
  std::string shell; ///< bash | zsh | fish
};

/// What was asked for. Exactly one of the commands is engaged, unless `exit` is.
struct CommandLine {
  std::optional<CheckArguments> check;
  std::optional<RuleArguments> rule;
  std::optional<RulesArguments> rules;
  std::optional<ConfigArguments> config;
  std::optional<DoctorArguments> doctor;
  std::optional<BaselineArguments> baseline;
  std::optional<MergeArguments> merge;
  std::optional<SuppressArguments> suppress;
  std::optional<InitArguments> init;
  std::optional<CompletionArguments> completion;
  bool man = false;
  std::optional<CacheArguments> cache;
  bool version = false;
  std::string color = "auto"; ///< auto | always | never

  struct Exit {
    int status = 0;
    std::string text;                ///< help for standard output, or a message for standard error
    std::string unknown;             ///< the word that was not understood, if it was that
    std::vector<std::string> choices; ///< what could have stood in its place
  };
  std::optional<Exit> exit;
};

/// `formats` are the names of the report formats, for the help.
CommandLine parseCommandLine(int count, const char *const *words, const std::string &formats);

/// An option, or what stands without one.
struct OptionText {
  std::vector<std::string> names;   ///< with their dashes; of a positional its one name
  std::string value;                ///< what it takes: "FILE"; empty for a flag
  std::string about;
  std::vector<std::string> choices; ///< all values there are, if these are few
  bool positional = false, repeated = false;
};

struct CommandText {
  std::string name, about, footer;
  std::vector<OptionText> options;
};

/// What the parser knows, for everything that is made from it: completion, manual page. The first entry is the program
/// itself.
std::vector<CommandText> describeCommandLine(const std::string &formats);

} // namespace coroguard::cli
