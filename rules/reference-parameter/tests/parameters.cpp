// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters that refer to the caller's objects, read after the first suspension, while some caller does not wait.
#include "acme.hpp"
#include "folly.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

struct User {
  std::string name;
  int id = 0;
};
Deferred<> save(int key);
void use(int value);
void show(std::string_view text);
void keep(std::string text);

namespace {

Deferred<> by_const_reference(const User &user) { // warn: "user"
  co_await save(1);
  use(user.id); // note: "used here"
}
Deferred<> by_reference(User &user) { // warn: "user"
  co_await save(1);
  user.id = 3; // note: "used here"
}
Deferred<> by_view(std::string_view text) { // warn: "text"
  co_await save(1);
  show(text); // note: "used here"
}
Deferred<> by_span(std::span<const int> numbers) { // warn: "numbers"
  co_await save(1);
  use(numbers[0]); // note: "used here"
}
Deferred<> some_paths(const User &user, bool slow) { // warn: "user"
  if (slow)
    co_await save(1);
  use(user.id); // note: "used here"
}
Deferred<> in_loop(const User &user) { // warn: "user"
  for (int i = 0; i < 3; ++i) {
    use(user.id); // note: "used here"
    co_await save(i);
  }
}
Deferred<int> in_return(const User &user) { // warn: "user"
  co_await save(1);
  co_return user.id; // note: "used here"
}
acme::Started<> eager(const User &user) { // warn: "user"
  use(user.id); // ok: eager, still inside the call
  co_await acme::GiveWay{};
  use(user.id); // note: "used here"
}
coro::Task<void> folly_reads(const User &user) { // warn: "user"
  co_await coro::sleep(std::chrono::milliseconds(1));
  use(user.id); // note: "used here"
}
// Lazy: even the first statement runs after the call has returned.
Deferred<> first_statement(const User &user) { // warn: "user"
  use(user.id); // note: "used here"
  co_await save(1);
}

struct Service {
  Deferred<> handle(const User &user) { // warn: "user"
    co_await save(1);
    use(user.id); // note: "used here"
  }
};

} // namespace

// An rvalue reference says that the caller gives the object away, and then it is gone.
Deferred<> by_rvalue(std::string &&text) { // warn: "text"
  co_await save(1);
  keep(std::move(text)); // note: "used here"
}

void callers(folly::Executor::KeepAlive<> executor, std::vector<Deferred<>> &tasks, User &user, Service &service,
             const std::vector<int> &numbers) {
  tasks.push_back(by_const_reference(user));
  tasks.push_back(by_reference(user));
  tasks.push_back(by_view(user.name));
  tasks.push_back(by_span(numbers));
  tasks.push_back(some_paths(user, true));
  tasks.push_back(in_loop(user));
  acme::launch(first_statement(user));
  acme::launch(service.handle(user));
  static Deferred<int> returning = in_return(user);
  (void)eager(user);
  folly_reads(user).scheduleOn(executor).start();
}

// The calls of a caller tell whose object it is.
namespace {
Deferred<> session(User &user) { // warn: "user"
  co_await save(1);
  use(user.id); // note: "used here"
}
void listen(User &user) { acme::launch(session(user)); }
} // namespace
void start() {
  User user;
  listen(user);
}

// Fire and forget: nobody who calls it can wait.
acme::Oneway announces(const User &user, std::string_view text, User &shared, const User user_copy) { // warn: "text" "user"
  co_await save(1);
  use(user.id);  // note: "used here"
  show(text);    // note: "used here"
  use(shared.id + user_copy.id); // ok: given to be shared; a copy
}
acme::Oneway announces_first(const User &user) {
  use(user.id); // ok: before the first suspension
  co_await save(1);
}

// Handed on to awaited work that uses it late: the caller that does not wait is just as wrong.
namespace handed_on {
using acme::Started;
struct Entry {
  int key = 0;
};
Started<> rest(int key);
static Started<> keeps(const Entry &entry) {
  co_await rest(1);
  co_await rest(entry.key);
}
static Started<> passes(const Entry &entry) { // warn: "uses 'entry' after it may have been suspended, but a caller does not wait"
  co_await keeps(entry); // note: "handed on here"
}
static Started<> copies(const Entry &entry) { // ok: read at once
  co_await rest(entry.key);
}
struct Runner {
  std::vector<Started<>> running;
  void begin(const Entry &entry) {
    running.push_back(passes(entry));
    running.push_back(copies(entry));
  }
};
static Started<> shows(const Entry &entry) { co_await keeps(entry); }
Started<> waits(Entry entry) { co_await shows(entry); } // ok
} // namespace handed_on
