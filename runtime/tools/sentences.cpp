// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sentences of run-time findings.
#include "runtime/tools/sentences.h"

namespace coroguard::run {
namespace {

/// The coroutine the user knows: the first resumed body on the stack, from the user's frame outwards.
const source_frame *coroutine_of(const finding &f) {
  for (std::size_t i = f.user_frame; i < f.stack.size(); ++i)
    if (f.stack[i].coroutine)
      return &f.stack[i];
  return nullptr;
}

std::string bare(const std::string &function) {
  std::string name = function.substr(0, function.find('('));
  return name.empty() ? function : name;
}

std::string where(const finding &f) {
  if (const source_frame *c = coroutine_of(f))
    return " inside coroutine '" + bare(c->function) + "'";
  if (f.user_frame < f.stack.size() && !f.stack[f.user_frame].function.empty())
    return " in '" + bare(f.stack[f.user_frame].function) + "'";
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
  bool stall = f.kind == "stall";
  f.severity = f.category == "disk" || f.category == "fs-meta" ? "note" : "warning";
  f.rule = is_future_wait(f) ? "async-sync-wait" : "async-blocking-call";
  if (!stall) {
    f.message = "'" + f.function + "' blocks the thread of the event loop" + where(f);
    return;
  }
  std::string took = "a loop turn took " + human_duration(f.duration_ns);
  if (f.verdict == "cpu-bound") {
    f.rule = "async-loop-without-suspension";
    f.severity = "warning";
    f.message = took + where(f) + ": busy on the processor all the time";
    f.cure = "let other work run: suspend inside the loop, or move the computation off the event loop";
  } else if (f.verdict == "preempted") {
    f.rule = "async-loop-without-suspension";
    f.severity = "note";
    f.message = took + where(f) + ": the thread was ready but other programs had the processor";
    f.cure = "look at the load of the machine before you look at this code";
  } else {
    f.severity = "warning";
    f.message = took + where(f) + (f.function.empty() ? (f.system_call.empty() ? ": blocked" : ": blocked in system call '" + f.system_call + "'") : ": blocked in '" + f.function + "'");
    if (f.cure.empty())
      f.cure = "await it on the loop, or move it off the loop";
  }
}

} // namespace coroguard::run
