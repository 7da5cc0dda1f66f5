// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes beside a file and renames. llvm::writeToOutput ends the process when the disk is full.
#include "checker/report/WholeFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

namespace fs = llvm::sys::fs;

static std::error_code printTo(int descriptor, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/false);
  write(out);
  out.flush();
  const std::error_code error = out.error();
  out.clear_error(); // it has been noticed
  return error;
}

llvm::Error writeWholeFile(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  llvm::SmallString<256> place(path);
  fs::file_status status;
  const bool exists = !fs::status(path, status);
  if (exists && !fs::is_regular_file(status)) {
    auto file = fs::openNativeFileForWrite(path, fs::CD_OpenExisting, fs::OF_None);
    if (!file) return file.takeError();
    const std::error_code error = printTo(*file, write);
    fs::closeFile(*file);
    return llvm::errorCodeToError(error);
  }
  if (exists) fs::real_path(path, place);
  auto temporary = fs::TempFile::create(place + ".%%%%%%%%");
  if (!temporary) return temporary.takeError();
  if (std::error_code error = printTo(temporary->FD, write))
    return llvm::joinErrors(llvm::errorCodeToError(error), temporary->discard());
  if (exists) fs::setPermissions(temporary->TmpName, status.permissions());
  return temporary->keep(place);
}

} // namespace coroguard::report
