// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Adds up what lives across each suspension. The compiler puts at least that into the frame; what it could lay over one
// another, because it never lives at the same time, is not added.
#include "rules/large-frame/Check.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Suspension.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = large_frame::message;

LargeFrameCheck::LargeFrameCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, large_frame::info()), options_(large_frame::Options::read(Options)) {}

void LargeFrameCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void LargeFrameCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine()) judge(body, unit);
}

namespace {

struct Kept {
  const VarDecl *variable;
  uint64_t size; ///< in bytes
};

/// Parameters by value and locals, the largest first.
std::vector<Kept> keptBy(const Body &body, ASTContext &context) {
  std::vector<Kept> kept;
  auto add = [&](const VarDecl *variable) {
    const QualType type = variable ? variable->getType() : QualType();
    if (variable && variable->hasLocalStorage() && !type->isReferenceType() && !type->isDependentType() && !type->isIncompleteType() &&
        !type->isVariablyModifiedType())
      kept.push_back({variable, static_cast<uint64_t>(context.getTypeSizeInChars(type).getQuantity())});
  };
  for (const ParmVarDecl *parameter : body.function->parameters())
    add(parameter);
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls())
      add(dyn_cast<VarDecl>(decl));
  llvm::sort(kept, [](const Kept &a, const Kept &b) {
    return std::make_pair(b.size, a.variable->getLocation()) < std::make_pair(a.size, b.variable->getLocation());
  });
  return kept;
}

struct Point {
  const CoroutineSuspendExpr *suspension = nullptr;
  uint64_t bytes = 0;
};

/// The suspension across which most lives.
Point fullest(const Body &body, const std::vector<Kept> &kept, Unit &unit) {
  Point found;
  for (const CoroutineSuspendExpr *suspension : body.all<CoroutineSuspendExpr>()) {
    if (suspendsAt(suspension, unit.types()) == Suspends::Never) continue;
    uint64_t bytes = 0;
    for (const Kept &each : kept)
      bytes += livesAcross(each.variable, suspension, body) ? each.size : 0;
    if (bytes > found.bytes) found = {suspension, bytes};
  }
  return found;
}

} // namespace

void LargeFrameCheck::judge(const Body &body, Unit &unit) {
  const std::vector<Kept> kept = keptBy(body, unit.ast());
  uint64_t all = 0;
  for (const Kept &each : kept)
    all += each.size;
  if (all < static_cast<uint64_t>(options_.limit)) return;
  const Point point = fullest(body, kept, unit);
  if (point.bytes < static_cast<uint64_t>(options_.limit)) return;
  const auto across = llvm::make_filter_range(kept, [&](const Kept &each) { return livesAcross(each.variable, point.suspension, body); });
  const Kept &largest = *across.begin();
  FindingBuilder finding = report(&body, largest.variable->getSourceRange(),
                                  message::keeps(largest.variable->getNameAsString(), std::to_string(largest.size),
                                                 unit.names().forPeople(body.function), std::to_string(point.bytes)));
  for (const Kept &each : across)
    if (&each != &largest && each.size * 8 >= point.bytes)
      finding.step(each.variable->getLocation(), message::alsoHere(each.variable->getNameAsString(), std::to_string(each.size)));
  finding.step(point.suspension->getBeginLoc(), message::suspendedHere());
}

} // namespace coroguard::rules
