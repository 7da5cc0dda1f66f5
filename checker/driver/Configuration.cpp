// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Effective settings of a file, where they come from, and everything that can be wrong with them.
#include "checker/driver/Configuration.h"

#include "checker/driver/MakeRules.h"
#include "rules/catalog/ModelFile.h"
#include "rules/catalog/Names.h"
#include "rules/catalog/OptionValue.h"
#include "rules/catalog/Problem.h"

#include "clang-tidy/GlobList.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::driver {

using clang::tidy::ClangTidyOptions;

static llvm::Error problemsError(const std::vector<std::string> &problems) {
  return problems.empty() ? llvm::Error::success() : llvm::createStringError(llvm::join(problems, "\n"));
}

/// The items of `globs` with our prefix where it was left out: `blocking-call` is `async-blocking-call`.
static std::vector<std::string> globItems(llvm::StringRef globs) {
  std::vector<std::string> items;
  llvm::SmallVector<llvm::StringRef> parts;
  globs.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef part : parts) {
    part = part.trim();
    llvm::StringRef sign = part.consume_front("-") ? "-" : "";
    if (part.empty())
      continue;
    bool named = part.starts_with("async-") || part.starts_with("*");
    items.push_back((sign + (named ? "" : "async-") + part).str());
  }
  return items;
}

static bool isOf(const catalog::RuleInfo &rule, llvm::StringRef profile) {
  return !rule.runtimeOnly && (rule.profile == catalog::Profile::Default || profile == "strict");
}

llvm::StringSet<> rulesOfProfile(llvm::StringRef profile) {
  llvm::StringSet<> chosen;
  for (const catalog::RuleInfo &rule : catalog::builtinRules())
    if (isOf(rule, profile))
      chosen.insert(rule.id);
  return chosen;
}

/// Adds to `chosen` what the glob matches, or takes it out.
static void applyGlob(llvm::StringRef item, llvm::StringRef profile, llvm::StringSet<> &chosen,
                      llvm::function_ref<void(llvm::StringRef rule)> changed) {
  bool add = !item.consume_front("-");
  clang::tidy::GlobList glob(item);
  for (const catalog::RuleInfo &rule : catalog::builtinRules()) {
    if (!glob.contains(rule.id) || chosen.contains(rule.id) == add)
      continue;
    if (!add)
      chosen.erase(rule.id);
    else if (isOf(rule, profile) || (item == rule.id && !rule.runtimeOnly))
      chosen.insert(rule.id);
    else
      continue;
    changed(rule.id);
  }
}

llvm::StringSet<> chooseRules(llvm::StringRef globs, llvm::StringRef profile) {
  std::vector<std::string> items = globItems(globs);
  llvm::StringSet<> chosen;
  if (!items.empty() && llvm::StringRef(items.front()).starts_with("-")) // "-async-x" alone: all but it
    chosen = rulesOfProfile(profile);
  for (const std::string &item : items)
    applyGlob(item, profile, chosen, [](llvm::StringRef) {});
  return chosen;
}

static std::vector<llvm::StringRef> ruleIds() {
  std::vector<llvm::StringRef> ids;
  for (const catalog::RuleInfo &rule : catalog::builtinRules())
    ids.push_back(rule.id);
  return ids;
}

llvm::StringRef Configuration::profile() const {
  if (!settings_.profile.empty())
    return settings_.profile;
  return project_ && !project_->layers().front().profile.empty() ? llvm::StringRef(project_->layers().front().profile) : "default";
}

llvm::Error Configuration::checkRuleGlobs(llvm::StringRef where, llvm::StringRef globs) const {
  std::vector<llvm::StringRef> ids = ruleIds();
  for (const std::string &item : globItems(globs)) {
    llvm::StringRef name = llvm::StringRef(item).ltrim('-');
    clang::tidy::GlobList glob(name);
    if (const catalog::RuleInfo *rule = catalog::findRule(name); rule && rule->runtimeOnly)
      return llvm::createStringError(where + "only running programs report '" + name + "', no check looks for it; 'coroguard rule " + name +
                                     "' explains it");
    if (llvm::any_of(ids, [&](llvm::StringRef id) { return glob.contains(id); }))
      continue;
    if (name.contains('*'))
      return llvm::createStringError(where + "no rule matches '" + name + "'; 'coroguard rules' lists them");
    return llvm::createStringError(where + "there is no rule '" + name + "'" + catalog::suggestion(name, ids, "the rules"));
  }
  return llvm::Error::success();
}

llvm::Error Configuration::checkRules() const {
  if (project_)
    for (const ProjectFile::Layer &layer : project_->layers())
      if (llvm::Error error = checkRuleGlobs(layer.where + ": ", llvm::join(layer.rules, ",")))
        return error;
  if (llvm::Error error = checkRuleGlobs("", settings_.rules))
    return error;
  if (!settings_.rules.empty() && chooseRules(settings_.rules, profile()).empty())
    return llvm::createStringError("'" + settings_.rules + "' leaves no rule in profile " + profile() +
                                   "; add --profile strict, or name a rule in full");
  return llvm::Error::success();
}

/// What is wrong with one `CheckOptions` entry of ours; nothing for other checks' options.
static void checkOption(llvm::StringRef key, llvm::StringRef value, llvm::StringRef source,
                        std::vector<std::string> &problems) {
  if (!key.starts_with("async-"))
    return;
  auto [ruleName, optionName] = key.rsplit('.');
  const catalog::RuleInfo *rule = catalog::findRule(ruleName);
  std::string who = (source + ": option " + key).str();
  if (!rule) {
    problems.push_back(who + ": there is no rule '" + ruleName.str() + "'" +
                       catalog::suggestion(ruleName, ruleIds(), "the rules"));
    return;
  }
  if (optionName == "Profile" || optionName == "Models")
    return;
  if (const catalog::OptionInfo *option = catalog::findOption(*rule, optionName)) {
    catalog::checkOptionValue(*option, value, who, problems);
    return;
  }
  std::vector<llvm::StringRef> names;
  for (const catalog::OptionInfo &option : rule->options)
    names.push_back(option.name);
  problems.push_back(who + ": the rule has no option '" + optionName.str() + "'" +
                     catalog::suggestion(optionName, names, "its options"));
}

/// `text` without the key that clang-tidy took out after it had long done nothing: files of older projects still have it.
/// Its line stays, as a comment, so that places of errors are right.
static std::string withoutRemovedKey(llvm::StringRef text) {
  std::string result;
  for (llvm::StringRef line : llvm::split(text, '\n'))
    result += (line.starts_with("AnalyzeTemporaryDtors:") ? "# " : "") + line.str() + "\n";
  return result;
}

/// Reads `.clang-tidy` text; syntax errors go to `problems` with their place.
static ClangTidyOptions parsed(llvm::MemoryBufferRef buffer, std::vector<std::string> &problems) {
  auto collect = [&](const llvm::SMDiagnostic &diagnostic) {
    problems.push_back((diagnostic.getFilename() + ":" + llvm::Twine(diagnostic.getLineNo()) + ":" +
                        llvm::Twine(diagnostic.getColumnNo() + 1) + ": " + diagnostic.getMessage())
                           .str());
  };
  size_t before = problems.size();
  const std::string text = withoutRemovedKey(buffer.getBuffer());
  llvm::ErrorOr<ClangTidyOptions> options =
      clang::tidy::parseConfigurationWithDiags(llvm::MemoryBufferRef(text, buffer.getBufferIdentifier()), collect);
  if (options)
    return *options;
  if (problems.size() == before)
    problems.push_back((buffer.getBufferIdentifier() + ": " + options.getError().message()).str());
  return {};
}

/// `.clang-tidy` files read by a function of ours. (Clang's constructor that takes one leaves the file system null.)
class ProjectOptions : public clang::tidy::FileOptionsProvider {
public:
  using Read = std::function<llvm::ErrorOr<ClangTidyOptions>(llvm::MemoryBufferRef)>;
  ProjectOptions(clang::tidy::ClangTidyGlobalOptions global, ClangTidyOptions defaults, ClangTidyOptions overrides, Read read)
      : FileOptionsProvider(std::move(global), std::move(defaults), std::move(overrides), llvm::vfs::getRealFileSystem()) {
    ConfigHandlers = {{".clang-tidy", std::move(read)}};
  }
};

llvm::Error Configuration::readCommandLine() {
  std::vector<std::string> problems;
  ClangTidyOptions defaults = ClangTidyOptions::getDefaults(), overrides, config;
  if (!settings_.headerFilter.empty())
    overrides.HeaderFilterRegex = settings_.headerFilter;
  if (!settings_.excludeHeaderFilter.empty())
    overrides.ExcludeHeaderFilterRegex = settings_.excludeHeaderFilter;
  if (!settings_.profile.empty())
    overrides.CheckOptions["Profile"] = ClangTidyOptions::ClangTidyValue(settings_.profile);
  if (!settings_.models.empty())
    overrides.CheckOptions["Models"] = ClangTidyOptions::ClangTidyValue(llvm::join(settings_.models, ";"));
  for (const auto &[key, value] : settings_.options) {
    llvm::StringRef name = key;
    std::string full = (name.contains('.') && !name.starts_with("async-") ? "async-" : "") + key;
    if (!name.contains('.') && name != "Profile" && name != "Models")
      problems.push_back("--set " + key + ": an option is written as RULE.OPTION=VALUE");
    checkOption(full, value, "--set", problems);
    overrides.CheckOptions[full] = ClangTidyOptions::ClangTidyValue(value);
  }
  if (!settings_.config.empty())
    config = parsed(llvm::MemoryBufferRef(settings_.config, "--config"), problems);
  clang::tidy::ClangTidyGlobalOptions global;
  if (!settings_.config.empty())
    provider_ = std::make_unique<clang::tidy::ConfigOptionsProvider>(global, defaults, config, overrides);
  else
    provider_ = std::make_unique<ProjectOptions>(
        global, defaults, overrides, [this](llvm::MemoryBufferRef buffer) { return parsed(buffer, fileErrors_); });
  return problemsError(problems);
}

llvm::Expected<std::unique_ptr<Configuration>> Configuration::create(RuleSettings settings) {
  std::unique_ptr<Configuration> configuration(new Configuration(std::move(settings)));
  if (!configuration->settings_.projectFile.empty()) {
    auto project = ProjectFile::read(configuration->settings_.projectFile);
    if (!project)
      return project.takeError();
    configuration->project_ = std::move(*project);
  }
  if (llvm::Error error = configuration->checkRules())
    return error;
  if (llvm::Error error = configuration->readCommandLine())
    return error;
  if (auto models = configuration->modelsFor(llvm::join(configuration->settings_.models, ";")); !models)
    return models.takeError();
  return configuration;
}

llvm::Expected<std::shared_ptr<const catalog::ModelIndex>> Configuration::modelsFor(llvm::StringRef files) {
  auto &index = models_[files.str()];
  if (!index) {
    auto user = catalog::readUserModels(catalog::listItems(files), catalog::builtinModels());
    if (!user)
      return user.takeError();
    index = std::make_shared<catalog::ModelIndex>(catalog::builtinModels(), std::move(*user));
  }
  return index;
}

/// What the rules themselves say about their options: values that depend on the models.
static std::vector<std::string> optionProblems(const FileConfiguration &configuration) {
  clang::DiagnosticOptions diagnosticOptions;
  clang::DiagnosticsEngine diagnostics(clang::DiagnosticIDs::create(), diagnosticOptions, new clang::IgnoringDiagConsumer);
  clang::tidy::ClangTidyContext context(std::make_unique<clang::tidy::DefaultOptionsProvider>(
      clang::tidy::ClangTidyGlobalOptions(), configuration.options));
  context.setDiagnosticsEngine(std::make_unique<clang::DiagnosticOptions>(), &diagnostics);
  context.setCurrentFile("options.cpp");
  std::vector<std::string> problems;
  auto rules = makeRules(&context, [&](const catalog::RuleInfo &rule) { return configuration.rules.contains(rule.id); });
  for (const auto &rule : rules)
    for (const std::string &problem : rule->optionProblems())
      problems.push_back((rule->info().id + ": " + problem).str());
  return problems;
}

llvm::Expected<std::shared_ptr<const FileConfiguration>>
Configuration::effective(const ClangTidyOptions &options, const RuleGlobs &globs, Origins origins) {
  auto value = [&](llvm::StringRef key) {
    auto found = options.CheckOptions.find(key);
    return found == options.CheckOptions.end() ? llvm::StringRef() : llvm::StringRef(found->second.Value);
  };
  auto configuration = std::make_shared<FileConfiguration>();
  llvm::StringRef profile = value("Profile").empty() ? this->profile() : value("Profile");
  configuration->origins = std::move(origins);
  if (!llvm::is_contained(catalog::namesOf<catalog::Profile>(), profile))
    return llvm::createStringError("there is no profile '" + profile + "'" +
                                   catalog::suggestion(profile, catalog::namesOf<catalog::Profile>(), "the profiles"));
  if (!settings_.rules.empty()) {
    configuration->rules = chooseRules(settings_.rules, profile);
  } else {
    configuration->rules = rulesOfProfile(profile);
    for (const auto &[glob, where] : globs)
      applyGlob(glob, profile, configuration->rules, [&](llvm::StringRef rule) { configuration->origins[rule] = where; });
  }
  auto models = modelsFor(value("Models"));
  if (!models)
    return models.takeError();
  configuration->models = *models;
  configuration->options = options;
  configuration->options.CheckOptions["Profile"] = ClangTidyOptions::ClangTidyValue(profile);
  std::vector<llvm::StringRef> names(configuration->rules.keys().begin(), configuration->rules.keys().end());
  llvm::sort(names);
  configuration->options.Checks = "-*," + llvm::join(names, ",");
  if (llvm::Error error = problemsError(optionProblems(*configuration)))
    return error;
  return configuration;
}

/// How people know a source of options.
static std::string originName(llvm::StringRef source) {
  using Provider = clang::tidy::ClangTidyOptionsProvider;
  if (source == Provider::OptionsSourceTypeCheckCommandLineOption)
    return "command line";
  return source == Provider::OptionsSourceTypeConfigCommandLineOption ? "--config" : source.str();
}

/// Adds where the settings of one source stand, and the globs of its `Checks` that name our rules: `-*,bugprone-*` was not
/// written with us in mind.
static void noteOrigins(const ClangTidyOptions &options, const std::string &where, llvm::StringMap<std::string> &origins,
                        std::vector<std::pair<std::string, std::string>> &globs) {
  for (const auto &entry : options.CheckOptions)
    origins[entry.getKey()] = where;
  if (options.HeaderFilterRegex)
    origins["HeaderFilterRegex"] = where;
  if (options.ExcludeHeaderFilterRegex)
    origins["ExcludeHeaderFilterRegex"] = where;
  for (const std::string &item : globItems(options.Checks.value_or("")))
    if (llvm::StringRef(item).ltrim('-').starts_with("async-") && options.Checks->find(item) != std::string::npos)
      globs.emplace_back(item, where);
}

void Configuration::layProject(llvm::StringRef file, ClangTidyOptions &options, Origins &origins, RuleGlobs &globs) const {
  auto set = [&](llvm::StringRef key, const std::string &value, const std::string &where) {
    if (auto given = origins.find(key); given != origins.end() && given->second == "command line")
      return;
    options.CheckOptions[key] = ClangTidyOptions::ClangTidyValue(value);
    origins[key] = where;
  };
  if (!project_->models().empty() && settings_.models.empty())
    set("Models", llvm::join(project_->models(), ";"), project_->modelsWhere());
  for (const ProjectFile::Layer &layer : project_->layers()) {
    if (!project_->applies(layer, file))
      continue;
    if (!layer.profile.empty())
      set("Profile", layer.profile, layer.where);
    for (const std::string &glob : globItems(llvm::join(layer.rules, ",")))
      globs.emplace_back(glob, layer.where);
  }
}

llvm::Expected<std::shared_ptr<const FileConfiguration>> Configuration::of(llvm::StringRef file) {
  fileErrors_.clear();
  ClangTidyOptions merged;
  unsigned order = 0;
  Origins origins;
  RuleGlobs globs;
  for (const auto &[options, source] : provider_->getRawOptions(file)) {
    merged.mergeWith(options, ++order);
    if (source != clang::tidy::ClangTidyOptionsProvider::OptionsSourceTypeDefaultBinary)
      noteOrigins(options, originName(source), origins, globs);
    bool fromFile = source != clang::tidy::ClangTidyOptionsProvider::OptionsSourceTypeCheckCommandLineOption;
    if (fromFile && checkedSources_.insert(source).second)
      for (const auto &entry : options.CheckOptions)
        checkOption(entry.getKey(), entry.getValue().Value, source, fileErrors_);
  }
  llvm::sort(fileErrors_);
  if (llvm::Error error = problemsError(fileErrors_))
    return error;
  if (project_)
    layProject(file, merged, origins, globs);
  std::string key = clang::tidy::configurationAsText(merged);
  for (const auto &[glob, where] : globs)
    key += "\n" + glob + " " + where;
  auto &known = byText_[key];
  if (!known) {
    auto made = effective(merged, globs, std::move(origins));
    if (!made)
      return made.takeError();
    known = std::move(*made);
  }
  return known;
}

} // namespace coroguard::driver
