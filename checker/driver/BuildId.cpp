// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the notes of what is loaded.
#include "checker/driver/BuildId.h"

#include "checker/driver/FileTrace.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <elf.h>
#include <link.h>

namespace coroguard::driver {

/// The build id among the notes of a segment; empty if it is not there.
static llvm::StringRef idIn(const char *notes, size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    const auto *note = reinterpret_cast<const ElfW(Nhdr) *>(notes);
    const size_t name = (note->n_namesz + 3) & ~size_t{3}, content = (note->n_descsz + 3) & ~size_t{3};
    const size_t whole = sizeof *note + name + content;
    if (whole > size) break;
    const char *text = notes + sizeof *note;
    if (note->n_type == NT_GNU_BUILD_ID && llvm::StringRef(text, note->n_namesz) == llvm::StringRef("GNU", 4))
      return {text + name, note->n_descsz};
    notes += whole;
    size -= whole;
  }
  return {};
}

static int addObject(dl_phdr_info *object, size_t, void *result) {
  auto &ids = *static_cast<std::string *>(result);
  llvm::StringRef name = object->dlpi_name;
  if (name.starts_with("linux-vdso")) // of the kernel, and of no matter
    return 0;
  llvm::StringRef id;
  for (int i = 0; i < object->dlpi_phnum && id.empty(); ++i)
    if (const ElfW(Phdr) &segment = object->dlpi_phdr[i]; segment.p_type == PT_NOTE)
      id = idIn(reinterpret_cast<const char *>(object->dlpi_addr + segment.p_vaddr), segment.p_memsz);
  if (!id.empty()) {
    ids += llvm::toHex(id) + "\n";
  } else if (auto file = llvm::MemoryBuffer::getFile(name.empty() ? "/proc/self/exe" : name, false,
                                                     false)) { // linked without one
    const ContentHash hash = hashOf((*file)->getBuffer());
    ids += llvm::utohexstr(hash[0]) + llvm::utohexstr(hash[1]) + "\n";
  }
  return 0;
}

const std::string &buildId() {
  static const std::string id = [] {
    std::string ids;
    dl_iterate_phdr(addObject, &ids);
    return ids;
  }();
  return id;
}

} // namespace coroguard::driver
