// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The generated parts of hand-written pages: what stands between `<!-- gen:NAME -->` and `<!-- /gen -->`.
#pragma once

#include "rules/catalog/Format.h"
#include "rules/rulegen/Catalogue.h"

namespace coroguard::rulegen {

/// The names a marker can have, for suggestions.
std::vector<StringRef> docBlockNames();

/// The text of a block in the page `file` (path from the project root, with `/`): links are relative to it, and
/// `gen:rule` is about the rule whose folder it is in. Empty when there is no such block or no such rule.
std::string docBlock(StringRef name, StringRef file, const Catalogue &catalogue);

/// From the page `file` to `target`, both from the project root.
std::string relativePath(StringRef file, StringRef target);

} // namespace coroguard::rulegen
