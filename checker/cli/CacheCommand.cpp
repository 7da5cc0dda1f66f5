// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard cache`: what is kept between runs.
#include "checker/cli/Commands.h"
#include "checker/cli/Terminal.h"
#include "checker/driver/Database.h"
#include "checker/driver/ResultCache.h"
#include "checker/report/Summary.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

/// "500M" in bytes; nothing if it is not a size.
static std::optional<uint64_t> bytesOf(llvm::StringRef text) {
  uint64_t number = 0;
  if (text.consumeInteger(10, number) || number > (uint64_t{1} << 30)) return std::nullopt;
  text.consume_back_insensitive("B");
  const unsigned shift = text.empty()                   ? 0
                         : text.equals_insensitive("K") ? 10
                         : text.equals_insensitive("M") ? 20
                         : text.equals_insensitive("G") ? 30
                                                        : 99;
  return shift == 99 ? std::nullopt : std::optional(number << shift);
}

static std::string sizeText(uint64_t bytes) {
  const double number = static_cast<double>(bytes);
  return bytes < 1u << 20 ? llvm::formatv("{0:f1} KB", number / (1 << 10)).str()
                          : llvm::formatv("{0:f1} MB", number / (1 << 20)).str();
}

int runCacheCommand(const CacheArguments &arguments, const std::string &color) {
  const std::string folder =
      arguments.folder.empty() ? driver::ResultCache::defaultFolder() : driver::absolutePath(arguments.folder);
  if (folder.empty()) {
    sayError("there is no home folder to keep a cache in; name a folder with --cache-dir", color);
    return exitFailure;
  }
  const driver::ResultCache cache(folder);
  if (!arguments.maxSize.empty()) {
    const std::optional<uint64_t> bytes = bytesOf(arguments.maxSize);
    if (!bytes) {
      sayError("--max-size " + arguments.maxSize + ": write a number with K, M or G, for example --max-size 500M",
               color);
      return exitFailure;
    }
    if (llvm::Error error = cache.setMaxBytes(*bytes)) {
      sayError("cannot set the size of the cache: " + llvm::toString(std::move(error)), color);
      return exitFailure;
    }
    cache.shrink(*bytes);
  }
  if (arguments.action == "clean") {
    const driver::ResultCache::Size removed = cache.shrink(0);
    const size_t left = cache.size().entries;
    llvm::outs() << "removed " << report::counted(removed.entries, "result") << " (" << sizeText(removed.bytes)
                 << ")\n";
    if (left) sayError(report::counted(left, "result") + " in '" + folder + "' could not be removed", color);
    return left ? exitFailure : exitClean;
  }
  const driver::ResultCache::Size size = cache.size();
  llvm::outs() << "folder    " << folder << "\nresults   " << size.entries << "\nsize      " << sizeText(size.bytes)
               << "\nmax size  " << sizeText(cache.maxBytes()) << '\n';
  return exitClean;
}

} // namespace coroguard::cli
