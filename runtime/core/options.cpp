// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parsing of COROGUARD_OPTIONS. The table is guard_options.inc.
#include "runtime/core/options.h"

#include <string.h>

namespace coroguard::guard {
namespace {

struct line {
  char text[512];
  size_t length = 0;
  line() { text[0] = 0; }
  line &add(const char *part, size_t count) {
    for (size_t i = 0; i < count && length + 1 < sizeof text; ++i)
      text[length++] = part[i];
    text[length] = 0;
    return *this;
  }
  line &add(const char *part) { return add(part, strlen(part)); }
  line &pad(size_t column) {
    while (length < column)
      add(" ", 1);
    return *this;
  }
};

bool parse(bool &into, const char *value, size_t length) {
  auto is = [&](const char *word) { return strlen(word) == length && memcmp(value, word, length) == 0; };
  if (is("1") || is("true") || is("yes") || length == 0)
    return into = true;
  if (is("0") || is("false") || is("no"))
    return into = false, true;
  return false;
}

bool parse(int64_t &into, const char *value, size_t length) {
  if (length == 0 || length > 15)
    return false;
  int64_t result = 0;
  for (size_t i = 0; i < length; ++i) {
    if (value[i] < '0' || value[i] > '9')
      return false;
    result = result * 10 + (value[i] - '0');
  }
  into = result;
  return true;
}

bool parse(text_option &into, const char *value, size_t length) {
  if (length >= sizeof into.value)
    return false;
  memcpy(into.value, value, length);
  into.value[length] = 0;
  return true;
}

void assign(bool &into, bool value) { into = value; }
void assign(int64_t &into, int64_t value) { into = value; }
void assign(text_option &into, const char *value) { parse(into, value, strlen(value)); }

/// Edit distance, for "did you mean": names are short, so the table fits the stack.
size_t distance(const char *a, size_t n, const char *b) {
  size_t m = strlen(b);
  unsigned char row[64];
  if (n >= sizeof row || m >= sizeof row)
    return 99;
  for (size_t j = 0; j <= m; ++j)
    row[j] = (unsigned char)j;
  for (size_t i = 1; i <= n; ++i) {
    unsigned char diagonal = row[0];
    row[0] = (unsigned char)i;
    for (size_t j = 1; j <= m; ++j) {
      unsigned char above = row[j];
      unsigned best = diagonal + (a[i - 1] != b[j - 1]);
      best = above + 1u < best ? above + 1u : best;
      best = row[j - 1] + 1u < best ? row[j - 1] + 1u : best;
      row[j] = (unsigned char)best;
      diagonal = above;
    }
  }
  return row[m];
}

const char *nearest(const char *name, size_t length) {
  const char *best = nullptr;
  size_t best_distance = 4;
#define COROGUARD_OPTION(type, option, fallback, help)                                                                           \
  if (size_t d = distance(name, length, #option); d < best_distance)                                                             \
    best_distance = d, best = #option;
#include "runtime/core/guard_options.inc"
#undef COROGUARD_OPTION
  return best;
}

enum class outcome { unknown, bad, good };

outcome set(options &into, const char *name, size_t length, const char *value, size_t value_length) {
#define COROGUARD_OPTION(type, option, fallback, help)                                                                           \
  if (strlen(#option) == length && memcmp(name, #option, length) == 0)                                                           \
    return parse(into.option, value, value_length) ? outcome::good : outcome::bad;
#include "runtime/core/guard_options.inc"
#undef COROGUARD_OPTION
  return outcome::unknown;
}

} // namespace

void set_defaults(options &into) {
#define COROGUARD_OPTION(type, option, fallback, help) assign(into.option, fallback);
#include "runtime/core/guard_options.inc"
#undef COROGUARD_OPTION
  into.threshold_given = false;
}

void parse_options(options &into, const char *text, line_sink warn) {
  for (const char *at = text; at && *at;) {
    while (*at == ':' || *at == ' ' || *at == ',')
      ++at;
    const char *end = at;
    while (*end && *end != ':' && *end != ' ' && *end != ',')
      ++end;
    if (end == at)
      break;
    const char *equals = static_cast<const char *>(memchr(at, '=', size_t(end - at)));
    size_t length = size_t((equals ? equals : end) - at);
    const char *value = equals ? equals + 1 : end;
    if (length == 12 && memcmp(at, "threshold_ms", 12) == 0)
      into.threshold_given = true;
    switch (set(into, at, length, value, size_t(end - value))) {
    case outcome::good:
      break;
    case outcome::bad:
      warn(line().add("coroguard: warning: option '").add(at, length).add("' cannot be '").add(value, size_t(end - value)).add("'; COROGUARD_OPTIONS=help=1 shows the table").text);
      break;
    case outcome::unknown: {
      line message;
      message.add("coroguard: warning: unknown option '").add(at, length).add("'");
      if (const char *guess = nearest(at, length))
        message.add(", did you mean '").add(guess).add("'?");
      else
        message.add("; COROGUARD_OPTIONS=help=1 shows the table");
      warn(message.text);
      break;
    }
    }
    at = end;
  }
  if (into.strict && !into.threshold_given)
    into.threshold_ms = 25;
}

void print_options(line_sink out) {
  out("coroguard: options, given as COROGUARD_OPTIONS=name=value:name=value");
#define COROGUARD_OPTION(type, option, fallback, help)                                                                           \
  out(line().add("  " #option).pad(24).add(#type).pad(32).add(#fallback).pad(44).add(help).text);
#include "runtime/core/guard_options.inc"
#undef COROGUARD_OPTION
}

} // namespace coroguard::guard
