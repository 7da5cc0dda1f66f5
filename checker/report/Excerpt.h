// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A source line with a marker under the part that is meant, as shown on a terminal.
#pragma once

#include "checker/report/Format.h"

namespace coroguard::report {

/// What the excerpt draws with: escape sequences, or nothing at all without colour.
struct Palette {
  explicit Palette(const Style &style);
  llvm::StringRef bold, dim, red, yellow, cyan, green, off;
  llvm::StringRef of(catalog::Severity severity) const;
};

/// Two lines: "  12 | text" and "     | ^~~~". Tabs become blanks, a long line is cut around the marker, wide and
/// multi-byte characters keep the marker in place. Nothing when the line cannot be read. `gutter` is the width of the
/// line number.
void writeExcerpt(const Place &place, unsigned gutter, llvm::StringRef markColor, SourceText &sources, const Style &style,
                  llvm::raw_ostream &out);

} // namespace coroguard::report
