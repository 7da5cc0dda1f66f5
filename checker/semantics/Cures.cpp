// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks cures up in the packs, and reads those of unknown libraries off their declarations.
#include "checker/semantics/Cures.h"

#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace coroguard {
namespace {

void replaceAll(std::string &text, llvm::StringRef placeholder, llvm::StringRef value) {
  for (size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value.str());
}

void fill(std::string &text, llvm::StringRef subject, llvm::StringRef otherwise) {
  for (llvm::StringRef placeholder : {"{task}", "{duration}"})
    replaceAll(text, placeholder, subject.empty() ? otherwise : subject);
}

bool isDuration(QualType type) {
  const CXXRecordDecl *record = recordOrPattern(type.getNonReferenceType());
  return record && record->isInStdNamespace() == false
             ? nameOf(record).ends_with_insensitive("duration")
             : nameOf(record) == "duration";
}

const FunctionDecl *functionIn(const Decl *decl) {
  if (const auto *functions = dyn_cast<FunctionTemplateDecl>(decl))
    return functions->getTemplatedDecl();
  return dyn_cast<FunctionDecl>(decl);
}

bool takes(const ParmVarDecl *parameter, const CXXRecordDecl *task) {
  const CXXRecordDecl *taken = recordOrPattern(parameter->getType().getNonReferenceType());
  return taken && patternOf(taken)->getCanonicalDecl() == patternOf(task)->getCanonicalDecl();
}

} // namespace

const AsyncType *Cures::taskOf(const Body &body) {
  for (const Body *at = &body; at; at = at->parent)
    if (const AsyncType *type = types_.classify(at->function->getReturnType()))
      return type;
  return nullptr;
}

const catalog::LibraryInfo *Cures::libraryOf(const Body &body) {
  const AsyncType *type = taskOf(body);
  return type ? type->library : nullptr;
}

std::string Cures::text(llvm::StringRef purpose, const catalog::LibraryInfo *library, llvm::StringRef subject) {
  llvm::StringRef found = library ? models_.cure(library->id, purpose) : llvm::StringRef();
  if (found.empty())
    found = models_.cure("generic", purpose);
  std::string text = found.str();
  fill(text, subject, "it");
  return text;
}

std::string Cures::text(llvm::StringRef purpose, const Body &body, llvm::StringRef subject) {
  const AsyncType *task = taskOf(body);
  if (task && task->record && (!task->library || models_.cure(task->library->id, purpose).empty())) {
    const llvm::StringMap<std::string> &known = inferredFor(*task);
    if (auto found = known.find(purpose); found != known.end()) {
      std::string text = found->second;
      fill(text, subject, "…");
      return text;
    }
  }
  return text(purpose, task ? task->library : nullptr, subject);
}

std::string Cures::instead(const catalog::BlockingModel &row, llvm::StringRef category, const Body &body,
                           const catalog::LibraryInfo *library, llvm::StringRef subject) {
  llvm::StringRef any;
  for (const catalog::Cure &cure : row.instead) {
    if (library && cure.library == library->id)
      return cure.text.str();
    if (cure.library.empty())
      any = cure.text;
  }
  if (any.consume_front("see "))
    for (const catalog::BlockingModel &twin : models_.blocking(any.trim()))
      if (twin.name != row.name)
        return instead(twin, category, body, library, subject);
  const bool sleeps = category == "sleep";
  if (const AsyncType *task = taskOf(body); task && task->record && task->library == library)
    if (const llvm::StringMap<std::string> &known = inferredFor(*task); known.count(sleeps ? "sleep" : "offload"))
      return text(sleeps ? "sleep" : "offload", body, sleeps ? subject : "");
  return any.str();
}

const llvm::StringMap<std::string> &Cures::inferredFor(const AsyncType &task) {
  auto [entry, fresh] = inferred_.try_emplace(cast<CXXRecordDecl>(task.record->getCanonicalDecl()));
  if (!fresh)
    return entry->second;
  llvm::StringMap<std::string> cures;
  const DeclContext *scope = patternOf(task.record)->getDeclContext();
  while (scope && !scope->isTranslationUnit() && !scope->isStdNamespace()) {
    if (const auto *space = dyn_cast<NamespaceDecl>(scope))
      for (const NamespaceDecl *part : space->redecls())
        inferFrom(part, task.record, cures);
    scope = scope->getParent();
  }
  return inferred_[cast<CXXRecordDecl>(task.record->getCanonicalDecl())] = std::move(cures);
}

bool Cures::givesAwaitable(const FunctionDecl *function) {
  const CXXRecordDecl *result = recordOrPattern(resultTypeOf(function));
  if (!result)
    return false;
  const QualType type = result->getASTContext().getCanonicalTagType(result);
  return types_.isAwaitable(type) || types_.promiseOf(type);
}

void Cures::inferFrom(const DeclContext *scope, const CXXRecordDecl *task, llvm::StringMap<std::string> &cures) {
  for (const Decl *decl : scope->decls()) {
    if (const FunctionDecl *function = functionIn(decl)) {
      inferFromFunction(function, task, cures);
    } else if (const auto *record = dyn_cast<CXXRecordDecl>(decl); record && record->isThisDeclarationADefinition()) {
      // A pool of threads that is given a function and gives back something to await.
      for (const Decl *member : record->decls()) {
        const FunctionDecl *method = functionIn(member);
        if (!method || !isa<FunctionTemplateDecl>(member) || method->getNumParams() == 0 || !givesAwaitable(method) ||
            isa<CXXConstructorDecl>(method) || !method->getParamDecl(0)->getType().getNonReferenceType()->isTemplateTypeParmType())
          continue;
        const llvm::StringRef name = record->getName();
        if (says::isPool(name) || says::isAboutThreads(name))
          cures.try_emplace("offload", "hand it to an " + names_.of(record).str() + ": co_await " +
                                           llvm::StringRef(name).lower() + "." + method->getNameAsString() + "([&] { … })");
      }
    }
  }
}

void Cures::inferFromFunction(const FunctionDecl *function, const CXXRecordDecl *task,
                              llvm::StringMap<std::string> &cures) {
  if (!function->getIdentifier() || function->getNumParams() == 0)
    return;
  const std::string name = names_.of(function).str();
  const ParmVarDecl *first = function->getParamDecl(0);
  const bool alone = function->getMinRequiredArguments() <= 1;
  if (givesAwaitable(function)) {
    if (alone && isDuration(first->getType()))
      cures.try_emplace("sleep", "co_await " + name + "({duration})");
    else if (first->isParameterPack() || (function->getNumParams() >= 2 && takes(first, task) && takes(function->getParamDecl(1), task)))
      cures.try_emplace("gather", "co_await " + name + "(first, second)");
    return;
  }
  if (!alone || !takes(first, task))
    return;
  const QualType result = function->getReturnType();
  if (says::spawns(function->getName()))
    cures.try_emplace("spawn", name + "({task})");
  else if (result->isTemplateTypeParmType() || result->isVoidType())
    cures.try_emplace("run", name + "({task})");
}

} // namespace coroguard
