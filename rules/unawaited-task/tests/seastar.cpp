// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seastar: futures are eager and may be kept ready; dropping one loses the error, or the lock that was never waited for.
#include "seastar.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using seastar::future;

future<> save(int key);
future<int> load(int key);
void compute();
seastar::logger logger("store");

future<> discarded(seastar::semaphore &sem, seastar::gate &gate, seastar::output_stream<char> &out,
                   seastar::shared_mutex &mutex, seastar::condition_variable &changed) {
  save(1);                                              // warn: "save"
  load(2);                                              // warn: "load"
  seastar::sleep(10ms);                                 // warn: "sleep"
  sem.wait(1);                                          // warn: "wait"
  seastar::get_units(sem, 1);                           // warn: "get_units"
  mutex.lock();                                         // warn: "lock"
  changed.wait();                                       // warn: "wait"
  gate.close();                                         // warn: "close"
  out.write(std::string("x"));                          // warn: "write"
  out.flush();                                          // warn: "flush"
  seastar::coroutine::maybe_yield();                    // warn: "maybe_yield"
  save(3).then([] { compute(); });                      // warn: "then"
  save(4).handle_exception([](std::exception_ptr) {});  // warn: "so nobody learns when it is done"
  load(5).discard_result();                             // warn: "discard_result"
  seastar::when_all(save(6), save(7));                  // warn: "when_all"
  seastar::with_gate(gate, [] { return save(8); });     // warn: "with_gate"
  seastar::smp::submit_to(0, [] { return save(9); });   // warn: "submit_to"
  co_return;
}

// Nobody could await it here, and its errors are seen to.
void leaves() {
  save(1).handle_exception([](std::exception_ptr) {}); // ok
  save(1).then([] { compute(); });                     // warn: "then"
  load(2).handle_exception([](std::exception_ptr) { return 0; }); // warn: "handle_exception"
}

// The most expensive bugs had this shape: the units are never waited for.
future<> units_as_guard(seastar::semaphore &sem) {
  auto units = seastar::get_units(sem, 1); // warn: "get_units"
  compute();
  co_await save(1);
}

future<> held(seastar::gate &gate) {
  auto saving = save(1);      // warn: "save"
  auto closed = gate.close(); // warn: "close"
  compute();
  future<int> loading = load(2); // warn: "load"
  if (loading.available())
    compute();
  co_return;
}

future<> conditional(bool wanted) {
  auto saving = save(1); // warn: "save"
  if (!wanted)
    co_return;
  co_await std::move(saving);
}

void in_plain_function(seastar::gate &gate) {
  save(1);      // warn: "save"
  gate.close(); // warn: "close"
  auto saving = save(2); // warn: "save"
}

future<> in_continuation() {
  return save(1).then([] {
    save(2); // warn: "save"
    return save(3);
  });
}

void in_timer(seastar::timer<> &timer) {
  timer.set_callback([] {
    save(1);       // warn: "save"
    (void)save(2); // ok: said explicitly
  });
}

// --- handed over ------------------------------------------------------------------------------------------------

future<int> consumed(seastar::semaphore &sem, seastar::gate &gate, std::vector<int> keys) {
  auto units = co_await seastar::get_units(sem, 1);
  auto holder = gate.hold();
  co_await save(1);
  auto saving = save(2);
  co_await seastar::sleep(1ms);
  co_await std::move(saving);
  co_await save(3).then([] { return save(4); });
  co_await seastar::when_all_succeed(save(5), load(6).discard_result());
  std::vector<future<int>> many;
  for (int key : keys)
    many.push_back(load(key));
  auto values = co_await seastar::when_all_succeed(std::move(many));
  co_await seastar::coroutine::parallel_for_each(keys, [](int key) { return save(key); });
  co_await seastar::parallel_for_each(keys, [](int key) -> future<> { co_await save(key); });
  co_await seastar::coroutine::maybe_yield();
  (void)save(7);                                                         // ok
  (void)seastar::with_gate(gate, [] { return save(8); });                // ok
  auto ready = co_await seastar::coroutine::as_future(load(9));
  if (ready.failed()) {
    ready.ignore_ready_future();
    co_return 0;
  }
  auto checked = load(10);
  if (checked.available() && !checked.failed())
    co_return checked.get();
  co_return co_await std::move(checked);
}

future<> chained(int key) {
  return load(key)
      .then([](int value) { return save(value); })
      .handle_exception([](std::exception_ptr) { logger.warn("failed"); })
      .finally([] { compute(); });
}

future<int> ready() { return seastar::make_ready_future<int>(1); }

// A ready future is a placeholder: nothing is lost when another takes its place, or none does.
future<> placeholders(bool wanted, std::vector<int> keys) {
  future<> saving = seastar::make_ready_future<>();
  if (wanted)
    saving = save(1);
  co_await std::move(saving);
  auto last = seastar::make_ready_future<>();
  for (int key : keys)
    last = last.then([key] { return save(key); });
  co_await std::move(last);
  auto first = seastar::make_ready_future<int>(1);
  first = load(2);
  co_await std::move(first);
  auto unused = seastar::make_ready_future<>();
}

class Service {
  future<> background_ = seastar::make_ready_future<>();
  seastar::gate gate_;

public:
  void start() {
    background_ = background_.then([this] { return loop(); });
    auto next = save(1);
    background_ = std::move(next);
  }
  future<> loop();
  future<> stop() {
    auto closed = gate_.close();
    co_await std::move(background_);
    co_await std::move(closed);
  }
};

future<> stackful(std::vector<int> keys) {
  return seastar::async([keys] {
    for (int key : keys)
      save(key).get(); // ok: waits in a stackful thread
    int value = load(1).get();
    auto saving = save(value);
    compute();
    saving.get();
    save(3); // warn: "save"
  });
}

// An assignment for some turns of a loop may be for one; one in every turn drops what the turn before made.
future<> one_turn(int turns) {
  future<> stopping = seastar::make_ready_future<>();
  for (int i = 0; i < turns; ++i) {
    if (i == 50)
      stopping = save(i); // ok
    compute();
  }
  co_await std::move(stopping);
}
future<> each_turn(int turns) {
  future<> saving = seastar::make_ready_future<>();
  for (int i = 0; i < turns; ++i)
    saving = save(i); // warn: "save"
  co_await std::move(saving);
}

// What an await hands back has been waited for, whatever its operand made.
future<> waited_for(bool again) {
  auto done = co_await seastar::coroutine::as_future(save(1));
  if (done.failed())
    co_return;
  done = co_await seastar::coroutine::as_future(save(2)); // ok
  if (done.failed())
    co_return;
}

int main(int argc, char **argv) {
  seastar::app_template app;
  return app.run(argc, argv, []() -> future<> {
    co_await save(1);
    save(2); // warn: "save"
  });
}

// Its end is told through the promise that its continuation has.
seastar::future<> told(seastar::semaphore &units) {
  seastar::promise<> promise;
  auto done = promise.get_future();
  auto taken = units.wait().then([promise = std::move(promise)]() mutable { promise.set_value(); }); // ok
  return done;
}
seastar::future<> untold(seastar::semaphore &units, int &count) {
  seastar::promise<> promise;
  auto done = promise.get_future();
  auto taken = units.wait().then([&count] { ++count; }); // warn: "taken"
  promise.set_value();
  return done;
}

// --- held, but nothing is left to learn: its errors are seen to, it has no result ---

seastar::future<int> in_order(std::vector<int> keys) {
  auto sent = save(1).then([] { return save(2); }).handle_exception([](std::exception_ptr) {}); // ok
  auto failed = save(3).then([] { return save(4); });                                           // warn: "failed"
  auto number = load(5).handle_exception([](std::exception_ptr) { return 0; });                 // warn: "number"
  return load(6);
}

// Nothing is lost with what is ready.
seastar::future<> gap(int id);
seastar::future<> maybe(bool far, int id) {
  auto before = seastar::now(); // ok
  if (far)
    before = gap(id);
  return before.then([id] { return gap(id + 1); });
}
