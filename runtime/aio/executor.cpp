// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The default executor.
#include "coroguard/executor.hpp"

namespace coroguard {
std::shared_ptr<executor> make_default_executor() { return nullptr; }
} // namespace coroguard
