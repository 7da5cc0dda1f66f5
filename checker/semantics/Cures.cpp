// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks cures up in the packs.
#include "checker/semantics/Cures.h"

namespace coroguard {
namespace {

void replaceAll(std::string &text, llvm::StringRef placeholder, llvm::StringRef value) {
  for (size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value.str());
}

} // namespace

const catalog::LibraryInfo *Cures::libraryOf(const Body &body) {
  for (const Body *at = &body; at; at = at->parent)
    if (const AsyncType *type = types_.classify(at->function->getReturnType()))
      return type->library;
  return nullptr;
}

std::string Cures::text(llvm::StringRef purpose, const catalog::LibraryInfo *library, llvm::StringRef subject) {
  llvm::StringRef found = library ? models_.cure(library->id, purpose) : llvm::StringRef();
  if (found.empty())
    found = models_.cure("generic", purpose);
  std::string text = found.str();
  for (llvm::StringRef placeholder : {"{task}", "{duration}"})
    replaceAll(text, placeholder, subject.empty() ? "it" : subject);
  return text;
}

} // namespace coroguard
