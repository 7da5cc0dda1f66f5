// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Model files → rows. What spans files is in References.cpp.
#include "rules/catalog/ModelFile.h"

#include "rules/catalog/Condition.h"
#include "rules/catalog/Prototype.h"
#include "rules/catalog/RecordReader.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

namespace coroguard::catalog {

class ModelFileReader {
public:
  ModelFileReader(llvm::MemoryBufferRef buffer, ModelOrigin origin)
      : buffer_(buffer), builtin_(origin == ModelOrigin::Builtin), result_(new ParsedModels()) {
    result_->origin_ = origin;
    result_->file_ = llvm::StringSaver(result_->arena_).save(buffer.getBufferIdentifier());
  }
  llvm::Expected<std::unique_ptr<ParsedModels>> read();

private:
  void readLibrary(RecordReader &file);
  void readTypes(RecordReader &file);
  void readFunctions(RecordReader &file);
  void readBlocking(RecordReader &file);
  void readCategories(RecordReader &file);
  BlockingModel readBlockingRow(RecordReader &row);
  void readCondition(RecordReader &row, BlockingModel &model, int parameters);
  /// Number of parameters, -1 when not known.
  int checkSignature(RecordReader &row, const BlockingModel &model);
  void checkName(RecordReader &row, StringRef key);
  StringRef sourceOf(RecordReader &row);
  std::vector<Cure> readCures(RecordReader &record, StringRef key);

  const RecordFormat &formatOf(StringRef key) { return *modelFormat().find(key)->record; }
  template <typename T> ArrayRef<T> keep(const std::vector<T> &values) {
    T *copy = result_->arena_.Allocate<T>(values.size());
    std::uninitialized_copy(values.begin(), values.end(), copy);
    return {copy, values.size()};
  }

  llvm::MemoryBufferRef buffer_;
  bool builtin_;
  std::unique_ptr<ParsedModels> result_;
  Problems problems_;
  StringRef library_;
  StringRef documentation_;
  bool hasNamespaces_ = false;
};

std::vector<Cure> ModelFileReader::readCures(RecordReader &record, StringRef key) {
  std::vector<Cure> cures;
  for (const YamlEntry &entry : record.entries(key))
    cures.push_back({entry.key->text, entry.value->text});
  return cures;
}

void ModelFileReader::readLibrary(RecordReader &file) {
  const bool rows = file.find("types") || file.find("functions") || file.find("blocking") || file.find("cures");
  if (rows) file.require("library", "rows belong to a library; any short name of yours will do");
  library_ = file.text("library");
  result_->libraryPosition_ = file.positionOf("library");
  if (library_.empty()) return;
  if (!llvm::all_of(library_, [](char c) { return llvm::isLower(c) || llvm::isDigit(c) || c == '-' || c == '_'; }))
    file.problem("library", "a library's id has lower-case letters, digits and '-', not '" + library_.str() + "'");
  if (library_ == "any") file.problem("library", "'any' means every library in 'instead'; choose another id");
  const StringRef stem = llvm::sys::path::stem(buffer_.getBufferIdentifier());
  if (builtin_ && library_ != stem)
    file.problem("library",
                 "the library of '" + stem.str() + ".yaml' must be '" + stem.str() + "', not '" + library_.str() + "'");
  if (builtin_) file.require("name", "people read it");
  LibraryInfo library;
  library.id = library_;
  library.name = file.text("name", library_);
  library.documentation = documentation_ = file.text("documentation");
  std::vector<StringRef> namespaces;
  for (const YamlNode *item : file.items("namespaces")) {
    if (item->text.contains('$') || item->text.starts_with("::") || item->text.ends_with("::") ||
        item->text.contains('<'))
      problems_.add(item->position, "a namespace is written like 'boost::asio', not '" + item->text.str() + "'");
    namespaces.push_back(item->text);
  }
  hasNamespaces_ = !namespaces.empty();
  library.namespaces = keep(namespaces);
  library.cures = keep(readCures(file, "cures"));
  result_->models_.libraries = keep(std::vector<LibraryInfo>{library});
}

void ModelFileReader::checkName(RecordReader &row, StringRef key) {
  StringRef name = row.text(key);
  if (name.empty()) return;
  StringRef rest = name;
  if (rest.consume_front("$") && !hasNamespaces_)
    row.problem(key, "'$' stands for the library's namespaces, but the file has no 'namespaces'");
  if (name.starts_with("$") && !rest.starts_with("::"))
    row.problem(key, "'$' is followed by '::', as in '$::" + rest.ltrim(':').str() + "'");
  else if (name.starts_with("::") || name.ends_with("::") || rest.contains('$'))
    row.problem(key, "a name is written like 'acme::db::query', not '" + name.str() + "'");
  else if (name.contains("::operator") || name.starts_with("operator"))
    return; // operator(), operator<, operator bool
  else if (name.contains('(') || name.contains('<'))
    row.problem(key, "a name has no parameters and no template arguments: '" +
                         name.take_until([](char c) { return c == '(' || c == '<'; }).str() + "'");
  else if (name.contains(' '))
    row.problem(key, "a name has no spaces: '" + name.str() + "'; the prototype goes to 'signature'");
}

StringRef ModelFileReader::sourceOf(RecordReader &row) {
  StringRef source = row.text("source", documentation_);
  if (builtin_ && source.empty())
    row.require("source", "every built-in fact names the page it comes from, or the library its 'documentation'");
  return source;
}

void ModelFileReader::readTypes(RecordReader &file) {
  std::vector<TypeModel> rows;
  for (const YamlNode *node : file.items("types")) {
    RecordReader row(*node, formatOf("types"), problems_);
    checkName(row, "type");
    TypeModel model{};
    model.name = row.text("type");
    model.library = library_;
    model.role = row.choice("role", TypeRole::Task);
    model.start = row.choice("start", Start::Unknown);
    model.drop = row.choice("drop", Drop::Unknown);
    model.singleShot = row.flag("single_shot", true);
    model.threadHop = row.flag("thread_hop", false);
    model.readyConversion = row.flag("ready_conversion", false);
    model.reason = row.text("reason");
    model.source = sourceOf(row);
    rows.push_back(model);
    result_->typePositions_.push_back(row.positionOf("type"));
  }
  result_->models_.types = keep(rows);
}

void ModelFileReader::readFunctions(RecordReader &file) {
  std::vector<FunctionModel> rows;
  for (const YamlNode *node : file.items("functions")) {
    RecordReader row(*node, formatOf("functions"), problems_);
    checkName(row, "function");
    FunctionModel model{};
    model.name = row.text("function");
    model.library = library_;
    model.role = row.choice("role", FunctionRole::Sink);
    const int64_t argument = row.integer("argument", -1);
    if (argument < -1 || argument > 99 || (argument == -1 && row.find("argument")))
      row.problem("argument", "'argument' is a 0-based position; leave it out for any argument");
    model.argument = static_cast<int8_t>(argument);
    const int64_t borrows = row.integer("borrows", -1);
    if (borrows < -1 || borrows > 99 || (borrows == -1 && row.find("borrows")))
      row.problem("borrows", "'borrows' is a 0-based position; leave it out if there is none");
    model.borrows = static_cast<int8_t>(borrows);
    model.keepsCallable = row.flag("keeps", false);
    model.lendsCallable = row.flag("lends", false);
    model.dropsCallable = row.flag("drops", false);
    model.blocks = row.flag("blocks", false);
    model.returnsTask = row.flag("returns_task", false);
    model.startsHere = row.flag("starts_here", false);
    model.reason = row.text("reason");
    model.source = sourceOf(row);
    rows.push_back(model);
    result_->functionPositions_.push_back(row.positionOf("function"));
  }
  result_->models_.functions = keep(rows);
}

int ModelFileReader::checkSignature(RecordReader &row, const BlockingModel &model) {
  if (!builtin_) {
    row.refuse("intercept", "the guard hooks C functions of its own list only");
  } else if (model.intercept) {
    row.require("signature", "the guard needs the prototype to hook the function");
    row.require("header", "the guard needs the header to hook the function");
    if (model.name.contains(':')) row.problem("intercept", "only C functions can be hooked");
  }
  if (model.signature.empty()) return -1;
  llvm::Expected<Prototype> prototype = parsePrototype(model.signature, model.name);
  if (!prototype) {
    row.problem("signature", llvm::toString(prototype.takeError()));
    return -1;
  }
  // Behind `...` there may be more, but a hook sees the named ones only.
  return prototype->variadic && !model.intercept ? -1 : static_cast<int>(prototype->parameters.size());
}

void ModelFileReader::readCondition(RecordReader &row, BlockingModel &model, int parameters) {
  if (model.blocks == Blocks::When)
    row.require("when", "'blocks: when' needs a condition; without one write 'blocks: always'");
  else
    row.refuse("when", "'blocks' is not 'when'");
  if (model.blocks != Blocks::When) row.refuse("unknown", "'blocks' is not 'when'");
  const YamlNode *when = row.find("when");
  if (!when || model.blocks != Blocks::When) return;
  model.whenText = when->text;
  model.when = parseCondition(*when, parameters, result_->arena_, problems_);
}

BlockingModel ModelFileReader::readBlockingRow(RecordReader &row) {
  checkName(row, "function");
  BlockingModel model{};
  model.name = row.text("function");
  model.signature = row.text("signature");
  model.header = row.text("header");
  if (model.header.starts_with("<") || model.header.starts_with("\""))
    row.problem("header", "a header is written without brackets or quotes: " + model.header.trim("<>\"").str());
  model.library = library_;
  model.blocks = row.choice("blocks", Blocks::Always);
  model.intercept = row.flag("intercept", false);
  readCondition(row, model, checkSignature(row, model));
  model.unknown = row.choice("unknown", WhenUnknown::Report);
  model.category = row.text("category");
  if (model.blocks != Blocks::Never)
    row.require("category", "it decides in which profile and how loudly the call is reported");
  else if (builtin_)
    row.problem("blocks", "'never' is for models of users; leave the row out");
  if (const YamlNode *category = row.find("category"))
    result_->categoryMentions_.push_back({category->text, category->position});
  std::vector<Cure> instead = readCures(row, "instead");
  for (Cure &cure : instead)
    cure.library = cure.library == "any" ? StringRef() : cure.library;
  for (const YamlEntry &entry : row.entries("instead"))
    if (entry.key->text != "any") result_->libraryMentions_.push_back({entry.key->text, entry.key->position});
  model.instead = keep(instead);
  model.reason = row.text("reason");
  model.source = sourceOf(row);
  return model;
}

void ModelFileReader::readBlocking(RecordReader &file) {
  std::vector<BlockingModel> rows;
  for (const YamlNode *node : file.items("blocking")) {
    RecordReader row(*node, formatOf("blocking"), problems_);
    rows.push_back(readBlockingRow(row));
    result_->blockingPositions_.push_back(row.positionOf("function"));
  }
  result_->models_.blocking = keep(rows);
}

void ModelFileReader::readCategories(RecordReader &file) {
  std::vector<CategoryInfo> rows;
  for (const YamlNode *node : file.items("categories")) {
    RecordReader row(*node, formatOf("categories"), problems_);
    rows.push_back({row.text("name"), row.text("doc"), row.choice("profile", Profile::Strict),
                    row.choice("severity", Severity::Warning)});
    result_->categoryPositions_.push_back(row.positionOf("name"));
  }
  result_->models_.categories = keep(rows);
}

llvm::Expected<std::unique_ptr<ParsedModels>> ModelFileReader::read() {
  const YamlNode *root = parseYaml(buffer_, result_->arena_, problems_);
  if (!root) return problems_.takeError();
  RecordReader file(*root, modelFormat(), problems_);
  readLibrary(file);
  readTypes(file);
  readFunctions(file);
  readBlocking(file);
  readCategories(file);
  if (llvm::Error error = problems_.takeError()) return error;
  return std::move(result_);
}

llvm::Expected<std::unique_ptr<ParsedModels>> parseModels(llvm::MemoryBufferRef buffer, ModelOrigin origin) {
  return ModelFileReader(buffer, origin).read();
}

llvm::Expected<std::unique_ptr<ParsedModels>> readModels(StringRef path, ModelOrigin origin) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return llvm::make_error<ProblemsError>(
        std::vector<Problem>{{path.str(), 0, 0, "cannot read the model file: " + file.getError().message()}});
  return parseModels(**file, origin);
}

llvm::Expected<std::vector<std::shared_ptr<const ParsedModels>>> readUserModels(ArrayRef<std::string> paths,
                                                                                const Models &builtin) {
  std::vector<std::shared_ptr<const ParsedModels>> result;
  std::vector<const ParsedModels *> files;
  llvm::Error errors = llvm::Error::success();
  for (const std::string &path : paths) {
    llvm::Expected<std::unique_ptr<ParsedModels>> models = readModels(path, ModelOrigin::User);
    if (!models) {
      errors = llvm::joinErrors(std::move(errors), models.takeError());
      continue;
    }
    result.push_back(std::move(*models));
    files.push_back(result.back().get());
  }
  if (errors) // a file that did not parse may be the one that the others refer to
    return errors;
  Problems problems;
  checkReferences(files, &builtin, problems);
  if (llvm::Error error = problems.takeError()) return error;
  return result;
}

} // namespace coroguard::catalog
