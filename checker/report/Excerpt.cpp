// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Source lines with a marker under them.
#include "checker/report/Excerpt.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

namespace coroguard::report {

Palette::Palette(const Style &style) {
  if (!style.color)
    return;
  bold = "\033[1m";
  dim = "\033[2m";
  red = "\033[1;31m";
  yellow = "\033[1;33m";
  cyan = "\033[1;36m";
  green = "\033[1;32m";
  off = "\033[0m";
}

llvm::StringRef Palette::of(catalog::Severity severity) const {
  return severity == catalog::Severity::Error ? red : severity == catalog::Severity::Warning ? yellow : cyan;
}

namespace {

/// One character as it is shown.
struct Cell {
  std::string text;
  unsigned width; ///< terminal columns
  unsigned byte;  ///< where it starts in the line
};

/// Splits a line into cells; tabs are blown up to the next multiple of 4, what is not printable becomes '?'.
std::vector<Cell> cellsOf(llvm::StringRef line) {
  std::vector<Cell> cells;
  unsigned column = 0;
  for (unsigned at = 0; at < line.size();) {
    unsigned length = std::min<size_t>(llvm::getNumBytesForUTF8(line[at]), line.size() - at);
    llvm::StringRef bytes = line.substr(at, length);
    int width = llvm::sys::unicode::columnWidthUTF8(bytes);
    if (bytes == "\t") {
      unsigned blanks = 4 - column % 4;
      cells.push_back({std::string(blanks, ' '), blanks, at});
    } else if (width < 0) {
      cells.push_back({"?", 1, at});
    } else {
      cells.push_back({bytes.str(), static_cast<unsigned>(width), at});
    }
    column += cells.back().width;
    at += length;
  }
  return cells;
}

/// The columns [begin, end) of a line that are shown when it is wider than there is room.
struct Window {
  unsigned begin = 0, end = 0;
};

Window windowFor(unsigned lineWidth, unsigned markAt, unsigned room) {
  if (lineWidth <= room)
    return {0, lineWidth};
  unsigned begin = markAt > room / 3 ? markAt - room / 3 : 0;
  begin = std::min(begin, lineWidth - room);
  return {begin, begin + room};
}

} // namespace

void writeExcerpt(const Place &place, unsigned gutter, llvm::StringRef markColor, SourceText &sources, const Style &style,
                  llvm::raw_ostream &out) {
  llvm::StringRef line = sources.line(place.file, place.line);
  if (line.trim().empty())
    return;
  Palette paint(style);
  unsigned markBegin = std::max(1u, place.column) - 1;
  unsigned markEnd = place.endLine > place.line ? line.rtrim().size() : place.endColumn ? place.endColumn - 1 : markBegin + 1;
  std::vector<Cell> cells = cellsOf(line.rtrim());
  unsigned column = 0, first = 0, last = 0; // of the marker, in terminal columns
  for (const Cell &cell : cells) {
    if (cell.byte <= markBegin)
      first = column;
    column += cell.width;
    if (cell.byte < markEnd)
      last = column;
  }
  last = std::max(last, first + 1);
  Window window = windowFor(column, first, style.width > gutter + 20 ? style.width - gutter - 6 : 80);

  out << paint.dim << llvm::right_justify(std::to_string(place.line), gutter) << " | " << paint.off;
  column = 0;
  for (const Cell &cell : cells) {
    if (column >= window.begin && column + cell.width <= window.end)
      out << cell.text;
    column += cell.width;
  }
  out << '\n' << paint.dim << std::string(gutter, ' ') << " | " << paint.off;
  out << std::string(first - std::min(first, window.begin), ' ') << markColor << '^';
  out << std::string(std::min(last, std::max(window.end, first + 1)) - first - 1, '~') << paint.off << '\n';
}

} // namespace coroguard::report
