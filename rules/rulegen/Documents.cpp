// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Markers in pages: found, filled, compared.
#include "rules/rulegen/Documents.h"

#include "rules/rulegen/DocBlocks.h"
#include "rules/rulegen/Emitters.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace coroguard::rulegen {

namespace {

constexpr StringRef opening = "<!-- gen:", closing = "<!-- /gen -->";

std::string under(StringRef root, StringRef name) {
  llvm::SmallString<256> path(root);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

/// Pages that may have markers, from the root: the root itself, docs/ and rules/, without what is generated as a whole.
std::vector<std::string> pagesUnder(StringRef root) {
  std::vector<std::string> pages;
  auto add = [&](StringRef path) {
    StringRef name = path.substr(root.size()).ltrim('/');
    if (name.ends_with(".md") && !name.starts_with("docs/reference/")) pages.push_back(name.str());
  };
  std::error_code error;
  for (llvm::sys::fs::directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error))
    add(entry->path());
  for (StringRef folder : {"docs", "rules"})
    for (llvm::sys::fs::recursive_directory_iterator entry(under(root, folder), error), end; !error && entry != end;
         entry.increment(error))
      add(entry->path());
  std::sort(pages.begin(), pages.end());
  return pages;
}

unsigned lineOf(StringRef text, size_t offset) {
  return text.take_front(offset).count('\n') + 1;
}

/// Offset of `marker` at the start of a line, from `from` on.
size_t findMarker(StringRef text, StringRef marker, size_t from) {
  for (size_t at = text.find(marker, from); at != StringRef::npos; at = text.find(marker, at + 1))
    if (at == 0 || text[at - 1] == '\n') return at;
  return StringRef::npos;
}

std::string fillPage(StringRef text, StringRef file, const Catalogue &catalogue, catalog::Problems &problems) {
  std::string result;
  size_t done = 0;
  for (size_t begin = findMarker(text, opening, 0); begin != StringRef::npos; begin = findMarker(text, opening, done)) {
    const catalog::Position place{file, lineOf(text, begin), 1};
    const size_t content = std::min(text.find('\n', begin), text.size() - 1) + 1;
    StringRef name = text.slice(begin + opening.size(), content).split("-->").first.trim();
    const size_t end = findMarker(text, closing, content);
    if (end == StringRef::npos || findMarker(text, opening, content) < end) {
      problems.add(place, "the block 'gen:" + name.str() + "' is not closed; end it with " + closing.str());
      break;
    }
    std::string block = docBlock(name, file, catalogue);
    if (block.empty())
      problems.add(place, llvm::is_contained(docBlockNames(), name)
                              ? "nothing to show for 'gen:" + name.str() + "' in this page"
                              : "unknown block 'gen:" + name.str() + "'" +
                                    catalog::suggestion(name, docBlockNames(), "known are"));
    result += text.slice(done, content);
    result += block;
    done = end;
  }
  return result + text.substr(done).str();
}

/// First line in which two texts differ.
unsigned firstDifference(StringRef a, StringRef b) {
  const size_t at = std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin()).first - a.begin();
  return lineOf(a, at);
}

} // namespace

llvm::Expected<Outputs> freshDocuments(StringRef root, const Catalogue &catalogue) {
  Outputs outputs;
  catalog::Problems problems;
  for (const std::string &page : pagesUnder(root)) {
    auto file = llvm::MemoryBuffer::getFile(under(root, page));
    if (!file) return llvm::createFileError(page, file.getError());
    if (findMarker((*file)->getBuffer(), opening, 0) != StringRef::npos)
      outputs[page] = fillPage((*file)->getBuffer(), page, catalogue, problems);
  }
  if (llvm::Error error = problems.takeError()) return error;
  emitFormatSchemas(outputs);
  emitReferencePages(catalogue, outputs);
  return outputs;
}

std::vector<std::string> staleDocuments(StringRef root, const Outputs &fresh) {
  std::vector<std::string> stale;
  for (const auto &[name, content] : fresh) {
    auto file = llvm::MemoryBuffer::getFile(under(root, name));
    if (!file)
      stale.push_back(name + ": missing");
    else if ((*file)->getBuffer() != content)
      stale.push_back(name + ":" + std::to_string(firstDifference((*file)->getBuffer(), content)) + ": not up to date");
  }
  std::error_code error;
  for (llvm::sys::fs::directory_iterator entry(under(root, "docs/reference"), error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = "docs/reference/" + llvm::sys::path::filename(entry->path()).str();
    auto file = llvm::MemoryBuffer::getFile(entry->path());
    // Pages that people write stand beside the generated ones; those say of themselves what they are.
    const bool generated = file && (*file)->getBuffer().contains("<!-- Generated by rulegen");
    if (generated && !fresh.count(name)) stale.push_back(name + ": nothing generates it; delete it");
  }
  std::sort(stale.begin(), stale.end());
  return stale;
}

} // namespace coroguard::rulegen
