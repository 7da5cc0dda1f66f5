// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Groups units along a tree of their leading includes.
#include "checker/driver/Preludes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

namespace coroguard::driver {
namespace {

/// A header of the standard library counts as so much text: nobody has read it.
constexpr double standardHeaderBytes = 150'000;

/// Units by what comes first in them. `depth` includes lead to a node.
struct Node {
  std::map<std::pair<std::string, SourceFiles::File>, Node> next; ///< by the include as written, and what it means
  std::vector<size_t> ends;                                       ///< units with no more leading includes
  double bytes = 0;                                               ///< of text that the includes up to here bring
};

class Grouping {
public:
  Grouping(llvm::ArrayRef<UnitSource> units, SourceFiles &files) : units_(units), files_(files) {}

  void add(size_t unit) {
    const UnitSource &source = units_[unit];
    const llvm::StringRef folder = llvm::sys::path::parent_path(source.file);
    const SourceText &text = files_.text(files_.file(source.file));
    std::vector<SourceFiles::File> prefix;
    Node *node = &roots_[{source.configuration, keyOf(source)}];
    for (const IncludeLine &line : llvm::ArrayRef(text.includes).take_front(text.leading)) {
      if (source.search->opaque || !isRepeatable(line, folder, *source.search)) break;
      prefix.push_back(files_.meant(line, folder, *source.search).front());
      const std::string spelled = line.quoted ? "\"" + line.name + "\"" : "<" + line.name + ">";
      auto [entry, isNew] = node->next.try_emplace({spelled, prefix.back()});
      node = &entry->second;
      if (isNew) node->bytes = bytesOf(prefix, *source.search);
    }
    node->ends.push_back(unit);
  }

  std::vector<PreludeGroup> groups() {
    PreludeGroup alone;
    std::vector<PreludeGroup> result;
    for (auto &[key, root] : roots_)
      choose(root, {}, result, alone.units);
    if (!alone.units.empty()) result.push_back(std::move(alone));
    for (PreludeGroup &group : result)
      llvm::sort(group.units);
    return result;
  }

private:
  using Key = std::pair<const FileConfiguration *, std::vector<std::string>>;

  static std::vector<std::string> keyOf(const UnitSource &source) {
    return {source.arguments.begin(), source.arguments.end() - 1}; // without the file
  }

  /// The standard lets its headers be included again; others say so with a guard.
  bool isRepeatable(const IncludeLine &line, llvm::StringRef folder, const SearchPath &search) {
    llvm::ArrayRef<SourceFiles::File> files = files_.meant(line, folder, search);
    if (files.empty()) return false;
    return llvm::all_of(files, [&](SourceFiles::File file) {
      return SourceFiles::isStandard(files_.path(file), search) || files_.text(file).guarded;
    });
  }

  /// Of all that the includes bring.
  double bytesOf(const std::vector<SourceFiles::File> &includes, const SearchPath &search) {
    double bytes = 0;
    files_.walk(includes, search, [&](SourceFiles::File file, bool standard) {
      bytes += standard ? standardHeaderBytes : static_cast<double>(files_.text(file).bytes);
      return true;
    });
    return bytes;
  }

  static size_t unitsBelow(const Node &node) {
    size_t count = node.ends.size();
    for (const auto &[include, next] : node.next)
      count += unitsBelow(next);
    return count;
  }

  /// The most text that need not be read again if groups are made at `node` or below it.
  static double gain(const Node &node) { return std::max(gainHere(node), gainBelow(node)); }
  static double gainHere(const Node &node) { return node.bytes * (static_cast<double>(unitsBelow(node)) - 1); }
  static double gainBelow(const Node &node) {
    double sum = 0;
    for (const auto &[include, next] : node.next)
      sum += gain(next);
    return sum;
  }

  static void collect(const Node &node, std::vector<size_t> &units) {
    llvm::append_range(units, node.ends);
    for (const auto &[include, next] : node.next)
      collect(next, units);
  }

  void choose(const Node &node, std::vector<std::string> includes, std::vector<PreludeGroup> &groups,
              std::vector<size_t> &alone) {
    if (gain(node) <= 0) return collect(node, alone);
    if (gainHere(node) >= gainBelow(node)) {
      PreludeGroup &group = groups.emplace_back();
      group.includes = std::move(includes);
      return collect(node, group.units);
    }
    llvm::append_range(alone, node.ends);
    for (const auto &[include, next] : node.next) {
      std::vector<std::string> longer = includes;
      longer.push_back(include.first);
      choose(next, std::move(longer), groups, alone);
    }
  }

  llvm::ArrayRef<UnitSource> units_;
  SourceFiles &files_;
  std::map<Key, Node> roots_;
};

} // namespace

std::vector<PreludeGroup> groupByPrelude(llvm::ArrayRef<UnitSource> units, llvm::ArrayRef<size_t> chosen,
                                         SourceFiles &files) {
  Grouping grouping(units, files);
  for (size_t unit : chosen)
    grouping.add(unit);
  return grouping.groups();
}

} // namespace coroguard::driver
