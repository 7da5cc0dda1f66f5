// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clang keeps an expression that it understands in part, and drops the statement if it does not. What was dropped is
// found in the text: between two statements stand only semicolons.
#include "checker/semantics/LostCode.h"

#include "clang/AST/DynamicRecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace coroguard {

namespace {

class LossFinder : public ConstDynamicRecursiveASTVisitor {
public:
  LossFinder(const Body &body, const ASTContext &context)
      : sources_(context.getSourceManager()), language_(context.getLangOpts()) {
    for (const ParmVarDecl *parameter : body.function->parameters())
      names_.insert(parameter->getName());
    if (body.lambda)
      for (const LambdaCapture &capture : body.lambda->captures())
        if (capture.capturesVariable())
          names_.insert(capture.getCapturedVar()->getName());
    for (llvm::StringRef word : {"co_await", "co_yield", "co_return", "return", "throw", "break", "continue", "goto"})
      names_.insert(word);
    TraverseStmt(body.code);
    found.incomplete |= llvm::any_of(found.words, [&](const auto &word) { return names_.contains(word.first()); });
  }

  LostCode found;

  bool VisitVarDecl(const VarDecl *variable) override {
    names_.insert(variable->getName());
    return true;
  }
  bool VisitDeclStmt(const DeclStmt *statement) override { // its end is known, that of a lost initializer is not
    if (llvm::any_of(statement->decls(), [](const Decl *decl) { return decl->isInvalidDecl(); }))
      loseAll(statement->getSourceRange());
    return true;
  }
  bool VisitRecoveryExpr(const RecoveryExpr *expr) override { // it keeps some of its operands
    loseAll(expr->getSourceRange());
    return true;
  }
  bool VisitExpr(const Expr *expr) override {
    found.incomplete |= expr->containsErrors();
    return true;
  }

  /// Stands for a branch or a case that could not be read if it has no semicolon.
  bool VisitNullStmt(const NullStmt *statement) override {
    const SourceLocation at = statement->getSemiLoc();
    if (at.isFileID() && *sources_.getCharacterData(at) != ';')
      lose(at, 1 << 16, /*oneStatement=*/true);
    return true;
  }

  bool VisitCompoundStmt(const CompoundStmt *block) override {
    SourceLocation from = block->getLBracLoc();
    if (from.isInvalid() || from.isMacroID())
      return true;
    from = from.getLocWithOffset(1);
    for (const Stmt *statement : block->body()) {
      const CharSourceRange range = fileRange(statement->getSourceRange());
      between(from, range.getBegin());
      from = range.getEnd();
    }
    between(from, block->getRBracLoc());
    return true;
  }

private:
  /// From its first character to behind its last, in the file.
  CharSourceRange fileRange(SourceRange range) const {
    return Lexer::getAsCharRange(sources_.getExpansionRange(range), sources_, language_);
  }

  void loseAll(SourceRange range) {
    found.incomplete = true;
    const CharSourceRange text = fileRange(range);
    between(text.getBegin(), text.getEnd());
  }

  void between(SourceLocation from, SourceLocation to) {
    if (from.isInvalid() || to.isInvalid())
      return;
    const auto [file, begin] = sources_.getDecomposedLoc(from);
    const auto [other, end] = sources_.getDecomposedLoc(to);
    if (file == other && begin < end)
      lose(from, end - begin, /*oneStatement=*/false);
  }

  /// Keeps the words in `length` bytes of text that no statement of the tree covers, or up to the next semicolon.
  void lose(SourceLocation from, unsigned length, bool oneStatement) {
    const auto [file, offset] = sources_.getDecomposedLoc(from);
    const llvm::StringRef text = sources_.getBufferData(file);
    Lexer lexer(sources_.getLocForStartOfFile(file), language_, text.begin(), text.begin() + offset, text.end());
    const char *end = text.begin() + std::min<size_t>(size_t(offset) + length, text.size());
    Token token;
    for (bool last = false; !last;) {
      last = lexer.LexFromRawLexer(token);
      if (lexer.getBufferLocation() > end || (oneStatement && token.is(tok::semi)))
        return;
      if (token.is(tok::raw_identifier))
        found.words.insert(token.getRawIdentifier());
    }
  }

  const SourceManager &sources_;
  const LangOptions &language_;
  llvm::StringSet<> names_;
};

} // namespace

LostCode lostIn(const Body &body, const ASTContext &context) {
  return context.getDiagnostics().hasUncompilableErrorOccurred() ? LossFinder(body, context).found : LostCode();
}

} // namespace coroguard
