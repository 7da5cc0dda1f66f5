// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function bodies need not be parsed.
#include "checker/driver/SystemBodies.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/DynamicRecursiveASTVisitor.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
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

bool isSkippableBody(const clang::Decl &declaration, const clang::SourceManager &sources) {
  if (!sources.isInSystemHeader(declaration.getLocation()))
    return false;
  const clang::FunctionDecl *function = declaration.getAsFunction();
  if (!function)
    return true;
  if (function->getOverloadedOperator() == clang::OO_Coawait)
    return false;
  const clang::IdentifierInfo *name = function->getIdentifier();
  return !name || !isProtocolName(name->getName());
}

namespace {

/// Stops at the first template without an instantiation.
class UninstantiatedTemplates : public clang::ConstDynamicRecursiveASTVisitor {
public:
  explicit UninstantiatedTemplates(const clang::SourceManager &sources) : sources_(sources) {
    ShouldVisitTemplateInstantiations = true; // a lambda in a template is one in each instantiation
  }

  bool TraverseDecl(const clang::Decl *declaration) override {
    if (declaration && !llvm::isa<clang::TranslationUnitDecl>(declaration) && sources_.isInSystemHeader(declaration->getLocation()))
      return true;
    return DynamicRecursiveASTVisitorBase::TraverseDecl(declaration);
  }

  bool VisitLambdaExpr(const clang::LambdaExpr *lambda) override {
    const clang::FunctionTemplateDecl *call = lambda->getLambdaClass()->getDependentLambdaCallOperator();
    return lambda->getLambdaClass()->isDependentContext() || !call || isInstantiated(*call);
  }

  bool VisitFunctionTemplateDecl(const clang::FunctionTemplateDecl *function) override {
    return !isOwn(*function) || !isCalledByLibraries(*function->getTemplatedDecl()) || isInstantiated(*function);
  }

  bool VisitClassTemplateDecl(const clang::ClassTemplateDecl *type) override {
    if (!isOwn(*type) || !type->isThisDeclarationADefinition())
      return true;
    if (type->specializations().empty())
      return false;
    return llvm::all_of(type->getTemplatedDecl()->methods(), [&](const clang::CXXMethodDecl *method) {
      return !isCalledByLibraries(*method) || isInstantiated(*type, *method);
    });
  }

private:
  /// Of the main file, and no part of another template.
  bool isOwn(const clang::Decl &declaration) const {
    return sources_.isInMainFile(declaration.getLocation()) && !declaration.getDeclContext()->isDependentContext();
  }

  /// Without the user's code naming it: operators, constructors and destructors, and what is virtual.
  static bool isCalledByLibraries(const clang::FunctionDecl &function) {
    const auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
    const bool implied = function.isOverloadedOperator() || llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function) ||
                         (method && method->isVirtual());
    return implied && function.isDefined() && !function.isDefaulted();
  }

  static bool isInstantiated(const clang::FunctionTemplateDecl &function) {
    return llvm::any_of(function.specializations(), [](const clang::FunctionDecl *each) { return each->isDefined(); });
  }

  static bool isInstantiated(const clang::ClassTemplateDecl &type, const clang::CXXMethodDecl &method) {
    return llvm::any_of(type.specializations(), [&](const clang::ClassTemplateSpecializationDecl *each) {
      return llvm::any_of(each->methods(), [&](const clang::CXXMethodDecl *member) {
        return member->isDefined() && member->getTemplateInstantiationPattern() &&
               member->getTemplateInstantiationPattern()->getCanonicalDecl() == method.getCanonicalDecl();
      });
    });
  }

  const clang::SourceManager &sources_;
};

} // namespace

bool mayNeedSkippedBodies(const clang::ASTContext &unit) {
  return !UninstantiatedTemplates(unit.getSourceManager()).TraverseDecl(unit.getTranslationUnitDecl());
}

} // namespace coroguard::driver
