// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds and reads the catalogue's files. Rules are globbed: there is no list of them anywhere.
#include "rules/rulegen/Catalogue.h"

#include "rules/catalog/Names.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace coroguard::rulegen {

namespace {

std::string join(StringRef directory, const llvm::Twine &name) {
  llvm::SmallString<128> path(directory);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

/// Sorted, so that the output does not depend on the file system.
std::vector<std::string> entriesOf(StringRef directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
    names.push_back(llvm::sys::path::filename(entry->path()).str());
  std::sort(names.begin(), names.end());
  return names;
}

/// Moves the value out, or adds the error to `errors`.
template <typename T> bool take(llvm::Expected<T> result, llvm::Error &errors, llvm::function_ref<void(T)> use) {
  if (!result) {
    errors = llvm::joinErrors(std::move(errors), result.takeError());
    return false;
  }
  use(std::move(*result));
  return true;
}

template <typename Row> void append(std::vector<Row> &all, ArrayRef<Row> rows) {
  all.insert(all.end(), rows.begin(), rows.end());
}

void collectRows(Catalogue &catalogue) {
  for (const auto &file : catalogue.files) {
    const catalog::Models &models = file->models();
    append(catalogue.libraries, models.libraries);
    append(catalogue.categories, models.categories);
    append(catalogue.types, models.types);
    append(catalogue.functions, models.functions);
    append(catalogue.blocking, models.blocking);
  }
}

llvm::Error checkAll(const Catalogue &catalogue) {
  catalog::Problems problems;
  std::vector<const catalog::ParsedModels *> files;
  for (const auto &file : catalogue.files)
    files.push_back(file.get());
  catalog::checkReferences(files, nullptr, problems);
  std::vector<const catalog::ParsedRule *> rules;
  for (const Rule &rule : catalogue.rules) {
    rules.push_back(&rule.parsed);
    if (rule.info().runtimeOnly && (rule.hasCheck || !rule.parsed.query().empty()))
      problems.add(rule.parsed.position(), "a rule that only running programs report ('only: true') has no check and no query");
  }
  catalog::checkReferences(rules, problems);
  return problems.takeError();
}

} // namespace

std::string Rule::snakeName() const {
  std::string name = info().name.str();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string Rule::className() const {
  return catalog::enumeratorOf(info().name) + "Check";
}

llvm::Expected<Catalogue> readCatalogue(StringRef root) {
  Catalogue catalogue;
  llvm::Error errors = llvm::Error::success();
  const std::string rules = join(root, "rules");
  if (!llvm::sys::fs::is_directory(rules))
    return llvm::createFileError(rules, std::make_error_code(std::errc::not_a_directory));
  for (const std::string &name : entriesOf(rules)) {
    const std::string folder = join(rules, name);
    if (llvm::sys::fs::exists(join(folder, "rule.yaml")))
      take<catalog::ParsedRule>(catalog::readRule(join(folder, "rule.yaml")), errors, [&](catalog::ParsedRule rule) {
        catalogue.rules.push_back({std::move(rule), llvm::sys::fs::exists(join(folder, "Check.h"))});
      });
  }
  const std::string models = join(rules, "models");
  for (const std::string &name : entriesOf(models))
    if (StringRef(name).ends_with(".yaml"))
      take<std::unique_ptr<catalog::ParsedModels>>(
          catalog::readModels(join(models, name), catalog::ModelOrigin::Builtin), errors,
          [&](std::unique_ptr<catalog::ParsedModels> file) { catalogue.files.push_back(std::move(file)); });
  if (errors) return errors;
  collectRows(catalogue);
  if (llvm::Error error = checkAll(catalogue)) return error;
  return catalogue;
}

} // namespace coroguard::rulegen
