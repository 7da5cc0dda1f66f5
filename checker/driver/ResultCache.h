// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What analyses of units wrote, kept in files between runs (docs/decisions/0009-result-cache.md).
#pragma once

#include "checker/driver/FileTrace.h"
#include "checker/driver/UnitAnalysis.h"

#include "llvm/Support/Error.h"

namespace coroguard::driver {

/// One file per unit and way to analyse it. Runs may share a cache at any time: files are written beside their place
/// and renamed. A damaged file counts as none and is removed.
class ResultCache {
public:
  /// Nothing is made before prepare().
  explicit ResultCache(std::string folder);

  /// COROGUARD_CACHE_DIR, else XDG_CACHE_HOME/coroguard, else ~/.cache/coroguard; empty if there is no home.
  static std::string defaultFolder();
  static constexpr uint64_t defaultMaxBytes = uint64_t{1} << 30;

  /// What decides about a result in a configuration: options, rules, and the content of user models.
  static std::string settingsOf(const FileConfiguration &configuration);
  /// The name of all that decides about a unit's result apart from files: its command, `settings`, the environment, and
  /// this program.
  static std::string keyOf(const UnitTask &unit, llvm::StringRef settings, const AnalysisOptions &options);

  struct Entry {
    bool valid = false; ///< each file that was read is as it was
    std::string lines;  ///< as analyseUnit() wrote them; of a valid entry
    double seconds = 0; ///< CPU time that the analysis took, 0 if unknown; also of one that is no longer valid
  };
  Entry find(llvm::StringRef key, PresentFiles &files) const;
  void keep(llvm::StringRef key, const FileTrace &trace, llvm::StringRef lines, double seconds) const;
  /// Whether something could be kept; the error says why not.
  llvm::Error prepare() const;

  struct Size {
    size_t entries = 0;
    uint64_t bytes = 0;
  };
  Size size() const;
  /// Removes what was not used for longest until `bytes` are left; returns what was removed.
  Size shrink(uint64_t bytes) const;
  /// shrink() to the limit, unless a run did so within the last hour.
  void shrinkNowAndThen() const;

  const std::string &folder() const { return folder_; }
  /// Is there no room left for results? What finds none is not kept, and nobody but the disk knows.
  bool isDiskFull() const;
  /// The limit, as it was last set for this folder.
  uint64_t maxBytes() const;
  llvm::Error setMaxBytes(uint64_t bytes) const;

private:
  std::string pathOf(llvm::StringRef key) const;

  std::string folder_;
};

} // namespace coroguard::driver
