// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The spellings of the catalogue's enumerations, and what each condition predicate takes and means.
#include "rules/catalog/Names.h"

namespace coroguard::catalog {

#define COROGUARD_NAMES(Enum, Last, ...)                                                                               \
  template <> ArrayRef<StringRef> namesOf<Enum>() {                                                                    \
    static constexpr StringRef names[] = {__VA_ARGS__};                                                                \
    static_assert(std::size(names) == static_cast<size_t>(Enum::Last) + 1, #Enum " and its names differ");             \
    return names;                                                                                                      \
  }

COROGUARD_NAMES(Severity, Error, "note", "warning", "error")
COROGUARD_NAMES(Precision, Low, "very-high", "high", "medium", "low")
COROGUARD_NAMES(Profile, Strict, "default", "strict")
COROGUARD_NAMES(FixKind, Unsafe, "none", "safe", "unsafe")
COROGUARD_NAMES(RuleStatus, Deprecated, "preview", "stable", "deprecated")
COROGUARD_NAMES(Start, Eager, "unknown", "lazy", "eager")
COROGUARD_NAMES(Drop, Joins, "unknown", "never-starts", "detaches", "cancels", "joins")
COROGUARD_NAMES(TypeRole, Context, "task", "detached", "generator", "async-sequence", "handle", "future", "loop",
                "thread-pool", "thread", "async-mutex", "mutex", "lock-guard", "cancellation", "stop-token", "context")
COROGUARD_NAMES(FunctionRole, Resumes, "runner", "spawner", "sink", "combinator", "sleep", "yield", "offload", "resume-on",
                "callback", "inline", "thread", "keeps", "detach", "ready", "generate", "iterate", "move",
                "resumes")
COROGUARD_NAMES(Predicate, OnLoop, "fd_blocking", "regular_file", "flag", "value", "zero", "null", "timeout",
                "deadline", "contended", "not_ready", "idle_site", "stream_on_device", "standard_stream",
                "handle_blocking", "larger", "on_loop")
COROGUARD_NAMES(Blocks, Never, "always", "when", "never")
COROGUARD_NAMES(WhenUnknown, Silent, "report", "strict", "silent")
#undef COROGUARD_NAMES

std::string enumeratorOf(StringRef name) {
  std::string result;
  bool upper = true;
  for (char c : name) {
    if (c == '-' || c == '_') {
      upper = true;
      continue;
    }
    result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return result;
}

namespace {

constexpr PredicateInfo predicates[] = {
    {TakesArgument::Yes, Operands::None, "fd_blocking(i)",
     "argument i is a descriptor in blocking mode: socket, pipe, terminal",
     "follows the descriptor to the call that made it, with its flags, and through `fcntl` and `ioctl`; one that comes "
     "from outside the function is unknown",
     "asks the kernel for kind and mode; no if the loop watches the descriptor and it is ready"},
    {TakesArgument::Yes, Operands::None, "regular_file(i)",
     "argument i is the descriptor of a file on disk, for which O_NONBLOCK has no effect", "as for `fd_blocking`",
     "asks the kernel"},
    {TakesArgument::Yes, Operands::OneName, "flag(i, NAME)", "the bit NAME is set in argument i",
     "evaluates constants; a missing argument has no bits", "looks at the value"},
    {TakesArgument::Yes, Operands::Names, "value(i, NAME, ...)", "argument i equals one of the constants",
     "evaluates constants", "looks at the value"},
    {TakesArgument::Yes, Operands::None, "zero(i)", "argument i is 0: an integer, a duration, or the time it points to",
     "evaluates constants, std::chrono values, and timespec or timeval variables", "looks at the value"},
    {TakesArgument::Yes, Operands::None, "null(i)", "argument i is a null pointer", "evaluates constants",
     "looks at the value"},
    {TakesArgument::Yes, Operands::None, "timeout(i)", "argument i is a relative timeout other than 0; null is forever",
     "as for `zero`", "looks at the value"},
    {TakesArgument::Yes, Operands::None, "deadline(i)", "argument i is an absolute time that may lie in the future",
     "reads `now()` plus a span; else unknown", "the time is not zero"},
    {TakesArgument::Optional, Operands::None, "contended", "somebody else holds the lock: its try form would fail",
     "unknown: code does not show it", "measures the wait"},
    {TakesArgument::Optional, Operands::None, "not_ready", "what is waited for has not happened yet",
     "unknown: code does not show it", "measures the wait"},
    {TakesArgument::No, Operands::None, "idle_site", "this call is the loop's own wait",
     "never: code that runs on a loop is not the loop", "knows where each loop waits"},
    {TakesArgument::Yes, Operands::None, "stream_on_device(i)",
     "the FILE* in argument i is backed by a descriptor, not by memory", "follows the stream to the call that made it",
     "asks the kernel for the stream's descriptor"},
    {TakesArgument::Yes, Operands::None, "standard_stream(i)", "argument i is stdin, stdout or stderr",
     "recognises the names", "compares"},
    {TakesArgument::Yes, Operands::None, "handle_blocking(i)", "argument i is a connection object in its blocking mode",
     "no if the function made it non-blocking, else unknown", "assumes yes"},
    {TakesArgument::Yes, Operands::OneNumber, "larger(i, N)", "argument i is a size above N bytes",
     "evaluates constants and lengths of literals", "looks at the value"},
    {TakesArgument::No, Operands::None, "on_loop", "the synchronous form, called on a loop thread",
     "always: it is only asked in async code", "always: it is only asked on loop threads"},
};
static_assert(std::size(predicates) == static_cast<size_t>(Predicate::OnLoop) + 1);

} // namespace

const PredicateInfo &predicateInfo(Predicate predicate) {
  return predicates[static_cast<size_t>(predicate)];
}

ArrayRef<StringRef> curePurposes() {
  static constexpr StringRef names[] = {"await",  "run",   "spawn", "sleep",  "offload", "iterate",
                                        "gather", "yield", "mutex", "cancel", "detach"};
  return names;
}

ArrayRef<StringRef> ruleCategories() {
  static constexpr StringRef names[] = {"mistakes", "lifetime", "protocol"};
  return names;
}

ArrayRef<StringRef> optionTypes() {
  static constexpr StringRef names[] = {"bool", "int", "string", "list", "enum"};
  return names;
}

} // namespace coroguard::catalog
