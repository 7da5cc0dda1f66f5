// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses which blocking calls to speak about, and says what to do in the user's library.
#include "rules/blocking-call/Check.h"

#include "checker/program/BlockingPools.h"
#include "checker/program/OwnWaits.h"
#include "checker/program/ProvenHarmless.h"
#include "checker/program/SiblingFix.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"

#include "clang/Basic/CharInfo.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = blocking_call::message;

BlockingCallCheck::BlockingCallCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, blocking_call::info()), options_(blocking_call::Options::read(Options)) {}

void BlockingCallCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

std::vector<std::string> BlockingCallCheck::optionProblems() const {
  std::vector<std::string> problems = options_.problems;
  const std::shared_ptr<const catalog::ModelIndex> known = models();
  for (const std::vector<std::string> *list : {&options_.categories, &options_.strictCategories})
    for (const std::string &category : *list)
      if (known && !known->category(category))
        problems.push_back("unknown category '" + category + "' of blocking calls; `coroguard rule " +
                           info().id.str() + "` lists them");
  return problems;
}

namespace {

bool saysLog(llvm::StringRef name) {
  for (size_t i = 0; i < name.size();) {
    if (!isLetter(name[i])) {
      ++i;
      continue;
    }
    size_t end = i + 1; // a word of camelCase or snake_case
    while (end < name.size() && isLowercase(name[end]))
      ++end;
    const std::string word = name.slice(i, end).lower();
    if (word == "log" || word == "logs" || word == "logger" || word == "logging")
      return true;
    i = end;
  }
  return false;
}

/// Opens or rotates the file of a log: what the category `log` is about, and as deliberate.
bool isOfALogger(const FunctionDecl *function) {
  if (function->getIdentifier() && saysLog(function->getName()))
    return true;
  for (const DeclContext *scope = function->getDeclContext(); scope; scope = scope->getParent())
    if (const auto *named = dyn_cast<NamedDecl>(scope); named && named->getIdentifier() && saysLog(named->getName()))
      return true;
  return false;
}

} // namespace

void BlockingCallCheck::checkUnit(Unit &unit) {
  if (!hasLoopCode(unit))
    return;
  AsyncSiblings siblings(unit.ast(), unit.types());
  const BlockingPaths paths(
      unit.code(), unit.contexts(), unit.calls(), unit.blocking(),
      [&](const BlockingCall &call, const Invocation &invocation, const Body &body) {
        const unsigned weight = weightOf(call, unit);
        if (weight && !strict() && isStartOfThreads(call, invocation, body, unit))
          return 0u;
        return weight == 1 && !strict() && isOfALogger(body.function) ? 0 : weight;
      },
      [&](const Invocation &invocation, const Body &) { return isAllowed(invocation, unit); });
  forEachLoopCall(unit, [&](const LoopCall &call) { judge(call, unit, paths, siblings); });
}

bool BlockingCallCheck::isAllowed(const Invocation &invocation, Unit &unit) const {
  if (options_.allowedCallees.empty() && options_.allowedTypes.empty())
    return false;
  const FunctionDecl *callee = invocation.given ? invocation.given : invocation.site.callee;
  if (!callee)
    return false;
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  return isExempt(options_.allowedCallees, unit.names().of(callee)) ||
         (method && isExempt(options_.allowedTypes, unit.names().of(method->getParent())));
}

bool BlockingCallCheck::isSelected(const BlockingCall &call, Unit &unit) const {
  if (call.isWait())
    return false; // rule sync-wait speaks
  if (!call.row)
    return true;
  if (call.certain == Truth::Unknown && call.row->unknown == catalog::WhenUnknown::Strict && !strict())
    return false;
  if (llvm::is_contained(options_.categories, call.category))
    return true;
  if (llvm::is_contained(options_.strictCategories, call.category))
    return strict();
  // A category the user's models bring along says for itself where it belongs.
  const catalog::CategoryInfo *category = unit.models().category(call.category);
  const bool builtin = llvm::any_of(info().options, [&](const catalog::OptionInfo &option) {
    llvm::SmallVector<llvm::StringRef, 16> items;
    option.defaultValue.split(items, ';');
    return llvm::is_contained(items, call.category);
  });
  return !builtin && (!category || category->profile == catalog::Profile::Default || strict());
}

unsigned BlockingCallCheck::weightOf(const BlockingCall &call, Unit &unit) const {
  if (!isSelected(call, unit))
    return 0;
  const catalog::CategoryInfo *category = unit.models().category(call.category);
  return category && category->severity == catalog::Severity::Note ? 1 : 2;
}

std::string BlockingCallCheck::placeOf(const LoopCall &call, Unit &unit) const {
  const std::string name = unit.names().forPeople(call.where->function);
  switch (call.context.kind) {
  case ContextKind::LoopCallback: return message::inCallback();
  case ContextKind::NonBlocking: return message::inNonBlocking(name);
  default: return message::inCoroutine(name);
  }
}

void BlockingCallCheck::judge(const LoopCall &call, Unit &unit, const BlockingPaths &paths, AsyncSiblings &siblings) {
  if (isAllowed(*call.invocation, unit) || wayFrom(*call.invocation, unit.waits(), unit.contexts()))
    return;
  const BlockingCall *blocking = unit.blocking().of(*call.invocation, *call.body);
  const bool selected = blocking && isSelected(*blocking, unit);
  if (selected && (strict() || !isGivenToBlockingPool(call, unit, paths)))
    reportDirect(call, *blocking, unit, siblings);
  if (selected)
    return;
  if (blocking && blocking->isWait())
    return;
  if (const Body *first = wayFrom(*call.invocation, paths, unit.contexts())) {
    // A future that is there already does not get as far as its wait.
    const CallSite &site = call.invocation->site;
    const bool isFuture = site.object && unit.types().classify(site.object->getType());
    if ((isFuture && ReadyFutures(unit.callees(), unit.contexts()).isGivenReady(site, *call.body)) ||
        (!strict() && isGivenToBlockingPool(call, unit, paths)))
      return;
    reportChain(call, *first, unit, paths, siblings);
    return;
  }
  if (blocking || !options_.siblings || call.context.kind != ContextKind::Coroutine || call.invocation->destroys)
    return;
  // What is awaited itself is woken by its other methods: they do not wait.
  const Expr *object = call.invocation->site.object;
  if (object && !strict() && unit.types().isAwaitable(object->getType()))
    return;
  const std::optional<AsyncSibling> sibling = siblings.of(call.invocation->site);
  if (sibling && sibling->function->getCanonicalDecl() != call.where->function->getCanonicalDecl() &&
      !isProvenHarmless(call.invocation->site.callee, unit))
    reportSibling(call, *sibling, unit);
}

namespace {

const ChainTexts &chainTexts() {
  static const ChainTexts texts{message::calls, message::stepBlocks, message::calledHere};
  return texts;
}

/// Severity of the category, unless the rule was told otherwise by its own.
void grade(FindingBuilder &finding, const BlockingCall &blocking, Unit &unit) {
  if (const catalog::CategoryInfo *category = unit.models().category(blocking.category))
    finding.severity(category->severity);
}

std::string verbOf(const BlockingCall &call) {
  return call.certain == Truth::Yes ? message::blocks() : message::mayBlock();
}

/// What the call sleeps for, as the user wrote it.
std::string subjectOf(const LoopCall &call, Unit &unit) {
  const CallSite &site = call.invocation->site;
  return site.arguments.size() == 1 ? sourceText(site.arguments.front(), unit.ast(), 40) : "";
}

} // namespace

void BlockingCallCheck::cure(FindingBuilder &finding, const LoopCall &call, const BlockingCall &blocking, Unit &unit,
                             AsyncSiblings &siblings) {
  const std::optional<AsyncSibling> sibling =
      options_.siblings && !call.invocation->destroys ? siblings.of(call.invocation->site) : std::nullopt;
  if (sibling && call.context.kind == ContextKind::Coroutine) {
    finding.cure(message::awaitSibling(unit.names().forPeople(sibling->function)))
        .fix(catalog::FixKind::Safe, "await the asynchronous form", siblingFix(call, *sibling, unit));
    return;
  }
  std::string text = unit.cures().text("offload", *call.where);
  if (blocking.row)
    text = unit.cures().instead(*blocking.row, blocking.category, *call.where, libraryOf(call, unit), subjectOf(call, unit));
  if (call.context.kind == ContextKind::LoopCallback && llvm::StringRef(text).contains("co_await"))
    text = message::spawnAnd(text); // a callback cannot await
  finding.cure(std::move(text));
}

void BlockingCallCheck::reportDirect(const LoopCall &call, const BlockingCall &blocking, Unit &unit,
                                     AsyncSiblings &siblings) {
  FindingBuilder finding = report(call.body, call.invocation->range,
                                  message::direct(unit.names().forPeople(blocking.callee), verbOf(blocking), placeOf(call, unit)));
  grade(finding, blocking, unit);
  cure(finding, call, blocking, unit, siblings);
  addSteps(finding, call, {}, unit, chainTexts());
}

void BlockingCallCheck::reportChain(const LoopCall &call, const Body &first, Unit &unit, const BlockingPaths &paths,
                                    AsyncSiblings &siblings) {
  const std::vector<BlockingStep> chain = paths.chain(first);
  if (chain.empty() || chain.size() > static_cast<size_t>(options_.maxChain) || (!strict() && isLoopsOwnWait(chain.back(), call)))
    return;
  const BlockingCall &blocking = *chain.back().blocking;
  FindingBuilder finding =
      report(call.body, call.invocation->range,
             message::chain(unit.names().forPeople(call.invocation->site.callee), verbOf(blocking), placeOf(call, unit),
                            unit.names().forPeople(blocking.callee)));
  grade(finding, blocking, unit);
  cure(finding, call, blocking, unit, siblings);
  addSteps(finding, call, chain, unit, chainTexts());
}

void BlockingCallCheck::reportSibling(const LoopCall &call, const AsyncSibling &sibling, Unit &unit) {
  const std::string name = unit.names().forPeople(sibling.function);
  report(call.body, call.invocation->range,
         message::sibling(unit.names().forPeople(call.invocation->site.callee), placeOf(call, unit), name))
      .precision(catalog::Precision::Medium)
      .cure(message::awaitSibling(name))
      .step(sibling.function->getLocation(), message::siblingHere(name))
      .fix(catalog::FixKind::Safe, "await the asynchronous form", siblingFix(call, sibling, unit));
}

} // namespace coroguard::rules
