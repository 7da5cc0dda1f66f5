// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects the user's function bodies and lays out their statements.
#include "checker/semantics/CodeIndex.h"

#include "checker/semantics/LostCode.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

#include <utility>

using namespace clang;

namespace coroguard {
namespace {

/// Operands of these are never evaluated.
bool isUnevaluated(const Stmt *node) {
  return isa<UnaryExprOrTypeTraitExpr, CXXNoexceptExpr, RequiresExpr, ConceptSpecializationExpr, TypeTraitExpr>(node);
}

/// The children the user wrote, in source order; machinery that Clang adds (awaiter calls, range-for variables) is
/// left to those who ask the node for it.
void writtenChildren(const Stmt *node, llvm::SmallVectorImpl<const Stmt *> &children) {
  children.clear();
  if (isUnevaluated(node))
    return;
  if (const auto *coroutine = dyn_cast<CoroutineBodyStmt>(node)) {
    children.push_back(coroutine->getBody());
  } else if (const auto *suspend = dyn_cast<CoroutineSuspendExpr>(node)) {
    children.push_back(suspend->getOperand());
  } else if (const auto *loop = dyn_cast<CXXForRangeStmt>(node)) {
    children.append({loop->getInit(), loop->getRangeInit(), loop->getLoopVarStmt(), loop->getBody()});
  } else if (const auto *coreturn = dyn_cast<CoreturnStmt>(node)) {
    children.push_back(coreturn->getOperand());
  } else if (const auto *lambda = dyn_cast<LambdaExpr>(node)) {
    llvm::append_range(children, lambda->capture_inits());
  } else if (const auto *branch = dyn_cast<IfStmt>(node); branch && branch->isConstexpr()) {
    // The branch not taken is parsed, but no code.
    const auto *constant = dyn_cast_or_null<ConstantExpr>(branch->getCond());
    const bool known = constant && constant->hasAPValueResult() && constant->getAPValueResult().isInt();
    const bool taken = known && constant->getAPValueResult().getInt().getBoolValue();
    children.append({branch->getInit(), branch->getConditionVariableDeclStmt(), branch->getCond()});
    children.append({!known || taken ? branch->getThen() : nullptr, !known || !taken ? branch->getElse() : nullptr});
  } else if (!isa<BlockExpr>(node)) {
    llvm::append_range(children, node->children());
  }
  llvm::erase(children, nullptr);
}

bool isTransparent(const Stmt *node) {
  return isa<ParenExpr, ImplicitCastExpr, ExprWithCleanups, CXXBindTemporaryExpr, MaterializeTemporaryExpr, FullExpr,
             AttributedStmt>(node);
}

bool isCopyOrMove(const CXXConstructExpr *construct) {
  return construct->getNumArgs() >= 1 && construct->getConstructor()->isCopyOrMoveConstructor();
}

} // namespace

bool isOffered(const FunctionDecl *function) {
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  if (method && llvm::any_of(method->overridden_methods(), isOffered))
    return true;
  const SourceManager &sources = function->getASTContext().getSourceManager();
  return function->hasExternalFormalLinkage() && function->getAccess() != AS_private &&
         llvm::any_of(function->redecls(), [&](const FunctionDecl *each) {
           return !sources.isInMainFile(sources.getExpansionLoc(each->getLocation()));
         });
}

bool isPrescribed(const FunctionDecl *function) {
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  return method && llvm::any_of(method->overridden_methods(), [](const CXXMethodDecl *each) {
           return each->getASTContext().getSourceManager().isInSystemHeader(each->getLocation()) || isPrescribed(each);
         });
}

const Expr *peel(const Expr *expr) {
  while (expr) {
    const Expr *inner = expr->IgnoreParenImpCasts();
    if (const auto *full = dyn_cast<FullExpr>(inner))
      inner = full->getSubExpr();
    else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(inner))
      inner = bound->getSubExpr();
    else if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(inner))
      inner = temporary->getSubExpr();
    else if (const auto *construct = dyn_cast<CXXConstructExpr>(inner); construct && isCopyOrMove(construct))
      inner = construct->getArg(0);
    if (inner == expr)
      break;
    expr = inner;
  }
  return expr;
}

/// `std::move(x)`, `std::forward<T>(x)`, and functions of that name, or nearly, and signature: `kj::mv(x)`.
static bool isMove(const CallExpr *call) {
  const FunctionDecl *callee = call->getDirectCallee();
  if (!callee || !callee->getIdentifier() || isa<CXXMethodDecl>(callee)) return false;
  if (callee->isInStdNamespace()) return callee->getName() == "move" || callee->getName() == "forward";
  const QualType given = call->getArg(0)->getType(), got = call->getType();
  return call->isXValue() && given->isRecordType() && given.getCanonicalType().getUnqualifiedType() == got.getCanonicalType().getUnqualifiedType() &&
         (callee->getName() == "mv" || callee->getName() == "move" || callee->getName() == "fwd" || callee->getName() == "forward");
}

const Expr *peelMoves(const Expr *expr) {
  while ((expr = peel(expr))) {
    if (const auto *call = dyn_cast<CallExpr>(expr); call && call->getNumArgs() == 1) {
      if (isMove(call)) {
        expr = call->getArg(0);
        continue;
      }
    }
    if (const auto *cast = dyn_cast<ExplicitCastExpr>(expr);
        cast && cast->getType()->isRecordType() && cast->getSubExpr()->getType()->isRecordType()) {
      expr = cast->getSubExpr();
      continue;
    }
    break;
  }
  return expr;
}

const Stmt *Body::meaningfulParentOf(const Stmt *node) const {
  const Stmt *parent = parentOf(node);
  while (parent && isTransparent(parent))
    parent = parentOf(parent);
  return parent;
}

bool Body::isDiscarded(const Expr *node) const {
  const Stmt *child = node;
  for (const Stmt *parent = parentOf(node); parent; child = parent, parent = parentOf(parent)) {
    if (isa<ParenExpr, ExprWithCleanups, CXXBindTemporaryExpr, MaterializeTemporaryExpr, ConstantExpr>(parent))
      continue;
    if (const auto *cast = dyn_cast<ImplicitCastExpr>(parent)) {
      if (cast->getCastKind() == CK_NoOp || cast->getCastKind() == CK_ToVoid)
        continue;
      return false;
    }
    if (const auto *construct = dyn_cast<CXXConstructExpr>(parent)) {
      if (isCopyOrMove(construct)) // `c ? f() : g()` materialises through one
        continue;
      return false;
    }
    if (const auto *binary = dyn_cast<BinaryOperator>(parent)) {
      if (binary->getOpcode() != BO_Comma)
        return false;
      if (binary->getLHS() == child)
        return true;
      continue;
    }
    if (const auto *conditional = dyn_cast<AbstractConditionalOperator>(parent)) {
      if (conditional->getCond() == child)
        return false;
      continue;
    }
    if (const auto *loop = dyn_cast<ForStmt>(parent))
      return loop->getInc() == child || loop->getBody() == child || loop->getInit() == child;
    if (const auto *branch = dyn_cast<IfStmt>(parent))
      return branch->getThen() == child || branch->getElse() == child;
    if (const auto *loop = dyn_cast<WhileStmt>(parent))
      return loop->getBody() == child;
    if (const auto *loop = dyn_cast<DoStmt>(parent))
      return loop->getBody() == child;
    if (const auto *loop = dyn_cast<CXXForRangeStmt>(parent))
      return loop->getBody() == child;
    if (isa<CompoundStmt>(parent)) {
      const Stmt *outer = parentOf(parent);
      const auto *block = dyn_cast_or_null<StmtExpr>(outer);
      return !block || cast<CompoundStmt>(parent)->body_back() != child;
    }
    if (isa<SwitchCase, LabelStmt, AttributedStmt>(parent))
      return true;
    return false;
  }
  return false;
}

llvm::ArrayRef<const Stmt *> Body::within(const Stmt *root) const {
  if (spans_.empty()) {
    // Parents come before their children, and nothing of others between them.
    for (unsigned i = 0; i < nodes.size(); ++i)
      spans_[nodes[i]] = {i, 1};
    for (const Stmt *node : llvm::reverse(nodes))
      if (auto parent = spans_.find(parentOf(node)); parent != spans_.end())
        parent->second.second += spans_.lookup(node).second;
  }
  const auto [first, count] = spans_.lookup(root);
  return llvm::ArrayRef(nodes).slice(first, count);
}

bool Body::contains(const Stmt *ancestor, const Stmt *node) const {
  for (; node; node = parentOf(node))
    if (node == ancestor)
      return true;
  return false;
}

llvm::ArrayRef<const DeclRefExpr *> Body::references(const ValueDecl *variable) const {
  if (!referencesReady_) {
    for (const Stmt *node : nodes)
      if (const auto *reference = dyn_cast<DeclRefExpr>(node))
        references_[cast<ValueDecl>(reference->getDecl()->getCanonicalDecl())].push_back(reference);
    referencesReady_ = true;
  }
  auto found = references_.find(cast<ValueDecl>(variable->getCanonicalDecl()));
  return found == references_.end() ? llvm::ArrayRef<const DeclRefExpr *>() : found->second;
}

std::vector<const LambdaExpr *> Body::capturedBy(const ValueDecl *variable) const {
  std::vector<const LambdaExpr *> capturing;
  for (const Stmt *node : nodes)
    if (const auto *lambda = dyn_cast<LambdaExpr>(node))
      if (llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
            return capture.capturesVariable() &&
                   capture.getCapturedVar()->getCanonicalDecl() == variable->getCanonicalDecl();
          }))
        capturing.push_back(lambda);
  return capturing;
}

const CXXTryStmt *Body::tryAround(const Stmt *node) const {
  for (const Stmt *parent = parentOf(node); parent; node = parent, parent = parentOf(parent))
    if (const auto *block = dyn_cast<CXXTryStmt>(parent); block && block->getTryBlock() == node)
      return block;
  return nullptr;
}

CodeIndex::CodeIndex(ASTContext &context) {
  const SourceManager &sources = context.getSourceManager();
  for (Decl *scope : context.getTraversalScope()) {
    auto *unit = dyn_cast<TranslationUnitDecl>(scope);
    if (!unit) {
      addDecl(scope);
      continue;
    }
    for (const Decl *decl : unit->noload_decls())
      if (!sources.isInSystemHeader(sources.getExpansionLoc(decl->getLocation())))
        addDecl(decl);
  }
}

llvm::ArrayRef<Caller> CodeIndex::callersOf(const FunctionDecl *function) const {
  if (!std::exchange(callersReady_, true))
    for (const Body &body : bodies_)
      for (const CallExpr *call : body.all<CallExpr>())
        if (const FunctionDecl *callee = call->getDirectCallee())
          callers_[callee->getCanonicalDecl()].push_back({&body, call});
  const auto found = callers_.find(function->getCanonicalDecl());
  return found == callers_.end() ? llvm::ArrayRef<Caller>() : found->second;
}

const Body *CodeIndex::bodyOf(const FunctionDecl *function) const {
  if (!function)
    return nullptr;
  auto found = byFunction_.find(function->getCanonicalDecl());
  return found == byFunction_.end() ? nullptr : found->second;
}

void CodeIndex::addDecl(const Decl *decl) {
  if (decl->isInvalidDecl())
    return;
  if (const auto *function = dyn_cast<FunctionDecl>(decl)) {
    addFunction(function, nullptr, nullptr);
  } else if (const auto *record = dyn_cast<CXXRecordDecl>(decl)) {
    addRecord(record);
  } else if (const auto *variable = dyn_cast<VarDecl>(decl)) {
    addGlobal(variable);
  } else if (const auto *functions = dyn_cast<FunctionTemplateDecl>(decl)) {
    if (functions->isThisDeclarationADefinition() || functions->getCanonicalDecl() == functions)
      for (const FunctionDecl *specialization : functions->specializations())
        if (specialization->getTemplateSpecializationKind() != TSK_ExplicitSpecialization)
          addFunction(specialization->getDefinition(), nullptr, nullptr);
  } else if (const auto *classes = dyn_cast<ClassTemplateDecl>(decl)) {
    if (classes->getCanonicalDecl() == classes)
      for (const ClassTemplateSpecializationDecl *specialization : classes->specializations())
        if (!specialization->isExplicitSpecialization())
          addRecord(specialization);
  } else if (const auto *variables = dyn_cast<VarTemplateDecl>(decl)) {
    if (variables->getCanonicalDecl() == variables)
      for (const VarTemplateSpecializationDecl *specialization : variables->specializations())
        addGlobal(specialization);
  } else if (const auto *friendly = dyn_cast<FriendDecl>(decl)) {
    if (const NamedDecl *befriended = friendly->getFriendDecl())
      if (isa<FunctionDecl, FunctionTemplateDecl>(befriended))
        addDecl(befriended);
  } else if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(decl)) {
    for (const Decl *inner : cast<DeclContext>(decl)->noload_decls())
      addDecl(inner);
  }
}

void CodeIndex::addRecord(const CXXRecordDecl *record) {
  record = record->isThisDeclarationADefinition() ? record : nullptr;
  if (!record || record->isDependentContext() || record->isLambda() || !record->isCompleteDefinition())
    return;
  records_.push_back(record);
  for (const Decl *inner : record->decls())
    if (!inner->isImplicit())
      addDecl(inner);
  for (const FieldDecl *field : record->fields())
    if (const Expr *initialiser = field->hasInClassInitializer() ? field->getInClassInitializer() : nullptr; initialiser && !initialiser->isValueDependent())
      addInitialiser(initialiser);
}

void CodeIndex::addFunction(const FunctionDecl *function, const Body *parent, const LambdaExpr *lambda) {
  if (!function || !function->doesThisDeclarationHaveABody() || function->isDependentContext() ||
      function->isDefaulted() || function->hasSkippedBody() || function->isInvalidDecl())
    return;
  if (!byFunction_.try_emplace(function->getCanonicalDecl(), nullptr).second)
    return;
  const Stmt *code = function->getBody();
  if (!code)
    return;
  Body &body = bodies_.emplace_back();
  body.function = function;
  body.parent = parent;
  body.lambda = lambda;
  body.coroutine = dyn_cast<CoroutineBodyStmt>(code);
  body.code = body.coroutine ? body.coroutine->getBody() : code;
  byFunction_[function->getCanonicalDecl()] = &body;
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(function))
    for (const CXXCtorInitializer *initializer : constructor->inits())
      if (initializer->isWritten() && initializer->getInit())
        walk(body, initializer->getInit());
  walk(body, body.code);
  body.lost = lostIn(body, function->getASTContext());
}

void CodeIndex::addLambda(const LambdaExpr *lambda, const Body *parent) {
  const CXXMethodDecl *call = lambda->getCallOperator();
  if (!call)
    return;
  const FunctionTemplateDecl *generic = call->getDescribedFunctionTemplate();
  if (!generic) {
    addFunction(call, parent, lambda);
    return;
  }
  for (const FunctionDecl *specialization : generic->specializations()) {
    const size_t before = bodies_.size();
    addFunction(specialization->getDefinition(), parent, lambda);
    if (bodies_.size() > before)
      bodies_[before].instantiatedLambda = true;
  }
}

void CodeIndex::addGlobal(const VarDecl *variable) {
  if (variable->getType()->isDependentType() || variable->getDeclContext()->isDependentContext() ||
      !variable->hasInit() || variable->getInit()->isValueDependent())
    return;
  addInitialiser(variable->getInit());
}

void CodeIndex::addInitialiser(const Expr *initialiser) {
  initialisers_.push_back(initialiser);
  llvm::SmallVector<const Stmt *, 16> pending{initialiser}, children;
  while (!pending.empty()) {
    const Stmt *node = pending.pop_back_val();
    if (const auto *lambda = dyn_cast<LambdaExpr>(node))
      addLambda(lambda, nullptr);
    writtenChildren(node, children);
    llvm::append_range(pending, children);
  }
}

void CodeIndex::walk(Body &body, const Stmt *root) {
  std::vector<const Stmt *> pending{root};
  std::vector<const LambdaExpr *> lambdas;
  std::vector<const CXXRecordDecl *> localRecords;
  llvm::SmallVector<const Stmt *, 16> children;
  while (!pending.empty()) {
    const Stmt *node = pending.back();
    pending.pop_back();
    body.nodes.push_back(node);
    if (const auto *lambda = dyn_cast<LambdaExpr>(node))
      lambdas.push_back(lambda);
    if (const auto *declaration = dyn_cast<DeclStmt>(node))
      for (const Decl *decl : declaration->decls())
        if (const auto *record = dyn_cast<CXXRecordDecl>(decl))
          localRecords.push_back(record);
    writtenChildren(node, children);
    for (const Stmt *child : llvm::reverse(children))
      if (body.parents_.try_emplace(child, node).second)
        pending.push_back(child);
  }
  for (const LambdaExpr *lambda : lambdas)
    addLambda(lambda, &body);
  for (const CXXRecordDecl *record : localRecords)
    addRecord(record);
}

std::string qualifiedName(const Body &body) {
  std::string name;
  llvm::raw_string_ostream stream(name);
  const Body *named = &body;
  while (named->lambda && named->parent)
    named = named->parent;
  named->function->printQualifiedName(stream);
  if (named != &body)
    name += "::(lambda)";
  return name;
}

} // namespace coroguard
