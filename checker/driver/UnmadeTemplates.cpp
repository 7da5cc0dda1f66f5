// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Templates of the user's that nobody instantiates.
#include "checker/driver/UnmadeTemplates.h"

#include "rules/catalog/ModelIndex.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/DynamicRecursiveASTVisitor.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSet.h"

namespace coroguard::driver {

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

namespace {

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

} // namespace

/// Looks for templates that nobody instantiates.
class UnmadeTemplates::Search : clang::ConstDynamicRecursiveASTVisitor {
public:
  explicit Search(UnmadeTemplates &result)
      : result_(result), unit_(result.unit_), sources_(unit_.getSourceManager()) {
    ShouldVisitTemplateInstantiations = true; // a lambda in a template is one in each instantiation
    TraverseDecl(unit_.getTranslationUnitDecl());
  }

private:
  bool TraverseDecl(const clang::Decl *declaration) override {
    if (declaration && !llvm::isa<clang::TranslationUnitDecl>(declaration) && sources_.isInSystemHeader(declaration->getLocation()))
      return true;
    return DynamicRecursiveASTVisitorBase::TraverseDecl(declaration);
  }

  bool VisitLambdaExpr(const clang::LambdaExpr *lambda) override {
    const clang::CXXRecordDecl *closure = lambda->getLambdaClass();
    const clang::FunctionTemplateDecl *call = closure->getDependentLambdaCallOperator();
    if (!closure->isDependentContext() && call && !isInstantiated(*call) && result_.isNotable(lambda->getBody()))
      result_.callables_.insert(closure->getCanonicalDecl());
    return true;
  }

  bool VisitFunctionTemplateDecl(const clang::FunctionTemplateDecl *function) override {
    const auto *object = llvm::dyn_cast<clang::CXXRecordDecl>(function->getDeclContext());
    if (object && !object->isLambda() && !object->isDependentContext() && isAskedForByLibraries(*function) && !isInstantiated(*function) &&
        result_.isNotable(writtenBodyOf(*function)))
      result_.callables_.insert(object->getCanonicalDecl());
    result_.others_ |= isOwn(*function) && isCalledByLibraries(*function->getTemplatedDecl()) && !isInstantiated(*function);
    return true;
  }

  bool VisitClassTemplateDecl(const clang::ClassTemplateDecl *type) override {
    if (!isOwn(*type) || !type->isThisDeclarationADefinition())
      return true;
    result_.others_ |= type->specializations().empty() ||
                       llvm::any_of(type->getTemplatedDecl()->methods(), [&](const clang::CXXMethodDecl *method) {
                         return isCalledByLibraries(*method) && !isInstantiated(*type, *method);
                       });
    return true;
  }

  /// Of the main file, and no part of another template.
  bool isOwn(const clang::Decl &declaration) const {
    return sources_.isInMainFile(declaration.getLocation()) && !declaration.getDeclContext()->isDependentContext();
  }

  /// A member that a library may instantiate with types of its own: what is called, and what suspends.
  bool isAskedForByLibraries(const clang::FunctionTemplateDecl &function) const {
    const clang::IdentifierInfo *name = function.getDeclName().getAsIdentifierInfo();
    return function.getTemplatedDecl()->getOverloadedOperator() == clang::OO_Call || (name && name->isStr("await_suspend")) ||
           sources_.isInMainFile(function.getLocation());
  }

  /// Without the user's code naming it: operators, constructors and destructors, and what is virtual.
  static bool isCalledByLibraries(const clang::FunctionDecl &function) {
    const auto *method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
    const bool implied = function.isOverloadedOperator() || llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function) ||
                         (method && method->isVirtual());
    return implied && function.isDefined() && !function.isDefaulted();
  }

  /// As it stands in the file: a member template of an instantiated class has none of its own.
  static const clang::Stmt *writtenBodyOf(const clang::FunctionTemplateDecl &function) {
    const clang::FunctionTemplateDecl *written = &function;
    while (const clang::FunctionTemplateDecl *from = written->getInstantiatedFromMemberTemplate())
      written = from;
    return written->getTemplatedDecl()->getBody();
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

  UnmadeTemplates &result_;
  const clang::ASTContext &unit_;
  const clang::SourceManager &sources_;
};

UnmadeTemplates::UnmadeTemplates(const clang::ASTContext &unit, const catalog::ModelIndex &models) : unit_(unit), models_(models) {}
UnmadeTemplates::~UnmadeTemplates() = default;

void UnmadeTemplates::find() {
  callables_.clear();
  others_ = false;
  Search search(*this);
}

bool UnmadeTemplates::isNotable(const clang::Stmt *body) {
  if (!names_)
    names_ = std::make_unique<NotableNames>(unit_, models_);
  return body && !NotableUse(*names_).TraverseStmt(body);
}

/// Goes through what a name consists of; libraries nest deeply, and name the same often.
class UnmadeTemplates::NameSearch {
public:
  explicit NameSearch(const UnmadeTemplates &unmade) : unmade_(unmade), sources_(unmade.unit_.getSourceManager()) {}

  bool found(const clang::Decl *declaration) {
    if (!declaration || llvm::isa<clang::TranslationUnitDecl>(declaration) || !seen_.insert(declaration->getCanonicalDecl()).second)
      return false;
    if (unmade_.callables_.contains(declaration->getCanonicalDecl()))
      return true;
    if (unmade_.others_ && llvm::isa<clang::TagDecl, clang::TemplateDecl>(declaration) && sources_.isInMainFile(declaration->getLocation()))
      return true;
    const clang::TemplateArgumentList *arguments = nullptr;
    if (const auto *function = llvm::dyn_cast<clang::FunctionDecl>(declaration))
      arguments = function->getTemplateSpecializationArgs();
    else if (const auto *type = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(declaration))
      arguments = &type->getTemplateArgs();
    if (arguments && found(arguments->asArray()))
      return true;
    return found(llvm::cast<clang::Decl>(declaration->getDeclContext())); // a class in a function template
  }

private:
  bool found(llvm::ArrayRef<clang::TemplateArgument> arguments) {
    return llvm::any_of(arguments, [&](const clang::TemplateArgument &argument) {
      switch (argument.getKind()) {
      case clang::TemplateArgument::Type:
        return found(argument.getAsType());
      case clang::TemplateArgument::Template:
        return found(argument.getAsTemplate().getAsTemplateDecl());
      case clang::TemplateArgument::Declaration:
        return found(argument.getAsDecl());
      case clang::TemplateArgument::Pack:
        return found(argument.pack_elements());
      default:
        return false;
      }
    });
  }

  bool found(clang::QualType type) {
    if (const auto *function = type->getAs<clang::FunctionProtoType>())
      return found(function->getReturnType()) ||
             llvm::any_of(function->param_types(), [&](clang::QualType parameter) { return found(parameter); });
    if (const auto *member = type->getAs<clang::MemberPointerType>())
      return found(member->getMostRecentCXXRecordDecl()) || found(member->getPointeeType());
    if (type->isReferenceType() || type->isPointerType())
      return found(type->getPointeeType());
    if (const clang::ArrayType *array = type->getAsArrayTypeUnsafe())
      return found(array->getElementType());
    return found(type->getAsTagDecl());
  }

  const UnmadeTemplates &unmade_;
  const clang::SourceManager &sources_;
  llvm::SmallPtrSet<const clang::Decl *, 32> seen_;
};

bool UnmadeTemplates::mayBeMadeBy(const clang::FunctionDecl &function) const {
  return (others_ || !callables_.empty()) && NameSearch(*this).found(&function);
}

} // namespace coroguard::driver
