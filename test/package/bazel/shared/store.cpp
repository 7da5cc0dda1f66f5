// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "shared/store.hpp"

Task save(int) { co_return; }
