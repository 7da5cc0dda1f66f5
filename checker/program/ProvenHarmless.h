// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that provably do not block: everything they call is seen, and none of it blocks.
#pragma once

#include "checker/semantics/Unit.h"

namespace coroguard {

/// False unless the unit shows the body, and the bodies of all it calls outside the standard library.
bool isProvenHarmless(const clang::FunctionDecl *function, Unit &unit);

} // namespace coroguard
