// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that return a task without being coroutines: their lambdas run when their locals are gone.
#include "folly.hpp"
#include "kj.hpp"
#include "seastar.hpp"

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

using seastar::future;

future<> write(int);
future<int> read();

future<> local() {
  int sum = 0;
  return read().then([&sum](int value) { // warn: "this lambda runs later, but it captures 'sum' by reference"
    sum += value;
  });
}
future<> parameter(int key) {
  return write(1).then([&key] { return write(key); }).finally([] {}); // warn: "captures 'key' by reference"
}
void thrownAway(int key) {
  (void)write(1)
      .then([&key] { return write(key); }); // warn: "captures 'key' by reference"
}
future<> everything(int key) {
  return write(1).then([&] { return write(key); }); // warn: "captures 'key' by reference"
}
kj::Promise<void> promise(kj::Promise<void> before) {
  int count = 0;
  return before.then([&count]() { ++count; }); // warn: "captures 'count' by reference"
}
struct Holder {
  future<> pending;
  void start(int key) {
    pending = write(1).then([&key] { return write(key); }); // warn: "captures 'key' by reference"
  }
};
future<> each(std::vector<int> &keys) {
  int sum = 0;
  return seastar::do_for_each(keys, [&sum](int key) { // warn: "captures 'sum' by reference"
    sum += key;
    return write(key);
  });
}
future<> nested(std::vector<int> &keys) {
  int sum = 0;
  return seastar::parallel_for_each(keys, [&sum](int key) { // warn: "refers to 'sum'"
    return write(key).then([&sum, key] { sum += key; });
  });
}

// Callbacks that are handed out.
std::function<void(int)> callback(std::function<void()> after, std::vector<int> &keys) {
  return [&after, &keys](int key) { // warn: "captures 'after' by reference"
    keys.push_back(key);
    after();
  };
}
auto counter() {
  int count = 0;
  return [&] { return ++count; }; // warn: "captures 'count' by reference"
}
auto adder(std::vector<int> &keys) {
  return [&keys](int key) { keys.push_back(key); }; // ok: the caller's
}
struct Made {
  template <class F> explicit Made(F make) : value(make()) {}
  int value;
};
Made made(int key) {
  return Made([&] { return key + 1; }); // ok: runs it and has no call of its own
}
int now(int key) {
  return [&] { return key + 1; }(); // ok: called at once
}

// Waited for in time.
future<> awaited(int key) {
  co_await write(1).then([&key] { return write(key); }); // ok
}
future<> held(int key) {
  auto work = write(1).then([&key] { return write(key); }); // ok
  co_await write(2);
  co_await std::move(work);
}
void got(int key) {
  write(1).then([&key] { return write(key); }).get(); // ok
}
void waited(kj::Promise<void> before, kj::WaitScope &scope) {
  int count = 0;
  auto work = before.then([&count]() { ++count; }); // ok
  work.wait(scope);
}

// What they capture lives on.
future<> references(int &sum) {
  return read().then([&sum](int value) { sum += value; }); // ok: the caller's
}
future<> copies(int key) {
  return write(1).then([key] { return write(key); }); // ok
}
struct Service {
  int served = 0;
  future<> serve() {
    return read().then([&](int value) { served += value; }); // ok: of the object
  }
};
static int total;
future<> global() {
  return read().then([&](int value) { total += value; }); // ok
}

// Only read before anything waits.
future<> atOnce(std::vector<int> &keys) {
  int offset = 3;
  return seastar::parallel_for_each(keys, [&offset](int key) { return write(key + offset); }); // ok: every call runs at once
}

// A local timer takes its callback along when it ends.
void armed() {
  int ticks = 0;
  seastar::timer<> timer([] {});
  timer.set_callback([&ticks] { ++ticks; }); // ok
  timer.arm_periodic(std::chrono::milliseconds(1));
  seastar::sleep(std::chrono::milliseconds(10)).get();
}
void rearmed(seastar::timer<> &timer) {
  int ticks = 0;
  timer.set_callback([&ticks] { ++ticks; }); // warn: "captures 'ticks' by reference"
}
void armed(seastar::timer<> &timer) {
  int ticks = 0;
  timer.set_callback([&ticks] { ++ticks; }); // warn: "captures 'ticks' by reference"
  timer.arm(std::chrono::milliseconds(1));
}

// A thread, and work under a lock, may run when the function has returned.
future<> in_thread() {
  int sum = 0;
  return seastar::async([&sum] { sum += 1; }); // warn: "captures 'sum' by reference"
}
void waits_for_thread() {
  int sum = 0;
  seastar::async([&sum] { sum += 1; }).get(); // ok
}
future<> awaits_thread() {
  int sum = 0;
  co_await seastar::async([&sum] { sum += 1; }); // ok
}
future<> under_lock(seastar::shared_mutex &mutex) {
  int sum = 0;
  return seastar::with_lock(mutex, [&sum] { // warn: "captures 'sum' by reference"
    ++sum;
    return write(sum);
  });
}
future<> of_caller(int &sum) {
  return seastar::async([&sum] { sum += 1; }); // ok: the caller's
}

// A copy of a view refers to what the view shows.
seastar::future<> writes(std::size_t size);
void shows(std::string_view text);
seastar::future<> greets(int version) {
  std::string text = std::to_string(version);
  std::string_view view(text);
  return writes(text.size()).then([view] { shows(view); }); // warn: "'text'"
}
seastar::future<> greets_and_waits(int version) {
  std::string text = std::to_string(version);
  std::string_view view(text);
  co_await writes(text.size()).then([view] { shows(view); }); // ok
}
seastar::future<> of_others(std::string_view text) {
  std::string_view view = text.substr(1);
  return writes(text.size()).then([view] { shows(view); }); // ok: the caller's
}
