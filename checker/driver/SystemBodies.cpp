// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function bodies need not be parsed.
#include "checker/driver/SystemBodies.h"

#include "checker/driver/UnmadeTemplates.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Sema/Sema.h"
#include "clang/Sema/Template.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSwitch.h"

namespace coroguard::driver {

/// The functions that the compiler calls around a suspension.
static bool isProtocolName(llvm::StringRef name) {
  return llvm::StringSwitch<bool>(name)
      .Cases({"await_ready", "await_suspend", "await_resume", "await_transform", "initial_suspend", "final_suspend",
              "yield_value", "return_value", "return_void", "unhandled_exception", "get_return_object"},
             true)
      .Default(false);
}

/// Part of the standard library, whose classes the checker knows by their names.
static bool isOfStandardLibrary(const clang::Decl &declaration) {
  for (const clang::DeclContext *context = declaration.getDeclContext(); context; context = context->getParent())
    if (context->isStdNamespace())
      return true;
  return false;
}

bool isSkippableBody(const clang::Decl &declaration, const clang::SourceManager &sources) {
  if (!sources.isInSystemHeader(declaration.getLocation()))
    return false;
  const clang::FunctionDecl *function = declaration.getAsFunction();
  if (!function)
    return true;
  if (function->getOverloadedOperator() == clang::OO_Coawait)
    return false;
  if (llvm::isa<clang::CXXDestructorDecl>(function))
    return isOfStandardLibrary(*function);
  const clang::IdentifierInfo *name = function->getIdentifier();
  return !name || !isProtocolName(name->getName());
}

/// Says for each file that is entered whether bodies of templates are put off.
class DelayedTemplates::FileWatch : public clang::PPCallbacks {
public:
  explicit FileWatch(clang::LangOptions &language) : language_(language), everywhere_(language.DelayedTemplateParsing) {}

  void FileChanged(clang::SourceLocation, FileChangeReason, clang::SrcMgr::CharacteristicKind kind, clang::FileID) override {
    language_.DelayedTemplateParsing = everywhere_ || clang::SrcMgr::isSystem(kind);
  }

private:
  clang::LangOptions &language_;
  bool everywhere_; ///< as the command line has it
};

DelayedTemplates::DelayedTemplates(clang::CompilerInstance &compiler, const catalog::ModelIndex &models)
    : compiler_(compiler), models_(models) {
  compiler.getPreprocessor().addPPCallbacks(std::make_unique<FileWatch>(compiler.getLangOpts()));
}

void DelayedTemplates::attachTo(clang::Sema &sema) {
  sema_ = &sema;
  sema.addExternalSource(llvm::IntrusiveRefCntPtr<clang::ExternalSemaSource>(this));
}

void DelayedTemplates::ReadPendingInstantiations(llvm::SmallVectorImpl<PendingInstantiation> &) {
  parse_ = sema_->LateTemplateParser;
  if (!parse_)
    return;
  UnmadeTemplates unmade(compiler_.getASTContext(), models_);
  instantiateOthers();
  const bool wasSound = !compiler_.getDiagnostics().hasErrorOccurred(); // without anything that was put off
  unmade.find();
  while (instantiateSome(unmade)) {
    instantiateOthers();
    unmade.find();
  }
  leaveOutRest();
  sema_->LateTemplateParser = parse_;
  failed_ = wasSound && compiler_.getDiagnostics().hasErrorOccurred();
}

/// Instantiates what needs no such body, and puts off the rest.
void DelayedTemplates::instantiateOthers() {
  sema_->LateTemplateParser = nullptr;
  do
    sema_->PerformPendingInstantiations();
  while (sema_->DefineUsedVTables());
  llvm::append_range(putOff_, sema_->LateParsedInstantiations);
  sema_->LateParsedInstantiations.clear();
}

/// What a member of a local class may name of the function around it: Clang knows it while it instantiates that function,
/// and instantiates such members then.
static void restoreLocals(clang::LocalInstantiationScope &scope, const clang::FunctionDecl &member) {
  const auto *object = llvm::dyn_cast<clang::CXXRecordDecl>(member.getDeclContext());
  const clang::FunctionDecl *around = object ? object->isLocalClass() : nullptr;
  const clang::FunctionDecl *pattern = around ? around->getTemplateInstantiationPattern() : nullptr;
  if (!pattern)
    return;
  llvm::DenseMap<clang::SourceLocation, clang::Decl *> instances;
  for (clang::Decl *each : around->decls())
    if (!llvm::isa<clang::ParmVarDecl>(each))
      instances[each->getLocation()] = each;
  for (const clang::Decl *each : pattern->decls())
    if (clang::Decl *instance = instances.lookup(each->getLocation()); instance && instance->getKind() == each->getKind())
      scope.InstantiatedLocal(each, instance);
}

/// Of what was put off, that which may instantiate one of these templates. False if there was none.
bool DelayedTemplates::instantiateSome(const UnmadeTemplates &unmade) {
  const std::vector<PendingInstantiation> all = std::exchange(putOff_, {});
  sema_->LateTemplateParser = parse_;
  for (const PendingInstantiation &each : all) {
    auto *function = llvm::cast<clang::FunctionDecl>(each.first);
    if (isSkippableBody(*function, compiler_.getSourceManager()) && !unmade.mayBeMadeBy(*function)) {
      putOff_.push_back(each);
      continue;
    }
    clang::LocalInstantiationScope scope(*sema_);
    restoreLocals(scope, *function);
    sema_->InstantiateFunctionDefinition(each.second, function, /*Recursive=*/false, /*DefinitionRequired=*/false, /*AtEndOfTU=*/true);
    function->setInstantiationIsPending(false);
  }
  return putOff_.size() < all.size();
}

/// Makes the tree what it is with bodies that are skipped at once.
void DelayedTemplates::leaveOutRest() {
  for (const PendingInstantiation &each : putOff_) {
    auto *function = llvm::cast<clang::FunctionDecl>(each.first);
    function->setInstantiationIsPending(false);
    function->setHasSkippedBody(true);
  }
  std::vector<clang::LateParsedTemplate *> protocol; // parsed after the loop, as that may add to what it goes over
  for (const auto &[pattern, body] : sema_->LateParsedTemplateMap) {
    clang::FunctionDecl *function = body->D->getAsFunction();
    if (!function->isLateTemplateParsed())
      continue;
    if (!isSkippableBody(*function, compiler_.getSourceManager())) {
      protocol.push_back(body.get());
      continue;
    }
    function->setLateTemplateParsed(false);
    function->setHasSkippedBody(true);
  }
  for (clang::LateParsedTemplate *body : protocol)
    parse_(sema_->OpaqueParser, *body);
}

} // namespace coroguard::driver
