// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the rules' texts and the libraries' cures for the reports of running programs, which say what the checker says without linking it.
#include "rules/rulegen/Emitters.h"

namespace coroguard::rulegen {

void emitRuntimeRules(const Catalogue &catalogue, Outputs &outputs) {
  std::string text = generatedHeader("The rules' texts, for the reports of running programs.") + R"(//
// COROGUARD_RULE(id, help)
// COROGUARD_RULE_MESSAGE(id, name, text): text with its {placeholders}
#ifndef COROGUARD_RULE
#define COROGUARD_RULE(id, help)
#endif
#ifndef COROGUARD_RULE_MESSAGE
#define COROGUARD_RULE_MESSAGE(id, name, text)
#endif
// COROGUARD_LIBRARY(id, namespace)
// COROGUARD_CURE(function, library, text): instead of a hooked function, in code of that library
#ifndef COROGUARD_LIBRARY
#define COROGUARD_LIBRARY(id, space)
#endif
#ifndef COROGUARD_CURE
#define COROGUARD_CURE(function, library, text)
#endif

)";
  for (const Rule &rule : catalogue.rules) {
    text += "COROGUARD_RULE(" + literal(rule.info().id) + ", " + literal(rule.info().help) + ")\n";
    for (const catalog::MessageInfo &message : rule.info().messages)
      text += "COROGUARD_RULE_MESSAGE(" + literal(rule.info().id) + ", " + literal(message.name) + ", " + literal(message.text) + ")\n";
  }
  for (const catalog::LibraryInfo &library : catalogue.libraries)
    for (llvm::StringRef space : library.namespaces)
      text += "COROGUARD_LIBRARY(" + literal(library.id) + ", " + literal(space) + ")\n";
  for (const catalog::BlockingModel &row : catalogue.blocking)
    for (const catalog::Cure &cure : row.instead)
      if (row.intercept && !cure.library.empty())
        text += "COROGUARD_CURE(" + literal(row.name) + ", " + literal(cure.library) + ", " + literal(cure.text) + ")\n";
  outputs["RuntimeRules.gen.inc"] =
      text + "\n#undef COROGUARD_RULE\n#undef COROGUARD_RULE_MESSAGE\n#undef COROGUARD_LIBRARY\n#undef COROGUARD_CURE\n";
}

} // namespace coroguard::rulegen
