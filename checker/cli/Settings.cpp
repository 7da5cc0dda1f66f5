// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Settings of a command line.
#include "checker/cli/Settings.h"

#include "checker/driver/Database.h"
#include "rules/catalog/Names.h"
#include "rules/catalog/Problem.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"

namespace coroguard::cli {

static llvm::Error checkRegex(llvm::StringRef option, const std::string &regex) {
  std::string problem;
  if (regex.empty() || llvm::Regex(regex).isValid(problem))
    return llvm::Error::success();
  return llvm::createStringError(option + ": '" + regex + "' is not a regular expression: " + problem);
}

static llvm::Error checkProfile(llvm::StringRef profile) {
  llvm::ArrayRef<llvm::StringRef> profiles = catalog::namesOf<catalog::Profile>();
  if (profile.empty() || llvm::is_contained(profiles, profile))
    return llvm::Error::success();
  return llvm::createStringError("there is no profile '" + profile + "'" +
                                 catalog::suggestion(profile, profiles, "the profiles"));
}

llvm::Expected<CheckArguments> withProject(CheckArguments arguments) {
  if (arguments.project == "none") {
    arguments.project.clear();
    return arguments;
  }
  if (arguments.project.empty())
    arguments.project = driver::ProjectFile::find(".");
  for (size_t i = 0; arguments.project.empty() && i < arguments.paths.size(); ++i)
    arguments.project = driver::ProjectFile::find(arguments.paths[i]);
  if (arguments.project.empty())
    return arguments;
  auto project = driver::ProjectFile::read(arguments.project);
  if (!project)
    return project.takeError();
  if (arguments.build.empty())
    arguments.build = (*project)->build();
  if (arguments.baseline.empty() && !arguments.noBaseline)
    arguments.baseline = (*project)->baseline();
  return arguments;
}

llvm::Expected<std::unique_ptr<driver::Configuration>> configurationFor(const CheckArguments &arguments) {
  driver::RuleSettings settings;
  settings.profile = arguments.profile;
  settings.rules = arguments.rules;
  settings.config = arguments.config;
  settings.projectFile = arguments.project;
  settings.headerFilter = arguments.headerFilter;
  settings.excludeHeaderFilter = arguments.excludeHeaderFilter;
  for (const std::string &file : arguments.models)
    settings.models.push_back(driver::absolutePath(file));
  for (const std::string &option : arguments.set) {
    auto [key, value] = llvm::StringRef(option).split('=');
    if (key.empty() || !llvm::StringRef(option).contains('='))
      return llvm::createStringError("--set " + option + ": write RULE.OPTION=VALUE, for example "
                                                         "--set async-blocking-call.Categories=sleep");
    settings.options.emplace_back(key.trim().str(), value.str());
  }
  if (!arguments.configFile.empty()) {
    if (!arguments.config.empty())
      return llvm::createStringError("--config and --config-file exclude each other; give one of them");
    auto buffer = llvm::MemoryBuffer::getFile(arguments.configFile);
    if (!buffer)
      return llvm::createStringError("--config-file: cannot read '" + arguments.configFile + "': " + buffer.getError().message());
    settings.config = (*buffer)->getBuffer().str();
  }
  if (llvm::Error error = llvm::joinErrors(
          checkProfile(settings.profile), llvm::joinErrors(checkRegex("--header-filter", settings.headerFilter),
                                                           checkRegex("--exclude-header-filter", settings.excludeHeaderFilter))))
    return error;
  return driver::Configuration::create(std::move(settings));
}

} // namespace coroguard::cli
