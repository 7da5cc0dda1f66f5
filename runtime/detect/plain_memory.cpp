// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The few string functions the guard uses, of its own and hidden: the library binds to these, so that neither a sanitizer's
// interceptor nor anybody's replacement is ever entered by the guard, whose watchdog is a thread they do not know.
#include <stddef.h>
#include <stdint.h>

#define COROGUARD_OWN extern "C" __attribute__((visibility("hidden"), used))

COROGUARD_OWN void *memcpy(void *__restrict to, const void *__restrict from, size_t size) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return start;
}
COROGUARD_OWN void *memset(void *to, int value, size_t size) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
  return start;
}
COROGUARD_OWN void *memmove(void *to, const void *from, size_t size) {
  auto *out = static_cast<volatile char *>(to);
  auto *in = static_cast<const volatile char *>(from);
  if (out < in)
    for (size_t i = 0; i < size; ++i)
      out[i] = in[i];
  else
    while (size--)
      out[size] = in[size];
  return to;
}
COROGUARD_OWN int memcmp(const void *a, const void *b, size_t size) {
  auto *x = static_cast<const volatile uint8_t *>(a), *y = static_cast<const volatile uint8_t *>(b);
  for (size_t i = 0; i < size; ++i)
    if (x[i] != y[i])
      return int(x[i]) - int(y[i]);
  return 0;
}
COROGUARD_OWN void *memchr(const void *in, int value, size_t size) {
  auto *at = static_cast<const volatile uint8_t *>(in);
  for (size_t i = 0; i < size; ++i)
    if (at[i] == uint8_t(value))
      return const_cast<uint8_t *>(at + i);
  return nullptr;
}
COROGUARD_OWN size_t strnlen(const char *text, size_t limit) {
  size_t n = 0;
  while (n < limit && const_cast<const volatile char *>(text)[n])
    ++n;
  return n;
}
COROGUARD_OWN size_t strlen(const char *text) { return strnlen(text, SIZE_MAX); }
COROGUARD_OWN int strncmp(const char *a, const char *b, size_t size) {
  for (size_t i = 0; i < size; ++i)
    if (a[i] != b[i] || !a[i])
      return int(uint8_t(a[i])) - int(uint8_t(b[i]));
  return 0;
}
COROGUARD_OWN int strcmp(const char *a, const char *b) { return strncmp(a, b, SIZE_MAX); }
COROGUARD_OWN char *strncpy(char *to, const char *from, size_t size) {
  size_t i = 0;
  for (; i < size && from[i]; ++i)
    const_cast<volatile char *>(to)[i] = from[i];
  for (; i < size; ++i)
    const_cast<volatile char *>(to)[i] = 0;
  return to;
}
COROGUARD_OWN char *strchr(const char *text, int value) {
  for (;; ++text) {
    if (*text == char(value))
      return const_cast<char *>(text);
    if (!*text)
      return nullptr;
  }
}
COROGUARD_OWN char *strrchr(const char *text, int value) {
  const char *found = nullptr;
  for (;; ++text) {
    if (*text == char(value))
      found = text;
    if (!*text)
      return const_cast<char *>(found);
  }
}
COROGUARD_OWN char *strstr(const char *text, const char *part) {
  size_t length = strlen(part);
  for (;; ++text) {
    if (strncmp(text, part, length) == 0)
      return const_cast<char *>(text);
    if (!*text)
      return nullptr;
  }
}
