// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard config [FILE]`: what applies to a file, and where each setting comes from.
#include "checker/cli/Commands.h"
#include "checker/cli/Settings.h"
#include "checker/cli/Terminal.h"
#include "checker/cli/Units.h"
#include "checker/driver/Database.h"
#include "checker/report/Excerpt.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {
namespace {

/// Writes settings in the shape of a .clang-tidy file, so that lines can be copied into one; origins are comments.
class Settings {
public:
  Settings(const driver::FileConfiguration &configuration, std::string root, report::Palette paint)
      : configuration_(configuration), root_(std::move(root)), paint_(paint) {}

  void write(llvm::StringRef profile) {
    out_ << "Checks: '" << *configuration_.options.Checks << "'\n";
    writeRuleOrigins(profile);
    writeFilter("HeaderFilterRegex", configuration_.options.HeaderFilterRegex, ".*");
    writeFilter("ExcludeHeaderFilterRegex", configuration_.options.ExcludeHeaderFilterRegex, "");
    out_ << "CheckOptions:\n";
    line("  Profile", value("Profile"), "Profile");
    if (!value("Models").empty())
      line("  Models", value("Models"), "Models");
    for (const catalog::RuleInfo &rule : catalog::builtinRules())
      if (configuration_.rules.contains(rule.id))
        for (const catalog::OptionInfo &option : rule.options)
          writeOption(rule, option);
  }

  void writeProject(const driver::ProjectFile &project) {
    out_ << "# " << report::rootRelative(project.path(), root_) << "\n";
    for (auto [key, text] : {std::pair("build", &project.build()), std::pair("baseline", &project.baseline())})
      if (!text->empty())
        out_ << "#   " << key << ": " << report::rootRelative(*text, root_) << '\n';
  }

private:
  llvm::StringRef value(llvm::StringRef key) const {
    auto found = configuration_.options.CheckOptions.find(key);
    return found == configuration_.options.CheckOptions.end() ? llvm::StringRef() : llvm::StringRef(found->second.Value);
  }

  void line(llvm::StringRef key, llvm::StringRef text, llvm::StringRef setting) {
    auto origin = configuration_.origins.find(setting);
    bool isDefault = origin == configuration_.origins.end();
    out_ << key << ": '" << text << "'  " << paint_.dim << "# "
         << (isDefault ? "default" : report::rootRelative(origin->second, root_)) << paint_.off << '\n';
  }

  /// What settings did to the rules of the profile.
  void writeRuleOrigins(llvm::StringRef profile) {
    llvm::StringSet<> before = driver::rulesOfProfile(profile);
    for (const catalog::RuleInfo &rule : catalog::builtinRules()) {
      bool is = configuration_.rules.contains(rule.id);
      if (is == before.contains(rule.id))
        continue;
      auto origin = configuration_.origins.find(rule.id);
      std::string from = origin == configuration_.origins.end() ? "command line" : report::rootRelative(origin->second, root_);
      out_ << paint_.dim << "# " << (is ? "" : "-") << rule.id << ": " << from << paint_.off << '\n';
    }
  }

  void writeFilter(llvm::StringRef key, const std::optional<std::string> &text, llvm::StringRef none) {
    if (text || !none.empty())
      line(key, text ? llvm::StringRef(*text) : none, key);
  }

  void writeOption(const catalog::RuleInfo &rule, const catalog::OptionInfo &option) {
    std::string key = (rule.id + "." + option.name).str();
    auto set = configuration_.options.CheckOptions.find(key);
    line("  " + key, set == configuration_.options.CheckOptions.end() ? option.defaultValue : llvm::StringRef(set->second.Value), key);
  }

  const driver::FileConfiguration &configuration_;
  std::string root_;
  report::Palette paint_;
  llvm::raw_ostream &out_ = llvm::outs();
};

} // namespace

int runConfigCommand(const ConfigArguments &given, const std::string &color) {
  auto fail = [&](llvm::Error error) {
    sayError(llvm::toString(std::move(error)), color);
    return exitFailure;
  };
  auto arguments = withProject(given.check);
  if (!arguments)
    return fail(arguments.takeError());
  if (!arguments->paths.empty() && !llvm::sys::fs::exists(arguments->paths.front()))
    return fail(llvm::createStringError("there is no file '" + arguments->paths.front() + "'; name a source file, or none for this folder"));
  auto configuration = configurationFor(*arguments);
  if (!configuration)
    return fail(configuration.takeError());
  std::string file = driver::absolutePath(arguments->paths.empty() ? "a.cpp" : arguments->paths.front());
  auto found = (*configuration)->of(file);
  if (!found)
    return fail(found.takeError());
  Settings settings(**found, rootFor(*arguments, {}), report::Palette(styleFor(color, STDOUT_FILENO)));
  if (const driver::ProjectFile *project = (*configuration)->project()) {
    settings.writeProject(*project);
    if (!arguments->paths.empty() && project->excludes(file))
      llvm::outs() << "# " << arguments->paths.front() << " is excluded: it is neither checked nor reported in\n";
  }
  settings.write((*found)->options.CheckOptions.find("Profile")->second.Value);
  return exitClean;
}

} // namespace coroguard::cli
