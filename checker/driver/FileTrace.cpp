// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Records answers of the file system and asks for them again.
#include "checker/driver/FileTrace.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
namespace vfs = llvm::vfs;

ContentHash hashOf(llvm::StringRef content) {
  const llvm::XXH128_hash_t hash = llvm::xxh3_128bits(llvm::arrayRefFromStringRef(content));
  return {hash.low64, hash.high64};
}

static FileFact::Kind kindOf(fs::file_type type) {
  return type == fs::file_type::directory_file ? FileFact::Kind::Folder : FileFact::Kind::File;
}

static std::optional<ContentHash> hashOfListing(llvm::StringRef folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    names.push_back(llvm::sys::path::filename(entry->path()).str());
  if (error) return std::nullopt;
  llvm::sort(names);
  return hashOf(llvm::join(names, "/"));
}

namespace {

class Recorder : public vfs::ProxyFileSystem {
public:
  Recorder(FileTrace &trace, std::string directory)
      : ProxyFileSystem(vfs::getRealFileSystem()), trace_(trace), directory_(std::move(directory)) {}

  llvm::ErrorOr<vfs::Status> status(const llvm::Twine &path) override {
    llvm::ErrorOr<vfs::Status> status = ProxyFileSystem::status(path);
    note(path, status ? kindOf(status->getType()) : FileFact::Kind::Missing);
    return status;
  }
  bool exists(const llvm::Twine &path) override { return static_cast<bool>(status(path)); }

  llvm::ErrorOr<std::unique_ptr<vfs::File>> openFileForRead(const llvm::Twine &path) override;

  vfs::directory_iterator dir_begin(const llvm::Twine &folder, std::error_code &error) override {
    const std::string name = absolute(folder);
    if (std::optional<ContentHash> hash = hashOfListing(name))
      trace_[name] = {FileFact::Kind::Listing, *hash};
    else
      note(folder, FileFact::Kind::Missing);
    return ProxyFileSystem::dir_begin(folder, error);
  }

  void noteContent(const std::string &name, llvm::StringRef content) {
    trace_[name] = {FileFact::Kind::Content, hashOf(content)};
  }

private:
  std::string absolute(const llvm::Twine &path) const {
    llvm::SmallString<256> full;
    path.toVector(full);
    llvm::sys::path::make_absolute(directory_, full);
    return full.str().str();
  }
  /// What is known better stays.
  void note(const llvm::Twine &path, FileFact::Kind kind) { trace_.try_emplace(absolute(path), FileFact{kind, {}}); }

  FileTrace &trace_;
  std::string directory_;
};

/// Notes the content that is read, not one that was there before or after.
class RecordedFile : public vfs::File {
public:
  RecordedFile(std::unique_ptr<vfs::File> file, Recorder &recorder, std::string name)
      : file_(std::move(file)), recorder_(&recorder), name_(std::move(name)) {}

  llvm::ErrorOr<vfs::Status> status() override { return file_->status(); }
  llvm::ErrorOr<std::string> getName() override { return file_->getName(); }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine &name, int64_t size, bool terminated,
                                                               bool isVolatile) override {
    auto buffer = file_->getBuffer(name, size, terminated, isVolatile);
    if (buffer) recorder_->noteContent(name_, (*buffer)->getBuffer());
    return buffer;
  }
  std::error_code close() override { return file_->close(); }

private:
  std::unique_ptr<vfs::File> file_;
  llvm::IntrusiveRefCntPtr<Recorder> recorder_;
  std::string name_;
};

llvm::ErrorOr<std::unique_ptr<vfs::File>> Recorder::openFileForRead(const llvm::Twine &path) {
  auto file = ProxyFileSystem::openFileForRead(path);
  if (!file) {
    note(path, FileFact::Kind::Missing);
    return file.getError();
  }
  auto status = (*file)->status(); // a folder named like a header can be opened too
  note(path, status ? kindOf(status->getType()) : FileFact::Kind::File);
  return std::make_unique<RecordedFile>(std::move(*file), *this, absolute(path));
}

} // namespace

llvm::IntrusiveRefCntPtr<vfs::FileSystem> recordingFileSystem(FileTrace &trace, std::string directory) {
  return llvm::makeIntrusiveRefCnt<Recorder>(trace, std::move(directory));
}

bool PresentFiles::agree(llvm::StringRef path, const FileFact &fact) {
  auto [entry, isNew] = known_.try_emplace(path);
  Known &known = entry->second;
  fs::file_status status;
  if (isNew && !fs::status(path, status) && fs::exists(status)) known.kind = kindOf(status.type());
  switch (fact.kind) {
  case FileFact::Kind::Missing:
  case FileFact::Kind::Folder:
  case FileFact::Kind::File:
    return known.kind == fact.kind;
  case FileFact::Kind::Content:
  case FileFact::Kind::Listing:
    if (known.kind != (fact.kind == FileFact::Kind::Content ? FileFact::Kind::File : FileFact::Kind::Folder))
      return false;
    break;
  }
  if (!std::exchange(known.hashed, true)) {
    std::optional<ContentHash> hash;
    if (fact.kind == FileFact::Kind::Listing)
      hash = hashOfListing(path);
    else if (auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false))
      hash = hashOf((*buffer)->getBuffer());
    known.readable = hash.has_value();
    known.hash = hash.value_or(ContentHash());
  }
  return known.readable && known.hash == fact.hash;
}

} // namespace coroguard::driver
