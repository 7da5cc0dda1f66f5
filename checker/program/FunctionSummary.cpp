// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Summaries from the unit's analyses, and their JSON.
#include "checker/program/FunctionSummary.h"

#include "checker/flow/HeldLocks.h"
#include "checker/semantics/Unit.h"

#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

namespace json = llvm::json;
using Fate = FunctionSummary::Fate;

namespace {

/// The names in files; their order is that of the enumerators.
constexpr llvm::StringLiteral kFates[] = {"no-task", "awaited", "stored", "returned", "detached", "passed", "dropped"};
constexpr llvm::StringLiteral kKeeps[] = {"no", "maybe", "yes"};
constexpr llvm::StringLiteral kStarts[] = {"unknown", "lazy", "eager"};
static_assert(static_cast<unsigned>(catalog::Start::Unknown) == 0 && static_cast<unsigned>(catalog::Start::Lazy) == 1 &&
              static_cast<unsigned>(catalog::Start::Eager) == 2);

template <size_t N, class Enum> bool read(const json::Value &value, Enum &out, const llvm::StringLiteral (&names)[N], json::Path path) {
  const std::optional<llvm::StringRef> text = value.getAsString();
  const auto *found = text ? llvm::find(names, *text) : std::end(names);
  if (found == std::end(names)) {
    path.report("unknown word");
    return false;
  }
  out = static_cast<Enum>(found - std::begin(names));
  return true;
}

Fate fateOf(const Destination &destination) {
  switch (destination.kind) {
  case Destination::Kind::Awaited: return Fate::Awaited;
  case Destination::Kind::Stored: return Fate::Stored;
  case Destination::Kind::Returned: return Fate::Returned;
  case Destination::Kind::Detached: return Fate::Detached;
  case Destination::Kind::Unknown: break;
  }
  return Fate::Passed;
}

Fate fateOf(const ParmVarDecl *parameter, const Body &body, Unit &unit) {
  if (!unit.types().mustConsume(parameter->getType().getNonReferenceType()))
    return Fate::NoTask;
  Fate fate = body.capturedBy(parameter).empty() ? Fate::Dropped : Fate::Passed;
  for (const DeclRefExpr *reference : body.references(parameter)) {
    const TaskUse use = useOf(reference, body, unit.types(), unit.callees());
    if (use != TaskUse::Consumes)
      continue;
    fate = Fate::Passed;
    for (const Destination &destination : unit.borrows().journeys().of(reference, body))
      if (destination.kind != Destination::Kind::Unknown)
        return fateOf(destination);
  }
  return fate;
}

} // namespace

// Beside FunctionSummary, where llvm::json finds them by their arguments.
static bool fromJSON(const json::Value &value, Fate &fate, json::Path path) { return read(value, fate, kFates, path); }
static bool fromJSON(const json::Value &value, Keep &keep, json::Path path) { return read(value, keep, kKeeps, path); }

static bool fromJSON(const json::Value &value, FunctionSummary::Parameter &parameter, json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("name", parameter.name) && map.map("type", parameter.type) && map.map("fate", parameter.fate) &&
         map.map("keeps", parameter.keeps);
}

static bool fromJSON(const json::Value &value, FunctionSummary &summary, json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !map.map("usr", summary.usr) || !map.map("name", summary.name) || !map.map("file", summary.file) ||
      !map.map("line", summary.line) || !map.map("coroutine", summary.coroutine) || !map.map("returnsTask", summary.returnsTask) ||
      !map.map("maySuspend", summary.maySuspend) || !map.map("keepsObject", summary.keepsObject) ||
      !map.map("leavesLocked", summary.leavesLocked) || !map.map("parameters", summary.parameters))
    return false;
  const json::Value *start = value.getAsObject()->get("start");
  if (!start) {
    path.field("start").report("missing value");
    return false;
  }
  return read(*start, summary.start, kStarts, path.field("start"));
}

FunctionSummary summarise(const Body &body, Unit &unit) {
  const FunctionDecl *function = body.function;
  const SourceManager &sources = unit.ast().getSourceManager();
  const SourceLocation place = sources.getFileLoc(function->getLocation());
  FunctionSummary summary;
  llvm::SmallString<128> usr;
  index::generateUSRForDecl(function, usr);
  summary.usr = usr.str().str();
  summary.name = qualifiedName(body);
  summary.file = sources.getFilename(place).str();
  summary.line = sources.getSpellingLineNumber(place);
  summary.coroutine = body.isCoroutine();
  if (const AsyncType *task = unit.types().classify(function->getReturnType()); task && task->mustBeConsumed()) {
    summary.returnsTask = true;
    summary.start = task->start;
  }
  summary.maySuspend = suspensionIn(body.code, body, unit.types()) != nullptr;
  if (summary.returnsTask)
    summary.keepsObject = body.lambda && body.isCoroutine() ? unit.borrows().closureUse(function) ? Keep::Yes : Keep::No
                                                            : unit.borrows().keepsObject(function);
  summary.leavesLocked = HeldLocks(unit.ast(), unit.types(), unit.code(), unit.graphs()).keptAtExit(body);
  for (const ParmVarDecl *parameter : function->parameters())
    summary.parameters.push_back({parameter->getNameAsString(), parameter->getType().getAsString(unit.ast().getPrintingPolicy()), fateOf(parameter, body, unit),
                                  summary.returnsTask ? unit.borrows().keepsParameter(function, parameter->getFunctionScopeIndex())
                                                      : Keep::No});
  return summary;
}

json::Object toJson(const FunctionSummary &summary) {
  json::Array parameters;
  for (const FunctionSummary::Parameter &parameter : summary.parameters)
    parameters.push_back(json::Object{{"name", parameter.name},
                                      {"type", parameter.type},
                                      {"fate", kFates[static_cast<unsigned>(parameter.fate)]},
                                      {"keeps", kKeeps[static_cast<unsigned>(parameter.keeps)]}});
  return json::Object{{"usr", summary.usr},
                      {"name", summary.name},
                      {"file", summary.file},
                      {"line", summary.line},
                      {"coroutine", summary.coroutine},
                      {"returnsTask", summary.returnsTask},
                      {"start", kStarts[static_cast<unsigned>(summary.start)]},
                      {"maySuspend", summary.maySuspend},
                      {"keepsObject", kKeeps[static_cast<unsigned>(summary.keepsObject)]},
                      {"leavesLocked", json::Array(summary.leavesLocked)},
                      {"parameters", std::move(parameters)}};
}

llvm::Expected<FunctionSummary> summaryFromJson(const json::Value &value) {
  FunctionSummary summary;
  json::Path::Root root("summary");
  if (!fromJSON(value, summary, root))
    return root.getError();
  return summary;
}

} // namespace coroguard
