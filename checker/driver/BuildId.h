// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which program is running.
#pragma once

#include <string>

namespace coroguard::driver {

/// Differs between any two builds of this program or of a library that it runs with: their build ids, as the linker
/// wrote them.
const std::string &buildId();

} // namespace coroguard::driver
