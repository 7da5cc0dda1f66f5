// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard config [FILE]`: what applies to a file, and what could.
#include "checker/cli/Commands.h"
#include "checker/cli/Settings.h"
#include "checker/cli/Terminal.h"
#include "checker/driver/Database.h"
#include "checker/report/Excerpt.h"

#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {

static void writeOptions(const catalog::RuleInfo &rule, const driver::FileConfiguration &configuration,
                         const report::Palette &paint, llvm::raw_ostream &out) {
  for (const catalog::OptionInfo &option : rule.options) {
    std::string key = (rule.id + "." + option.name).str();
    auto set = configuration.options.CheckOptions.find(key);
    bool isSet = set != configuration.options.CheckOptions.end();
    out << "  " << key << ": '" << (isSet ? llvm::StringRef(set->second.Value) : option.defaultValue) << "'"
        << (isSet ? "" : paint.dim) << (isSet ? "" : "  # default") << (isSet ? "" : paint.off) << '\n';
  }
}

int runConfigCommand(const ConfigArguments &arguments, const std::string &color) {
  auto fail = [&](llvm::Error error) {
    sayError(llvm::toString(std::move(error)), color);
    return exitFailure;
  };
  auto configuration = configurationFor(arguments.check);
  if (!configuration)
    return fail(configuration.takeError());
  std::string file = driver::absolutePath(arguments.check.paths.empty() ? "a.cpp" : arguments.check.paths.front());
  auto settings = (*configuration)->of(file);
  if (!settings)
    return fail(settings.takeError());

  // In the shape of a .clang-tidy file, so that lines can be copied into one.
  llvm::raw_ostream &out = llvm::outs();
  report::Palette paint(styleFor(color, STDOUT_FILENO));
  out << "Checks: '" << *(*settings)->options.Checks << "'\n";
  out << "HeaderFilterRegex: '" << (*settings)->options.HeaderFilterRegex.value_or(".*") << "'\n";
  out << "CheckOptions:\n";
  for (llvm::StringRef key : {"Profile", "Models"})
    if (auto set = (*settings)->options.CheckOptions.find(key); set != (*settings)->options.CheckOptions.end())
      out << "  " << key << ": '" << set->second.Value << "'\n";
  for (const catalog::RuleInfo &rule : catalog::builtinRules())
    if ((*settings)->rules.contains(rule.id))
      writeOptions(rule, **settings, paint, out);
  return exitClean;
}

} // namespace coroguard::cli
