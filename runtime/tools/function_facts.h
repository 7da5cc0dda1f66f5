// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the catalogue says about an intercepted function, and names of kernel calls.
#pragma once

#include <string>
#include <string_view>

namespace coroguard::run {

struct function_facts {
  const char *symbol;
  std::string name; ///< as the user wrote it: `read` for `__read_chk`, `stat` for `__xstat`
  const char *category = "", *reason = "", *instead = "";
  const char *row = ""; ///< whose texts these are: a twin has those of its original
};

/// By its symbol; null if the guard does not know it.
const function_facts *find_function(std::string_view symbol);
/// What to do instead in code of that library (its id in the catalogue); for any code if the catalogue says nothing of it.
const char *cure_in(const function_facts &facts, std::string_view library);

/// By the index in the record; null if the record names none.
const function_facts *find_function(unsigned index);
std::string system_call_name(long number);

} // namespace coroguard::run
