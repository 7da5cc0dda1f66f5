// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contexts: shared immutable maps, replaced on write.
#include "coroguard/context.hpp"
#include "coroguard/event_loop.hpp"

#include <algorithm>

namespace coroguard::detail {
namespace {
void replace_current(context_map *map) noexcept {
  if (this_thread.task)
    this_thread.task->set_context(map);
  else
    this_thread.context = map;
}
} // namespace

void context_retain(context_map *map) noexcept { map->references.fetch_add(1, std::memory_order_relaxed); }
void context_release(context_map *map) noexcept {
  if (map->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete map;
}

std::shared_ptr<const void> context_get(const void *key) noexcept {
  if (context_map *map = current_context())
    for (const auto &[k, value] : map->values)
      if (k == key)
        return value;
  return nullptr;
}

void context_set(const void *key, std::shared_ptr<const void> value) {
  context_map *current = current_context();
  auto next = std::make_unique<context_map>();
  if (current)
    next->values = current->values;
  auto at = std::find_if(next->values.begin(), next->values.end(), [&](const auto &v) { return v.first == key; });
  if (value && at != next->values.end())
    at->second = std::move(value);
  else if (value)
    next->values.emplace_back(key, std::move(value));
  else if (at != next->values.end())
    next->values.erase(at);
  replace_current(next.release());
  if (current)
    context_release(current);
}

context_scope::context_scope(context_map *map) noexcept : task_(std::exchange(this_thread.task, nullptr)), saved_(this_thread.context) {
  this_thread.context = map;
  if (map)
    context_retain(map);
}
context_scope::~context_scope() {
  if (this_thread.context)
    context_release(this_thread.context);
  this_thread.context = saved_;
  this_thread.task = task_;
}

} // namespace coroguard::detail
