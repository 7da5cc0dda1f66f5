// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which rules look at a file, with which options and models: the command line over the project's `.coroguard.yaml` over
// `.clang-tidy` files over the catalogue. Everything wrong in them is found before the first unit is parsed.
#pragma once

#include "checker/driver/ProjectFile.h"
#include "rules/catalog/ModelIndex.h"

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace coroguard::driver {

/// What the command line says about rules; empty means "as the files say".
struct RuleSettings {
  std::string profile;                                      ///< default | strict
  std::string rules;                                        ///< comma-separated globs; `-` before one excludes
  std::string config;                                       ///< YAML as in `.clang-tidy`, instead of the files
  std::vector<std::pair<std::string, std::string>> options; ///< async-x.Name and its value
  std::vector<std::string> models;                          ///< model files
  std::string headerFilter, excludeHeaderFilter;            ///< regular expressions
  std::string projectFile;                                  ///< `.coroguard.yaml`, if there is one
};

/// The effective settings of one file.
struct FileConfiguration {
  clang::tidy::ClangTidyOptions options; ///< CheckOptions complete with `Profile`; Checks lists the rules by name
  llvm::StringSet<> rules;               ///< ids
  std::shared_ptr<const catalog::ModelIndex> models;
  /// Where settings that are not the catalogue's come from, for people: by option key, by rule id, by name of a setting.
  llvm::StringMap<std::string> origins;
};

class Configuration {
  using Origins = llvm::StringMap<std::string>;
  using RuleGlobs = std::vector<std::pair<std::string, std::string>>; ///< one glob, and where it stands

public:
  /// Reads and checks the command line's part. The error has one problem per line.
  static llvm::Expected<std::unique_ptr<Configuration>> create(RuleSettings settings);

  /// For an absolute file name. Errors are those of the `.clang-tidy` files that apply to it.
  llvm::Expected<std::shared_ptr<const FileConfiguration>> of(llvm::StringRef file);

  /// default | strict, as the command line or else the project says.
  llvm::StringRef profile() const;

  /// Null when the project has none.
  const ProjectFile *project() const { return project_.get(); }

private:
  explicit Configuration(RuleSettings settings) : settings_(std::move(settings)) {}
  llvm::Error checkRuleGlobs(llvm::StringRef where, llvm::StringRef globs) const;
  llvm::Error checkRules() const;
  void layProject(llvm::StringRef file, clang::tidy::ClangTidyOptions &options, Origins &origins, RuleGlobs &globs) const;
  llvm::Error readCommandLine();
  llvm::Expected<std::shared_ptr<const catalog::ModelIndex>> modelsFor(llvm::StringRef files);
  llvm::Expected<std::shared_ptr<const FileConfiguration>> effective(const clang::tidy::ClangTidyOptions &options,
                                                                    const RuleGlobs &globs, Origins origins);

  RuleSettings settings_;
  std::unique_ptr<const ProjectFile> project_;
  std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> provider_;
  std::vector<std::string> fileErrors_; ///< of the `.clang-tidy` files read last
  llvm::StringSet<> checkedSources_;
  std::map<std::string, std::shared_ptr<const catalog::ModelIndex>> models_;
  std::map<std::string, std::shared_ptr<const FileConfiguration>> byText_; ///< by the text of all that decides
};

/// The ids that `globs` choose in `profile`: a strict rule needs that profile or its whole name. Unknown names are not
/// looked for.
llvm::StringSet<> chooseRules(llvm::StringRef globs, llvm::StringRef profile);

/// Every rule of the catalogue that is in `profile` by default.
llvm::StringSet<> rulesOfProfile(llvm::StringRef profile);

} // namespace coroguard::driver
