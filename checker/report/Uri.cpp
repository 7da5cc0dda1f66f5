// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Paths as URI references.
#include "checker/report/Uri.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::report {

std::string uriOf(llvm::StringRef path) {
  std::string uri = path.starts_with("/") ? "file://" : "";
  for (unsigned char c : path) {
    if (llvm::isAlnum(c) || llvm::StringRef("-._~/!$&'()*+,;=@").contains(c))
      uri += c;
    else
      uri += {'%', llvm::hexdigit(c >> 4), llvm::hexdigit(c & 15)};
  }
  return uri;
}

std::string folderUriOf(llvm::StringRef path) {
  std::string uri = uriOf(path);
  return llvm::StringRef(uri).ends_with("/") ? uri : uri + "/";
}

} // namespace coroguard::report
