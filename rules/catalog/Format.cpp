// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The keys of rule.yaml, of model files and of .coroguard.yaml.
#include "rules/catalog/Format.h"

#include "rules/catalog/Names.h"

namespace coroguard::catalog {

namespace {

using enum FieldShape;

const RecordFormat &statusFormat() {
  static const FieldFormat fields[] = {
      {"state", Choice, true, "preview rules may change, deprecated ones name their successor in `help`",
       namesOf<RuleStatus>()},
      {"since", Text, true, "first version that has the rule, quoted: \"0.1\""},
  };
  static const RecordFormat format = {"a status", fields};
  return format;
}

const RecordFormat &optionFormat() {
  static const FieldFormat fields[] = {
      {"name", Text, true, "in PascalCase; people write `async-<rule>.<name>` in `.clang-tidy`"},
      {"type", Choice, true, "type of the value", optionTypes()},
      {"default", Any, true, "value without configuration; of the option's type"},
      {"doc", Text, true, "what the option changes"},
      {"choices", Texts, false, "allowed values of an enum, allowed items of a closed list"},
  };
  static const RecordFormat format = {"an option", fields};
  return format;
}

const RecordFormat &runtimeFormat() {
  static const FieldFormat fields[] = {
      {"detector", Text, true, "the detector of the runtime that reports under this rule's id"},
      {"only", Flag, false, "true: only running programs report it; the rule has neither a check nor a query"},
  };
  static const RecordFormat format = {"a runtime binding", fields};
  return format;
}

const RecordFormat &referenceFormat() {
  static const FieldFormat fields[] = {
      {"title", Text, true, "what is behind the link"},
      {"url", Text, true, "address, https"},
  };
  static const RecordFormat format = {"a reference", fields};
  return format;
}

const RecordFormat &typeFormat() {
  static const FieldFormat fields[] = {
      {"type", Text, true,
       "qualified name without template arguments and inline namespaces; a leading `$` stands for each of the "
       "library's "
       "namespaces"},
      {"role", Choice, true, "what the type is", namesOf<TypeRole>()},
      {"start", Choice, false, "`lazy` tasks start when awaited, `eager` ones when created; default: inferred",
       namesOf<Start>()},
      {"drop", Choice, false, "what happens to the work when the object is destroyed unconsumed; default: unknown",
       namesOf<Drop>()},
      {"single_shot", Flag, false, "may be awaited once only; default: true"},
      {"thread_hop", Flag, false, "awaiting it may resume on another thread; default: false"},
      {"ready_conversion", Flag, false,
       "its conversion to bool is documented as \"ready\" or \"valid\"; default: false"},
      {"reason", Text, false, "why the row says so, when the name does not tell"},
      {"source", Text, false, "address of the documentation; default: the library's `documentation`"},
  };
  static const RecordFormat format = {"a type row", fields};
  return format;
}

const RecordFormat &functionFormat() {
  static const FieldFormat fields[] = {
      {"function", Text, true,
       "qualified name, a method as `type::method`; a leading `$` stands for each of the library's namespaces"},
      {"role", Choice, true, "what the function does with tasks or callables", namesOf<FunctionRole>()},
      {"argument", Integer, false, "0-based position of the task or callable; default: any argument"},
      {"keeps", Flag, false, "the callable given lives until its task is done; default: false"},
      {"borrows", Integer, false, "0-based position of an argument that the task refers to until it is done, such as the range that a loop runs over"},
      {"lends", Flag, false, "the callable given is run where the caller has it, and must live until its task is done; default: false"},
      {"drops", Flag, false, "the callable given is gone once it has returned, though its task goes on; default: false"},
      {"blocks", Flag, false, "blocks the calling thread; default: false"},
      {"returns_task", Flag, false, "the result is a task even if its type does not look like one; default: false"},
      {"starts_here", Flag, false, "a spawner that runs the task to its first suspension before it returns, or a function that runs its callable so, if the executor is the caller's own; default: false"},
      {"reason", Text, false, "why the row says so, when the name does not tell"},
      {"source", Text, false, "address of the documentation; default: the library's `documentation`"},
  };
  static const RecordFormat format = {"a function row", fields};
  return format;
}

const RecordFormat &blockingFormat() {
  static const FieldFormat fields[] = {
      {"function", Text, true,
       "qualified name, C functions as they are; a leading `$` stands for each of the library's namespaces"},
      {"signature", Text, false, "the prototype; names its parameters. Needed when `intercept` is true"},
      {"header", Text, false, "where it is declared, without brackets. Needed when `intercept` is true"},
      {"blocks", Choice, true, "`when` needs a condition; `never` takes built-in rows of that function away",
       namesOf<Blocks>()},
      {"when", Text, false, "the condition, see below"},
      {"unknown", Choice, false,
       "what the checker does when the code does not tell whether the condition holds: report, report in the strict "
       "profile only, stay silent; default: report",
       namesOf<WhenUnknown>()},
      {"category", Text, false, "one of the categories; needed unless `blocks` is never"},
      {"instead", TextMap, false, "the cure by library id; `any` for all others. Imperative: \"co_await …\""},
      {"reason", Text, true, "why it blocks (or does not), as the report says it"},
      {"source", Text, false, "address of the documentation; default: the library's `documentation`"},
      {"intercept", Flag, false, "the guard hooks this C function at run time; built-in models only; default: false"},
  };
  static const RecordFormat format = {"a blocking row", fields};
  return format;
}

const RecordFormat &categoryFormat() {
  static const FieldFormat fields[] = {
      {"name", Text, true, "as used in `category` and in the option `Categories`"},
      {"doc", Text, true, "what belongs to it"},
      {"profile", Choice, true, "reported by default, or only in the strict profile", namesOf<Profile>()},
      {"severity", Choice, true, "severity of its findings", namesOf<Severity>()},
  };
  static const RecordFormat format = {"a category", fields};
  return format;
}

const RecordFormat &overrideFormat() {
  static const FieldFormat fields[] = {
      {"paths", Texts, true, "which files, see below"},
      {"profile", Choice, false, "instead of the one above", namesOf<Profile>()},
      {"rules", Texts, false, "after those above"},
  };
  static const RecordFormat format = {"an override", fields};
  return format;
}

} // namespace

const FieldFormat *RecordFormat::find(llvm::StringRef key) const {
  for (const FieldFormat &field : fields)
    if (field.key == key) return &field;
  return nullptr;
}

const RecordFormat &ruleFormat() {
  static const FieldFormat fields[] = {
      {"id", Text, true, "`async-` and the folder's name"},
      {"summary", Text, true, "what is wrong, one sentence, lower case"},
      {"help", Text, true, "the cure, an imperative sentence"},
      {"category", Choice, true, "which part of the rule book it belongs to", ruleCategories()},
      {"severity", Choice, true, "severity of its findings", namesOf<Severity>()},
      {"precision", Choice, true, "how often a finding is right", namesOf<Precision>()},
      {"profile", Choice, true, "`default`: on without configuration; `strict`: opt-in", namesOf<Profile>()},
      {"status", Record, true, "how settled the rule is", {}, &statusFormat()},
      {"fix", Choice, true, "what `--fix` may do", namesOf<FixKind>()},
      {"options", Records, false, "what users can set", {}, &optionFormat()},
      {"messages", TextMap, false, "texts by name, with {placeholders}; lower case, no full stop; what only running programs report needs none"},
      {"runtime", Record, false, "its twin in the runtime", {}, &runtimeFormat()},
      {"query", Text, false,
       "clang-query matcher that binds `place`, for stock clang-tidy without the plugin; {blocking} stands for the "
       "names "
       "of functions that block or may, {runners} for those that drive a task and block"},
      {"references", Records, false, "where to read more", {}, &referenceFormat()},
      {"related", Texts, false, "names of related rules"},
      {"yields_to", Texts, false,
       "names of rules that say more of the same: where one of them speaks, or at a step of the evidence, this one is "
       "silent"},
      {"tags", Texts, false, "words to find it by"},
  };
  static const RecordFormat format = {"a rule", fields};
  return format;
}

const RecordFormat &modelFormat() {
  static const FieldFormat fields[] = {
      {"library", Text, false, "id of the library, lower case with dashes; the file's stem for built-in models"},
      {"name", Text, false, "name for people; default: the id"},
      {"documentation", Text, false, "address of the documentation, and `source` of the rows that name none"},
      {"namespaces", Texts, false, "what belongs to the library, prefixes such as `uv_` for C; `$` at the start of a name stands for each of these"},
      {"cures", TextMap, false,
       "the library's words for a cure, by purpose; {task} and {duration} stand for the user's expression",
       curePurposes()},
      {"types", Records, false, "facts about types", {}, &typeFormat()},
      {"functions",
       Records,
       false,
       "facts about functions that take or make tasks and callables",
       {},
       &functionFormat()},
      {"blocking", Records, false, "functions that may stop the calling thread", {}, &blockingFormat()},
      {"categories", Records, false, "categories of blocking functions", {}, &categoryFormat()},
  };
  static const RecordFormat format = {"a model file", fields};
  return format;
}

const RecordFormat &projectFormat() {
  static const FieldFormat fields[] = {
      {"build", Text, false, "build folder or compile_commands.json; default: looked for"},
      {"profile", Choice, false, "which rules run without being named; default: default", namesOf<Profile>()},
      {"rules", Texts, false, "globs of rules to add, in order; `-` before one takes it out"},
      {"models", Texts, false, "model files: facts about your own functions and types"},
      {"baseline", Text, false, "file with the findings that are known; `coroguard baseline create` writes it"},
      {"exclude", Texts, false, "files that are neither checked nor reported in, see below"},
      {"overrides", Records, false, "other settings for some files; later ones win", {}, &overrideFormat()},
  };
  static const RecordFormat format = {"a project file", fields};
  return format;
}

} // namespace coroguard::catalog
