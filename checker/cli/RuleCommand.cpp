// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard rule ID` and `coroguard rules`.
#include "checker/cli/Commands.h"
#include "checker/cli/Markdown.h"
#include "checker/cli/Terminal.h"
#include "checker/report/Excerpt.h"
#include "checker/report/Suppressions.h"

#include "rules/catalog/Names.h"
#include "rules/catalog/Problem.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {

using catalog::nameOf;
using catalog::RuleInfo;

static std::vector<llvm::StringRef> idsAndNames() {
  std::vector<llvm::StringRef> words;
  for (const RuleInfo &rule : catalog::builtinRules()) {
    words.push_back(rule.id);
    words.push_back(rule.name);
  }
  return words;
}

static void writeFacts(const RuleInfo &rule, const report::Palette &paint, llvm::raw_ostream &out) {
  auto row = [&](llvm::StringRef name, const std::string &value) {
    if (!value.empty())
      out << paint.dim << llvm::left_justify(name, 12) << paint.off << value << '\n';
  };
  out << paint.bold << rule.id << paint.off << ": " << rule.summary << "\n\n";
  row("severity", (nameOf(rule.severity) + ", precision " + nameOf(rule.precision)).str());
  row("profile", (catalog::shownProfile(rule) + ", " + nameOf(rule.status) + " since " + rule.since).str());
  row("fix", nameOf(rule.fix).str());
  row("at run time", rule.runtimeDetector.empty() ? "" : "detector " + rule.runtimeDetector.str());
  row("related", llvm::join(rule.related, ", "));
  row("yields to", llvm::join(rule.yieldsTo, ", "));
  out << '\n';
}

static void writeOptions(const RuleInfo &rule, const report::Palette &paint, llvm::raw_ostream &out) {
  if (rule.options.empty())
    return;
  out << paint.bold << "Options" << paint.off << "\n\n";
  for (const catalog::OptionInfo &option : rule.options) {
    out << "  " << paint.cyan << rule.id << '.' << option.name << paint.off << " (" << option.type << ", default: "
        << (option.defaultValue.empty() ? "empty" : option.defaultValue) << ")\n    " << option.doc << '\n';
    if (!option.choices.empty())
      out << "    one of: " << llvm::join(option.choices, ", ") << '\n';
  }
  out << '\n';
}

int runRuleCommand(const RuleArguments &arguments, const std::string &color) {
  const RuleInfo *rule = report::findRuleOrNote(arguments.id);
  if (!rule) {
    llvm::StringRef near = catalog::nearest(arguments.id, idsAndNames());
    sayError("there is no rule '" + arguments.id + "'" +
                 (near.empty() ? std::string("; 'coroguard rules' lists them") : "; did you mean '" + near.str() + "'?"),
             color);
    return exitFailure;
  }
  report::Style style = styleFor(color, STDOUT_FILENO);
  report::Palette paint(style);
  llvm::raw_ostream &out = llvm::outs();
  writeFacts(*rule, paint, out);
  writeMarkdown(rule->page, style, out);
  writeOptions(*rule, paint, out);
  if (!rule->references.empty()) {
    out << paint.bold << "References" << paint.off << "\n\n";
    for (const catalog::Reference &reference : rule->references)
      out << "  " << reference.title << "\n    " << reference.url << '\n';
  }
  return exitClean;
}

static llvm::json::Object toJson(const RuleInfo &rule) {
  llvm::json::Array options, tags;
  for (const catalog::OptionInfo &option : rule.options)
    options.push_back(llvm::json::Object{
        {"name", option.name}, {"type", option.type}, {"default", option.defaultValue}, {"doc", option.doc}});
  for (llvm::StringRef tag : rule.tags)
    tags.push_back(tag);
  return llvm::json::Object{{"id", rule.id},
                            {"summary", rule.summary},
                            {"help", rule.help},
                            {"category", rule.category},
                            {"severity", nameOf(rule.severity)},
                            {"precision", nameOf(rule.precision)},
                            {"profile", catalog::shownProfile(rule)},
                            {"fix", nameOf(rule.fix)},
                            {"status", nameOf(rule.status)},
                            {"since", rule.since},
                            {"options", std::move(options)},
                            {"tags", std::move(tags)}};
}

int runRulesCommand(const RulesArguments &arguments, const std::string &color) {
  std::vector<const RuleInfo *> rules;
  for (const RuleInfo &rule : catalog::builtinRules())
    if (arguments.profile != "default" || catalog::shownProfile(rule) == "default")
      rules.push_back(&rule);
  llvm::raw_ostream &out = llvm::outs();
  if (arguments.format == "json") {
    llvm::json::Array all;
    for (const RuleInfo *rule : rules)
      all.push_back(toJson(*rule));
    out << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(all)));
    return exitClean;
  }
  report::Palette paint(styleFor(color, STDOUT_FILENO));
  size_t width = 4;
  for (const RuleInfo *rule : rules)
    width = std::max(width, rule->id.size());
  out << paint.dim << llvm::left_justify("rule", width + 2) << "profile  severity  fix     summary" << paint.off << '\n';
  for (const RuleInfo *rule : rules)
    out << paint.bold << llvm::left_justify(rule->id, width + 2) << paint.off << llvm::left_justify(catalog::shownProfile(*rule), 9)
        << paint.of(rule->severity) << llvm::left_justify(nameOf(rule->severity), 10) << paint.off
        << llvm::left_justify(rule->fix == catalog::FixKind::None ? "-" : nameOf(rule->fix), 8) << rule->summary << '\n';
  out << "\n'coroguard rule ID' explains one.\n";
  return exitClean;
}

} // namespace coroguard::cli
