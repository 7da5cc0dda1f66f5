// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds the names a sibling may have and compares signatures.
#include "checker/semantics/AsyncSiblings.h"

#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace coroguard {
namespace {

llvm::SmallVector<std::string, 12> siblingNames(llvm::StringRef name) {
  std::string upper = name.str();
  upper[0] = llvm::toUpper(upper[0]);
  const std::string plain = name.str();
  llvm::SmallVector<std::string, 12> names = {"a" + plain,           "async_" + plain, plain + "_async", "async" + upper,
                                              plain + "Async",       "co_" + plain,    "co" + upper,     plain + "_co",
                                              plain + "_coroutine", "Async" + upper,  "Co" + upper,     plain + "Co"};
  return names;
}

bool isText(const CXXRecordDecl *record) {
  return record && record->isInStdNamespace() && record->getIdentifier() &&
         (record->getName() == "basic_string" || record->getName() == "basic_string_view");
}

} // namespace

bool AsyncSiblings::takesSame(const FunctionDecl *sibling, const FunctionDecl *synchronous) const {
  const unsigned count = synchronous->getNumParams();
  if (sibling->getNumParams() < count || sibling->getMinRequiredArguments() > count || sibling->isVariadic())
    return false;
  for (unsigned i = 0; i < count; ++i) {
    const QualType mine = sibling->getParamDecl(i)->getType().getNonReferenceType().getUnqualifiedType();
    const QualType theirs = synchronous->getParamDecl(i)->getType().getNonReferenceType().getUnqualifiedType();
    if (mine->isDependentType() || theirs->isDependentType() || context_.hasSameUnqualifiedType(mine, theirs))
      continue;
    if (!isText(classOf(mine)) || !isText(classOf(theirs))) // a coroutine takes strings by value
      return false;
  }
  return true;
}

std::optional<AsyncSibling> AsyncSiblings::match(const FunctionDecl *candidate, const FunctionDecl *synchronous) {
  if (!candidate || candidate->isDeleted() || candidate->getCanonicalDecl() == synchronous->getCanonicalDecl() ||
      candidate->getAccess() == AS_private || !takesSame(candidate, synchronous))
    return std::nullopt;
  const auto *mine = dyn_cast<CXXMethodDecl>(candidate);
  const auto *theirs = dyn_cast<CXXMethodDecl>(synchronous);
  if ((mine != nullptr) != (theirs != nullptr) || (mine && !mine->isStatic() && theirs->isStatic()) ||
      (mine && theirs->isConst() && !mine->isConst() && !mine->isStatic()))
    return std::nullopt;
  const QualType result = candidate->getReturnType();
  const AsyncType *type = types_.classify(result);
  if (!(type && type->isTask()) && !types_.isAwaitable(result))
    return std::nullopt;
  const QualType awaited = awaitResult(result);
  const bool same = !awaited.isNull() && context_.hasSameUnqualifiedType(awaited.getNonReferenceType(),
                                                                         synchronous->getReturnType().getNonReferenceType());
  // Another result means another purpose; unless nothing is known of it.
  if (!same && !awaited.isNull() && !awaited->isDependentType())
    return std::nullopt;
  return AsyncSibling{candidate, same};
}

std::optional<AsyncSibling> AsyncSiblings::search(const FunctionDecl *callee, const CallSite &call) {
  llvm::SmallVector<const DeclContext *, 4> scopes;
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee)) {
    if (call.object)
      if (const CXXRecordDecl *record = classOf(call.object->getType()->isPointerType()
                                                    ? call.object->getType()->getPointeeType()
                                                    : call.object->getType()))
        scopes.push_back(record);
    scopes.push_back(method->getParent());
  } else if (callee->getDeclContext()->getRedeclContext()->isFileContext()) {
    scopes.push_back(callee->getDeclContext()->getRedeclContext());
  }
  for (const DeclContext *scope : scopes)
    for (const std::string &name : siblingNames(callee->getName())) {
      IdentifierInfo &identifier = context_.Idents.get(name);
      const auto *record = dyn_cast<CXXRecordDecl>(scope);
      if (record) {
        for (const CXXMethodDecl *candidate : methodsNamed(record, name))
          if (std::optional<AsyncSibling> found = match(candidate, callee))
            return found;
        continue;
      }
      for (const NamedDecl *found : scope->lookup(&identifier))
        if (std::optional<AsyncSibling> sibling = match(dyn_cast<FunctionDecl>(found->getUnderlyingDecl()), callee))
          return sibling;
    }
  return std::nullopt;
}

std::optional<AsyncSibling> AsyncSiblings::of(const CallSite &call) {
  const FunctionDecl *callee = call.callee;
  if (!callee || !callee->getIdentifier() || callee->getName().empty() || callee->isInStdNamespace() ||
      isa<CXXConstructorDecl, CXXDestructorDecl, CXXConversionDecl>(callee))
    return std::nullopt;
  const auto *prototype = callee->getType()->getAs<FunctionProtoType>();
  if (prototype && prototype->isNothrow() && callee->getReturnType()->isVoidType())
    return std::nullopt; // can neither fail nor give anything: it signals (`unlock`, `set`), and does not wait
  if (callee->getReturnType()->isUndeducedType() || types_.isAwaitable(callee->getReturnType()) ||
      types_.classifyOwned(callee->getReturnType()))
    return std::nullopt;
  auto [entry, fresh] = known_.try_emplace(callee->getCanonicalDecl());
  if (fresh)
    entry->second = search(callee, call);
  return entry->second;
}

} // namespace coroguard
