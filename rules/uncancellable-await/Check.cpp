// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compares what is in scope with what the awaited function, or another of its name, has parameters for.
#include "rules/uncancellable-await/Check.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Cancellation.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = uncancellable_await::message;

UncancellableAwaitCheck::UncancellableAwaitCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, uncancellable_await::info()), options_(uncancellable_await::Options::read(Options)) {}

void UncancellableAwaitCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

/// A token that the coroutine can name.
struct UncancellableAwaitCheck::Token {
  const ValueDecl *decl;
  const CXXRecordDecl *record;
};

namespace {

const CXXRecordDecl *tokenClass(QualType type, Unit &unit) {
  return isStopToken(type, unit.types()) ? classOf(pointedTo(type))->getCanonicalDecl() : nullptr;
}

/// `std::stop_token none;`: nobody can ask through it.
bool isEmpty(const VarDecl *variable) {
  const auto *made = variable->hasInit() ? dyn_cast<CXXConstructExpr>(peel(variable->getInit())) : nullptr;
  return !isa<ParmVarDecl>(variable) && made && made->getNumArgs() == 0;
}

bool mentions(const Stmt *tree, const ValueDecl *decl) {
  return anyDescendant(tree, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *member = dyn_cast<MemberExpr>(node);
    return (reference && reference->getDecl() == decl) || (member && member->getMemberDecl() == decl);
  });
}

/// `std::stop_callback on_stop(token, [&] { socket.close(); })`: what is awaited ends in another way.
bool isActedOn(const ValueDecl *token, const Body &body) {
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    const std::optional<CallSite> site = CallSite::of(node);
    const bool callback = site && llvm::any_of(site->arguments, [](const Expr *argument) {
                            const CXXRecordDecl *record = classOf(argument->getType());
                            return record && record->isLambda();
                          });
    return callback && mentions(node, token);
  });
}

/// Where somebody asked for the end, or something failed, the rest is to be done all the same.
bool isCleanup(const Stmt *at, const Body &body, llvm::ArrayRef<const ValueDecl *> tokens) {
  for (const Stmt *up = body.parentOf(at), *below = at; up; below = up, up = body.parentOf(up)) {
    const auto *branch = dyn_cast<IfStmt>(up);
    if (isa<CXXCatchStmt>(up)) return true;
    if (branch && below != branch->getCond() && llvm::any_of(tokens, [&](const ValueDecl *token) { return mentions(branch->getCond(), token); })) return true;
  }
  return false;
}

/// The parameter of this class for which the call gives nothing of its own.
const ParmVarDecl *defaulted(const CallSite &call, const CXXRecordDecl *token, Unit &unit) {
  for (unsigned i = 0; i < call.arguments.size(); ++i) {
    const ParmVarDecl *parameter = call.parameter(i);
    if (parameter && isa<CXXDefaultArgExpr>(call.arguments[i]) && tokenClass(parameter->getType(), unit) == token) return parameter;
  }
  return nullptr;
}

bool takes(const FunctionDecl *function, const CXXRecordDecl *token, Unit &unit) {
  return llvm::any_of(function->parameters(), [&](const ParmVarDecl *parameter) { return tokenClass(parameter->getType(), unit) == token; });
}

/// `wait(token)` beside `wait()`, `sleep_abortable(time, source)` beside `sleep(time)`: the same and a token.
const FunctionDecl *siblingFor(const FunctionDecl *callee, const CXXRecordDecl *token, Unit &unit) {
  const std::string name = plainName(callee);
  for (const Decl *each : callee->getDeclContext()->getRedeclContext()->decls()) {
    const auto *pattern = dyn_cast<FunctionTemplateDecl>(each);
    const auto *function = pattern ? pattern->getTemplatedDecl() : dyn_cast<FunctionDecl>(each);
    if (!function || !function->getIdentifier() || function->getNumParams() != callee->getNumParams() + 1 || !takes(function, token, unit)) continue;
    const std::string other = plainName(function);
    if (other == name || (llvm::StringRef(other).starts_with(name) && containsAny(other, {"abortable", "cancellable", "cancelable", "stoppable"})))
      return function;
  }
  return nullptr;
}

} // namespace

/// The nearest first: parameters and locals, those of the function around a lambda, members.
std::vector<UncancellableAwaitCheck::Token> UncancellableAwaitCheck::tokensOf(const Body &body, Unit &unit) {
  std::vector<Token> tokens;
  auto add = [&](const ValueDecl *decl) {
    if (const CXXRecordDecl *record = tokenClass(decl->getType(), unit)) tokens.push_back({decl, record});
  };
  for (const ParmVarDecl *parameter : body.function->parameters())
    add(parameter);
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls())
      if (const auto *variable = dyn_cast<VarDecl>(decl); variable && !isEmpty(variable)) add(variable);
  if (body.lambda)
    for (const LambdaCapture &capture : body.lambda->captures())
      if (capture.capturesVariable()) add(capture.getCapturedVar());
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  if (method && method->isInstance() && !body.lambda)
    for (const FieldDecl *field : method->getParent()->fields())
      add(field);
  return tokens;
}

void UncancellableAwaitCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    if (!body.isCoroutine()) continue;
    std::vector<Token> tokens = tokensOf(body, unit);
    llvm::erase_if(tokens, [&](const Token &token) { return isActedOn(token.decl, body); });
    if (tokens.empty()) continue;
    for (const CoawaitExpr *await : body.all<CoawaitExpr>())
      judge(await, tokens, body, unit);
  }
}

void UncancellableAwaitCheck::judge(const CoawaitExpr *await, const std::vector<Token> &tokens, const Body &body, Unit &unit) {
  const auto *call = dyn_cast_or_null<CallExpr>(peelMoves(await->getOperand()));
  const std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
  if (!site || !site->callee || says::cleansUp(nameOf(site->callee)) || isExempt(options_.allowedCallees, unit.names().of(site->callee))) return;
  std::vector<const ValueDecl *> all;
  for (const Token &token : tokens)
    all.push_back(token.decl);
  if (llvm::any_of(all, [&](const ValueDecl *token) { return mentions(await, token); }) || isCleanup(await, body, all)) return;
  for (const Token &token : tokens) {
    const auto *variable = dyn_cast<VarDecl>(token.decl);
    if (variable && !isa<ParmVarDecl>(variable) && variable->getDeclContext() == body.function && !livesAcross(variable, await, body)) continue;
    const std::string name = token.decl->getNameAsString(), callee = unit.callees().nameForPeople(call), coroutine = unit.names().forPeople(body.function);
    if (const ParmVarDecl *parameter = defaulted(*site, token.record, unit)) {
      FindingBuilder finding = report(&body, call->getSourceRange(), message::missing(callee, name, coroutine));
      finding.step(token.decl->getLocation(), message::tokenHere());
      const unsigned index = parameter->getFunctionScopeIndex();
      const bool next = index == 0 || !isa<CXXDefaultArgExpr>(site->arguments[index - 1]);
      if (next && !parameter->getType()->isPointerType() && !token.decl->getType()->isPointerType())
        finding.fix(catalog::FixKind::Unsafe, message::pass(name), {FixItHint::CreateInsertion(call->getRParenLoc(), (index ? ", " : "") + name)});
      return;
    }
    if (takes(site->callee, token.record, unit)) return; // it is given another
    if (const FunctionDecl *sibling = siblingFor(site->callee, token.record, unit)) {
      report(&body, call->getSourceRange(), message::sibling(callee, unit.names().forPeople(sibling), name, coroutine))
          .step(token.decl->getLocation(), message::tokenHere())
          .step(sibling->getLocation(), message::siblingHere());
      return;
    }
  }
}

} // namespace coroguard::rules
