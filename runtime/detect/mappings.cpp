// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A reader of /proc/self/maps: lines `low-high perms offset device inode   path`.
#include "runtime/detect/mappings.h"

#include "runtime/detect/system.h"

namespace coroguard::guard {

bool find_mapping(uint64_t address, mapping &into) {
  char buffer[512];
  long fd = sys::open("/proc/self/maps", 0x80000 /* O_CLOEXEC */);
  if (fd < 0)
    return false;
  enum { low, high, words, path, rest } field = low;
  unsigned word = 0, length = 0;
  bool found = false, in_space = false;
  into = {};
  for (long n; !found && (n = sys::read(int(fd), buffer, sizeof buffer)) > 0;)
    for (long i = 0; i < n && !found; ++i) {
      char c = buffer[i];
      if (c == '\n') {
        found = into.low <= address && address < into.high;
        if (!found)
          field = low, word = length = 0, in_space = false, into = {};
      } else if (field == low || field == high) {
        if (c == '-' || c == ' ')
          field = c == '-' ? high : words;
        else
          (field == low ? into.low : into.high) = (field == low ? into.low : into.high) * 16 + uint64_t(c <= '9' ? c - '0' : c - 'a' + 10);
      } else if (field == words) { // permissions, offset, device, inode
        word += c == ' ' && !in_space;
        in_space = c == ' ';
        if (word >= 4 && c != ' ')
          field = path, into.path[length++] = c;
      } else if (length + 1 < sizeof into.path) {
        into.path[length++] = c;
      }
    }
  sys::close(int(fd));
  return found;
}

} // namespace coroguard::guard
