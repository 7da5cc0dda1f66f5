// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the names of functions and classes tell.
#include "checker/semantics/Vocabulary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <initializer_list>
#include <string>

namespace coroguard::says {
namespace {

/// A name in lower case and without underscores.
class Words {
public:
  explicit Words(llvm::StringRef name) {
    for (char c : name)
      if (c != '_')
        plain_ += llvm::toLower(c);
  }

  bool have(std::initializer_list<llvm::StringRef> parts) const {
    return llvm::any_of(parts, [&](llvm::StringRef part) { return llvm::StringRef(plain_).contains(part); });
  }
  bool startWith(std::initializer_list<llvm::StringRef> starts) const {
    return llvm::any_of(starts, [&](llvm::StringRef start) { return llvm::StringRef(plain_).starts_with(start); });
  }
  bool are(std::initializer_list<llvm::StringRef> names) const { return llvm::is_contained(names, plain_); }

private:
  std::string plain_;
};

} // namespace

bool waits(llvm::StringRef function) {
  return Words(function).startWith({"join", "wait", "run", "poll", "close", "stop", "drain", "syncwait", "block", "shutdown", "finish",
                                    "cleanup", "spin", "loop", "drive", "exec", "flush", "whenempty"});
}

bool mayWait(llvm::StringRef function) {
  return waits(function) || drives(function) ||
         Words(function).have({"run", "wait", "join", "get", "drain", "exec", "acquire", "sleep", "stop", "flush", "sync", "pump", "tick",
                               "advance", "step"});
}

bool obtains(llvm::StringRef function) {
  return Words(function).startWith({"get", "await", "acquire", "arriveandwait", "recv", "receive", "result"});
}

bool drives(llvm::StringRef function) {
  const llvm::StringRef head = function.split('_').first;
  return llvm::is_contained({"run", "poll", "spin", "drive", "loop", "exec", "turn", "process"}, head);
}

bool isAsynchronous(llvm::StringRef function) {
  return function.size() > 5 && function.starts_with("async") && (function[5] == '_' || llvm::isUpper(function[5]));
}

bool postpones(llvm::StringRef function) {
  return Words(function).have({"post", "dispatch", "defer", "schedule", "enqueue", "async", "later", "spawn", "queuein", "inloop", "inthread", "oneventloop",
                               "ineventbase"});
}

bool spawns(llvm::StringRef function) {
  const Words words(function);
  return words.have({"spawn", "detach"}) || words.startWith({"launch", "start", "post", "submit", "fire", "schedule", "enqueue",
                                                             "runinbackground", "forget", "fork", "go", "adopt"});
}

bool keeps(llvm::StringRef function) { return Words(function).startWith({"push", "emplace", "insert", "assign", "append", "add"}); }

bool handlesErrors(llvm::StringRef function) {
  const Words words(function);
  return words.startWith({"handleexception", "thenerror", "thentry", "onerror", "uponerror", "catch"}) ||
         words.are({"thenwrapped", "orterminate"});
}

bool races(llvm::StringRef function) {
  return Words(function).have({"race", "timeout", "whenany", "waitany", "collectany", "select", "exclusivejoin"});
}

bool pauses(llvm::StringRef function) {
  const Words words(function);
  return words.have({"sleep", "pause", "delay", "yield", "after"}) || words.are({"rest", "restfor", "nap", "idle", "idlefor"});
}

bool yields(llvm::StringRef function) { return Words(function).have({"yield", "preempt", "budget"}); }

bool returnsToLoop(llvm::StringRef function) {
  const Words words(function);
  return words.startWith({"leave", "exit", "back", "returnto"}) ||
         words.have({"toloop", "onloop", "toreactor", "onreactor", "foreground", "mainthread", "uithread"});
}

bool leavesLoop(llvm::StringRef function) {
  return Words(function).have({"background", "offload", "tothread", "onthread", "newthread", "toworker", "onworker", "threadpool", "topool",
                               "onpool"});
}

bool tries(llvm::StringRef function) { return Words(function).have({"try", "poll"}); }

bool registers(llvm::StringRef function) { return Words(function).startWith({"connect", "on", "single", "subscribe", "register"}); }

bool cleansUp(llvm::StringRef function) {
  const Words words(function);
  if (words.have({"abortable", "cancellable", "cancelable", "stoppable"})) // `sleep_abortable`
    return false;
  return words.have({"close", "shutdown", "stop", "clean", "disconnect", "join", "flush", "cancel", "release", "rollback", "drain", "abort"});
}

bool makesNew(llvm::StringRef function) { return Words(function).have({"new", "create", "make", "open"}); }

bool logs(llvm::StringRef function) { return Words(function).have({"log", "print", "trace", "warn", "report"}); }

bool isLogger(llvm::StringRef callback) {
  const Words words(callback);
  return words.are({"log", "mlog", "onlog", "dolog", "trace", "mtrace"}) ||
         words.have({"logger", "logging", "logfn", "logfunc", "logcallback", "logcb", "loghandler", "logsink", "logmessage"});
}

bool rethrows(llvm::StringRef function) {
  return Words(function).have({"currentexception", "rethrow"}) || function.contains_insensitive("throw_");
}

bool discards(llvm::StringRef function) { return Words(function).have({"discard", "ignore"}); }

bool locks(llvm::StringRef function) {
  const Words words(function);
  return words.have({"lock", "acquire", "enter"}) && !words.have({"try", "unlock", "block", "until"}) && !function.ends_with("_for");
}

bool unlocks(llvm::StringRef function) { return Words(function).have({"unlock", "release", "leave"}); }

bool isAboutTheEnd(llvm::StringRef name) { return Words(name).have({"stop", "cancel", "abort", "interrupt"}); }

bool isAboutLife(llvm::StringRef name) {
  return isAboutTheEnd(name) || Words(name).have({"shutdown", "shutting", "closed", "closing", "quit", "exit", "terminat", "running",
                                                  "isopen", "alive"});
}

bool isAboutTime(llvm::StringRef name) { return Words(name).have({"deadline", "timeout", "expir"}); }

bool isAboutTheOutside(llvm::StringRef name) {
  return tries(name) || Words(name).have({"exist", "expired", "elapsed", "timeout", "timed", "now", "next"});
}

bool isAboutHolding(llvm::StringRef name) {
  return Words(name).have({"lock", "acquire", "units", "permit", "guard", "hold", "held", "enter"});
}

bool isLoop(llvm::StringRef type) {
  return Words(type).have({"loop", "reactor", "iocontext", "ioservice", "scheduler", "eventbase", "proactor"});
}

bool isPool(llvm::StringRef type) {
  const Words words(type);
  return words.have({"threadpool", "workerpool", "cpupool", "blockingpool", "threadexecutor", "blockingexecutor", "cpuexecutor",
                     "backgroundexecutor", "threadscheduler"}) ||
         words.are({"workers", "threads", "worker"});
}

bool isAboutThreads(llvm::StringRef name) { return Words(name).have({"thread", "worker"}); }

bool runsWork(llvm::StringRef type) { return Words(type).have({"executor", "scheduler", "reactor", "iocontext", "threadpool", "eventloop", "ioservice"}); }

bool isMutex(llvm::StringRef type) { return Words(type).have({"mutex", "spinlock"}); }

bool isGate(llvm::StringRef type) { return Words(type).have({"gate"}); }

} // namespace coroguard::says
