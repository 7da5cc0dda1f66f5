// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The records the scheduler works on: ready nodes, futures, tasks, what a suspended task waits for, and the part every
// coroutine frame of ours starts with. No public API here.
//
// Terms. A *ready node* is anything the loop will run. A *future core* is a result that will come, with callbacks. A *task
// core* is a future core that drives a coroutine: it *steps* (resumes the innermost suspended coroutine) whenever its ready
// node is run. A *waiter* is the part of a suspended awaiter that can be cancelled and described. As in asyncio, completion
// never resumes anybody directly: it makes the awaiting task ready.
#pragma once

#include "coroguard/detail/frame_pool.hpp"
#include "coroguard/detail/lists.hpp"
#include "coroguard/errors.hpp"

#include <atomic>
#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

// GCC before 15 makes tail calls of symmetric transfer only when optimising (and not under sanitizers): there the next
// coroutine goes through a variable that the resumer's loop reads (a trampoline), at every -O level alike. Resumers look at it whoever
// compiled them: the library may be Clang's and the program GCC's, or the other way round.
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 15)
#define COROGUARD_SYMMETRIC_TRANSFER 1
#else
#define COROGUARD_SYMMETRIC_TRANSFER 0
#endif
#if defined(__clang__) && __has_cpp_attribute(clang::coro_await_elidable)
#define COROGUARD_ELIDABLE [[clang::coro_await_elidable]]
#else
#define COROGUARD_ELIDABLE
#endif

namespace coroguard {
class event_loop;
}

namespace coroguard::detail {

struct task_core;
struct future_core;
struct promise_base;
struct context_map;

// --- per-thread state --------------------------------------------------------------------------------------------

struct thread_state {
  task_core *task = nullptr;  ///< the task being stepped
  event_loop *loop = nullptr; ///< the loop running on this thread
  void *next = nullptr;       ///< trampoline: coroutine to run next (set by code of GCC)
  context_map *context = nullptr; ///< context outside of tasks
  bool debug = false;         ///< the running loop is in debug mode
  const std::string *cancel_message = nullptr; ///< of the cancellation being passed on to what a task awaits
  task_core *stepped = nullptr; ///< debug: the task stepped by the node being run (holds a reference)
};
inline constinit thread_local thread_state this_thread{};

[[gnu::always_inline]] inline std::coroutine_handle<> transfer(std::coroutine_handle<> h) noexcept {
#if COROGUARD_SYMMETRIC_TRANSFER
  return h;
#else
  this_thread.next = h.address();
  return std::noop_coroutine();
#endif
}

/// Resumes what `this_thread.next` says, as long as it says something.
void resume_next();
/// Resumes `h` and everything it transfers to.
[[gnu::always_inline]] inline void resume_chain(std::coroutine_handle<> h) {
  h.resume();
  if (this_thread.next) [[unlikely]]
    resume_next();
}

// --- what the loop runs ------------------------------------------------------------------------------------------

/// `run == nullptr` means: a task, step it.
struct ready_node {
  ready_node *next_ready = nullptr;
  void (*run)(ready_node *) = nullptr;
};

/// A ready node that becomes ready at `when` (nanoseconds of the loop's clock).
struct timer_node : ready_node {
  std::int64_t when = 0;
  static constexpr std::uint32_t idle = 0xffffffff, fired = 0xfffffffe;
  std::uint32_t position = idle;    ///< slot in the heap, or idle, or fired (in the ready queue)
  bool in_heap() const noexcept { return position < fired; }
};

// --- futures -----------------------------------------------------------------------------------------------------

enum class outcome : std::uint8_t { pending, value, error, cancelled };

struct future_operations {
  void (*destroy)(future_core *) noexcept;
  /// Asks for cancellation; false if already done.
  bool (*cancel)(future_core *);
  const char *kind; ///< "task", "future", "gather", …
};

struct future_core : pooled {
  const future_operations *operations;
  event_loop *loop;
  std::uint32_t references;
  outcome state = outcome::pending;
  bool retrieved : 1 = false; ///< somebody saw the error
  bool is_task : 1;
  bool quiet : 1;                    ///< a task of the library: its owner reports failures
  std::uint8_t unused : 5 = 0;       ///< a whole byte is written without reading it
  std::uint16_t cancel_requests = 0; ///< of a task; counted as far as that
  done_list callbacks;
  std::exception_ptr error;

  future_core(const future_operations *ops, event_loop *l) noexcept : future_core(ops, l, 1, false, false) {}
  future_core(const future_operations *ops, event_loop *l, std::uint32_t holders, bool task, bool internal) noexcept
      : operations(ops), loop(l), references(holders), is_task(task), quiet(internal) {}
  bool done() const noexcept { return state != outcome::pending; }
  void retain() noexcept { ++references; }
  void release() noexcept {
    if (--references == 0)
      operations->destroy(this);
  }
  bool cancel() { return done() ? false : operations->cancel(this); }
  /// Sets the final state and makes whoever waits ready, in the order of registration.
  void finish(outcome how) noexcept {
    state = how;
    if (callbacks.only_tally())
      count(callbacks.take_only_tally());
    else if (!callbacks.empty())
      tell_all();
  }
  void count(tally &t) noexcept {
    if (state == outcome::value && t.pending > 1) [[likely]]
      --t.pending;
    else
      t.on_end(&t, this);
  }
  void tell_all() noexcept;
  void fail(std::exception_ptr e) noexcept;
  /// Throws the error or cancelled_error; returns if there is a value. Pending: invalid_state_error.
  void rethrow_if_failed();
  /// Reports an error nobody retrieved. Called when the last reference goes.
  void report_unretrieved() noexcept;
};

/// Counted pointer to a future core (or a class derived from it). One thread, as everything of a loop.
template <class Core> class core_ref {
public:
  core_ref() noexcept = default;
  /// Takes over one reference.
  static core_ref adopt(Core *core) noexcept {
    core_ref r;
    r.core_ = core;
    return r;
  }
  static core_ref share(Core *core) noexcept {
    if (core)
      core->retain();
    return adopt(core);
  }
  core_ref(const core_ref &other) noexcept : core_(other.core_) {
    if (core_)
      core_->retain();
  }
  core_ref(core_ref &&other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  core_ref &operator=(core_ref other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~core_ref() {
    if (core_)
      core_->release();
  }
  Core *get() const noexcept { return core_; }
  Core *detach() noexcept { return std::exchange(core_, nullptr); }
  Core *operator->() const noexcept { return core_; }
  Core &operator*() const noexcept { return *core_; }
  explicit operator bool() const noexcept { return core_ != nullptr; }

private:
  Core *core_ = nullptr;
};

// --- waiters -----------------------------------------------------------------------------------------------------

struct waiter;

struct wait_operations {
  const char *what; ///< "sleep", "mutex", "queue.get", … for reports
  /// Called by cancel() of the suspended task. True: it gave up (task_core::give_up) or passed the request on to a future, which will
  /// wake the task with a cancellation; false: the wake-up is already under way, or has to be waited for.
  bool (*cancel)(waiter *);
  /// The future waited for, or null.
  future_core *(*target)(const waiter *);
  /// The task that holds what is waited for (owner of a mutex), or null.
  task_core *(*owner)(const waiter *);
  /// True if only something outside of the loop's tasks can end this wait (timer, descriptor, executor).
  bool external;
};

struct waiter {
  const wait_operations *operations = nullptr;
};

/// Marks awaiters that know tasks: they suspend the current task and honour its cancellation. Awaiters must be movable
/// before suspension: GCC 12 moves the operand of co_await into the frame.
struct native_awaiter {};

// --- coroutine frames --------------------------------------------------------------------------------------------

/// First part of every promise of ours. `made` names the coroutine, `at` is the last `co_await` it reached.
struct promise_base {
  std::coroutine_handle<> continuation;
  union {
    promise_base *caller;  ///< once started: the awaiting coroutine if it is one of ours
    const void *called_at; ///< before: where the coroutine was called (an address in its caller, or further out if that was inlined)
  };
  std::source_location made, at;

  /// Inlined into the coroutine's ramp, so that the return address is the call's.
  [[gnu::always_inline]] explicit promise_base(std::source_location where) noexcept
      : called_at(__builtin_return_address(0)), made(where), at(where) {}
  promise_base(const promise_base &) = delete;
  promise_base &operator=(const promise_base &) = delete;
};

/// Debug mode: adds the frame `promise` to the async stack of the exception in flight.
void note_exception_passed(const promise_base *promise) noexcept;
/// Debug mode and always-on checks of frames (size); no-op otherwise.
void note_frame(std::size_t bytes) noexcept;
void report_never_awaited(const promise_base *promise) noexcept;

// --- tasks -------------------------------------------------------------------------------------------------------

/// Stands for a coroutine frame. Both compilers lay frames out as {resume, destroy, …}.
struct completion_frame {
  void (*resume)(void *);
  void (*destroy)(void *);
};

/// What a task inherits, and what few tasks need.
struct task_annex {
  context_map *context = nullptr;
};
struct task_extras; ///< an annex with name, messages and what debug mode remembers

/// A future core whose coroutine is stepped. 112 bytes: spawning many tasks costs what the memory costs.
struct task_core : future_core, ready_node {
  std::coroutine_handle<> resume_point; ///< innermost suspended coroutine
  std::coroutine_handle<> root;         ///< outermost one; null once completed
  waiter *waiting = nullptr;            ///< null while running or ready by itself (yield)
  list_node in_all;                     ///< the loop's list of live tasks
  std::uintptr_t annex = 0;             ///< its context, or its extras, marked by bit 0
  std::uint32_t id_low = 0;
  std::uint16_t id_high = 0;
  std::uint8_t promise_at; ///< bytes from resume_point to its promise if that is ours, else 0
  /// The next step throws: on request, which uncancel() may still take back, or certainly, since its wait has given up.
  static constexpr std::uint8_t requested = 1, certain = 2;
  std::uint8_t must_cancel : 2 = 0;
  bool scheduled : 1 = true, fresh : 1 = true; ///< in the ready queue; never stepped
  std::uint8_t unused : 4 = 0;                 ///< a whole byte is written without reading it

  /// References: the handle's and the loop's.
  task_core(const future_operations *ops, event_loop *l, std::coroutine_handle<> h, std::uint8_t promise_offset, bool internal) noexcept
      : future_core(ops, l, 2, true, internal), resume_point(h), root(h), promise_at(promise_offset) {}

  task_extras *extras() const noexcept { return annex & 1 ? reinterpret_cast<task_extras *>(annex - 1) : nullptr; }
  task_extras &need_extras();
  context_map *context() const noexcept {
    return annex & 1 ? reinterpret_cast<task_annex *>(annex - 1)->context : reinterpret_cast<context_map *>(annex);
  }
  void set_context(context_map *map) noexcept {
    if (annex & 1)
      reinterpret_cast<task_annex *>(annex - 1)->context = map;
    else
      annex = reinterpret_cast<std::uintptr_t>(map);
  }

  std::uint64_t id() const noexcept { return std::uint64_t(id_high) << 32 | id_low; }
  static task_core *from_list(list_node *node) noexcept {
    return reinterpret_cast<task_core *>(reinterpret_cast<char *>(node) - offset_of_list());
  }
  static std::size_t offset_of_list() noexcept {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
    return __builtin_offsetof(task_core, in_all);
#pragma GCC diagnostic pop
  }

  template <class Promise> void suspend(std::coroutine_handle<Promise> h, waiter *w) noexcept {
    set_resume_point(h);
    waiting = w;
  }
  template <class Promise> void set_resume_point(std::coroutine_handle<Promise> h) noexcept {
    resume_point = h;
    promise_at = offset_of_promise(h);
  }
  template <class Promise> static std::uint8_t offset_of_promise(std::coroutine_handle<Promise> h) noexcept {
    if constexpr (std::is_base_of_v<promise_base, Promise>) { // a constant of the compiler's frame layout
      auto offset = reinterpret_cast<char *>(static_cast<promise_base *>(&h.promise())) - static_cast<char *>(h.address());
      if (offset < 256)
        return std::uint8_t(offset);
    }
    return 0;
  }
  /// The promise of resume_point, if it is ours.
  promise_base *leaf() const noexcept {
    return promise_at ? reinterpret_cast<promise_base *>(static_cast<char *>(resume_point.address()) + promise_at) : nullptr;
  }
  /// Makes the task ready (once).
  inline void wake() noexcept;
  /// Resumes the task now. Called by the loop, and by ready nodes of tasks with a condition to check first.
  void step() {
    scheduled = fresh = false;
    waiting = nullptr;
    this_thread.task = this;
    if (this_thread.debug) [[unlikely]]
      note_step();
    resume_chain(resume_point);
    if (this_thread.task == this && must_cancel) [[unlikely]] // else it may be gone: its end clears the pointer
      cancel_wait();                                          // it cancelled itself, then suspended
    this_thread.task = nullptr;
  }
  /// The end of a step that finished the coroutine; the result is in place.
  void ended(outcome how) noexcept {
    this_thread.task = nullptr;
    in_all.unlink();
    finish(how);
    release();
  }
  /// Asks what the task waits for to give up, and sees to it that the cancellation comes.
  void cancel_wait();
  /// For waits: gives up. The step will throw.
  inline bool give_up() noexcept;
  /// Debug mode: whose step a report about this node will name.
  void note_step() noexcept {
    retain();
    if (auto *before = std::exchange(this_thread.stepped, this)) [[unlikely]]
      before->release();
  }
  /// Throws if a cancellation is due. Awaiters that suspended call it when resumed.
  void check_cancelled() {
    if (must_cancel) [[unlikely]]
      throw_cancelled();
  }
  [[noreturn]] void throw_cancelled();
  /// A cancellation came out of what the task awaited: it counts as delivered.
  void forget_cancel_message() noexcept;
  bool request_cancel(std::string message = {});
  std::uint32_t uncancel() noexcept;
  const std::string &name();
  void set_name(std::string name);
};

[[noreturn]] void throw_not_in_task();
/// The task being stepped on this thread; throws invalid_state_error if there is none.
inline task_core *current_task_core() {
  task_core *task = this_thread.task;
  if (!task) [[unlikely]]
    throw_not_in_task();
  return task;
}

} // namespace coroguard::detail
