// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the ELF headers: interpreter, needed libraries; and the mode bits.
#include "runtime/tools/program_file.h"

#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace coroguard::run {
namespace {

std::string find_in_path(const std::string &command) {
  if (command.find('/') != std::string::npos)
    return command;
  const char *path = std::getenv("PATH");
  std::string dirs = path ? path : "/usr/local/bin:/usr/bin:/bin";
  for (std::size_t at = 0; at <= dirs.size();) {
    std::size_t end = std::min(dirs.find(':', at), dirs.size());
    std::string candidate = (end == at ? "." : dirs.substr(at, end - at)) + "/" + command;
    struct stat st{};
    if (access(candidate.c_str(), X_OK) == 0 && stat(candidate.c_str(), &st) == 0 && S_ISREG(st.st_mode))
      return candidate;
    at = end + 1;
  }
  return {};
}

struct elf_facts {
  bool is_elf = false, is_64_x86 = false, dynamic = false, musl = false;
  std::string sanitizer;
};

elf_facts read_elf(const std::string &bytes) {
  elf_facts facts;
  Elf64_Ehdr head{};
  if (bytes.size() < sizeof head || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
    return facts;
  std::memcpy(&head, bytes.data(), sizeof head);
  facts.is_elf = true;
  facts.is_64_x86 = head.e_ident[EI_CLASS] == ELFCLASS64 && head.e_machine == EM_X86_64;
  if (!facts.is_64_x86)
    return facts;
  std::vector<Elf64_Phdr> segments;
  for (unsigned i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr p{};
    std::size_t at = head.e_phoff + std::size_t(i) * head.e_phentsize;
    if (at + sizeof p > bytes.size())
      return facts;
    std::memcpy(&p, bytes.data() + at, sizeof p);
    segments.push_back(p);
  }
  auto file_offset = [&](uint64_t address) -> uint64_t {
    for (const auto &p : segments)
      if (p.p_type == PT_LOAD && address >= p.p_vaddr && address < p.p_vaddr + p.p_filesz)
        return address - p.p_vaddr + p.p_offset;
    return bytes.size();
  };
  for (const auto &p : segments) {
    if (p.p_type == PT_INTERP && p.p_offset + p.p_filesz <= bytes.size()) {
      facts.dynamic = true;
      facts.musl = std::string(bytes.data() + p.p_offset, p.p_filesz).find("musl") != std::string::npos;
    }
    if (p.p_type != PT_DYNAMIC || p.p_offset + p.p_filesz > bytes.size())
      continue;
    std::vector<uint64_t> needed;
    uint64_t strings = 0;
    for (uint64_t at = p.p_offset; at + sizeof(Elf64_Dyn) <= p.p_offset + p.p_filesz; at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn d{};
      std::memcpy(&d, bytes.data() + at, sizeof d);
      if (d.d_tag == DT_NEEDED)
        needed.push_back(d.d_un.d_val);
      else if (d.d_tag == DT_STRTAB)
        strings = file_offset(d.d_un.d_ptr);
    }
    for (uint64_t offset : needed)
      if (strings + offset < bytes.size()) {
        std::string name = bytes.c_str() + strings + offset;
        for (const char *runtime : {"libasan.so", "libtsan.so", "libubsan.so", "liblsan.so", "libclang_rt.asan", "libclang_rt.tsan"})
          if (name.rfind(runtime, 0) == 0 && name.rfind("libubsan", 0) != 0)
            facts.sanitizer = name;
      }
  }
  return facts;
}

} // namespace

std::string inspect_program(const std::string &command, program_file &into) {
  into.path = find_in_path(command);
  struct stat st{};
  if (into.path.empty() || stat(into.path.c_str(), &st) != 0)
    return "'" + command + "' was not found; give the path of a program";
  if (!S_ISREG(st.st_mode) || access(into.path.c_str(), X_OK) != 0)
    return "'" + into.path + "' cannot be executed";
  std::ifstream in(into.path, std::ios::binary);
  if (!in)
    return ""; // may be run but not read: the kernel will tell
  std::string start(4096, '\0');
  in.read(start.data(), std::streamsize(start.size()));
  start.resize(std::size_t(in.gcount()));
  if (start.rfind("#!", 0) == 0) {
    std::size_t from = start.find_first_not_of(" \t", 2), to = start.find_first_of(" \t\n", from);
    if (from == std::string::npos)
      return "";
    into.interpreter = start.substr(from, to - from);
    program_file interpreter;
    return inspect_program(into.interpreter, interpreter);
  }
  // setuid programs drop LD_PRELOAD unless we are that user already
  bool raises = ((st.st_mode & S_ISUID) && st.st_uid != geteuid()) || ((st.st_mode & S_ISGID) && st.st_gid != getegid());
  if (raises)
    return "'" + into.path + "' is setuid or setgid: the system does not preload libraries into it. Run it as its own user, or link coroguard::guard into a test build";
  in.clear();
  in.seekg(0, std::ios::end);
  std::string bytes(std::size_t(in.tellg()), '\0');
  in.seekg(0);
  in.read(bytes.data(), std::streamsize(bytes.size()));
  elf_facts facts = read_elf(bytes);
  if (!facts.is_elf)
    return "";
  if (!facts.is_64_x86)
    return "'" + into.path + "' is not an x86-64 program, the guard is";
  if (!facts.dynamic)
    return "'" + into.path + "' is statically linked: nothing can be preloaded into it. Link it dynamically, or link coroguard::guard into a test build";
  if (facts.musl)
    return "'" + into.path + "' is linked with musl, the guard needs glibc. Build it for glibc to check it";
  into.sanitizer = facts.sanitizer;
  return "";
}

} // namespace coroguard::run
