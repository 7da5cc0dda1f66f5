// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks places up, and sorts rules by whom they yield to.
#include "checker/framework/SpokenPlaces.h"

#include "checker/framework/RuleCheck.h"

#include "llvm/ADT/STLExtras.h"

namespace coroguard {

bool SpokenPlaces::silences(const catalog::RuleInfo &rule, clang::SourceLocation at) const {
  auto found = rule.yieldsTo.empty() ? places_.end() : places_.find(at);
  return found != places_.end() && llvm::any_of(found->second, [&](llvm::StringRef speaker) {
           return llvm::is_contained(rule.yieldsTo, speaker);
         });
}

std::vector<RuleCheck *> inSpeakingOrder(std::vector<RuleCheck *> rules) {
  std::vector<RuleCheck *> ordered;
  while (!rules.empty()) {
    // The catalogue has no circles; should it ever, the first one goes.
    auto next = llvm::find_if(rules, [&](const RuleCheck *rule) {
      return llvm::none_of(rules, [&](const RuleCheck *other) {
        return other != rule && llvm::is_contained(rule->info().yieldsTo, other->info().name);
      });
    });
    next = next == rules.end() ? rules.begin() : next;
    ordered.push_back(*next);
    rules.erase(next);
  }
  return ordered;
}

} // namespace coroguard
