// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files by line, read once.
#include "checker/report/SourceText.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace coroguard::report {

SourceText::SourceText(std::string root) : root_(std::move(root)) {}
SourceText::~SourceText() = default;

static std::vector<unsigned> lineStarts(llvm::StringRef text) {
  std::vector<unsigned> starts{0};
  for (size_t at = text.find('\n'); at != llvm::StringRef::npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  return starts;
}

SourceText::File &SourceText::load(llvm::StringRef file) {
  auto [entry, isNew] = files_.try_emplace(file);
  File &loaded = entry->second;
  if (!isNew)
    return loaded;
  llvm::SmallString<256> path(file);
  if (llvm::sys::path::is_relative(file)) {
    path = root_;
    llvm::sys::path::append(path, file);
  }
  if (auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false)) {
    loaded.buffer = std::move(*buffer);
    loaded.starts = lineStarts(loaded.buffer->getBuffer());
  }
  return loaded;
}

llvm::StringRef SourceText::line(llvm::StringRef file, unsigned line) {
  File &loaded = load(file);
  if (line == 0 || line > loaded.starts.size())
    return {};
  llvm::StringRef text = loaded.buffer->getBuffer().substr(loaded.starts[line - 1]);
  return text.take_until([](char c) { return c == '\n'; }).rtrim('\r');
}

bool SourceText::hasLine(llvm::StringRef file, unsigned line) {
  File &loaded = load(file);
  // Behind the last line end no line starts.
  return line != 0 && line <= loaded.starts.size() && loaded.starts[line - 1] < loaded.buffer->getBufferSize();
}

LineColumn SourceText::at(llvm::StringRef file, unsigned offset) {
  File &loaded = load(file);
  if (!loaded.buffer || offset > loaded.buffer->getBufferSize())
    return {};
  auto after = std::upper_bound(loaded.starts.begin(), loaded.starts.end(), offset);
  unsigned line = after - loaded.starts.begin();
  return {line, offset - loaded.starts[line - 1] + 1};
}

unsigned SourceText::utf16Column(llvm::StringRef file, unsigned line, unsigned column) {
  llvm::StringRef before = this->line(file, line).take_front(column ? column - 1 : 0);
  if (column == 0 || before.size() + 1 != column)
    return column;
  unsigned units = 0;
  for (unsigned char byte : before)
    units += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1; // continuation bytes count nothing, 4-byte forms twice
  return units + 1;
}

const llvm::MemoryBuffer *SourceText::whole(llvm::StringRef file) { return load(file).buffer.get(); }

void SourceText::add(llvm::StringRef file, std::string text) {
  File &loaded = files_[file];
  loaded.buffer = llvm::MemoryBuffer::getMemBufferCopy(text, file);
  loaded.starts = lineStarts(loaded.buffer->getBuffer());
}

} // namespace coroguard::report
