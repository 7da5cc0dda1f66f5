// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collecting spans, and the Chrome trace format.
#include "coroguard/trace.hpp"
#include "coroguard/async_timed.hpp"
#include "coroguard/task_handle.hpp"

#include <cerrno>
#include <map>
#include <mutex>
#include <system_error>
#include <unistd.h>

namespace coroguard {
namespace {

struct span {
  std::string name;
  std::int64_t begun, ended;
  std::uint64_t track;
};
struct trace {
  std::mutex mutex;
  std::string path;
  std::vector<span> spans;
  std::map<std::uint64_t, std::string> tracks;
};
std::atomic<bool> active{false};
trace &the_trace() {
  static auto *t = new trace;
  return *t;
}
std::int64_t loop_time() { return current_loop_or_null() ? current_loop().now_ns() : event_loop::monotonic_ns(); }

std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (c < 0x20)
      out += ' ';
    else
      out += char(c);
  }
  return out + "\"";
}
std::string micro(std::int64_t ns) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%03d", static_cast<long long>(ns / 1000), int(ns % 1000));
  return text;
}

} // namespace

void start_trace(std::string path) {
  auto &t = the_trace();
  std::lock_guard lock(t.mutex);
  if (active)
    throw invalid_state_error("coroguard: a trace is already being taken, to " + t.path);
  t.path = std::move(path);
  t.spans.clear();
  t.tracks.clear();
  active = true;
}

std::size_t stop_trace() {
  auto &t = the_trace();
  std::lock_guard lock(t.mutex);
  if (!active.exchange(false))
    return 0;
  std::FILE *file = std::fopen(t.path.c_str(), "we");
  if (!file)
    throw std::system_error(errno, std::generic_category(), "write " + t.path);
  std::string text = "{\"traceEvents\":[\n";
  std::string pid = std::to_string(::getpid());
  bool first = true;
  for (auto &[track, name] : t.tracks) {
    text += std::string(first ? "" : ",\n") + "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":" + pid + ",\"tid\":" + std::to_string(track) +
            ",\"args\":{\"name\":" + quoted(name) + "}}";
    first = false;
  }
  for (auto &s : t.spans) {
    text += std::string(first ? "" : ",\n") + "{\"ph\":\"X\",\"cat\":\"coroguard\",\"name\":" + quoted(s.name) + ",\"pid\":" + pid +
            ",\"tid\":" + std::to_string(s.track) + ",\"ts\":" + micro(s.begun) + ",\"dur\":" + micro(s.ended - s.begun) + "}";
    first = false;
  }
  text += "\n]}\n";
  bool ok = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (std::fclose(file) != 0 || !ok)
    throw std::system_error(errno, std::generic_category(), "write " + t.path);
  return t.spans.size();
}

bool tracing() noexcept { return active.load(std::memory_order_relaxed); }

trace_span::trace_span(std::string name) {
  if (!tracing())
    return;
  name_ = std::move(name);
  begun_ = loop_time();
  std::string who = "thread";
  if (auto *task = detail::this_thread.task) {
    track_ = task->id();
    who = task->name();
  }
  auto &t = the_trace();
  std::lock_guard lock(t.mutex);
  t.tracks.emplace(track_, who);
}

void trace_span::end() noexcept {
  if (begun_ < 0)
    return;
  std::int64_t begun = std::exchange(begun_, -1);
  if (!tracing())
    return;
  try {
    auto &t = the_trace();
    std::lock_guard lock(t.mutex);
    t.spans.push_back({std::move(name_), begun, loop_time(), track_});
  } catch (...) { // out of memory: the span is lost
  }
}

namespace detail {
timed_call::timed_call(const std::string &name, std::FILE *out) : name_(name), out_(out), begun_(loop_time()), span_(name) {
  if (out_)
    std::fprintf(out_, "starting %s\n", name_.c_str());
}
timed_call::~timed_call() {
  if (out_)
    std::fprintf(out_, "finished %s in %.4f second(s)\n", name_.c_str(), double(loop_time() - begun_) * 1e-9);
}
} // namespace detail

} // namespace coroguard
