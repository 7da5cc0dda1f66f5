// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The user's code of one unit, laid out for questions: one Body per function body (lambdas and template instantiations
// included), its statements in source order, who is whose parent, who refers to which variable.
#pragma once

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"

#include <deque>
#include <string>
#include <vector>

namespace coroguard {

/// What is missing from the tree of a body that does not compile; see lostIn() (LostCode.h).
struct LostCode {
  bool incomplete = false;
  llvm::StringSet<> words;
};

/// One function body with code of its own. Statements of lambdas inside belong to the lambdas' bodies.
/// Owned by the CodeIndex; as long-lived as the unit.
class Body {
public:
  const clang::FunctionDecl *function = nullptr;    ///< never null; for a lambda its call operator
  const clang::Stmt *code = nullptr;                ///< the body as the user wrote it (inside CoroutineBodyStmt)
  const clang::CoroutineBodyStmt *coroutine = nullptr; ///< null if this is an ordinary function
  const clang::LambdaExpr *lambda = nullptr;        ///< set for call operators of lambdas
  const Body *parent = nullptr;                     ///< the body a lambda is written in
  /// Every statement and expression the user wrote, parents before children, in source order.
  std::vector<const clang::Stmt *> nodes;

  LostCode lost; ///< for code that does not compile: what an incomplete body does *not* do proves nothing

  bool isCoroutine() const { return coroutine != nullptr; }
  bool isInstantiation() const { return function->isTemplateInstantiation() || instantiatedLambda; }
  bool instantiatedLambda = false;

  /// All nodes of one kind, in source order.
  template <class Node> std::vector<const Node *> all() const {
    std::vector<const Node *> found;
    for (const clang::Stmt *node : nodes)
      if (const auto *match = llvm::dyn_cast<Node>(node))
        found.push_back(match);
    return found;
  }

  /// The syntactic parent inside this body; null for the outermost node.
  const clang::Stmt *parentOf(const clang::Stmt *node) const { return parents_.lookup(node); }
  /// Did the user write this node here? The machinery of awaits and of the coroutine itself is not in `nodes`.
  bool has(const clang::Stmt *node) const { return node == code || parentOf(node); }
  /// The nearest parent that is not a parenthesis, implicit cast, cleanup or temporary wrapper.
  const clang::Stmt *meaningfulParentOf(const clang::Stmt *node) const;
  /// True if the value of `node` is thrown away: an expression statement, left of a comma, for-increment, …
  /// An explicit cast to void is not a discard: it says that dropping is meant.
  bool isDiscarded(const clang::Expr *node) const;
  bool contains(const clang::Stmt *ancestor, const clang::Stmt *node) const;
  /// The innermost `try` whose block has the node in it; null if what it throws leaves the body.
  const clang::CXXTryStmt *tryAround(const clang::Stmt *node) const;
  /// `root` and what is in it, in source order; empty if the user did not write it here.
  llvm::ArrayRef<const clang::Stmt *> within(const clang::Stmt *root) const;

  /// Evaluated references to `variable` in this body, captures of lambdas not included.
  llvm::ArrayRef<const clang::DeclRefExpr *> references(const clang::ValueDecl *variable) const;
  /// Lambdas of this body that capture `variable`.
  std::vector<const clang::LambdaExpr *> capturedBy(const clang::ValueDecl *variable) const;

private:
  friend class CodeIndex;
  llvm::DenseMap<const clang::Stmt *, const clang::Stmt *> parents_;
  mutable llvm::DenseMap<const clang::ValueDecl *, llvm::SmallVector<const clang::DeclRefExpr *, 4>> references_;
  mutable bool referencesReady_ = false;
  mutable llvm::DenseMap<const clang::Stmt *, std::pair<unsigned, unsigned>> spans_; ///< where in `nodes`, and how many
};

/// A call by name, and where it stands.
struct Caller {
  const Body *body;
  const clang::CallExpr *call;
};

/// All bodies of the user's code (nothing of system headers, no uninstantiated templates). Immutable once made.
class CodeIndex {
public:
  explicit CodeIndex(clang::ASTContext &context);

  const std::deque<Body> &bodies() const { return bodies_; }
  /// The body of `function` if the unit defines it in the user's code (or it is a lambda's call operator); else null.
  /// An instantiated function gives the body of that instantiation.
  const Body *bodyOf(const clang::FunctionDecl *function) const;
  /// The calls in the user's code that name `function`, in the order of the bodies. Calls through pointers, of virtual
  /// overrides and of constructors are not among them.
  llvm::ArrayRef<Caller> callersOf(const clang::FunctionDecl *function) const;
  /// The user's classes (complete, not dependent), in source order.
  llvm::ArrayRef<const clang::CXXRecordDecl *> records() const { return records_; }
  /// What is evaluated outside all bodies' own code: initialisers of variables of namespaces and classes, and of members.
  llvm::ArrayRef<const clang::Expr *> initialisers() const { return initialisers_; }

private:
  void addDecl(const clang::Decl *decl);
  void addRecord(const clang::CXXRecordDecl *record);
  void addFunction(const clang::FunctionDecl *function, const Body *parent, const clang::LambdaExpr *lambda);
  void addLambda(const clang::LambdaExpr *lambda, const Body *parent);
  void walk(Body &body, const clang::Stmt *root);
  void addGlobal(const clang::VarDecl *variable);
  void addInitialiser(const clang::Expr *initialiser);

  std::deque<Body> bodies_;
  llvm::DenseMap<const clang::FunctionDecl *, const Body *> byFunction_;
  mutable llvm::DenseMap<const clang::FunctionDecl *, llvm::SmallVector<Caller, 2>> callers_;
  mutable bool callersReady_ = false;
  std::vector<const clang::CXXRecordDecl *> records_;
  std::vector<const clang::Expr *> initialisers_;
};

/// `ns::Class::method`, and `ns::f::(lambda)` for what is written in a lambda of f.
std::string qualifiedName(const Body &body);

/// Can code outside of the unit call it? It is declared in a header and not private, or what it overrides is.
bool isOffered(const clang::FunctionDecl *function);
/// Does it override what a system header declares? Then its author could not choose its signature.
bool isPrescribed(const clang::FunctionDecl *function);

/// `expr` without parentheses, casts the compiler added, temporaries, cleanups and constructor calls that only copy or
/// move their one argument.
const clang::Expr *peel(const clang::Expr *expr);
/// As peel(), and through `std::move`, `std::forward` and explicit casts that keep the class type.
const clang::Expr *peelMoves(const clang::Expr *expr);

} // namespace coroguard
