// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which function bodies need not be parsed.
#include "checker/driver/SystemBodies.h"

#include "rules/catalog/ModelIndex.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/DynamicRecursiveASTVisitor.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"

#include <optional>

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

/// Names of functions that a rule may have something to say about: the user's, and those of the models.
class NotableNames : clang::ConstDynamicRecursiveASTVisitor {
public:
  NotableNames(const clang::ASTContext &unit, const catalog::ModelIndex &models) : sources_(unit.getSourceManager()) {
    for (const catalog::BlockingModel &row : models.allBlocking())
      names_.insert(lastPart(row.name));
    for (const catalog::FunctionModel &row : models.allFunctions())
      names_.insert(lastPart(row.name));
    TraverseDecl(unit.getTranslationUnitDecl());
  }

  bool contains(clang::DeclarationName name) const {
    return name.isIdentifier() && names_.contains(name.getAsIdentifierInfo()->getName());
  }

private:
  static llvm::StringRef lastPart(llvm::StringRef name) {
    const size_t at = name.rfind(':');
    return at == llvm::StringRef::npos ? name : name.drop_front(at + 1);
  }

  bool TraverseDecl(const clang::Decl *declaration) override {
    if (declaration && !llvm::isa<clang::TranslationUnitDecl>(declaration) && sources_.isInSystemHeader(declaration->getLocation()))
      return true;
    return DynamicRecursiveASTVisitorBase::TraverseDecl(declaration);
  }
  bool TraverseStmt(const clang::Stmt *) override { return true; } // names of functions, not what is in them
  bool VisitFunctionDecl(const clang::FunctionDecl *function) override {
    if (const clang::IdentifierInfo *name = function->getIdentifier())
      names_.insert(name->getName());
    return true;
  }

  const clang::SourceManager &sources_;
  llvm::StringSet<> names_;
};

/// Stops at the first name or suspension that is notable.
class NotableUse : public clang::ConstDynamicRecursiveASTVisitor {
public:
  explicit NotableUse(const NotableNames &names) : names_(names) {}

  bool VisitCoroutineSuspendExpr(const clang::CoroutineSuspendExpr *) override { return false; }
  bool VisitDependentCoawaitExpr(const clang::DependentCoawaitExpr *) override { return false; }
  bool VisitCoreturnStmt(const clang::CoreturnStmt *) override { return false; }
  bool VisitDeclRefExpr(const clang::DeclRefExpr *use) override { return !names_.contains(use->getDecl()->getDeclName()); }
  bool VisitMemberExpr(const clang::MemberExpr *use) override { return !names_.contains(use->getMemberDecl()->getDeclName()); }
  bool VisitOverloadExpr(const clang::OverloadExpr *use) override { return !names_.contains(use->getName()); }
  bool VisitCXXDependentScopeMemberExpr(const clang::CXXDependentScopeMemberExpr *use) override {
    return !names_.contains(use->getMember());
  }
  bool VisitDependentScopeDeclRefExpr(const clang::DependentScopeDeclRefExpr *use) override {
    return !names_.contains(use->getDeclName());
  }

private:
  const NotableNames &names_;
};

/// Stops at the first template without an instantiation.
class UninstantiatedTemplates : public clang::ConstDynamicRecursiveASTVisitor {
public:
  UninstantiatedTemplates(const clang::ASTContext &unit, const catalog::ModelIndex &models)
      : unit_(unit), models_(models), sources_(unit.getSourceManager()) {
    ShouldVisitTemplateInstantiations = true; // a lambda in a template is one in each instantiation
  }

  bool TraverseDecl(const clang::Decl *declaration) override {
    if (declaration && !llvm::isa<clang::TranslationUnitDecl>(declaration) && sources_.isInSystemHeader(declaration->getLocation()))
      return true;
    return DynamicRecursiveASTVisitorBase::TraverseDecl(declaration);
  }

  bool VisitLambdaExpr(const clang::LambdaExpr *lambda) override {
    const clang::FunctionTemplateDecl *call = lambda->getLambdaClass()->getDependentLambdaCallOperator();
    if (lambda->getLambdaClass()->isDependentContext() || !call || isInstantiated(*call))
      return true;
    if (!notable_)
      notable_.emplace(unit_, models_);
    return NotableUse(*notable_).TraverseStmt(lambda->getBody());
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

  const clang::ASTContext &unit_;
  const catalog::ModelIndex &models_;
  const clang::SourceManager &sources_;
  std::optional<NotableNames> notable_;
};

} // namespace

bool mayNeedSkippedBodies(const clang::ASTContext &unit, const catalog::ModelIndex &models) {
  return !UninstantiatedTemplates(unit, models).TraverseDecl(unit.getTranslationUnitDecl());
}

} // namespace coroguard::driver
