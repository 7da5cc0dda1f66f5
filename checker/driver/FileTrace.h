// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything a parse learned from the file system, so that it can be told whether a later parse would learn the same.
#pragma once

#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <array>
#include <map>
#include <string>

namespace coroguard::driver {

/// 128 bits that two different contents do not have in common.
using ContentHash = std::array<uint64_t, 2>;
ContentHash hashOf(llvm::StringRef content);

/// What was asked about one path and answered.
struct FileFact {
  enum class Kind : uint8_t {
    Missing, ///< nothing there: a header of that name would now be found first
    Folder,
    File,    ///< something else is there; nobody looked into it
    Content, ///< a file with the content of `hash`
    Listing, ///< a folder with the names of `hash`
  };
  Kind kind = Kind::Missing;
  ContentHash hash{};
};

/// By absolute path.
using FileTrace = std::map<std::string, FileFact>;

/// The file system of the machine; writes each answer to `trace`, which must outlive it. Relative paths are those of
/// `directory`.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> recordingFileSystem(FileTrace &trace, std::string directory);

/// Compares facts with the present. Looks at each path once. Not thread-safe.
class PresentFiles {
public:
  bool agree(llvm::StringRef path, const FileFact &fact);

private:
  struct Known {
    FileFact::Kind kind = FileFact::Kind::Missing; ///< Missing, Folder or File
    bool hashed = false, readable = false;
    ContentHash hash{};
  };
  llvm::StringMap<Known> known_;
};

} // namespace coroguard::driver
