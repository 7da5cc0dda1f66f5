// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Knows handles by pack, by the standard library, and by what their destructors do.
#include "rules/discarded-spawn/Check.h"

#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/StmtCXX.h"
#include "clang/AST/TypeLoc.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard::rules {

namespace message = discarded_spawn::message;

DiscardedSpawnCheck::DiscardedSpawnCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, discarded_spawn::info()), options_(discarded_spawn::Options::read(Options)) {}

void DiscardedSpawnCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

/// Threads need no coroutine, and what infer() takes for a handle can be any class.
bool DiscardedSpawnCheck::mayFire(const UnitWords &words, bool async) const {
  const bool stops = words.hasAny({"cancel", "stop", "request_stop", "requeststop", "requestcancellation", "request_cancellation",
                                   "abort", "kill", "join", "wait", "disconnect", "unsubscribe", "unregister"});
  const bool keeps = words.hasAny({"detach", "release", "join", "get", "wait", "joinable"});
  return async || words.hasAny({"async", "thread", "jthread"}) || (stops && keeps);
}

void DiscardedSpawnCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    for (const Stmt *node : body.nodes) {
      if (isa<CallExpr, CoawaitExpr, CXXConstructExpr>(node))
        checkDropped(cast<Expr>(node), body, unit);
      else if (const auto *declaration = dyn_cast<DeclStmt>(node))
        for (const Decl *decl : declaration->decls())
          if (const auto *variable = dyn_cast<VarDecl>(decl)) {
            checkDeclared(variable, body, unit);
            checkLast(variable, declaration, body, unit);
          }
    }
}

namespace {

enum class OnDrop : uint8_t { Nothing, Cancels, Joins, CancelsOrJoins };

OnDrop byName(llvm::StringRef callee) {
  return llvm::StringSwitch<OnDrop>(callee)
      .CasesLower({"cancel", "stop", "request_stop", "requeststop", "requestcancellation", "request_cancellation",
                   "abort", "kill", "disconnect", "unsubscribe", "unregister"},
                  OnDrop::Cancels)
      .CasesLower({"join", "wait"}, OnDrop::Joins)
      .Default(OnDrop::Nothing);
}

struct Handle {
  OnDrop drop = OnDrop::Nothing;
  const Expr *where = nullptr; ///< in the destructor, if it is seen
};

/// Was the call given work to run: a task, or a lambda, also as a std::function?
bool isGivenWork(const CallSite &call, Unit &unit) {
  return llvm::any_of(call.arguments, [&](const Expr *argument) {
    const CXXRecordDecl *record = classOf(argument->getType());
    return unit.types().mustConsume(argument->getType().getNonReferenceType()) || (record && record->isLambda()) ||
           anyDescendant(argument, [](const Stmt *node) { return isa<LambdaExpr>(node); });
  });
}

/// What a call in a destructor does to the work, by the name of the function or of the callable member. What comes back
/// from a function that registers callbacks has its own way to end that, whatever it is called.
OnDrop dropBy(const Stmt *node, bool registered) {
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(node)) {
    const CXXMethodDecl *method = call->getMethodDecl();
    return method && method->getIdentifier() ? byName(method->getName()) : OnDrop::Nothing;
  }
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(node);
  const bool calls = operation && operation->getOperator() == OO_Call;
  const auto *member = calls ? dyn_cast<MemberExpr>(operation->getArg(0)->IgnoreParenImpCasts()) : nullptr;
  if (member && registered)
    return OnDrop::Cancels;
  const std::string name = member ? member->getMemberDecl()->getNameAsString() : "";
  return byName(llvm::StringRef(name).rtrim('_'));
}

bool canBeStopped(const CXXRecordDecl *record) {
  return llvm::any_of(record->methods(), [](const CXXMethodDecl *method) {
    return method->getIdentifier() && byName(method->getName()) == OnDrop::Cancels;
  });
}

/// A class that lets go of running work: its destructor stops or joins, and its users may do so, or release it, as
/// well, or it came back from a call that was given work.
Handle infer(const CXXRecordDecl *record, bool givenWork, bool registered, Unit &unit) {
  const CXXDestructorDecl *destructor = record->getDestructor();
  const FunctionDecl *definition = nullptr;
  if (!destructor || destructor->isImplicit() || destructor->isDefaulted())
    for (const CXXBaseSpecifier &base : record->bases())
      if (const CXXRecordDecl *part = classOf(base.getType()); part && part->hasDefinition() && !part->isInStdNamespace())
        if (const Handle handle = infer(part->getDefinition(), givenWork, registered, unit); handle.where) return handle;
  // A destructor nobody can see, of something that has to be detached to go on by itself: it stops, or waits.
  if (destructor && !destructor->isImplicit() && !destructor->isDefaulted() && !destructor->hasBody(definition) && givenWork) {
    const bool told = !methodsNamed(record, "joinable").empty() || record->hasAttr<WarnUnusedResultAttr>();
    return {!canLetGo(record)      ? OnDrop::Nothing
            : canBeStopped(record) ? OnDrop::Cancels
            : told                 ? OnDrop::CancelsOrJoins
                                   : OnDrop::Nothing};
  }
  if (!destructor || !destructor->hasBody(definition) || !definition || definition->hasSkippedBody()) return {};
  bool mayBeKept = givenWork || unit.types().isAwaitable(unit.ast().getCanonicalTagType(record));
  for (llvm::StringRef method : {"detach", "release", "join", "get", "wait", "joinable"})
    mayBeKept |= !methodsNamed(record, method).empty();
  Handle handle;
  if (mayBeKept)
    anyDescendant(definition->getBody(), [&](const Stmt *node) {
      if (const OnDrop drop = dropBy(node, registered); drop != OnDrop::Nothing) handle = {drop, cast<Expr>(node)};
      return handle.where != nullptr;
    });
  return handle;
}

Handle handleOf(const Expr *made, const std::optional<CallSite> &call, Unit &unit) {
  const CXXRecordDecl *record = made->isPRValue() ? classOf(made->getType()) : nullptr;
  const AsyncType *task = record ? unit.types().mustConsume(made->getType()) : nullptr;
  if (!record || (task && !isRunningHandle(*task))) return {}; // rule unawaited-task speaks about tasks
  const llvm::StringRef name = unit.names().of(record);
  if (call && call->callee && unit.names().of(call->callee) == "std::async") {
    const bool deferred = !call->arguments.empty() && anyDescendant(call->arguments.front(), [](const Stmt *node) {
      const auto *policy = dyn_cast<DeclRefExpr>(node);
      return policy && policy->getDecl()->getNameAsString() == "deferred";
    });
    return {deferred ? OnDrop::Nothing : OnDrop::Joins}; // deferred work waits for get(): nothing has been started
  }
  if (name == "std::jthread") return {OnDrop::Joins};
  if (const catalog::TypeModel *model = unit.types().modelOf(record, catalog::TypeRole::Handle))
    return {model->drop == catalog::Drop::Cancels ? OnDrop::Cancels
            : model->drop == catalog::Drop::Joins ? OnDrop::Joins
                                                  : OnDrop::Nothing};
  const bool registered = call && call->callee && says::registers(nameOf(call->callee)) &&
                          llvm::any_of(unit.bodies(), [](const Body &each) { return each.isCoroutine(); }); // mayFire() has no word for it
  return record->isInStdNamespace() ? Handle() : infer(record, call && isGivenWork(*call, unit), registered, unit);
}

} // namespace

void DiscardedSpawnCheck::checkDropped(const Expr *made, const Body &body, Unit &unit) {
  const Stmt *outer = made;
  while (const Stmt *parent = body.parentOf(outer)) {
    if (!isa<CXXFunctionalCastExpr, CXXBindTemporaryExpr>(parent)) break;
    outer = parent;
  }
  if (!body.isDiscarded(cast<Expr>(outer))) return;
  if (const auto *construct = dyn_cast<CXXConstructExpr>(made);
      construct && (construct->getNumArgs() == 0 || construct->getConstructor()->isCopyOrMoveConstructor()))
    return;
  const std::optional<CallSite> call = CallSite::of(made);
  const Handle handle = handleOf(made, call, unit);
  if (handle.drop == OnDrop::Nothing) return;
  const CXXRecordDecl *record = classOf(made->getType());
  if (isExempt(options_.allowedTypes, unit.names().of(record)) ||
      (call && call->callee && isExempt(options_.allowedCallees, unit.names().of(call->callee))))
    return;
  const std::string type = record->getNameAsString();
  const std::string callee = unit.callees().nameForPeople(made);
  FindingBuilder finding =
      report(&body, made->getSourceRange(),
             handle.drop == OnDrop::Cancels ? message::cancels(type, callee)
             : handle.drop == OnDrop::Joins ? message::joins(type, callee)
                                            : message::either(type, callee));
  if (handle.where) finding.step(handle.where->getBeginLoc(), message::diesHere());
}

/// `auto job = start(work); }`: the scope ends with the statement that fills the handle, and the work with it.
void DiscardedSpawnCheck::checkLast(const VarDecl *variable, const DeclStmt *declaration, const Body &body, Unit &unit) {
  const Stmt *scope = body.parentOf(declaration);
  const auto *block = dyn_cast_or_null<CompoundStmt>(scope);
  const bool last = block ? block->body_back() == declaration : isa_and_nonnull<IfStmt, ForStmt, WhileStmt, CXXForRangeStmt>(scope);
  const Expr *made = last && variable->hasLocalStorage() && variable->hasInit() ? peelMoves(variable->getInit()) : nullptr;
  const std::optional<CallSite> call = made && isa<CallExpr>(made) ? CallSite::of(made) : std::nullopt;
  if (!call || !call->callee || !declaration->isSingleDecl() || variable->hasAttr<UnusedAttr>() || !body.references(variable).empty())
    return;
  const CXXRecordDecl *record = classOf(made->getType());
  const Handle handle = handleOf(made, call, unit);
  if (handle.drop != OnDrop::Cancels || isExempt(options_.allowedTypes, unit.names().of(record)) ||
      isExempt(options_.allowedCallees, unit.names().of(call->callee)))
    return;
  FindingBuilder finding = report(&body, made->getSourceRange(), message::cancels(record->getNameAsString(), unit.callees().nameForPeople(made)));
  if (handle.where) finding.step(handle.where->getBeginLoc(), message::diesHere());
}

/// `std::jthread(work);` is a declaration of `work`.
void DiscardedSpawnCheck::checkDeclared(const VarDecl *variable, const Body &body, Unit &unit) {
  const CXXRecordDecl *record = classOf(variable->getType());
  const TypeSourceInfo *written = variable->getTypeSourceInfo();
  if (!record || !written || written->getTypeLoc().getAs<ParenTypeLoc>().isNull()) return;
  const llvm::StringRef name = unit.names().of(record);
  const auto *construct = dyn_cast_or_null<CXXConstructExpr>(variable->getInit());
  if ((name == "std::jthread" || name == "std::thread") && construct && construct->getNumArgs() == 0)
    report(&body, variable->getSourceRange(), message::declares(variable->getNameAsString(), name));
}

} // namespace coroguard::rules
