// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows names, members, elements and views to the object that owns the storage.
#include "checker/flow/Storage.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/Analysis/AnalysisDeclContext.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace coroguard {
namespace {

using Kind = Storage::Kind;


/// A container by its shape: one can walk over it, put values into it, and it has something to destroy. One that takes
/// elements by `T &` only links what others own.
bool isContainer(const CXXRecordDecl *record) {
  if (!record->hasDefinition() || record->hasTrivialDestructor() || methodsNamed(record, "begin").empty() || methodsNamed(record, "end").empty())
    return false;
  // Strings and arrays of any library: they hand out where their elements lie.
  const bool contiguous = llvm::any_of(methodsNamed(record, "begin"), [](const CXXMethodDecl *begin) {
    return begin->getReturnType()->isPointerType();
  });
  if (contiguous && !methodsNamed(record, "size").empty())
    return true;
  for (llvm::StringRef name : {"emplace", "emplace_back", "emplaceBack", "try_emplace"})
    if (!methodsNamed(record, name).empty())
      return true;
  return llvm::any_of(methodsNamed(record, "push_back"), [](const CXXMethodDecl *method) {
    const QualType given = method->getNumParams() == 1 ? method->getParamDecl(0)->getType() : QualType();
    return !given.isNull() && (!given->isLValueReferenceType() || given->getPointeeType().isConstQualified());
  });
}

Storage part(Storage whole) {
  whole.part = whole.kind != Kind::Temporary;
  return whole;
}

/// As part(), for what a smart pointer owns.
Storage partOf(const Expr *object, Storage whole) {
  whole = part(whole);
  const CXXRecordDecl *record = classOf(object->getType());
  whole.behind |= nameOf(record) == "unique_ptr";
  return whole;
}

Storage eitherOf(Storage a, Storage b) {
  if (a.kind == Kind::Temporary || b.kind == Kind::Temporary)
    return a.kind == Kind::Temporary ? a : b;
  if (a.kind == Kind::Member && b.kind == Kind::Member)
    return a; // of one of two, which both last as long as the object
  return a.kind == b.kind && a.variable == b.variable && a.member == b.member ? a : Storage();
}

Storage storageOfVariable(const VarDecl *variable, const Body &body, unsigned depth) {
  if (!variable->hasLocalStorage())
    return variable->getType()->isReferenceType() ? Storage() : Storage{Kind::Lasting, variable};
  if (homeOf(variable, body) != &body || variable->isInitCapture()) // as long as its closure, wherever that is
    return {};
  if (!variable->getType()->isReferenceType())
    return {Kind::Local, variable};
  if (isa<ParmVarDecl>(variable))
    return {Kind::Unknown, variable};
  if (depth > 6)
    return {};
  if (variable->isCXXForRangeDecl()) {
    for (const Stmt *node : body.nodes)
      if (const auto *loop = dyn_cast<CXXForRangeStmt>(node); loop && loop->getLoopVariable() == variable) {
        const Expr *range = loop->getRangeInit();
        const Storage whole = isView(range->getType()) ? pointeeOf(range, body, depth + 1) : storageOf(range, body, depth + 1);
        if (whole.kind == Kind::Temporary)
          return {Kind::Local, variable};
        return range->getType()->isArrayType() || ownsElements(range->getType()) || isView(range->getType()) ? part(whole) : Storage();
      }
    return {};
  }
  const Expr *init = variable->getInit();
  if (!init)
    return {};
  if (const auto *cleanups = dyn_cast<ExprWithCleanups>(init))
    init = cleanups->getSubExpr();
  if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(init->IgnoreParenNoopCasts(variable->getASTContext()));
      temporary && temporary->getExtendingDecl())
    return {Kind::Local, variable};
  return storageOf(init, body, depth + 1);
}

/// `base &for_read() { return *this; }`
bool returnsSelf(const FunctionDecl *callee) {
  const auto *block = dyn_cast_or_null<CompoundStmt>(callee ? callee->getBody() : nullptr);
  const auto *result = block && block->size() == 1 ? dyn_cast<ReturnStmt>(block->body_front()) : nullptr;
  const auto *self = result && result->getRetValue() ? dyn_cast<UnaryOperator>(result->getRetValue()->IgnoreParenCasts()) : nullptr;
  return self && self->getOpcode() == UO_Deref && isa<CXXThisExpr>(self->getSubExpr()->IgnoreParenImpCasts());
}

Storage storageOfCall(const CallExpr *call, const Body &body, unsigned depth) {
  const FunctionDecl *callee = call->getDirectCallee();
  if (call->isPRValue())
    return call->getType()->isRecordType() ? Storage{Kind::Temporary} : Storage();
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(call)) {
    const OverloadedOperatorKind kind = operation->getOperator();
    const Expr *object = operation->getArg(0);
    if ((kind == OO_Subscript || kind == OO_Star) && ownsElements(object->getType()))
      return partOf(object, storageOf(object, body, depth + 1));
    if ((kind == OO_Subscript || kind == OO_Star) && pointsElsewhere(object->getType().getNonReferenceType()))
      return part(pointeeOf(object, body, depth + 1));
    return {};
  }
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call)) {
    const Expr *object = member->getImplicitObjectArgument();
    if (object->isPRValue() && object->getType()->isPointerType())
      return {};
    if (ownsElements(object->getType()) &&
        isOneOf(nameOf(callee), {"front", "back", "at", "value", "top", "get", "emplace", "emplace_back", "emplace_front"}))
      return partOf(object, storageOf(object, body, depth + 1));
    if (isView(object->getType()) && isOneOf(nameOf(callee), {"front", "back", "get"}))
      return part(pointeeOf(object, body, depth + 1));
    return returnsSelf(callee) ? storageOf(object, body, depth + 1) : Storage();
  }
  if (callee && callee->isInStdNamespace() && call->getNumArgs() == 1 &&
      isOneOf(nameOf(callee), {"move", "forward", "as_const"}))
    return storageOf(call->getArg(0), body, depth + 1);
  if (callee && callee->isInStdNamespace() && call->getNumArgs() == 1 && nameOf(callee) == "get")
    return part(storageOf(call->getArg(0), body, depth + 1));
  return {};
}

/// What `value.begin()`, `text.c_str()`, `pointer.get()`, `std::ref(value)` point into.
Storage pointeeOfCall(const CallExpr *call, const Body &body, unsigned depth) {
  const FunctionDecl *callee = call->getDirectCallee();
  const llvm::StringRef name = nameOf(callee);
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call)) {
    const Expr *object = member->getImplicitObjectArgument();
    if (!callee || object->getType()->isPointerType())
      return {};
    const bool conversion = isa<CXXConversionDecl>(callee);
    if (isView(object->getType()) &&
        (conversion || isOneOf(name, {"data", "begin", "end", "cbegin", "cend", "substr", "subspan", "first", "last"})))
      return pointeeOf(object, body, depth + 1);
    const bool bytes = call->getNumArgs() == 0 && call->getType()->isPointerType() && call->getType()->getPointeeType()->isArithmeticType(); // `buffer.get_write()`
    const bool looks = bytes || conversion || isView(call->getType()) || isOneOf(name, {"begin", "end", "cbegin", "cend", "rbegin", "rend", "find", "lower_bound",
                                                    "upper_bound", "c_str", "data", "get", "insert", "emplace", "erase",
                                                    "try_emplace", "emplace_hint", "insert_or_assign"});
    // `auto sizes = {1, 2};`: the array lives as long as the list that it is written for.
    const auto *list = nameOf(classOf(object->getType())) == "initializer_list" ? dyn_cast<DeclRefExpr>(object->IgnoreParenImpCasts()) : nullptr;
    const auto *written = list ? dyn_cast<VarDecl>(list->getDecl()) : nullptr;
    if (looks && written && !isa<ParmVarDecl>(written) && written->hasInit() && isa<CXXStdInitializerListExpr>(written->getInit()->IgnoreImplicit()))
      return part(storageOf(object, body, depth + 1));
    if (looks && ownsElements(object->getType()))
      return partOf(object, storageOf(object, body, depth + 1));
    return {};
  }
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(call)) {
    const Expr *object = operation->getArg(0);
    if (operation->getOperator() == OO_Arrow && ownsElements(object->getType()))
      return partOf(object, storageOf(object, body, depth + 1));
    // `std::ranges::find(peers_, id, &Peer::id)`
    const Expr *range = operation->getOperator() == OO_Call && AnalysisDeclContext::isInStdNamespace(callee) && isIterator(call->getType()) &&
                                operation->getNumArgs() >= 2
                            ? operation->getArg(1)
                            : nullptr;
    if (range)
      return ownsElements(range->getType()) ? part(storageOf(range, body, depth + 1))
             : isIterator(range->getType()) ? pointeeOf(range, body, depth + 1)
                                            : Storage();
    const bool moves = isOneOf(getOperatorSpelling(operation->getOperator()), {"+", "-", "++", "--", "+=", "-=", "->"});
    return moves && pointsElsewhere(object->getType()) ? pointeeOf(object, body, depth + 1) : Storage();
  }
  if (callee && name == "buffer" && isView(call->getType()) && call->getNumArgs() >= 1) {
    const QualType from = call->getArg(0)->getType();
    return pointsElsewhere(from) ? pointeeOf(call->getArg(0), body, depth + 1) : part(storageOf(call->getArg(0), body, depth + 1));
  }
  if (!callee || !callee->isInStdNamespace() || call->getNumArgs() == 0)
    return {};
  if (isOneOf(name, {"ref", "cref", "addressof"}))
    return storageOf(call->getArg(0), body, depth + 1);
  if (isOneOf(name, {"begin", "end", "cbegin", "cend", "data"}))
    return part(storageOf(call->getArg(0), body, depth + 1));
  if (name == "get_if")
    return part(pointeeOf(call->getArg(0), body, depth + 1));
  const bool searches = isIterator(call->getType()) && isIterator(call->getArg(0)->getType());
  if (searches || isOneOf(name, {"move", "forward", "next", "prev", "find", "find_if", "as_const"}))
    return pointeeOf(call->getArg(0), body, depth + 1);
  return {};
}

Storage pointeeOfConstruct(const CXXConstructExpr *construct, const Body &body, unsigned depth) {
  if (construct->getNumArgs() == 0)
    return {Kind::Lasting};
  const Expr *from = construct->getArg(0);
  const QualType type = from->getType().getNonReferenceType();
  if (construct->getConstructor()->isCopyOrMoveConstructor() || pointsElsewhere(type))
    return pointeeOf(from, body, depth + 1);
  const Expr *bare = from->IgnoreParenImpCasts();
  if (isa<StringLiteral>(bare))
    return {Kind::Lasting};
  if (type->isArrayType() || classOf(type)) {
    Storage storage = storageOf(from, body, depth + 1);
    return nameOf(construct->getConstructor()->getParent()) == "reference_wrapper" ? storage : part(storage);
  }
  return {};
}

} // namespace

bool ownsElements(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (record && !record->isInStdNamespace())
    return isContainer(record);
  return record && isOneOf(nameOf(record), {"vector", "array", "deque", "list", "forward_list", "map", "multimap", "unordered_map",
                                  "unordered_multimap", "set", "multiset", "unordered_set", "unordered_multiset", "basic_string",
                                  "optional", "unique_ptr", "variant", "expected", "queue", "stack", "priority_queue", "pair",
                                  "tuple"});
}

bool namesSelf(const Expr *base, const FieldDecl *field) {
  base = base->IgnoreParenImpCasts();
  if (isa<CXXThisExpr>(base))
    return true;
  if (const auto *arrow = dyn_cast<CXXOperatorCallExpr>(base); arrow && arrow->getOperator() == OO_Arrow)
    base = arrow->getArg(0)->IgnoreParenImpCasts();
  const auto *named = dyn_cast<DeclRefExpr>(base);
  const auto *variable = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
  if (!variable || !variable->hasLocalStorage())
    return false;
  const QualType type = variable->getType();
  const bool object = !type->isReferenceType() && classOf(type) == field->getParent();
  if (object || nameOf(classOf(type)) == "unique_ptr")
    return false;
  for (const DeclContext *at = variable->getDeclContext(); at; at = at->getParent())
    if (at->getPrimaryContext() == field->getParent()->getPrimaryContext())
      return true;
  return false;
}

static Storage storageOfMember(const MemberExpr *member, const Body &body, unsigned depth) {
  const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
  if (!field)
    return isa<VarDecl>(member->getMemberDecl()) ? Storage{Kind::Lasting, cast<VarDecl>(member->getMemberDecl())} : Storage();
  if (field->getType()->isReferenceType())
    return {};
  if (namesSelf(member->getBase(), field))
    return {Kind::Member, nullptr, field};
  if (!member->isArrow())
    return storageOf(member->getBase(), body, depth + 1);
  const auto *arrow = dyn_cast<CXXOperatorCallExpr>(member->getBase()->IgnoreParenImpCasts());
  if (arrow && arrow->getOperator() == OO_Arrow && ownsElements(arrow->getArg(0)->getType()))
    return partOf(arrow->getArg(0), storageOf(arrow->getArg(0), body, depth + 1));
  if (arrow && arrow->getOperator() == OO_Arrow && pointsElsewhere(arrow->getArg(0)->getType().getNonReferenceType()))
    return part(pointeeOf(arrow->getArg(0), body, depth + 1)); // `it->second`
  return {};
}

Storage storageOf(const Expr *expr, const Body &body, unsigned depth) {
  if (!expr || depth > 12)
    return {};
  if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(expr))
    return temporary->getStorageDuration() == SD_FullExpression ? Storage{Kind::Temporary} : Storage();
  if (const auto *full = dyn_cast<FullExpr>(expr))
    return storageOf(full->getSubExpr(), body, depth);
  if (const auto *paren = dyn_cast<ParenExpr>(expr))
    return storageOf(paren->getSubExpr(), body, depth);
  if (const auto *fallback = dyn_cast<CXXDefaultArgExpr>(expr))
    return storageOf(fallback->getExpr(), body, depth + 1);
  if (const auto *cast = dyn_cast<CastExpr>(expr)) {
    if (cast->getCastKind() == CK_LValueToRValue)
      return {};
    if (expr->isPRValue() && expr->getType()->isRecordType() && cast->getCastKind() != CK_NoOp)
      return {Kind::Temporary};
    return storageOf(cast->getSubExpr(), body, depth + 1);
  }
  if (const auto *reference = dyn_cast<DeclRefExpr>(expr)) {
    if (const auto *binding = dyn_cast<BindingDecl>(reference->getDecl())) {
      const auto *whole = dyn_cast_or_null<VarDecl>(binding->getDecomposedDecl());
      return whole ? part(storageOfVariable(whole, body, depth + 1)) : Storage();
    }
    const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
    return variable ? storageOfVariable(variable, body, depth) : Storage{Kind::Lasting};
  }
  if (const auto *member = dyn_cast<MemberExpr>(expr))
    return storageOfMember(member, body, depth);
  if (const auto *subscript = dyn_cast<ArraySubscriptExpr>(expr)) {
    const Expr *base = subscript->getBase()->IgnoreParenImpCasts();
    return base->getType()->isArrayType() ? storageOf(base, body, depth + 1) : part(pointeeOf(base, body, depth + 1));
  }
  if (const auto *conditional = dyn_cast<AbstractConditionalOperator>(expr))
    return eitherOf(storageOf(conditional->getTrueExpr(), body, depth + 1), storageOf(conditional->getFalseExpr(), body, depth + 1));
  if (const auto *unary = dyn_cast<UnaryOperator>(expr)) {
    if (unary->getOpcode() == UO_Deref)
      return part(pointeeOf(unary->getSubExpr(), body, depth + 1));
    return unary->isLValue() ? storageOf(unary->getSubExpr(), body, depth + 1) : Storage();
  }
  if (isa<StringLiteral>(expr))
    return {Kind::Lasting};
  if (const auto *call = dyn_cast<CallExpr>(expr))
    return storageOfCall(call, body, depth);
  if (expr->isPRValue() && expr->getType()->isRecordType() && !isa<CoroutineSuspendExpr>(expr))
    return {Kind::Temporary};
  return {};
}

Storage pointeeOf(const Expr *value, const Body &body, unsigned depth) {
  if (!value || depth > 12)
    return {};
  if (const auto *fallback = dyn_cast<CXXDefaultArgExpr>(value))
    return pointeeOf(fallback->getExpr(), body, depth + 1);
  const Expr *bare = value;
  while (true) {
    if (const auto *cast = dyn_cast<CastExpr>(bare)) {
      if (cast->getCastKind() == CK_ArrayToPointerDecay)
        return storageOf(cast->getSubExpr(), body, depth + 1);
      if (cast->getCastKind() == CK_NullToPointer)
        return {Kind::Lasting};
      bare = cast->getSubExpr();
    } else if (const auto *paren = dyn_cast<ParenExpr>(bare)) {
      bare = paren->getSubExpr();
    } else if (const auto *full = dyn_cast<FullExpr>(bare)) {
      bare = full->getSubExpr();
    } else if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(bare)) {
      bare = temporary->getSubExpr();
    } else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(bare)) {
      bare = bound->getSubExpr();
    } else {
      break;
    }
  }
  if (const auto *unary = dyn_cast<UnaryOperator>(bare); unary && unary->getOpcode() == UO_AddrOf)
    return storageOf(unary->getSubExpr(), body, depth + 1);
  if (const auto *construct = dyn_cast<CXXConstructExpr>(bare))
    return pointeeOfConstruct(construct, body, depth);
  if (const auto *list = dyn_cast<InitListExpr>(bare); list && list->getNumInits() == 1)
    return pointeeOf(list->getInit(0), body, depth + 1);
  if (const auto *conditional = dyn_cast<AbstractConditionalOperator>(bare))
    return eitherOf(pointeeOf(conditional->getTrueExpr(), body, depth + 1), pointeeOf(conditional->getFalseExpr(), body, depth + 1));
  if (const auto *call = dyn_cast<CallExpr>(bare))
    return pointeeOfCall(call, body, depth);
  if (const auto *member = dyn_cast<MemberExpr>(bare); member && isa<CXXMemberCallExpr>(peel(member->getBase())))
    return pointeeOf(member->getBase(), body, depth + 1); // `map.try_emplace(key).first`
  if (const auto *binary = dyn_cast<BinaryOperator>(bare); binary && binary->isAdditiveOp())
    return pointeeOf(binary->getLHS(), body, depth + 1);
  if (const VarDecl *variable = localOf(bare); variable && homeOf(variable, body) == &body && !variable->getType()->isReferenceType())
    if (const Expr *sole = soleValueOf(variable, body))
      return pointeeOf(sole, body, depth + 1);
  return isa<StringLiteral>(bare) ? Storage{Kind::Lasting} : Storage();
}

namespace {

/// One step of rootOf() through a call; null if its result may be anything.
const Expr *throughCall(const CallExpr *call, bool owned) {
  auto leadsOn = [&](const Expr *object) {
    const QualType type = object->getType().getNonReferenceType();
    return ownsElements(type) || (!owned && pointsElsewhere(type));
  };
  const FunctionDecl *callee = call->getDirectCallee();
  const bool refers = call->isGLValue() || pointsElsewhere(call->getType());
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(call)) {
    const bool moves = isOneOf(getOperatorSpelling(operation->getOperator()), {"[]", "*", "->", "+", "-", "++", "--", "+=", "-="});
    return moves && leadsOn(operation->getArg(0)) ? operation->getArg(0) : nullptr;
  }
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call)) {
    const Expr *object = member->getImplicitObjectArgument();
    const bool converts = isa_and_nonnull<CXXConversionDecl>(callee) && pointsElsewhere(call->getType());
    return refers && !object->getType()->isPointerType() && (converts || leadsOn(object)) ? object : nullptr;
  }
  const bool forwards = callee && callee->isInStdNamespace() && call->getNumArgs() >= 1 &&
                        isOneOf(nameOf(callee), {"move", "forward", "as_const", "get", "begin", "end", "cbegin", "cend", "data", "next", "prev", "ref", "cref"});
  return forwards && refers ? call->getArg(0) : nullptr;
}

} // namespace

const VarDecl *rootOf(const Expr *expr, bool owned) {
  for (unsigned depth = 0; expr && depth < 16; ++depth) {
    expr = expr->IgnoreParenImpCasts();
    if (const auto *full = dyn_cast<FullExpr>(expr)) {
      expr = full->getSubExpr();
    } else if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(expr)) {
      expr = temporary->getSubExpr();
    } else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(expr)) {
      expr = bound->getSubExpr();
    } else if (const auto *construct = dyn_cast<CXXConstructExpr>(expr)) {
      expr = pointsElsewhere(construct->getType()) && construct->getNumArgs() >= 1 ? construct->getArg(0) : nullptr;
    } else if (const auto *member = dyn_cast<MemberExpr>(expr)) {
      expr = isa<FieldDecl>(member->getMemberDecl()) && !(owned && member->isArrow() && member->getBase()->getType()->isPointerType() && !isa<CXXOperatorCallExpr>(member->getBase()->IgnoreParenImpCasts())) ? member->getBase() : nullptr;
    } else if (const auto *subscript = dyn_cast<ArraySubscriptExpr>(expr)) {
      expr = subscript->getBase();
    } else if (const auto *unary = dyn_cast<UnaryOperator>(expr)) {
      const bool address = unary->getOpcode() == UO_AddrOf;
      expr = address || (!owned && unary->getOpcode() == UO_Deref) ? unary->getSubExpr() : nullptr;
    } else if (const auto *call = dyn_cast<CallExpr>(expr)) {
      expr = throughCall(call, owned);
    } else {
      const auto *reference = dyn_cast<DeclRefExpr>(expr);
      const auto *binding = reference ? dyn_cast<BindingDecl>(reference->getDecl()) : nullptr;
      const ValueDecl *named = binding ? binding->getDecomposedDecl() : reference ? reference->getDecl() : nullptr;
      return dyn_cast_or_null<VarDecl>(named);
    }
  }
  return nullptr;
}

Storage storageOf(const VarDecl *variable, const Body &body) { return storageOfVariable(variable, body, 0); }

bool isView(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return record && isOneOf(nameOf(record), {"basic_string_view", "span", "reference_wrapper", "StringPiece", "Range", "string_view",
                                            "Span", "ArrayRef", "StringRef", "QStringView", "QByteArrayView", "const_buffer",
                                            "mutable_buffer", "const_buffers_1", "mutable_buffers_1", "function_ref", "FunctionRef", "StringPtr", "ArrayPtr", "bytes_view", "Slice", "cstring_view", "zstring_view"}) &&
         nameOf(dyn_cast<NamedDecl>(record->getDeclContext())) != "ranges";
}

bool isIterator(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return record && nameOf(record).ends_with("iterator");
}

const Stmt *scopeOf(const VarDecl *variable, const Body &body) {
  for (const Stmt *node : body.nodes) {
    if (const auto *declaration = dyn_cast<DeclStmt>(node))
      if (llvm::is_contained(declaration->decls(), variable)) {
        const Stmt *scope = body.parentOf(node);
        while (isa_and_nonnull<LabelStmt, SwitchCase, AttributedStmt>(scope)) // `again: auto user = …;` is no scope of its own
          scope = body.parentOf(scope);
        return scope;
      }
    if (const auto *handler = dyn_cast<CXXCatchStmt>(node); handler && handler->getExceptionDecl() == variable)
      return node;
  }
  return nullptr;
}

bool isAlive(const VarDecl *variable, const Stmt *at, const Body &body) {
  const Stmt *scope = scopeOf(variable, body);
  return !scope || body.contains(scope, at);
}

bool livesAcross(const VarDecl *variable, const Stmt *at, const Body &body) {
  const SourceManager &sources = body.function->getASTContext().getSourceManager();
  return isAlive(variable, at, body) && sources.isBeforeInTranslationUnit(variable->getLocation(), at->getBeginLoc()) &&
         !(variable->hasInit() && body.contains(variable->getInit(), at));
}

std::string described(const Storage &storage) {
  static constexpr llvm::StringLiteral kNames[] = {"unknown", "temporary", "local", "member", "lasting"};
  const ValueDecl *named = storage.member ? static_cast<const ValueDecl *>(storage.member) : storage.variable;
  if (storage.kind == Kind::Unknown && named)
    return (storage.part ? "part of what `" : "what `") + named->getNameAsString() + "` refers to";
  return (storage.part ? "part of " : "") + kNames[static_cast<unsigned>(storage.kind)].str() +
         (named ? " `" + named->getNameAsString() + "`" : "");
}

} // namespace coroguard
