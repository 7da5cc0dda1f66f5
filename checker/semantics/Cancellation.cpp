// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks cancellation types up by name and by base class.
#include "checker/semantics/Cancellation.h"

#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

const CXXRecordDecl *findRecord(const ASTContext &context, llvm::StringRef name) {
  const DeclContext *scope = context.getTranslationUnitDecl();
  llvm::SmallVector<llvm::StringRef, 4> parts;
  name.split(parts, "::");
  for (llvm::StringRef part : parts) {
    auto known = context.Idents.find(part);
    if (known == context.Idents.end()) return nullptr;
    const NamedDecl *found = nullptr;
    for (const NamedDecl *each : scope->lookup(known->second))
      found = each->getUnderlyingDecl();
    if (const auto *record = dyn_cast_or_null<CXXRecordDecl>(found)) return record->getDefinition();
    scope = dyn_cast_or_null<DeclContext>(found);
    if (!scope) return nullptr;
  }
  return nullptr;
}

bool derivesFrom(const CXXRecordDecl *record, llvm::StringRef base, Names &names, unsigned depth = 0) {
  if (!record || depth > 8) return false;
  record = record->getDefinition();
  return record && (names.of(record) == base || llvm::any_of(record->bases(), [&](const CXXBaseSpecifier &each) {
                      return derivesFrom(classOf(each.getType()), base, names, depth + 1);
                    }));
}

/// `flag.requested()` of a `StopFlag`: the class or the question says what it is about.
bool asksForTheEnd(const CXXMethodDecl *method) {
  return method->isConst() && method->getReturnType()->isBooleanType() && method->getNumParams() == 0 &&
         (says::isAboutTheEnd(nameOf(method)) || says::isAboutTheEnd(nameOf(method->getParent())));
}

/// `if (token.stop_requested()) throw Stopped();`: what is thrown because somebody asked for the end.
void inferThrown(Unit &unit, std::vector<CancellationType> &types) {
  auto asksStandardToken = [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    return call && nameOf(call->getMethodDecl()) == "stop_requested";
  };
  auto asksForStop = [&](const Stmt *node) {
    if (asksStandardToken(node)) return true;
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    return call && call->getMethodDecl() && asksForTheEnd(call->getMethodDecl());
  };
  for (const Body &body : unit.bodies())
    for (const CXXThrowExpr *thrown : body.all<CXXThrowExpr>()) {
      const CXXRecordDecl *record = thrown->getSubExpr() ? classOf(thrown->getSubExpr()->getType()) : nullptr;
      const auto *branch = dyn_cast_or_null<IfStmt>(body.meaningfulParentOf(thrown));
      if (const auto *block = branch ? nullptr : dyn_cast_or_null<CompoundStmt>(body.meaningfulParentOf(thrown)))
        branch = dyn_cast_or_null<IfStmt>(body.parentOf(block));
      const bool asked = branch && body.contains(branch->getThen(), thrown) && anyDescendant(branch->getCond(), asksForStop) &&
                         (says::isAboutTheEnd(nameOf(record)) || anyDescendant(branch->getCond(), asksStandardToken));
      // `Cancelled`, `CancelledError`: called after nothing else.
      const bool named = record && nameOf(record).starts_with_insensitive("cancel") && derivesFrom(record, "std::exception", unit.names());
      if (record && !record->isInStdNamespace() && (asked || named) &&
          llvm::none_of(types, [&](const CancellationType &each) { return each.name == unit.names().of(record); }))
        types.push_back({unit.names().of(record).str(), record});
    }
}

/// Of libraries no pack knows: exceptions beside the task type that are called after cancellation.
void inferTypes(const AsyncType &task, Unit &unit, std::vector<CancellationType> &types) {
  const auto *space =
      dyn_cast_or_null<NamespaceDecl>(patternOf(task.record)->getDeclContext()->getEnclosingNamespaceContext());
  if (!space || space->isStdNamespace()) return;
  for (const NamespaceDecl *part : space->redecls())
    for (const Decl *decl : part->decls())
      if (const auto *record = dyn_cast<CXXRecordDecl>(decl); record && record->isThisDeclarationADefinition() &&
                                                              record->getName().contains_insensitive("cancel") &&
                                                              derivesFrom(record, "std::exception", unit.names()))
        types.push_back({unit.names().of(record).str(), record});
}

} // namespace

std::vector<CancellationType> cancellationTypes(const Body &body, const catalog::LibraryInfo *library, Unit &unit) {
  std::vector<CancellationType> types;
  if (!library) {
    if (const AsyncType *task = unit.types().classify(body.function->getReturnType()); task && task->record)
      inferTypes(*task, unit, types);
    inferThrown(unit, types);
    return types;
  }
  for (const catalog::TypeModel &model : unit.models().allTypes()) {
    if (model.role != catalog::TypeRole::Cancellation || model.library != library->id) continue;
    CancellationType type{model.name.str(), findRecord(unit.ast(), model.name)};
    types.insert(type.record ? types.begin() : types.end(), std::move(type)); // what the unit knows comes first
  }
  return types;
}

Catches catches(const CXXCatchStmt *handler, llvm::ArrayRef<CancellationType> types, Names &names) {
  if (!handler->getExceptionDecl()) return Catches::Broad;
  const CXXRecordDecl *caught = classOf(handler->getCaughtType());
  if (!caught) return Catches::Others;
  const llvm::StringRef name = names.of(caught);
  for (const CancellationType &type : types)
    if (derivesFrom(caught, type.name, names)) return Catches::ByName;
  for (const CancellationType &type : types)
    if (type.record ? derivesFrom(type.record, name, names) : name == "std::exception") return Catches::Broad;
  return Catches::Others;
}

bool isStopToken(QualType type, TaskTypes &types) {
  const CXXRecordDecl *record = classOf(pointedTo(type));
  if (!record || !record->hasDefinition()) return false;
  return types.hasRole(pointedTo(type), catalog::TypeRole::StopToken) ||
         (says::isAboutTheEnd(nameOf(record)) && llvm::any_of(record->methods(), asksForTheEnd));
}

bool isCancellableWait(const CoroutineSuspendExpr *await, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(peelMoves(await->getOperand()));
  return call && (unit.callees().model(*call, catalog::FunctionRole::Sleep) || llvm::any_of(call->arguments, [&](const Expr *argument) {
                    return unit.types().hasRole(argument->getType(), catalog::TypeRole::StopToken);
                  }));
}

} // namespace coroguard
