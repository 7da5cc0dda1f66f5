// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The callers in the unit wait, but a header offers the coroutine to others.
#include "offered.hpp"

using acme::Deferred;

Deferred<> stop();
Deferred<> save(long);

Deferred<> Registry::add(const Id &id) { // warn: "whether every caller keeps what 'id' refers to until then cannot be seen here"
  co_await write(id); // note: "used here"
}

// Private, but whoever calls add() decides what it is given.
Deferred<> Registry::write(const Id &id) { // warn: "whether every caller keeps what 'id' refers to"
  co_await stop();
  co_await save(id.low); // note: "used here"
}

Deferred<> Registry::erase(const Id &id) { // ok: private, and all that calls it is here and waits
  co_await stop();
  co_await save(id.low);
}

// Private as well, but given an element of a member: who keeps it there?
Deferred<> Registry::visit(const Id &id) { // warn: "whether every caller keeps what 'id' refers to"
  co_await stop();
  co_await save(id.low);
}

Deferred<> Registry::load(const Id &id) { // ok: a member as such lasts as long as its object, whose coroutine this is
  co_await stop();
  co_await save(id.low);
}

Deferred<> replace(const Id &id) { // warn: "whether every caller keeps what 'id' refers to"
  co_await stop();
  co_await save(id.low);
}

// Declared nowhere else.
Deferred<> remove(const Id &id) { // ok
  co_await stop();
  co_await save(id.low);
}

Deferred<> Registry::refresh() {
  Id id{1, 2};
  co_await add(id);
  co_await erase(id);
  co_await visit(all_.front());
  co_await load(id_);
  co_await replace(id);
  co_await remove(id);
}
