// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files of the cache: a header, then the trace and the lines, compressed.
#include "checker/driver/ResultCache.h"

#include "checker/driver/BuildId.h"
#include "checker/report/WholeFile.h"

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace {

constexpr llvm::StringLiteral suffix = ".result";

struct Header {
  char magic[8] = {'c', 'o', 'r', 'o', 'g', 'r', 'd', '1'};
  uint64_t checksum = 0; ///< of what follows the header
  uint64_t size = 0;     ///< of the payload before compression
  uint32_t compressed = 0;
  uint32_t reserved = 0;
  double seconds = 0;
};

/// Numbers and strings one after the other. Reading past the end gives zeros and sets `broken`.
class Packed {
public:
  explicit Packed(llvm::StringRef bytes = {}) : rest_(bytes) {}

  template <class Number> void add(Number value) {
    bytes_.append(reinterpret_cast<const char *>(&value), sizeof value);
  }
  void add(llvm::StringRef text) {
    add(static_cast<uint32_t>(text.size()));
    bytes_.append(text.begin(), text.end());
  }
  template <class Number> Number number() {
    Number value{};
    broken_ |= rest_.size() < sizeof value;
    if (!broken_) std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.drop_front(broken_ ? 0 : sizeof value);
    return value;
  }
  llvm::StringRef text() {
    const auto size = number<uint32_t>();
    broken_ |= rest_.size() < size;
    const llvm::StringRef result = broken_ ? llvm::StringRef() : rest_.take_front(size);
    rest_ = rest_.drop_front(result.size());
    return result;
  }

  bool broken() const { return broken_; }
  llvm::StringRef bytes() const { return bytes_; }

private:
  std::string bytes_;
  llvm::StringRef rest_;
  bool broken_ = false;
};

std::string pack(const FileTrace &trace, llvm::StringRef lines) {
  Packed packed;
  packed.add(lines);
  packed.add(static_cast<uint32_t>(trace.size()));
  for (const auto &[name, fact] : trace) {
    packed.add(static_cast<uint8_t>(fact.kind));
    packed.add(llvm::StringRef(name));
    if (fact.kind == FileFact::Kind::Content || fact.kind == FileFact::Kind::Listing) packed.add(fact.hash);
  }
  return packed.bytes().str();
}

/// The payload of a file of the cache; nothing if it is not whole.
std::optional<std::string> payloadOf(llvm::StringRef file, Header &header) {
  if (file.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, file.data(), sizeof header);
  const llvm::StringRef stored = file.drop_front(sizeof header);
  if (std::memcmp(header.magic, Header().magic, sizeof header.magic) != 0 ||
      llvm::xxh3_64bits(stored) != header.checksum || header.size > (uint64_t{1} << 31))
    return std::nullopt;
  if (!header.compressed) return stored.str();
  llvm::SmallVector<uint8_t, 0> payload;
  if (!llvm::compression::zstd::isAvailable()) return std::nullopt;
  if (llvm::Error error =
          llvm::compression::zstd::decompress(llvm::arrayRefFromStringRef(stored), payload, header.size)) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  return llvm::toStringRef(payload).str();
}

/// Every file of the cache, temporary ones included.
void forEachFile(const std::string &folder,
                 llvm::function_ref<void(const std::string &path, const struct stat &status)> visit) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    struct stat status;
    if (stat(entry->path().c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        llvm::StringRef(entry->path()).contains(suffix))
      visit(entry->path(), status);
  }
}

} // namespace

ResultCache::ResultCache(std::string folder) : folder_(std::move(folder)) {}

uint64_t ResultCache::maxBytes() const {
  uint64_t bytes = 0;
  auto file = llvm::MemoryBuffer::getFile(folder_ + "/max-size");
  return file && !(*file)->getBuffer().trim().getAsInteger(10, bytes) ? bytes : defaultMaxBytes;
}

llvm::Error ResultCache::setMaxBytes(uint64_t bytes) const {
  if (llvm::Error error = prepare()) return error;
  return report::writeWholeFile(folder_ + "/max-size", [&](llvm::raw_ostream &out) { out << bytes << '\n'; });
}

std::string ResultCache::defaultFolder() {
  auto value = [](const char *name) { return llvm::StringRef(getenv(name) ? getenv(name) : ""); };
  if (!value("COROGUARD_CACHE_DIR").empty()) return value("COROGUARD_CACHE_DIR").str();
  if (path::is_absolute(value("XDG_CACHE_HOME"))) // the specification: relative ones are to be ignored
    return (value("XDG_CACHE_HOME") + "/coroguard").str();
  return value("HOME").empty() ? std::string() : (value("HOME") + "/.cache/coroguard").str();
}

/// The content of every model file that an option names.
static void addModels(const FileConfiguration &configuration, Packed &key) {
  std::vector<std::string> files;
  for (const auto &option : configuration.options.CheckOptions)
    if (option.getKey() == "Models" || option.getKey().ends_with(".Models"))
      for (llvm::StringRef file : llvm::split(option.getValue().Value, ';'))
        files.push_back(file.trim().str());
  llvm::sort(files);
  for (const std::string &file : files) {
    auto buffer = llvm::MemoryBuffer::getFile(file);
    key.add(llvm::StringRef(file));
    key.add(hashOf(buffer ? (*buffer)->getBuffer() : llvm::StringRef()));
  }
}

std::string ResultCache::settingsOf(const FileConfiguration &configuration) {
  Packed settings;
  settings.add(llvm::StringRef(clang::tidy::configurationAsText(configuration.options)));
  std::vector<llvm::StringRef> rules(configuration.rules.keys().begin(), configuration.rules.keys().end());
  llvm::sort(rules);
  settings.add(llvm::StringRef(llvm::join(rules, ",")));
  addModels(configuration, settings);
  return settings.bytes().str();
}

std::string ResultCache::keyOf(const UnitTask &unit, llvm::StringRef settings, const AnalysisOptions &options) {
  Packed key;
  key.add(llvm::StringRef(buildId()));
  key.add(llvm::StringRef(unit.command->file));
  key.add(llvm::StringRef(unit.command->directory));
  for (const std::vector<std::string> &list : {unit.arguments->arguments, unit.arguments->dropped, unit.command->parts}) {
    key.add(static_cast<uint32_t>(list.size()));
    for (const std::string &argument : list)
      key.add(llvm::StringRef(argument));
  }
  key.add(static_cast<uint8_t>(unit.arguments->coroutines));
  key.add(static_cast<uint8_t>(options.shortcuts));
  key.add(static_cast<uint8_t>(options.suppressions));
  key.add(static_cast<uint8_t>(options.keepLinks));
  key.add(options.errorsShown);
  key.add(settings);
  for (const char *variable : {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH",
                               "SDKROOT", "CLANG_CONFIG_FILE_SYSTEM_DIR", "CLANG_CONFIG_FILE_USER_DIR",
                               "CLANG_NO_DEFAULT_CONFIG", "CCC_OVERRIDE_OPTIONS"})
    key.add(llvm::StringRef(getenv(variable) ? getenv(variable) : ""));
  const ContentHash hash = hashOf(key.bytes());
  return llvm::utohexstr(hash[0], /*LowerCase=*/true, 16) + llvm::utohexstr(hash[1], /*LowerCase=*/true, 16);
}

std::string ResultCache::pathOf(llvm::StringRef key) const {
  return (folder_ + "/" + key.take_front(2) + "/" + key.drop_front(2) + suffix).str();
}

ResultCache::Entry ResultCache::find(llvm::StringRef key, PresentFiles &files) const {
  Entry entry;
  const std::string name = pathOf(key);
  auto buffer = llvm::MemoryBuffer::getFile(name, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) return entry;
  Header header;
  std::optional<std::string> payload = payloadOf((*buffer)->getBuffer(), header);
  Packed packed(payload ? llvm::StringRef(*payload) : llvm::StringRef());
  const llvm::StringRef lines = packed.text();
  bool agrees = true;
  for (auto count = packed.number<uint32_t>(); count > 0 && agrees && !packed.broken(); --count) {
    FileFact fact;
    fact.kind = static_cast<FileFact::Kind>(packed.number<uint8_t>());
    const llvm::StringRef file = packed.text();
    if (fact.kind == FileFact::Kind::Content || fact.kind == FileFact::Kind::Listing)
      fact.hash = packed.number<ContentHash>();
    agrees = !packed.broken() && files.agree(file, fact);
  }
  if (!payload || packed.broken()) {
    fs::remove(name);
    return entry;
  }
  entry.seconds = header.seconds;
  if (!agrees) return entry;
  entry.valid = true;
  entry.lines = lines.str();
  utimensat(AT_FDCWD, name.c_str(), nullptr, 0); // in use: shrink() takes others first
  return entry;
}

void ResultCache::keep(llvm::StringRef key, const FileTrace &trace, llvm::StringRef lines, double seconds) const {
  const std::string payload = pack(trace, lines), name = pathOf(key);
  llvm::SmallVector<uint8_t, 0> compressed;
  Header header;
  header.compressed = llvm::compression::zstd::isAvailable();
  if (header.compressed)
    llvm::compression::zstd::compress(llvm::arrayRefFromStringRef(payload), compressed,
                                      llvm::compression::zstd::BestSpeedCompression);
  const llvm::StringRef stored = header.compressed ? llvm::toStringRef(compressed) : llvm::StringRef(payload);
  header.checksum = llvm::xxh3_64bits(stored);
  header.size = payload.size();
  header.seconds = seconds;

  fs::create_directories(path::parent_path(name));
  llvm::consumeError(report::writeWholeFile(name, [&](llvm::raw_ostream &out) { // on a full disk it is not kept
    out << llvm::StringRef(reinterpret_cast<const char *>(&header), sizeof header) << stored;
  }));
}

llvm::Error ResultCache::prepare() const {
  std::error_code error = fs::create_directories(folder_);
  if (!error) error = fs::access(folder_, fs::AccessMode::Write);
  return error ? llvm::createStringError(error, "'" + folder_ + "': " + error.message()) : llvm::Error::success();
}

bool ResultCache::isDiskFull() const {
  const llvm::ErrorOr<fs::space_info> space = fs::disk_space(folder_);
  return space && space->available < 64 * 1024; // results of one unit take some KiB
}

ResultCache::Size ResultCache::size() const {
  Size size;
  forEachFile(folder_, [&](const std::string &, const struct stat &status) {
    ++size.entries;
    size.bytes += static_cast<uint64_t>(status.st_size);
  });
  return size;
}

ResultCache::Size ResultCache::shrink(uint64_t bytes) const {
  struct Old {
    time_t used;
    uint64_t bytes;
    std::string path;
  };
  std::vector<Old> all;
  uint64_t total = 0;
  forEachFile(folder_, [&](const std::string &file, const struct stat &status) {
    all.push_back({status.st_mtime, static_cast<uint64_t>(status.st_size), file});
    total += all.back().bytes;
  });
  llvm::sort(all, [](const Old &a, const Old &b) { return std::tie(a.used, a.path) < std::tie(b.used, b.path); });
  Size removed;
  for (const Old &old : all) {
    // What a run that was killed left behind goes in any case.
    const bool left = !llvm::StringRef(old.path).ends_with(suffix) && old.used + 3600 < time(nullptr);
    if ((total <= bytes && bytes > 0 && !left) || fs::remove(old.path)) continue;
    total -= old.bytes;
    removed.bytes += old.bytes;
    ++removed.entries;
  }
  return removed;
}

void ResultCache::shrinkNowAndThen() const {
  const std::string mark = folder_ + "/shrunk";
  struct stat status;
  if (stat(mark.c_str(), &status) == 0 && status.st_mtime + 3600 > time(nullptr)) return;
  if (int descriptor = open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666); descriptor >= 0) {
    futimens(descriptor, nullptr);
    close(descriptor);
    shrink(maxBytes());
  }
}

} // namespace coroguard::driver
