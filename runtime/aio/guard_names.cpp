// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells the guard, if it is in the process, the names of loops and of the task that runs when it has something to report.
#include "coroguard/detail/core.hpp"
#include "coroguard/guard.h"

#include <algorithm>
#include <cstring>

namespace coroguard::detail {

void tell_guard(const char *loop_name) noexcept {
  if (coroguard_loop_name)
    coroguard_loop_name(loop_name);
  if (coroguard_label_source)
    coroguard_label_source([](char *into, uint64_t size) {
      task_core *task = this_thread.task;
      if (!task)
        return;
      const std::string &name = task->name();
      std::size_t length = std::min<std::size_t>(name.size(), size - 1);
      std::memcpy(into, name.data(), length);
      into[length] = 0;
    });
}

} // namespace coroguard::detail
