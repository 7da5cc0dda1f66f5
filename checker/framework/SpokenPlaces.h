// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the rules of one unit have spoken, so that one defect gives one finding: rules that yield to others (`yields_to`
// of rule.yaml) are silent there.
#pragma once

#include "rules/catalog/Catalog.h"

#include "clang/Basic/SourceLocation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <vector>

namespace coroguard {

class RuleCheck;

/// Of one unit and one run over it.
class SpokenPlaces {
public:
  /// `rule` has a finding that begins there, outside of macros.
  void add(const catalog::RuleInfo &rule, clang::SourceLocation at) { places_[at].push_back(rule.name); }
  /// Has a rule that `rule` yields to a finding that begins there?
  bool silences(const catalog::RuleInfo &rule, clang::SourceLocation at) const;

private:
  llvm::DenseMap<clang::SourceLocation, llvm::SmallVector<llvm::StringRef, 2>> places_;
};

/// The order in which rules have to look at a unit: those that others yield to come first, else as given.
std::vector<RuleCheck *> inSpeakingOrder(std::vector<RuleCheck *> rules);

} // namespace coroguard
