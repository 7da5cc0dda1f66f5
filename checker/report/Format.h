// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an emitter is. Each file of report/formats defines one; the table of all is generated from that folder.
#pragma once

#include "checker/report/Report.h"
#include "checker/report/SourceText.h"

#include "llvm/ADT/ArrayRef.h"

namespace llvm {
class raw_ostream;
}

namespace coroguard::report {

/// How text for people looks.
struct Style {
  bool color = false;
  unsigned width = 120; ///< columns; long source lines are cut to it
};

struct Format {
  llvm::StringRef name;    ///< as in `--format NAME`
  llvm::StringRef summary; ///< half a sentence for `--help`
  void (*write)(const Report &report, SourceText &sources, const Style &style, llvm::raw_ostream &out);
};

/// All formats, by name.
llvm::ArrayRef<const Format *> formats();
/// Null when there is none of that name.
const Format *findFormat(llvm::StringRef name);

} // namespace coroguard::report
