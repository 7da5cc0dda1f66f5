// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <store.hpp>

Task session() {
  save(ANSWER);
  co_await twice(1);
}
