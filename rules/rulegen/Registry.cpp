// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the registration of the rules that are written in C++.
#include "rules/rulegen/Emitters.h"

namespace coroguard::rulegen {

namespace {

std::string registryHeader() {
  return generatedHeader("The rules as clang-tidy checks.") +
         "#pragma once\n\n#include \"checker/framework/RuleCheck.h\"\n\n#include \"llvm/ADT/STLFunctionalExtras.h\"\n\n"
         "#include <memory>\n#include <vector>\n\n"
         "namespace clang::tidy {\nclass ClangTidyCheckFactories;\nclass ClangTidyContext;\n}\n\n"
         "namespace coroguard {\n\n"
         "/// Registers every rule under its id, for clang-tidy and clangd.\n"
         "void registerRules(clang::tidy::ClangTidyCheckFactories &factories);\n\n"
         "/// Creates the rules that are wanted, in the order of their ids. `context` must outlive them.\n"
         "std::vector<std::unique_ptr<RuleCheck>> makeRules(clang::tidy::ClangTidyContext *context,\n"
         "                                                  llvm::function_ref<bool(const catalog::RuleInfo &)> "
         "wanted);\n\n"
         "} // namespace coroguard\n";
}

} // namespace

void emitRegistry(const Catalogue &catalogue, Outputs &outputs) {
  std::string text = generatedHeader("The rules as clang-tidy checks.");
  std::string includes, registrations, creations;
  for (const Rule &rule : catalogue.rules) {
    if (!rule.hasCheck) continue;
    includes += "#include \"rules/" + rule.info().name.str() + "/Check.h\"\n";
    includes += "#include \"rules/" + rule.info().name.str() + "/Rule.gen.h\"\n";
    registrations += "  factories.registerCheck<rules::" + rule.className() + ">(" + literal(rule.info().id) + ");\n";
    creations += "  if (wanted(rules::" + rule.snakeName() +
                 "::info()))\n    result.push_back(std::make_unique<rules::" + rule.className() + ">(" +
                 literal(rule.info().id) + ", context));\n";
  }
  text += "#include \"Rules.gen.h\"\n\n#include \"clang-tidy/ClangTidyModule.h\"\n\n" + includes +
          "\nnamespace coroguard {\n\n";
  text += "void registerRules([[maybe_unused]] clang::tidy::ClangTidyCheckFactories &factories) {\n" + registrations +
          "}\n\n";
  text += "std::vector<std::unique_ptr<RuleCheck>> makeRules([[maybe_unused]] clang::tidy::ClangTidyContext *context,\n"
          "                                                  [[maybe_unused]] llvm::function_ref<bool(const "
          "catalog::RuleInfo &)> wanted) {\n  std::vector<std::unique_ptr<RuleCheck>> result;\n" +
          creations + "  return result;\n}\n\n} // namespace coroguard\n";
  outputs["Rules.gen.h"] = registryHeader();
  outputs["Rules.gen.cpp"] = std::move(text);
}

} // namespace coroguard::rulegen
