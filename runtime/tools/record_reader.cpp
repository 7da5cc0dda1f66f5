// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Opens record files.
#include "runtime/tools/record_reader.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coroguard::run {

std::unique_ptr<record_reader> record_reader::open(const std::string &path, std::string &error) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    error = path + ": " + std::strerror(errno);
    return nullptr;
  }
  struct stat st{};
  fstat(fd, &st);
  record::header head{};
  bool readable = st.st_size >= off_t(sizeof head) && pread(fd, static_cast<void *>(&head), sizeof head, 0) == ssize_t(sizeof head);
  if (!readable || std::memcmp(head.magic, record::magic, sizeof head.magic) != 0) {
    error = path + ": not a record of a guarded run";
    ::close(fd);
    return nullptr;
  }
  if (head.version != record::version || head.size != sizeof(record::file) || st.st_size < off_t(sizeof(record::file))) {
    error = path + ": written by another version of coroguard (format " + std::to_string(head.version) + ", this one reads " +
            std::to_string(record::version) + ") or cut short; record the run again";
    ::close(fd);
    return nullptr;
  }
  void *memory = mmap(nullptr, sizeof(record::file), PROT_READ, MAP_PRIVATE, fd, 0);
  ::close(fd);
  if (memory == MAP_FAILED) {
    error = path + ": " + std::strerror(errno);
    return nullptr;
  }
  return std::unique_ptr<record_reader>(new record_reader(path, static_cast<const record::file *>(memory)));
}

record_reader::~record_reader() { munmap(const_cast<record::file *>(file_), sizeof(record::file)); }

} // namespace coroguard::run
