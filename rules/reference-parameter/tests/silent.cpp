// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References that are read before the suspension only, or whose callers all wait in the same expression.
#include "acme.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <memory>
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

namespace {

Deferred<> structured(const User &user) {
  co_await save(1);
  use(user.id); // ok: every caller awaits it at once
}
Deferred<int> structured_view(std::string_view text) {
  co_await save(1);
  show(text);
  co_return 1;
}
coro::Task<int> structured_folly(User &user) {
  co_await coro::sleep(std::chrono::milliseconds(1));
  co_return user.id;
}
acme::Started<> read_before(const User &user) {
  int id = user.id; // ok: eager, before the first suspension
  co_await acme::GiveWay{};
  use(id);
}
Deferred<> by_value(User user, std::string text, std::shared_ptr<User> shared) {
  co_await save(1);
  use(user.id);
  show(text);
  use(shared->id);
}
Deferred<> unused(const User &, const User &named) {
  co_await save(1);
}
Deferred<> context(acme::Reactor &reactor, folly::Executor &executor) {
  co_await save(1);
  reactor.turn(); // ok: contexts outlive what runs on them
  executor.add([] {});
}
struct Service {
  Deferred<> inner(const User &user) {
    co_await save(1);
    use(user.id);
  }
  Deferred<> outer(User user) { co_await inner(user); }
};

} // namespace

Deferred<> callers(User user, acme::Reactor &reactor, folly::Executor &executor) {
  co_await structured(user);
  int value = co_await structured_view(user.name) + co_await structured_view("x");
  co_await acme::both(structured_view("a"), structured_view("b"));
  auto sending = read_before(user);
  co_await sending;
  co_await by_value(user, "x", nullptr);
  co_await unused(user, user);
  acme::launch(context(reactor, executor));
  Service service;
  co_await service.outer(user);
  use(value);
}
int blocking() {
  User user;
  return coro::blockingWait(structured_folly(user));
}

namespace {
Deferred<> global_user(const User &user) {
  co_await save(1);
  use(user.id); // ok: only ever given a static
}
void hands_on(const User &user) { acme::launch(global_user(user)); }
} // namespace
void from_static() {
  static User user;
  acme::launch(global_user(user));
  hands_on(user);
}

// An awaiter that starts work on itself: it lives in the coroutine that awaits it until the work is done.
struct Pair {
  std::vector<acme::Started<>> parts;
  int done = 0;
  static acme::Started<> run(Pair &self, int index) {
    co_await acme::GiveWay{};
    self.done += index; // ok
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) { parts.push_back(run(*this, 1)); }
  void await_resume() noexcept {}
};

/// The base has chosen the parameters, and its author awaits on the spot.
struct Middleware {
  virtual Deferred<int> invoke(std::string &&next) = 0;
  virtual ~Middleware() = default;
};
struct Logging : Middleware {
  Deferred<int> invoke(std::string &&next) override {
    co_await acme::GiveWay{};
    co_return static_cast<int>(next.size()); // ok
  }
};

// Lazy: whoever awaits it at once may give it what is only taken first.
Deferred<> takes_first(std::string &&text) {
  const std::string own = std::move(text); // ok
  co_await save(static_cast<int>(own.size()));
}

// Whoever lends these is suspended until the work resumes it by its handle.
struct Wire {
  std::span<char> rest();
};
static acme::Oneway fill(Wire &wire, std::span<char> buffer, int &error, std::coroutine_handle<> whenDone) {
  while (!buffer.empty()) {
    co_await acme::GiveWay{};
    error += static_cast<int>(wire.rest().size()); // ok
    buffer = buffer.subspan(1);                    // ok
  }
  whenDone.resume();
}
void start_read(Wire &wire, std::coroutine_handle<> whenDone, std::span<char> buffer, int &error) {
  (void)fill(wire, buffer, error, whenDone);
}

// A handler has the parameters that its caller gives it, and that may wait.
struct Request {
  int id = 0;
};
void on_request(std::function<Deferred<>(Request &&)> handler);
void registers() {
  on_request([](Request &&request) -> Deferred<> {
    co_await save(1);
    co_await save(request.id); // ok
  });
}

// What a constructor is lent without const is a service, and there as long as its users.
struct Server {
  Deferred<int> make();
};
class Stub {
public:
  explicit Stub(Server &server) : starting_(start(server)) {}

private:
  Deferred<> start(Server &server) {
    co_await save(1);
    co_await server.make(); // ok
  }
  Deferred<> starting_;
};
