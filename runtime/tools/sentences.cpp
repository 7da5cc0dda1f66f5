// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sentences of run-time findings: the catalogue's, with what only running shows added.
#include "runtime/tools/sentences.h"

#include "runtime/tools/known_frames.h"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace coroguard::run {
namespace {

struct message {
  std::string_view rule, name, text;
};
constexpr message messages[] = {
#define COROGUARD_RULE_MESSAGE(id, name, text) {id, name, text},
#include "RuntimeRules.gen.inc"
};

/// A message of the catalogue with its {placeholders} filled in; `otherwise` if the catalogue has lost it.
std::string sentence(std::string_view rule, std::string_view name, std::initializer_list<std::pair<std::string_view, std::string>> values) {
  std::string out;
  for (const message &m : messages)
    if (m.rule == rule && m.name == name)
      out = m.text;
  for (const auto &[key, value] : values) {
    std::string placeholder = "{" + std::string(key) + "}";
    for (std::size_t at; (at = out.find(placeholder)) != std::string::npos;)
      out.replace(at, placeholder.size(), value);
  }
  while (!out.empty() && out.back() == ' ')
    out.pop_back();
  return out;
}

/// The coroutine the user knows: the first resumed body on the stack, from the user's frame outwards.
const source_frame *coroutine_of(const finding &f) {
  for (std::size_t i = f.user_frame; i < f.stack.size(); ++i)
    if (f.stack[i].coroutine)
      return &f.stack[i];
  return nullptr;
}

/// What people call it: without unnamed namespaces, parameters, and the result type that a template's name begins with.
std::string bare(const std::string &function) {
  std::string name = without_unnamed_namespaces(function);
  name = name.substr(0, name.find('('));
  if (name.find('<') == std::string::npos)
    name = name.substr(name.rfind(' ') + 1);
  return name.empty() ? function : name;
}

std::string where(const finding &f, std::string_view rule) {
  if (const source_frame *c = coroutine_of(f))
    return sentence(rule, "inCoroutine", {{"function", bare(c->function)}});
  if (f.user_frame < f.stack.size() && !f.stack[f.user_frame].function.empty())
    return "in '" + bare(f.stack[f.user_frame].function) + "'";
  return "";
}

bool is_future_wait(const finding &f) {
  for (std::size_t i = 0; i < f.stack.size() && i <= f.user_frame; ++i) {
    const std::string &n = f.stack[i].function;
    if (n.find("std::future<") != std::string::npos || n.find("std::__basic_future<") != std::string::npos || n.find("std::shared_future<") != std::string::npos)
      return true;
  }
  return false;
}

} // namespace

void say(finding &f) {
  bool waits = is_future_wait(f);
  f.severity = f.category == "disk" || f.category == "fs-meta" ? "note" : "warning";
  f.rule = waits ? "async-sync-wait" : "async-blocking-call";
  std::string place = where(f, "async-blocking-call");
  if (f.kind != "stall") {
    f.message = waits ? sentence("async-sync-wait", "future", {{"callee", f.function}, {"where", place}})
                      : sentence("async-blocking-call", "direct", {{"callee", f.function}, {"blocks", sentence("async-blocking-call", "blocks", {})}, {"where", place}});
    return;
  }
  f.severity = "warning";
  f.message = "a loop turn took " + human_duration(f.duration_ns) + (place.empty() ? "" : " " + place);
  if (f.verdict == "cpu-bound") {
    f.rule = "async-loop-without-suspension";
    f.message += f.runqueue_ns > f.duration_ns / 10 ? ": busy whenever it had the processor" : ": busy on the processor all the time";
    f.cure = "let other work run: suspend inside the loop, or move the computation off the event loop";
  } else if (f.verdict == "preempted") {
    f.rule = "async-loop-without-suspension";
    f.severity = "note";
    f.message += ": the thread was ready but other programs had the processor";
    f.cure = "look at the load of the machine before you look at this code";
  } else {
    f.message += !f.function.empty() ? ": blocked in '" + f.function + "'" : !f.system_call.empty() ? ": blocked in system call '" + f.system_call + "'" : ": blocked";
    if (f.cure.empty())
      f.cure = "await it on the loop, or move it off the loop";
  }
}

} // namespace coroguard::run
