// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// context_var<T>: a value local to a task, inherited by the tasks and callbacks it starts (Python's contextvars). A new task
// gets a copy of its creator's context: changes inside do not leak out.
//
//   coroguard::context_var<std::string> request_id("request_id", "none");
//   coroguard::task<> handle() { request_id.set("r-17"); co_await log("hello"); } // log() reads request_id.get()
#pragma once

#include "coroguard/detail/core.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace coroguard {

namespace detail {

/// Immutable once shared; copied on write.
struct context_map {
  std::atomic<std::uint32_t> references{1};
  std::vector<std::pair<const void *, std::shared_ptr<const void>>> values;
};
void context_retain(context_map *map) noexcept;
void context_release(context_map *map) noexcept;
std::shared_ptr<const void> context_get(const void *key) noexcept;
void context_set(const void *key, std::shared_ptr<const void> value); ///< null removes

/// Makes `map` the current context while it lives.
class context_scope {
public:
  explicit context_scope(context_map *map) noexcept;
  ~context_scope();
  context_scope(const context_scope &) = delete;

private:
  task_core *task_;
  context_map *saved_;
};

} // namespace detail

/// A variable; usually a namespace-scope object. Must outlive the tasks that use it. get/set act on the current context:
/// the running task's, else the thread's.
template <class T> class context_var {
public:
  explicit context_var(std::string name) : name_(std::move(name)) {}
  context_var(std::string name, T fallback) : name_(std::move(name)), fallback_(std::move(fallback)) {}
  context_var(const context_var &) = delete;
  context_var &operator=(const context_var &) = delete;

  /// What set() returned; gives the former value back with reset().
  class token {
    friend context_var;
    std::shared_ptr<const void> former;
  };
  /// The value here. Errors: std::out_of_range if there is none and no default.
  T get() const {
    if (auto value = detail::context_get(this))
      return *static_cast<const T *>(value.get());
    if (fallback_)
      return *fallback_;
    throw std::out_of_range("coroguard: context variable '" + name_ + "' has no value here");
  }
  T get(T otherwise) const {
    if (auto value = detail::context_get(this))
      return *static_cast<const T *>(value.get());
    return otherwise;
  }
  token set(T value) {
    token t;
    t.former = detail::context_get(this);
    detail::context_set(this, std::make_shared<const T>(std::move(value)));
    return t;
  }
  void reset(const token &t) { detail::context_set(this, t.former); }
  const std::string &name() const noexcept { return name_; }

private:
  std::string name_;
  std::optional<T> fallback_;
};

} // namespace coroguard
