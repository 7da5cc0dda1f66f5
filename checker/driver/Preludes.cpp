// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Groups units along trees of what they include.
#include "checker/driver/Preludes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <set>
#include <tuple>

namespace coroguard::driver {
namespace {

/// A header of the standard library counts as so much text: nobody has read it.
constexpr double standardHeaderBytes = 150'000;

using Include = std::pair<std::string, SourceFiles::File>; ///< as written, and what it means

/// Units that have includes in common.
struct Common {
  std::vector<Include> includes;
  std::vector<size_t> units;
  double bytes = 0; ///< of text that the includes bring

  double gain() const { return bytes * (static_cast<double>(units.size()) - 1); }
};

/// Units by their includes, one after the other. A node stands for those that begin with the same.
class Tree {
public:
  /// `bytes` says how much text the first so many includes bring.
  void add(size_t unit, llvm::ArrayRef<Include> includes, llvm::function_ref<double(size_t)> bytes) {
    Node *node = &root_;
    for (size_t count = 1; count <= includes.size(); ++count) {
      auto [entry, isNew] = node->next.try_emplace(includes[count - 1]);
      node = &entry->second;
      if (isNew) node->bytes = bytes(count);
    }
    node->ends.push_back(unit);
  }

  /// Each unit in one group, or in `alone` if it has nothing in common with others.
  std::vector<Common> groups(std::vector<size_t> &alone) const {
    std::vector<Common> result;
    choose(root_, {}, result, alone);
    return result;
  }

private:
  struct Node {
    std::map<Include, Node> next;
    std::vector<size_t> ends; ///< units with no more includes
    double bytes = 0;         ///< of text that the includes up to here bring
  };

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

  static void choose(const Node &node, std::vector<Include> includes, std::vector<Common> &groups,
                     std::vector<size_t> &alone) {
    if (gain(node) <= 0) return collect(node, alone);
    if (gainHere(node) >= gainBelow(node)) {
      Common &group = groups.emplace_back();
      group.includes = std::move(includes);
      group.bytes = node.bytes;
      return collect(node, group.units);
    }
    llvm::append_range(alone, node.ends);
    for (const auto &[include, next] : node.next) {
      std::vector<Include> longer = includes;
      longer.push_back(include);
      choose(next, std::move(longer), groups, alone);
    }
  }

  Node root_;
};

class Grouping {
public:
  Grouping(llvm::ArrayRef<UnitSource> units, SourceFiles &files) : units_(units), files_(files) {}

  void add(size_t unit) { alike_[keyOf(units_[unit])].push_back(unit); }

  std::vector<PreludeGroup> groups() {
    std::vector<PreludeGroup> result;
    std::vector<size_t> alone;
    for (const auto &[key, units] : alike_)
      group(units, result, alone);
    if (!alone.empty()) result.push_back({{}, std::move(alone)});
    for (PreludeGroup &group : result)
      llvm::sort(group.units);
    return result;
  }

private:
  using Key = std::tuple<const FileConfiguration *, std::vector<std::string>, const SearchPath *>;
  using Standard = std::set<Include>;

  /// What has to be the same, so that an include means the same.
  static Key keyOf(const UnitSource &source) {
    std::vector<std::string> words(source.arguments.begin(), source.arguments.end() - 1); // without the file
    for (const SearchPath::Folder &folder : source.search->folders) // relative ones depend on where the command runs
      words.push_back(folder.path);
    return {source.configuration, std::move(words), source.search->forced.empty() ? nullptr : source.search};
  }

  /// Units with the same key, by their leading includes or, where that saves more, by the standard library.
  void group(llvm::ArrayRef<size_t> units, std::vector<PreludeGroup> &result, std::vector<size_t> &alone) {
    std::vector<size_t> rest, none;
    const std::vector<Common> leading = byLeadingIncludes(units, rest);
    std::map<size_t, double> saved; // of each unit if all were grouped by the standard library
    for (const Common &common : byStandardLibrary(units, none))
      for (size_t unit : common.units)
        saved[unit] = common.gain() / static_cast<double>(common.units.size());
    for (const Common &common : leading) {
      double other = 0;
      for (size_t unit : common.units)
        other += saved[unit];
      if (common.gain() < other) {
        llvm::append_range(rest, common.units);
        continue;
      }
      PreludeGroup group = groupOf(common);
      for (const auto &[spelled, file] : commonStandard(common.units)) {
        group.reordered |= !llvm::is_contained(group.includes, spelled);
        if (!llvm::is_contained(group.includes, spelled)) group.includes.push_back(spelled);
      }
      result.push_back(std::move(group));
    }
    for (const Common &common : byStandardLibrary(rest, alone)) {
      result.push_back(groupOf(common));
      result.back().reordered = true;
    }
  }

  static PreludeGroup groupOf(const Common &common) {
    PreludeGroup group;
    for (const auto &[spelled, file] : common.includes)
      group.includes.push_back(spelled);
    group.units = common.units;
    return group;
  }

  std::vector<Common> byLeadingIncludes(llvm::ArrayRef<size_t> units, std::vector<size_t> &alone) {
    Tree tree;
    for (size_t unit : units) {
      const std::vector<Include> includes = leadingIncludes(units_[unit]);
      tree.add(unit, includes, [&](size_t count) { return bytesOf(llvm::ArrayRef(includes).take_front(count), *units_[unit].search); });
    }
    return tree.groups(alone);
  }

  /// What most units include comes first, so that many begin with the same.
  std::vector<Common> byStandardLibrary(llvm::ArrayRef<size_t> units, std::vector<size_t> &alone) {
    std::map<Include, size_t> users;
    for (size_t unit : units)
      for (const Include &include : standardHeaders(unit))
        ++users[include];
    Tree tree;
    for (size_t unit : units) {
      const Standard &all = standardHeaders(unit);
      std::vector<Include> includes(all.begin(), all.end());
      llvm::stable_sort(includes, [&](const Include &a, const Include &b) { return users[a] > users[b]; });
      tree.add(unit, includes, [](size_t count) { return static_cast<double>(count) * standardHeaderBytes; });
    }
    return tree.groups(alone);
  }

  std::vector<Include> leadingIncludes(const UnitSource &source) {
    std::vector<Include> result;
    const llvm::StringRef folder = llvm::sys::path::parent_path(source.file);
    const SourceText &text = files_.text(files_.file(source.file));
    for (const IncludeLine &line : llvm::ArrayRef(text.includes).take_front(text.leading)) {
      if (source.search->opaque || !isRepeatable(line, folder, *source.search)) break;
      result.emplace_back(line.quoted ? "\"" + line.name + "\"" : "<" + line.name + ">",
                          files_.meant(line, folder, *source.search).front());
    }
    return result;
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
  double bytesOf(llvm::ArrayRef<Include> includes, const SearchPath &search) {
    std::vector<SourceFiles::File> files;
    for (const auto &[spelled, file] : includes)
      files.push_back(file);
    double bytes = 0;
    files_.walk(std::move(files), search, [&](SourceFiles::File file, bool standard) {
      bytes += standard ? standardHeaderBytes : static_cast<double>(files_.text(file).bytes);
      return true;
    });
    return bytes;
  }

  /// Headers of the standard library that the unit includes in any case, if it makes no difference when.
  const Standard &standardHeaders(size_t unit) {
    auto [entry, isNew] = standard_.try_emplace(unit);
    const UnitSource &source = units_[unit];
    if (!isNew || source.search->opaque) return entry->second;
    const SourceFiles::File main = files_.file(source.file);
    const bool anyOrder = files_.walk({main}, *source.search, [&](SourceFiles::File file, bool standard) {
      return standard || !files_.text(file).redefines || SourceFiles::isSystem(files_.path(file), *source.search);
    });
    if (anyOrder) entry->second = certainlyIncluded(main, *source.search);
    return entry->second;
  }

  /// By `file`, directly or not, under no condition.
  const Standard &certainlyIncluded(SourceFiles::File file, const SearchPath &search) {
    auto [entry, isNew] = certain_.try_emplace({&search, file});
    Standard &result = entry->second; // less than all while a cycle is walked
    if (!isNew) return result;
    const llvm::StringRef folder = llvm::sys::path::parent_path(files_.path(file));
    for (const IncludeLine &line : files_.text(file).includes) {
      llvm::ArrayRef<SourceFiles::File> meant = files_.meant(line, folder, search);
      if (!line.certain || meant.empty()) continue;
      const SourceFiles::File next = meant.front();
      if (!SourceFiles::isStandard(files_.path(next), search)) {
        const Standard &more = certainlyIncluded(next, search);
        result.insert(more.begin(), more.end());
      } else if (!line.quoted && llvm::all_of(line.name, [](char c) { return llvm::isAlnum(c) || c == '_'; })) {
        result.emplace("<" + line.name + ">", next); // of C++: those of C are changed by macros
      }
    }
    return result;
  }

  Standard commonStandard(llvm::ArrayRef<size_t> units) {
    Standard result = standardHeaders(units.front());
    for (size_t unit : units.drop_front())
      std::erase_if(result, [&](const Include &include) { return !standardHeaders(unit).count(include); });
    return result;
  }

  llvm::ArrayRef<UnitSource> units_;
  SourceFiles &files_;
  std::map<Key, std::vector<size_t>> alike_;
  std::map<size_t, Standard> standard_;
  std::map<std::pair<const SearchPath *, SourceFiles::File>, Standard> certain_;
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
