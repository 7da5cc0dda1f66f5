// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Joins what AwaitedLocks finds in each coroutine: a lock waited for by who holds it, and circles among the orders of the unit.
#include "rules/lock-order/Check.h"

#include "checker/semantics/Exemptions.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace clang;

namespace coroguard::rules {

namespace message = lock_order::message;

LockOrderCheck::LockOrderCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, lock_order::info()), options_(lock_order::Options::read(Options)) {}

void LockOrderCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

namespace {

/// A mutex, whoever the object is: a global, or the members that lead to it.
using Identity = std::vector<const ValueDecl *>;

/// None if the code does not tell whether two functions that say it mean the same mutex.
Identity identityOf(const AccessPath &path) {
  Identity identity(path.members.begin(), path.members.end());
  const auto *variable = dyn_cast_or_null<VarDecl>(path.variable);
  if (path.root == AccessPath::Root::Spelled) return {};
  if (variable && variable->hasGlobalStorage()) identity.insert(identity.begin(), variable);
  return identity;
}

/// Are both parts of one object, or is one of them no part of an object?
bool belongTogether(const AccessPath &a, const AccessPath &b) {
  auto isGlobal = [](const AccessPath &path) {
    const auto *variable = dyn_cast_or_null<VarDecl>(path.variable);
    return variable && variable->hasGlobalStorage();
  };
  return isGlobal(a) || isGlobal(b) || (a.root == b.root && a.variable == b.variable);
}

struct Order {
  LockWait wait;
  const Body *body;
  Identity first, second;
  std::vector<Identity> held; ///< all that is held there
};

/// A lock that both hold all the time keeps them apart.
bool areApart(const Order &one, const Order &other) {
  return llvm::any_of(one.held, [&](const Identity &lock) {
    return lock != one.first && lock != other.first && llvm::is_contained(other.held, lock);
  });
}

/// The way back from `order.second` to `order.first`, one or two orders long; empty if there is none.
std::vector<const Order *> wayBack(const Order &order, const std::vector<Order> &orders) {
  for (const Order &next : orders) {
    if (next.first != order.second || areApart(order, next)) continue;
    if (next.second == order.first) return {&next};
    for (const Order &last : orders)
      if (last.first == next.second && last.second == order.first && !areApart(order, last) && !areApart(next, last)) return {&next, &last};
  }
  return {};
}

std::vector<Order> ordersIn(const std::vector<LockWait> &waits, const Body &body) {
  std::vector<Order> orders;
  for (const LockWait &wait : waits) {
    Order order{wait, &body, identityOf(wait.held.path), identityOf(wait.wanted.path), {}};
    if (order.first.empty() || order.second.empty() || order.first == order.second || !belongTogether(wait.held.path, wait.wanted.path) ||
        (wait.held.shared && wait.wanted.shared))
      continue;
    for (const LockWait &other : waits)
      if (other.at == wait.at) order.held.push_back(identityOf(other.held.path));
    orders.push_back(std::move(order));
  }
  return orders;
}

} // namespace

bool LockOrderCheck::isAllowed(const LockWait &wait, Unit &unit) const {
  return wait.in && isExempt(options_.allowedCallees, unit.names().of(wait.in));
}

void LockOrderCheck::reportSelf(const LockWait &wait, const Body &body, Unit &unit) {
  FindingBuilder finding = report(&body, wait.at->getSourceRange(),
                                  wait.in ? message::selfInside(unit.names().forPeople(wait.in), wait.held.name) : message::self(wait.held.name));
  finding.step(wait.held.await->getBeginLoc(), message::takenHere(wait.held.name));
  if (wait.in) finding.step(wait.wanted.await->getBeginLoc(), message::asksHere());
}

void LockOrderCheck::checkUnit(Unit &unit) {
  AwaitedLocks locks(unit.ast(), unit.types(), unit.code(), unit.graphs());
  std::vector<Order> orders;
  for (const Body &body : unit.bodies()) {
    std::vector<LockWait> waits = locks.waits(body);
    llvm::erase_if(waits, [&](const LockWait &wait) { return isAllowed(wait, unit); });
    for (const LockWait &wait : waits)
      if (wait.held.path == wait.wanted.path && !wait.held.recursive && !(wait.held.shared && wait.wanted.shared)) reportSelf(wait, body, unit);
    llvm::append_range(orders, ordersIn(waits, body));
  }
  std::vector<const Order *> spoken;
  for (const Order &order : llvm::reverse(orders)) { // what comes last is what somebody has just written
    const std::vector<const Order *> back = wayBack(order, orders);
    auto isSpoken = [&](const Order *each) { return llvm::is_contained(spoken, each); };
    if (back.empty() || isSpoken(&order) || llvm::any_of(back, isSpoken)) continue;
    spoken.push_back(&order);
    FindingBuilder finding = report(order.body, order.wait.at->getSourceRange(), message::inverted(order.wait.wanted.name, order.wait.held.name));
    finding.step(order.wait.held.await->getBeginLoc(), message::takenHere(order.wait.held.name));
    for (const Order *other : back) {
      finding.step(other->wait.at->getBeginLoc(), message::otherOrder(other->wait.wanted.name, other->wait.held.name));
      spoken.push_back(other);
    }
  }
}

} // namespace coroguard::rules
