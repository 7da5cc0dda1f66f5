// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "shared/store.hpp"

Task calm() {
  co_await save(1);
  co_await save(2);
}
