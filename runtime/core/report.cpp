// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Receivers of reports: standard error, a JSON-lines file, or the program's own handler.
#include "coroguard/report.hpp"

#include "json_text.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <memory>
#include <mutex>

namespace coroguard {
namespace {

std::recursive_mutex &handler_mutex() {
  static auto *mutex = new std::recursive_mutex; // never destroyed: reports may come from exit handlers
  return *mutex;
}
report_handler &current_handler() {
  static auto *handler = new report_handler;
  return *handler;
}

const char *name_of(report_severity severity) {
  switch (severity) {
  case report_severity::note: return "note";
  case report_severity::warning: return "warning";
  case report_severity::error: return "error";
  }
  return "warning";
}

void default_receiver(const report &r) {
  if (const char *path = std::getenv("COROGUARD_REPORT"); path && *path) {
    if (std::FILE *file = std::fopen(path, "ae")) {
      std::string line = to_json(r) + "\n";
      std::fwrite(line.data(), 1, line.size(), file);
      std::fclose(file);
      return;
    }
  }
  std::string text = to_text(r);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

} // namespace

report_handler set_report_handler(report_handler handler) {
  std::lock_guard lock(handler_mutex());
  std::swap(current_handler(), handler);
  return handler;
}

void emit_report(const report &r) noexcept {
  std::lock_guard lock(handler_mutex());
  try {
    if (current_handler()) {
      auto handler = current_handler(); // may replace itself while it runs
      handler(r);
    } else {
      default_receiver(r);
    }
  } catch (...) {
    std::fputs("coroguard: a report handler threw; the report was dropped\n", stderr);
  }
}

std::string to_text(const report &r) {
  std::string out = "coroguard: ";
  out += name_of(r.severity);
  out += ": " + r.message;
  if (!r.rule.empty())
    out += " [" + r.rule + "]";
  out += '\n';
  if (!r.file.empty())
    out += "    at " + r.file + ":" + std::to_string(r.line) + (r.function.empty() ? "" : " in " + r.function) + "\n";
  for (const auto &entry : r.async_stack)
    out += "    awaited in " + entry.function + " (" + entry.file + ":" + std::to_string(entry.line) + ")\n";
  for (const void *pc : r.stack) {
    char text[512];
    Dl_info where{};
    if (::dladdr(pc, &where) && where.dli_fname) // module and offset: what a symbolizer asks for
      std::snprintf(text, sizeof text, "    at %s+0x%zx %s\n", where.dli_fname,
                    std::size_t(static_cast<const char *>(pc) - static_cast<const char *>(where.dli_fbase)), where.dli_sname ? where.dli_sname : "");
    else
      std::snprintf(text, sizeof text, "    at %p\n", pc);
    out += text;
  }
  if (!r.loop.empty())
    out += "    loop " + r.loop + (r.thread.empty() ? "" : ", thread " + r.thread) + "\n";
  if (!r.help.empty())
    out += "    help: " + r.help + "\n";
  return out;
}

std::string to_json(const report &r) {
  std::string out = "{";
  auto text = [&](const char *key, std::string_view value) {
    if (out.size() > 1)
      out += ',';
    append_quoted(out, key);
    out += ':';
    append_quoted(out, value);
  };
  auto number = [&](const char *key, std::int64_t value) {
    out += ',';
    append_quoted(out, key);
    out += ':' + std::to_string(value);
  };
  text("rule", r.rule);
  text("kind", r.kind);
  text("severity", name_of(r.severity));
  text("message", r.message);
  text("help", r.help);
  text("function", r.function);
  text("file", r.file);
  number("line", r.line);
  text("thread", r.thread);
  text("loop", r.loop);
  number("duration_ns", r.duration_ns);
  text("verdict", r.verdict);
  out += ",\"stack\":[";
  for (std::size_t i = 0; i < r.stack.size(); ++i) {
    char pc[32];
    std::snprintf(pc, sizeof pc, "%s\"%p\"", i ? "," : "", r.stack[i]);
    out += pc;
  }
  out += "],\"async_stack\":[";
  for (std::size_t i = 0; i < r.async_stack.size(); ++i) {
    out += i ? ",{\"function\":" : "{\"function\":";
    append_quoted(out, r.async_stack[i].function);
    out += ",\"file\":";
    append_quoted(out, r.async_stack[i].file);
    out += ",\"line\":" + std::to_string(r.async_stack[i].line) + "}";
  }
  out += ']';
  number("count", std::int64_t(r.count));
  return out + "}";
}

struct report_capture::state {
  std::mutex mutex;
  std::vector<report> seen;
};

report_capture::report_capture() : state_(new state) {
  previous_ = set_report_handler([s = state_](const report &r) {
    std::lock_guard lock(s->mutex);
    s->seen.push_back(r);
  });
}
report_capture::~report_capture() {
  set_report_handler(std::move(previous_));
  delete state_;
}
std::vector<report> report_capture::reports() const {
  std::lock_guard lock(state_->mutex);
  return state_->seen;
}
std::size_t report_capture::size() const { return reports().size(); }
std::size_t report_capture::count(std::string_view rule) const {
  std::size_t n = 0;
  for (const auto &r : reports())
    n += r.rule == rule;
  return n;
}
std::string report_capture::text() const {
  std::string out;
  for (const auto &r : reports())
    out += to_text(r);
  return out;
}

} // namespace coroguard
