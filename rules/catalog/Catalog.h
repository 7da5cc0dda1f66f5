// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The catalogue's vocabulary: what is known about rules, library types and library functions. Plain data, no Clang,
// filled at build time by rulegen from rules/ and at run time from the user's model files.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace coroguard::catalog {

using llvm::ArrayRef;
using llvm::StringRef;

enum class Severity : uint8_t { Note, Warning, Error };
enum class Precision : uint8_t { VeryHigh, High, Medium, Low };
/// `Default` rules are right at least 19 times in 20 on real code; `Strict` ones are opt-in.
enum class Profile : uint8_t { Default, Strict };
/// What `--fix` may do: `Safe` edits keep the meaning of correct code, `Unsafe` ones need a reader.
enum class FixKind : uint8_t { None, Safe, Unsafe };
enum class RuleStatus : uint8_t { Preview, Stable, Deprecated };

struct OptionInfo {
  StringRef name;         ///< as in `.clang-tidy`: `async-blocking-call.<name>`
  StringRef type;         ///< bool | int | string | list | enum
  StringRef defaultValue; ///< as text; lists are joined with `;`
  StringRef doc;
  ArrayRef<StringRef> choices; ///< of `enum`, and the allowed items of a closed `list`; else empty
};

struct MessageInfo {
  StringRef name;
  StringRef text; ///< with {placeholders}
};

struct Reference {
  StringRef title;
  StringRef url;
};

/// One rule: everything of `rules/<name>/rule.yaml`, and its page.
struct RuleInfo {
  StringRef id;   ///< `async-` + name
  StringRef name; ///< the folder's name
  StringRef summary;
  StringRef help;     ///< the cure, as an imperative sentence
  StringRef category; ///< mistakes | lifetime | protocol
  Severity severity;
  Precision precision;
  Profile profile;
  FixKind fix;
  RuleStatus status;
  StringRef since;
  StringRef runtimeDetector; ///< its twin in the runtime, or empty
  bool runtimeOnly;          ///< only running shows it: no check looks for it
  ArrayRef<OptionInfo> options;
  ArrayRef<MessageInfo> messages;
  ArrayRef<Reference> references;
  ArrayRef<StringRef> related;
  ArrayRef<StringRef> yieldsTo; ///< names of rules: where they speak, this one is silent
  ArrayRef<StringRef> tags;
  StringRef page; ///< `rules/<name>/README.md`, whole
};

// --- facts about library types -----------------------------------------------------------------------------------

enum class Start : uint8_t { Unknown, Lazy, Eager };
/// What happens to the work when its task object is destroyed unconsumed.
enum class Drop : uint8_t { Unknown, NeverStarts, Detaches, Cancels, Joins };

enum class TypeRole : uint8_t {
  Task,          ///< represents async work, must be consumed
  Detached,      ///< return type of fire-and-forget coroutines: dropping is its documented use
  Generator,     ///< synchronous generator: iterating it with a plain loop is right
  AsyncSequence, ///< iterated by awaiting
  Handle,        ///< handle of started work (join handle, task handle)
  Future,        ///< blocking future: `.get()`/`.wait()` stop the thread
  Loop,          ///< event loop or execution context: somebody must run it
  ThreadPool,    ///< its threads are not loop threads: work handed to it may block
  Thread,        ///< a thread object
  AsyncMutex,    ///< locking it awaits; may be held across suspension
  Mutex,         ///< blocking mutex
  LockGuard,     ///< RAII holder of a blocking mutex
  Cancellation,  ///< exception type (or base) that carries cancellation
  StopToken,     ///< cancellation token or slot that should be forwarded
  Context,       ///< long-lived context: references to it may be kept by coroutines
};

struct TypeModel {
  StringRef name; ///< qualified, without template arguments and inline namespaces
  StringRef library;
  TypeRole role;
  Start start = Start::Unknown;
  Drop drop = Drop::Unknown;
  bool singleShot = true;
  bool threadHop = false;       ///< awaiting it may resume on another thread
  bool readyConversion = false; ///< its conversion to bool is documented as "ready" or "valid"
  StringRef reason;
  StringRef source; ///< address of the documentation this row comes from
};

// --- facts about library functions -------------------------------------------------------------------------------

enum class FunctionRole : uint8_t {
  Runner,     ///< drives a task (or loop) from synchronous code and blocks
  Spawner,    ///< starts a task; nobody needs to await the result
  Sink,       ///< takes the task over: stores, joins or awaits it
  Combinator, ///< takes tasks, returns one that must itself be consumed (gather, when_all)
  Sleep,      ///< awaitable sleep; the cure for blocking sleeps
  Yield,      ///< awaitable that lets others run
  Offload,    ///< its awaitable, or the callable given to it, runs off the loop
  ResumeOn,   ///< awaiting it brings the coroutine (back) to a loop
  Callback,   ///< the callable given to it runs on the loop
  Inline,     ///< the callable given to it runs at once, in the caller's context
  Thread,     ///< the callable given to it runs on a thread of its own
  Keeps,      ///< keeps its functor or argument alive until the task is done (co_invoke, co_spawn)
  Detach,     ///< explicit release: dropping is meant
  Ready,      ///< awaiting its result never suspends
  Generate,   ///< makes or adapts an async sequence
  Iterate,    ///< correct await-loop over an async sequence, or blocking adaptor if `blocks`
  Move,       ///< passes its argument through (std::move, std::forward, …)
  Resumes,    ///< runs whoever waits for it, before it returns (event.set(), set_value(receiver))
};

struct FunctionModel {
  StringRef name; ///< qualified; a method as `type::method`
  StringRef library;
  FunctionRole role;
  int8_t argument = -1;       ///< the task's or callable's 0-based position; -1: any
  bool keepsCallable = false; ///< the callable given lives until its task is done
  bool lendsCallable = false; ///< the callable given runs where the caller has it: it must live until its task is done
  bool dropsCallable = false; ///< the callable given is gone once it has returned, though its task goes on
  int8_t borrows = -1;        ///< 0-based position of an argument that the task refers to until it is done; -1: none
  bool blocks = false;        ///< blocks the calling thread
  bool returnsTask = false;   ///< result is a task even if its type cannot be seen to be one
  bool startsHere = false;    ///< given the caller's own executor, it has run the task to its first suspension when it returns
  StringRef reason;
  StringRef source;
};

// --- blocking calls ----------------------------------------------------------------------------------------------

/// One testable fact about the arguments of a call. The checker evaluates it on constants, the guard on values.
enum class Predicate : uint8_t {
  FdBlocking,  ///< fd_blocking(i): descriptor in blocking mode (socket, pipe, tty, …), not a regular file
  RegularFile, ///< regular_file(i): descriptor of a file on disk (O_NONBLOCK has no effect)
  Flag,        ///< flag(i, NAME): bit NAME is set in argument i
  Value,       ///< value(i, NAME, …): argument i equals one of the constants
  Zero,        ///< zero(i): integer, duration or pointed-to timespec/timeval is 0
  Null,        ///< null(i): null pointer
  Timeout,     ///< timeout(i): relative timeout that is not 0 (integer, timespec*, timeval*, duration; NULL = forever)
  Deadline,    ///< deadline(i): absolute time that may lie in the future
  Contended,   ///< contended: somebody else holds the lock (the try form would fail)
  NotReady,    ///< not_ready: what is waited for has not happened yet
  IdleSite,    ///< idle_site: this call is the loop's own wait
  StreamOnDevice, ///< stream_on_device(i): FILE* is backed by a descriptor (not fmemopen and the like)
  StandardStream, ///< standard_stream(i): stdin, stdout or stderr
  HandleBlocking, ///< handle_blocking(i): connection object in its blocking mode
  Larger,         ///< larger(i, N): size argument above N bytes
  OnLoop,         ///< on_loop: the synchronous form, called on a loop thread (always true in an async context)
};

struct Atom {
  Predicate predicate;
  bool negated = false;
  int8_t argument = -1;           ///< 0-based; for methods 0 is the first argument after the object
  ArrayRef<StringRef> operands{}; ///< names or numbers as written
};

/// `Never` is for user models: it takes away what the built-in catalogue says of that function; an index holds no such
/// row.
enum class Blocks : uint8_t { Always, When, Never };
/// What the checker concludes when a condition's value cannot be read from the code.
enum class WhenUnknown : uint8_t { Report, Strict, Silent };

/// Cure in the words of one library: `library` is the pack's file stem.
struct Cure {
  StringRef library;
  StringRef text;
};

struct BlockingModel {
  StringRef name;      ///< qualified name; C functions have no qualifier
  StringRef signature; ///< C prototype, parsed by the interposer generator
  StringRef header;
  StringRef library; ///< model file stem
  Blocks blocks = Blocks::Always;
  ArrayRef<Atom> when; ///< all must hold
  StringRef whenText;  ///< the condition as written, for people
  WhenUnknown unknown = WhenUnknown::Report;
  StringRef category; ///< sleep, wait, process, dns, ipc, lib-db, lib-net, disk, fs-meta, io, socket, lock, stdio, …
  ArrayRef<Cure> instead; ///< library "" = any
  StringRef reason;
  StringRef source;
  bool intercept = false;
};

/// Category of blocking calls (rules/models/categories.yaml).
struct CategoryInfo {
  StringRef name;
  StringRef doc;
  Profile profile; ///< reported by default, or only in strict
  Severity severity;
};

/// One library the product knows by name. A pack only *adds* names to what inference finds.
struct LibraryInfo {
  StringRef id;   ///< file stem, e.g. `boost-asio`
  StringRef name; ///< for people, e.g. `Boost.Asio`
  StringRef documentation;
  ArrayRef<StringRef> namespaces; ///< what belongs to it, e.g. `boost::asio`, `asio`
  /// Imperative cures by purpose: await, run, spawn, sleep, offload, iterate, gather, yield, mutex, cancel, detach.
  /// `library` of each entry is the purpose. Placeholders {task} and {duration} stand for the user's expression.
  ArrayRef<Cure> cures;
};

/// One catalogue layer: the built-in one (generated tables) or one user model file.
struct Models {
  ArrayRef<LibraryInfo> libraries;
  ArrayRef<CategoryInfo> categories;
  ArrayRef<TypeModel> types;
  ArrayRef<FunctionModel> functions;
  ArrayRef<BlockingModel> blocking;
};

/// The generated tables.
ArrayRef<RuleInfo> builtinRules();
const Models &builtinModels();
/// By id (`async-blocking-call`) or name (`blocking-call`); null when there is none.
const RuleInfo *findRule(StringRef idOrName);

} // namespace coroguard::catalog
