// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shows the Markdown of rule pages on a terminal: headings, paragraphs, lists, code blocks, `code`, **bold**, links,
// tables as they are. Not a general renderer.
#pragma once

#include "checker/report/Format.h"

namespace coroguard::cli {

void writeMarkdown(llvm::StringRef text, const report::Style &style, llvm::raw_ostream &out);

} // namespace coroguard::cli
