// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which tasks and loops of synchronous code nobody runs.
#include "rules/missing-run/Check.h"

#include "checker/flow/UnrunLoops.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard::rules {

namespace message = missing_run::message;

MissingRunCheck::MissingRunCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, missing_run::info()), options_(missing_run::Options::read(Options)) {}

void MissingRunCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

/// A class with a drive is a loop even where nothing else is async.
bool MissingRunCheck::mayFire(const UnitWords &words, bool async) const {
  return async || words.hasLike([](llvm::StringRef word) { return word.consume_back("(") && says::drives(word); });
}

void MissingRunCheck::checkUnit(Unit &unit) {
  for (const DroppedTask &task : unit.dropped())
    if (task.speaker == DroppedTask::Speaker::MissingRun)
      reportTask(task, unit);
  UnrunLoops loops(unit.code(), unit.types(), unit.callees());
  for (const Body &body : unit.bodies())
    for (const UnrunLoop &unrun : loops.in(body))
      report(&body, unrun.work->getSourceRange(), message::loop(unrun.loop->getNameAsString()))
          .cure(message::runLoop(unrun.loop->getName()))
          .step(unrun.loop->getLocation(), message::loopHere());
}

void MissingRunCheck::reportTask(const DroppedTask &task, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(task.creation);
  const FunctionDecl *creator = call ? call->callee : nullptr;
  if (isExempt(options_.allowedTypes, unit.names().of(task.type->record)) ||
      (creator && isExempt(options_.allowedCallees, unit.names().of(creator))))
    return;
  const std::string callee = unit.callees().nameForPeople(task.creation);
  const std::string function = unit.names().forPeople(task.body->function);
  std::string text = message::dropped(function, callee);
  if (task.variable)
    text = message::held(function, task.holder->getNameAsString(), callee);
  else if (task.droppedBy)
    text = message::passed(function, callee, unit.names().forPeople(cast<FunctionDecl>(task.droppedBy->getDeclContext())));
  FindingBuilder finding = report(task.body, task.creation->getSourceRange(), std::move(text));
  finding.cure(unit.cures().text("run", task.type->library, sourceText(task.creation, unit.ast())));
  if (task.variable)
    finding.step(task.holder->getLocation(), message::heldHere());
  if (task.droppedBy)
    finding.step(task.droppedBy->getLocation(), message::droppedHere());
}

} // namespace coroguard::rules
