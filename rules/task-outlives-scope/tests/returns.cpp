// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain functions that return a task which still needs what ends with them.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using acme::Deferred;
namespace coro = folly::coro;

struct Span {
  explicit Span(const char *name);
  ~Span();
};
struct Request {
  std::string body;
};
struct Client {
  Deferred<> send();
  Deferred<> post(const Request &request);
};
std::string make_name();
void log(const char *what);
Deferred<> greet(const std::string &name);
Deferred<> show(std::string_view text);
Deferred<> own(std::string name);
Deferred<int> load(int key);
Deferred<> send_soon();

Deferred<> returns_with_local(int key) {
  std::string name = make_name();
  return greet(name); // warn: "name"
}
Deferred<> returns_with_view() {
  std::string name = make_name();
  return show(name); // warn: "name"
}
Deferred<> returns_with_parameter(std::string name) {
  return greet(name); // warn: "name"
}
Deferred<> returns_member_of_local(Client &client) {
  Request request{make_name()};
  return client.post(request); // warn: "request"
}
Deferred<> returns_method_of_local() {
  Client client;
  return client.send(); // warn: "client"
}
Deferred<> named_first() {
  std::string name = make_name();
  auto task = greet(name);
  return task; // warn: "name"
}
Deferred<int> in_try(int key) {
  try {
    return load(key); // warn: "load"
  } catch (const std::exception &error) {
    log(error.what());
    return load(0);
  }
}
Deferred<int> under_guard(std::mutex &mutex) {
  std::lock_guard lock(mutex);
  return load(1); // warn: "lock"
}
coro::Task<void> folly_greet(const std::string &name);
coro::Task<void> folly_returns() {
  std::string name = make_name();
  return folly_greet(name); // warn: "name"
}
cppcoro::task<> cppcoro_greet(const std::string &name);
cppcoro::task<> cppcoro_returns() {
  std::string name = make_name();
  return cppcoro_greet(name); // warn: "name"
}
/// An outcome that carries the exception: who called it sees the same either way.
struct Failed {
  std::exception_ptr error;
  operator Deferred<int>() const;
};
Failed failed_with(std::exception_ptr error);
Deferred<int> exception_as_result(int key) {
  try {
    return load(key); // ok
  } catch (...) {
    return failed_with(std::current_exception());
  }
}
struct Bytes {
  explicit Bytes(std::size_t size);
  ~Bytes();
  char *get_write();
  const char *begin() const;
  const char *end() const;
  std::size_t size() const;
};
Deferred<int> read_into(char *buffer, std::size_t size) {
  co_await send_soon();
  buffer[size - 1] = 0;
  co_return 1;
}
Deferred<int> reads_into_what_ends() {
  Bytes bytes(16);
  return read_into(bytes.get_write(), bytes.size()); // warn: "bytes"
}
Deferred<int> reads_into_what_stays() {
  Bytes bytes(16);
  co_return co_await read_into(bytes.get_write(), bytes.size()); // ok
}
seastar::future<int> seastar_load(const std::string &name);
seastar::future<int> seastar_in_try() {
  try {
    return seastar_load("x"); // warn: "seastar_load"
  } catch (...) {
    return seastar::make_ready_future<int>(0);
  }
}

struct Database {
  Deferred<int> query(std::string_view text);
};
Deferred<int> owner_by_value(std::unique_ptr<Database> database) {
  return database->query("all"); // warn: "database"
}
struct Transaction {
  explicit Transaction(Database &database);
  ~Transaction();
  Deferred<int> commit();
};
Deferred<int> commits(Database &database) {
  Transaction transaction(database);
  return transaction.commit(); // warn: "transaction"
}
auto lambda = [](std::string name) { return greet(name); }; // warn: "name"

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> coroutine_waits() {
  std::string name = make_name();
  co_await greet(name);
}
Deferred<int> erased_in_try(const std::function<Deferred<int>(int)> &make, int key) {
  try {
    return make(key); // ok: nobody knows what it throws before it returns
  } catch (const std::exception &error) {
    log(error.what());
    throw;
  }
}

Deferred<int> coroutine_in_try(int key) {
  try {
    co_return co_await load(key);
  } catch (const std::runtime_error &error) {
    log(error.what());
    co_return 0;
  }
}
Deferred<> by_value() {
  std::string name = make_name();
  return own(name);
}
Deferred<> moved() {
  std::string name = make_name();
  return own(std::move(name));
}
Deferred<int> plain(int key) {
  log("loading");
  return load(key + 1);
}
Deferred<> passes_reference(const std::string &name) { return greet(name); }
Deferred<> global() {
  static const std::string name = make_name();
  return greet(name);
}
Deferred<int> after_the_guard(std::mutex &mutex) {
  int key = 0;
  {
    std::lock_guard lock(mutex);
    key = 1;
  }
  return load(key);
}
Deferred<int> after_the_try(int key) {
  try {
    log("checking");
  } catch (...) {
    key = 0;
  }
  return load(key);
}
struct Service {
  std::string name_;
  Deferred<> run() { return greet(name_); }
};

// The continuation takes the local along, or the chain handles its own exceptions.
namespace chains {
struct Connection {
  seastar::future<> process();
};
seastar::future<> takes_along(std::unique_ptr<Connection> given) {
  auto connection = std::move(given);
  return connection->process().finally([connection = std::move(connection)] {}); // ok
}
seastar::future<> forgets(std::unique_ptr<Connection> given) {
  auto connection = std::move(given);
  return connection->process().finally([] {});
}
void log_error(std::exception_ptr error);
seastar::future<> handles(Connection &connection) {
  try {
    return connection.process().handle_exception([](std::exception_ptr error) { log_error(error); }); // ok
  } catch (...) {
    log_error(std::current_exception());
    throw;
  }
}
seastar::future<> does_not(Connection &connection) {
  try {
    return connection.process().then([] {}); // warn: "then"
  } catch (...) {
    log_error(std::current_exception());
    throw;
  }
}
} // namespace chains

// What a library is lent to wait on ends with the function.
seastar::future<> store(int id);
seastar::future<> under_own_lock(int id) {
  seastar::shared_mutex mutex;
  return seastar::with_lock(mutex, [id] { return store(id); }); // warn: "mutex"
}
seastar::future<> under_lock(seastar::shared_mutex &mutex, int id) {
  return seastar::with_lock(mutex, [id] { return store(id); }); // ok: the caller's
}
seastar::future<> lock_taken_along(int id) {
  auto mutex = std::make_unique<seastar::shared_mutex>();
  auto &lent = *mutex;
  return seastar::with_lock(lent, [id] { return store(id); }).finally([mutex = std::move(mutex)] {}); // ok
}
seastar::future<> waits_for_it(int id) {
  seastar::shared_mutex mutex;
  co_await seastar::with_lock(mutex, [id] { return store(id); }); // ok
}

// A function that must not throw catches what the call itself throws.
seastar::future<int> find(int id);
seastar::future<int> no_throw(int id) noexcept {
  try {
    return find(id); // ok
  } catch (...) {
    log("no memory");
    return seastar::make_ready_future<int>(0);
  }
}
seastar::future<int> may_throw(int id) {
  try {
    return find(id); // warn: "find"
  } catch (...) {
    log("not found");
    return seastar::make_ready_future<int>(0);
  }
}

// The array behind a list ends with it.
seastar::future<> each_of_list() {
  auto sizes = {1, 2, 3};
  return seastar::do_for_each(sizes.begin(), sizes.end(), [](int size) { return store(size); }); // warn: "sizes"
}
seastar::future<> each_of_array() {
  int sizes[] = {1, 2, 3};
  return seastar::do_for_each(std::begin(sizes), std::end(sizes), [](int size) { return store(size); }); // warn: "sizes"
}
seastar::future<> each_of_callers(const int *first, const int *last) {
  return seastar::do_for_each(first, last, [](int size) { return store(size); }); // ok
}
seastar::future<> each_of_static() {
  static auto sizes = {1, 2, 3};
  return seastar::do_for_each(sizes.begin(), sizes.end(), [](int size) { return store(size); }); // ok
}
