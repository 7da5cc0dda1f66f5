// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The condition language of blocking rows: `fd_blocking(0) and not flag(3, MSG_DONTWAIT)`.
#pragma once

#include "rules/catalog/Catalog.h"
#include "rules/catalog/YamlTree.h"

namespace coroguard::catalog {

/// Parses a condition: atoms joined by ` and `, each optionally `not `, each a predicate with its argument position and
/// operands. Atoms and operands live in `arena`. Problems point into the text; an empty result means there were some.
/// `parameters` is the number of parameters of the function, or -1 when it is not known.
ArrayRef<Atom> parseCondition(const YamlNode &text, int parameters, llvm::BumpPtrAllocator &arena, Problems &problems);

} // namespace coroguard::catalog
