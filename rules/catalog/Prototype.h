// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function prototype as written in a blocking row, taken apart: return type, name, parameters.
#pragma once

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace coroguard::catalog {

struct Parameter {
  std::string declaration; ///< as written, with its name: "const char *const argv[]"
  std::string type;        ///< without the name, arrays as pointers: "const char *const *"
  std::string name;        ///< "argv"; "argN" when the prototype names none
};

struct Prototype {
  std::string returnType;
  std::string name; ///< last component of the qualified name
  std::vector<Parameter> parameters;
  bool variadic = false;
};

/// Takes `signature` apart. Understands C declarators (pointers to functions, arrays, qualifiers) and passes over C++
/// template arguments and default values. `function` is the row's name: the declarator must end in its last component.
/// The error is one lower-case sentence without a place.
llvm::Expected<Prototype> parsePrototype(llvm::StringRef signature, llvm::StringRef function);

} // namespace coroguard::catalog
