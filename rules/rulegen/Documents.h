// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Brings the generated parts of the source tree up to date, or says which are not.
#pragma once

#include "rules/rulegen/Catalogue.h"
#include "rules/rulegen/Output.h"

namespace coroguard::rulegen {

/// Path from the root → the content it should have: pages with markers, docs/reference, rules/schema. The error says
/// every broken or unknown marker.
llvm::Expected<Outputs> freshDocuments(StringRef root, const Catalogue &catalogue);

/// What differs from `root`, one line each: "README.md:12: the block 'rules' is not up to date". Also files of
/// docs/reference that nothing generates any more.
std::vector<std::string> staleDocuments(StringRef root, const Outputs &fresh);

} // namespace coroguard::rulegen
