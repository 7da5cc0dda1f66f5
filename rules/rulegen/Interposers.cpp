// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the rows of the guard's hooks. The guard gives the macros their meaning; here conditions on argument positions
// become conditions on the prototype's parameters.
#include "rules/rulegen/Emitters.h"

#include "rules/catalog/Names.h"
#include "rules/catalog/Prototype.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::rulegen {

using namespace catalog;

namespace {

constexpr llvm::StringLiteral explanation = R"(//
// COROGUARD_INTERPOSE(function, result, (parameters), (arguments), header)
//   A function to hook; COROGUARD_INTERPOSE_VARIADIC when it ends in `...` (the named parameters are listed).
//   Its rows follow directly.
// COROGUARD_BLOCKING_ROW(function, index, category, condition, when, reason, instead)
//   The call blocks when `condition` holds: an expression over the parameters' names with one function per predicate
//   (flag, not_ready, …), or `true`. A predicate written without a position gets the first parameter, so that overloads
//   can tell a semaphore from a thread. `when` is the condition as people read it, or "".
// COROGUARD_INTERPOSE_END(function)
#ifndef COROGUARD_INTERPOSE
#define COROGUARD_INTERPOSE(function, result, parameters, arguments, header)
#endif
#ifndef COROGUARD_INTERPOSE_VARIADIC
#define COROGUARD_INTERPOSE_VARIADIC(function, result, parameters, arguments, header)
#endif
#ifndef COROGUARD_BLOCKING_ROW
#define COROGUARD_BLOCKING_ROW(function, index, category, condition, when, reason, instead)
#endif
#ifndef COROGUARD_INTERPOSE_END
#define COROGUARD_INTERPOSE_END(function)
#endif

)";

constexpr llvm::StringLiteral cleanup = R"(
#undef COROGUARD_INTERPOSE
#undef COROGUARD_INTERPOSE_VARIADIC
#undef COROGUARD_BLOCKING_ROW
#undef COROGUARD_INTERPOSE_END
)";

/// `not flag(3, MSG_DONTWAIT)` → `!flag(flags, MSG_DONTWAIT)`.
std::string expressionOf(const Atom &atom, const Prototype &prototype) {
  std::vector<std::string> arguments;
  const bool onFirst = atom.argument < 0 && predicateInfo(atom.predicate).argument == TakesArgument::Optional;
  const size_t position = onFirst ? 0 : static_cast<size_t>(atom.argument);
  if (position < prototype.parameters.size()) arguments.push_back(prototype.parameters[position].name);
  for (StringRef operand : atom.operands)
    arguments.push_back(operand.str());
  return (atom.negated ? "!" : "") + nameOf(atom.predicate).str() + "(" + llvm::join(arguments, ", ") + ")";
}

std::string conditionOf(const BlockingModel &row, const Prototype &prototype) {
  std::vector<std::string> atoms;
  for (const Atom &atom : row.when)
    atoms.push_back(expressionOf(atom, prototype));
  return atoms.empty() ? "true" : llvm::join(atoms, " && ");
}

std::string functionRow(const BlockingModel &row, const Prototype &prototype) {
  std::vector<std::string> declarations, names;
  for (const Parameter &parameter : prototype.parameters) {
    declarations.push_back(parameter.declaration);
    names.push_back(parameter.name);
  }
  return (prototype.variadic ? "COROGUARD_INTERPOSE_VARIADIC(" : "COROGUARD_INTERPOSE(") + row.name.str() + ", " +
         prototype.returnType + ", (" + llvm::join(declarations, ", ") + "), (" + llvm::join(names, ", ") + "), <" +
         row.header.str() + ">)\n";
}

} // namespace

void emitInterposers(const Catalogue &catalogue, Outputs &outputs) {
  // By name, in the order of the files: the rows of one function may come from several of them.
  std::map<StringRef, std::vector<const BlockingModel *>> functions;
  for (const BlockingModel &row : catalogue.blocking)
    if (row.intercept) functions[row.name].push_back(&row);
  std::string text = generatedHeader("The functions that the guard hooks.") + explanation.str();
  for (const auto &[name, rows] : functions) {
    llvm::Expected<Prototype> prototype = parsePrototype(rows.front()->signature, name);
    if (!prototype) { // the model parser has refused such a row
      llvm::consumeError(prototype.takeError());
      continue;
    }
    text += functionRow(*rows.front(), *prototype);
    for (size_t i = 0; i < rows.size(); ++i)
      text += "COROGUARD_BLOCKING_ROW(" + name.str() + ", " + std::to_string(i) + ", " + literal(rows[i]->category) + ", (" +
              conditionOf(*rows[i], *prototype) + "), " + literal(rows[i]->whenText) + ", " + literal(rows[i]->reason) +
              ", " + literal(rows[i]->instead.empty() ? "" : [&] {
                for (const Cure &cure : rows[i]->instead)
                  if (cure.library.empty())
                    return cure.text;
                return rows[i]->instead.front().text;
              }()) + ")\n";
    text += "COROGUARD_INTERPOSE_END(" + name.str() + ")\n";
  }
  outputs["Interposers.gen.inc"] = text + cleanup.str();
}

} // namespace coroguard::rulegen
