// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task of an unknown library discarded as an expression inside a coroutine, in every place a statement can stand.
#include "acme.hpp"

#include <functional>
#include <memory>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key, bool fresh = true);

namespace app::store {
Deferred<> flush();
inline namespace v2 {
Deferred<> compact(int level = 3);
}
} // namespace app::store

struct Repository {
  Deferred<> put(int key);
  static Deferred<> purge();
  virtual Deferred<> sync() = 0;
  Deferred<> operator()(int key);
  Deferred<> operator<<(int key);
  Deferred<> operator[](int key);
  Repository &self();
  virtual ~Repository();
};

using Work = Deferred<>;
typedef Deferred<int> Number;
Work aliased();
Number numbered();
auto deduced() { return save(4); }
decltype(auto) forwarded(int key) { return load(key); }

#define SAVE(key) save(key)
#define SAVE_STATEMENT(key)                                                                                            \
  do {                                                                                                                 \
    SAVE(key);                                                                                                         \
  } while (false)

Deferred<> calls(Repository &repository, std::unique_ptr<Repository> owned, Repository *pointer) {
  save(1);                             // warn: "save"
  load(1);                             // warn: "load"
  load(1, false);                      // warn: "load"
  (save(2));                           // warn: "save"
  app::store::flush();                 // warn: "flush"
  app::store::compact();               // warn: "compact"
  app::store::v2::compact(7);          // warn: "compact"
  repository.put(1);                   // warn: "put"
  repository.self().self().put(2);     // warn: "put"
  pointer->put(3);                     // warn: "put"
  owned->sync();                       // warn: "sync"
  repository.sync();                   // warn: "sync"
  Repository::purge();                 // warn: "purge"
  repository.purge();                  // warn: "purge"
  repository(5);                       // warn: "'repository'"
  repository << 6;                     // warn: "operator<<"
  repository[7];                       // warn: "operator[]"
  aliased();                           // warn: "aliased"
  numbered();                          // warn: "numbered"
  deduced();                           // warn: "deduced"
  forwarded(1);                        // warn: "forwarded"
  SAVE(8);                             // warn: "save"
  SAVE_STATEMENT(9);                   // warn: "save"
  Deferred<>(save(10));                // warn: "save"
  static_cast<Deferred<>>(save(11));   // warn: "save"
  co_await save(12);                   // ok
}

Deferred<> using_declarations() {
  using app::store::flush;
  flush(); // warn: "flush"
  {
    using namespace app::store;
    compact(); // warn: "compact"
  }
  namespace s = app::store;
  s::flush(); // warn: "flush"
  co_return;
}

Deferred<> pointers(Deferred<> (*function)(int), Deferred<> (Repository::*method)(int), Repository &repository,
                    std::function<Deferred<>(int)> callable, std::function<Deferred<>()> handlers[2]) {
  function(1);              // warn: "function"
  (*function)(2);           // warn: "function"
  (repository.*method)(3);  // warn: "method"
  callable(4);              // warn: "callable"
  handlers[1]();            // warn: "handlers"
  std::invoke(save, 5);     // warn: "invoke"
  co_return;
}

Deferred<> statements(int mode, std::vector<int> keys) {
  if (mode == 1)
    save(1); // warn: "save"
  else if (mode == 2)
    save(2); // warn: "save"
  else {
    save(3); // warn: "save"
  }
  if (int doubled = mode * 2; doubled > 8)
    save(doubled); // warn: "save"
  for (int i = 0; i < mode; save(i), ++i) // warn: "save"
    ;
  for (int key : keys)
    save(key); // warn: "save"
  while (mode-- > 0)
    save(mode); // warn: "save"
  do
    save(mode); // warn: "save"
  while (++mode < 0);
  switch (mode) {
  case 0:
    save(4); // warn: "save"
    break;
  case 1: {
    save(5); // warn: "save"
    [[fallthrough]];
  }
  default:
    save(6); // warn: "save"
  }
  mode > 0 ? save(7) : save(8); // warn: "save"
  mode++, save(9);              // warn: "save"
  save(10), mode++;             // warn: "save"
  mode > 3 && (save(11), true); // warn: "save"
  try {
    save(12); // warn: "save"
    co_await save(13);
  } catch (const acme::Cancelled &) {
    save(14); // warn: "save"
    throw;
  } catch (...) {
    save(15); // warn: "save"
  }
  if constexpr (sizeof(int) == 4)
    save(16); // warn: "save"
again:
  save(17); // warn: "save"
  if (mode > 100)
    goto again;
  co_return;
}

Deferred<> before_return() {
  save(1); // warn: "save"
  co_return co_await save(2);
}

Deferred<> lambdas() {
  auto write = [](int key) -> Deferred<> { co_await save(key); };
  write(1); // warn: "write"
  auto generic = [](auto key) { return save(static_cast<int>(key)); };
  generic(2L); // warn: "generic"
  []() -> Deferred<> { co_return; }(); // warn: "lambda"
  auto inner = [](int key) -> Deferred<> {
    save(key); // warn: "save"
    co_return;
  };
  co_await inner(3);
}

struct Service {
  Deferred<> refresh();
  Deferred<int> total() const;
  Deferred<> tick() {
    refresh();             // warn: "refresh"
    this->refresh();       // warn: "refresh"
    total();               // warn: "total"
    co_await refresh();    // ok
    co_return;
  }
  static Deferred<> start(Service &service) {
    service.refresh(); // warn: "refresh"
    co_return;
  }
};

Deferred<> result_of_await() {
  co_await load(1);                     // ok: awaited, only its value is dropped
  static_cast<void>(co_await load(2));  // ok
  (void)save(3);                        // ok: said explicitly
  static_cast<void>(save(4));           // ok
}
