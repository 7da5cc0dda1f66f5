// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Views into the engine for people who debug it or write a rule on it: `coroguard check --dump=KIND`.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace llvm {
class raw_ostream;
}

namespace coroguard {

class Body;
class Unit;

/// One analysis and its printer. Each analysis prints itself; this table only names them.
struct AnalysisDump {
  llvm::StringLiteral kind;    ///< as on the command line
  llvm::StringLiteral summary;
  enum class Heading : uint8_t { Line, Comment, None };
  Heading heading; ///< how the name of each body is written above what is said of it
  void (*print)(Unit &unit, const Body &body, llvm::raw_ostream &out);
};

llvm::ArrayRef<AnalysisDump> analysisDumps();
/// Null if there is none of that kind.
const AnalysisDump *findAnalysisDump(llvm::StringRef kind);

/// What it has to say about the bodies of the main file, in source order; with `function` about those of all files whose
/// qualified name it is or ends (after `::`), lambdas in it included.
std::string dumpAnalysis(const AnalysisDump &dump, Unit &unit, llvm::StringRef function);

} // namespace coroguard
