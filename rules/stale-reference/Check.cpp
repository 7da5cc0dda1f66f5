// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports what flow/Derivations finds stale.
#include "rules/stale-reference/Check.h"

#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = stale_reference::message;

StaleReferenceCheck::StaleReferenceCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, stale_reference::info()), options_(stale_reference::Options::read(Options)) {}

void StaleReferenceCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void StaleReferenceCheck::checkUnit(Unit &unit) {
  Derivations derivations(unit.ast(), unit.graphs(), unit.shared());
  for (const Body &body : unit.bodies()) {
    llvm::SmallPtrSet<const ValueDecl *, 4> said; // the loop's finding is its variable's, too
    for (const Derivation &derivation : derivations.in(body)) {
      if (!derivation.isStale() || isAllowed(derivation.owner, unit) || said.contains(derivation.variable))
        continue;
      if (derivation.loop)
        said.insert(derivation.loop->getLoopVariable());
      reportStale(body, derivation, unit);
    }
  }
}

bool StaleReferenceCheck::isAllowed(const ValueDecl *owner, Unit &unit) const {
  const CXXRecordDecl *record = classOf(owner->getType());
  return record && isExempt(options_.allowedTypes, unit.names().of(record));
}

void StaleReferenceCheck::reportStale(const Body &body, const Derivation &derivation, Unit &unit) {
  const Change &change = *derivation.change;
  const std::string from = derivation.owner->getNameAsString(), changer = unit.names().forPeople(change.body->function);
  if (derivation.loop) {
    report(&body, derivation.loop->getForLoc(), message::loop(from, changer))
        .step(derivation.suspension->getBeginLoc(), message::suspendedHere())
        .step(change.at->getBeginLoc(), message::changedHere(changer, from));
    return;
  }
  const std::string name = derivation.named->getNameAsString();
  report(&body, derivation.use->getSourceRange(), message::used(name, from, changer))
      .step(derivation.variable->getLocation(), message::derivedHere(name))
      .step(derivation.suspension->getBeginLoc(), message::suspendedHere())
      .step(change.at->getBeginLoc(), message::changedHere(changer, from));
}

} // namespace coroguard::rules
