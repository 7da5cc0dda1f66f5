// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include "limits.hpp"
#include "task.hpp"

Task save(int key);
inline Task twice(int key) {
  save(key);
  co_await save(key + limit);
}
