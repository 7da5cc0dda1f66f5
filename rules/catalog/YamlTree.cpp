// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns llvm::yaml's streaming nodes into a YamlNode tree, and its diagnostics into problems.
#include "rules/catalog/YamlTree.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/YAMLParser.h"

namespace coroguard::catalog {

using llvm::StringRef;

namespace {

// Deeper than any catalogue file; bounds the recursion on hostile input.
constexpr unsigned maxDepth = 16;
// A model file of a thousand rows is 300 kB.
constexpr size_t maxBytes = 16 << 20;

class TreeBuilder {
public:
  TreeBuilder(llvm::MemoryBufferRef buffer, llvm::BumpPtrAllocator &arena, Problems &problems)
      : buffer_(buffer), arena_(arena), saver_(arena), problems_(problems) {
    file_ = saver_.save(buffer.getBufferIdentifier());
    for (size_t i = 0; i < buffer.getBufferSize(); ++i)
      if (buffer.getBuffer()[i] == '\n') lineEnds_.push_back(i);
  }

  const YamlNode *build();

private:
  const YamlNode *convert(llvm::yaml::Node *node, unsigned depth);
  const YamlNode *convertScalar(llvm::yaml::ScalarNode &node);
  const YamlNode *convertMap(llvm::yaml::MappingNode &node, unsigned depth);
  const YamlNode *convertList(llvm::yaml::SequenceNode &node, unsigned depth);
  const YamlNode *fail(Position position, std::string message);
  YamlNode *make(YamlNode::Kind kind, const llvm::yaml::Node &node);
  Position position(const char *where) const;
  Position startOf(const llvm::yaml::Node &node) const;
  bool refuseUnreadable();
  static void takeDiagnostic(const llvm::SMDiagnostic &diagnostic, void *builder);

  template <typename T> llvm::ArrayRef<T> keep(const std::vector<T> &values) {
    T *copy = arena_.Allocate<T>(values.size());
    std::uninitialized_copy(values.begin(), values.end(), copy);
    return {copy, values.size()};
  }

  llvm::MemoryBufferRef buffer_;
  llvm::BumpPtrAllocator &arena_;
  llvm::StringSaver saver_;
  Problems &problems_;
  StringRef file_;
  std::vector<size_t> lineEnds_;
  bool failed_ = false;
};

Position TreeBuilder::position(const char *where) const {
  if (where < buffer_.getBufferStart() || where > buffer_.getBufferEnd()) return {file_, 0, 0};
  size_t offset = where - buffer_.getBufferStart();
  size_t line = std::lower_bound(lineEnds_.begin(), lineEnds_.end(), offset) - lineEnds_.begin();
  size_t start = line == 0 ? 0 : lineEnds_[line - 1] + 1;
  return {file_, static_cast<unsigned>(line + 1), static_cast<unsigned>(offset - start + 1)};
}

Position TreeBuilder::startOf(const llvm::yaml::Node &node) const {
  // llvm::yaml lets bracketed collections begin behind their bracket, and aliases at the token after them.
  if (auto *alias = llvm::dyn_cast<llvm::yaml::AliasNode>(&node)) return position(alias->getName().data() - 1);
  const char *start = node.getSourceRange().Start.getPointer();
  const bool collection = llvm::isa<llvm::yaml::MappingNode, llvm::yaml::SequenceNode>(node);
  if (collection && start > buffer_.getBufferStart() && (start[-1] == '[' || start[-1] == '{')) --start;
  return position(start);
}

const YamlNode *TreeBuilder::fail(Position position, std::string message) {
  // One syntax error makes the rest of the stream unreliable: only the first is worth saying.
  if (!failed_) problems_.add(position, std::move(message));
  failed_ = true;
  return nullptr;
}

void TreeBuilder::takeDiagnostic(const llvm::SMDiagnostic &diagnostic, void *builder) {
  auto *self = static_cast<TreeBuilder *>(builder);
  std::string message = diagnostic.getMessage().str();
  if (!message.empty() && message[0] >= 'A' && message[0] <= 'Z' &&
      !(message.size() > 1 && message[1] >= 'A' && message[1] <= 'Z'))
    message[0] = static_cast<char>(message[0] - 'A' + 'a');
  Position position = self->position(diagnostic.getLoc().getPointer());
  self->fail(position, "not valid YAML: " + message);
}

YamlNode *TreeBuilder::make(YamlNode::Kind kind, const llvm::yaml::Node &node) {
  auto *result = new (arena_.Allocate<YamlNode>()) YamlNode();
  result->kind = kind;
  result->position = startOf(node);
  return result;
}

const YamlNode *TreeBuilder::convertScalar(llvm::yaml::ScalarNode &node) {
  YamlNode *result = make(YamlNode::Kind::Scalar, node);
  llvm::SmallString<64> storage;
  StringRef raw = node.getRawValue();
  result->text = saver_.save(node.getValue(storage));
  result->quoted = raw.starts_with("'") || raw.starts_with("\"");
  result->verbatim = raw.drop_front(result->quoted ? 1 : 0).starts_with(result->text);
  return result;
}

const YamlNode *TreeBuilder::convertMap(llvm::yaml::MappingNode &node, unsigned depth) {
  YamlNode *result = make(YamlNode::Kind::Map, node);
  std::vector<YamlEntry> entries;
  for (llvm::yaml::KeyValueNode &entry : node) {
    const YamlNode *key = convert(entry.getKey(), depth + 1);
    if (!key) return nullptr;
    if (key->kind != YamlNode::Kind::Scalar)
      return fail(key->position, "a key must be a plain word, not " + key->kindName().str());
    const YamlNode *value = convert(entry.getValue(), depth + 1);
    if (!value) return nullptr;
    if (value->kind == YamlNode::Kind::Null) // has no place of its own
      const_cast<YamlNode *>(value)->position = key->position;
    entries.push_back({key, value});
  }
  if (failed_) return nullptr;
  if (!entries.empty()) result->position = entries.front().key->position;
  result->entries = keep(entries);
  return result;
}

const YamlNode *TreeBuilder::convertList(llvm::yaml::SequenceNode &node, unsigned depth) {
  YamlNode *result = make(YamlNode::Kind::List, node);
  std::vector<const YamlNode *> items;
  for (llvm::yaml::Node &item : node) {
    const YamlNode *converted = convert(&item, depth + 1);
    if (!converted) return nullptr;
    if (converted->kind == YamlNode::Kind::Null && converted->position.line == 0)
      const_cast<YamlNode *>(converted)->position = result->position;
    items.push_back(converted);
  }
  if (failed_) return nullptr;
  result->items = keep(items);
  return result;
}

const YamlNode *TreeBuilder::convert(llvm::yaml::Node *node, unsigned depth) {
  if (!node || failed_) return fail({file_, 0, 0}, "not valid YAML");
  const Position place = startOf(*node);
  if (depth > maxDepth) return fail(place, "nested too deeply");
  if (!node->getAnchor().empty() || llvm::isa<llvm::yaml::AliasNode>(node))
    return fail(place, "anchors and aliases are not part of the format; write the value out");
  if (!node->getRawTag().empty()) return fail(place, "tags are not part of the format");
  if (llvm::isa<llvm::yaml::NullNode>(node)) return make(YamlNode::Kind::Null, *node);
  if (auto *scalar = llvm::dyn_cast<llvm::yaml::ScalarNode>(node)) return convertScalar(*scalar);
  if (auto *block = llvm::dyn_cast<llvm::yaml::BlockScalarNode>(node)) {
    YamlNode *result = make(YamlNode::Kind::Scalar, *node);
    result->text = saver_.save(block->getValue().rtrim('\n'));
    result->quoted = true;
    return result;
  }
  if (auto *map = llvm::dyn_cast<llvm::yaml::MappingNode>(node)) return convertMap(*map, depth);
  if (auto *list = llvm::dyn_cast<llvm::yaml::SequenceNode>(node)) return convertList(*list, depth);
  return fail(place, "not valid YAML");
}

/// True, with a problem said, for bytes that no text file has. The scanner below is not made for them.
bool TreeBuilder::refuseUnreadable() {
  StringRef bytes = buffer_.getBuffer();
  if (bytes.size() > maxBytes) return fail({file_, 0, 0}, "the file is larger than 16 MB; is it a model file?"), true;
  if (size_t zero = bytes.find('\0'); zero != StringRef::npos)
    return fail(position(bytes.data() + zero), "the file is not a text file: it contains a zero byte"), true;
  return false;
}

const YamlNode *TreeBuilder::build() {
  if (refuseUnreadable()) return nullptr;
  llvm::SourceMgr sources;
  sources.setDiagHandler(takeDiagnostic, this);
  llvm::yaml::Stream stream(buffer_, sources, /*ShowColors=*/false);
  llvm::yaml::document_iterator document = stream.begin();
  if (document == stream.end() || !document->getRoot() || llvm::isa<llvm::yaml::NullNode>(document->getRoot()))
    return fail({file_, 0, 0}, "the file is empty");
  const YamlNode *root = convert(document->getRoot(), 0);
  if (!root || failed_) return nullptr;
  if (++document != stream.end() && !failed_) {
    llvm::yaml::Node *second = document->getRoot();
    return fail(second ? position(second->getSourceRange().Start.getPointer()) : Position{file_, 0, 0},
                "only one document per file");
  }
  return failed_ || stream.failed() ? fail({file_, 0, 0}, "not valid YAML") : root;
}

} // namespace

Position YamlNode::at(size_t offset) const {
  Position result = position;
  if (verbatim) result.column += offset + (quoted ? 1 : 0);
  return result;
}

StringRef YamlNode::kindName() const {
  switch (kind) {
  case Kind::Null:
    return "nothing";
  case Kind::Scalar:
    return "a text";
  case Kind::Map:
    return "a map";
  case Kind::List:
    return "a list";
  }
  return "";
}

const YamlNode *parseYaml(llvm::MemoryBufferRef buffer, llvm::BumpPtrAllocator &arena, Problems &problems) {
  return TreeBuilder(buffer, arena, problems).build();
}

} // namespace coroguard::catalog
