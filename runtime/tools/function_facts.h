// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the catalogue says about an intercepted function, and names of kernel calls.
#pragma once

#include <string>

namespace coroguard::run {

struct function_facts {
  const char *symbol;
  std::string name; ///< as the user wrote it: `read` for `__read_chk`, `stat` for `__xstat`
  const char *category = "", *reason = "", *instead = "";
};

/// By the index in the record; null if the record names none.
const function_facts *find_function(unsigned index);
std::string system_call_name(long number);

} // namespace coroguard::run
