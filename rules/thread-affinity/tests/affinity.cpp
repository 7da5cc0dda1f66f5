// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// State of one thread carried across a suspension after which the coroutine may be on another.
#include "acme.hpp"
#include "cppcoro.hpp"

#include <cerrno>
#include <pthread.h>
#include <string>
#include <thread>
#include <unistd.h>

using acme::Deferred;

thread_local int counter = 0;
thread_local std::string buffer;
struct Slot {
  int value = 0;
  static thread_local Slot current;
};
int &thread_counter() { return counter; }
void use(int value);
void show(const std::string &text);
bool write_all();
Deferred<> save_here(int key);

cppcoro::task<> references(cppcoro::static_thread_pool &pool) {
  int &count = counter;
  int *pointer = &counter;
  auto &text = buffer;
  auto &slot = Slot::current;
  auto &through = thread_counter();
  int *address = &thread_counter();
  co_await pool.schedule();
  ++count;           // warn: "count"
  use(*pointer);     // warn: "pointer"
  show(text);        // warn: "text"
  use(slot.value);   // warn: "slot"
  use(through);      // warn: "through"
  use(*address);     // warn: "address"
}
cppcoro::task<> thread_ids(cppcoro::static_thread_pool &pool) {
  auto id = std::this_thread::get_id();
  pthread_t self = pthread_self();
  co_await pool.schedule();
  if (id == std::this_thread::get_id()) // warn: "id"
    use(1);
  pthread_setname_np(self, "x"); // warn: "self"
}
cppcoro::task<bool> hopped(cppcoro::static_thread_pool &pool) {
  auto before = std::this_thread::get_id();
  co_await pool.schedule();
  auto now = std::this_thread::get_id();
  co_return before != now; // ok: it asks whether it hopped
}
cppcoro::task<> error_number(cppcoro::static_thread_pool &pool) {
  if (!write_all()) {
    co_await pool.schedule();
    use(errno); // warn: "errno"
  }
}
cppcoro::task<> in_loop(cppcoro::static_thread_pool &pool) {
  auto &count = counter;
  for (int i = 0; i < 3; ++i) {
    ++count; // warn: "count"
    co_await pool.schedule();
  }
}

// --- silent -----------------------------------------------------------------------------------------------------

cppcoro::task<> read_again(cppcoro::static_thread_pool &pool) {
  int before = counter; // ok: a copy
  co_await pool.schedule();
  ++counter; // ok: of the thread it is on now
  use(before);
  auto &count = counter;
  ++count;
}
cppcoro::task<> used_before(cppcoro::static_thread_pool &pool) {
  auto &count = counter;
  ++count;
  auto id = std::this_thread::get_id();
  if (id != std::thread::id())
    use(1);
  int error = errno;
  co_await pool.schedule();
  use(error);
}
cppcoro::task<> assigned_again(cppcoro::static_thread_pool &pool) {
  int *count = &counter;
  co_await pool.schedule();
  count = &counter;
  ++*count;
}
void plain() {
  auto &count = counter;
  ++count;
}
#define EXPECT_THAT(condition) ((condition) ? void() : __builtin_trap())
cppcoro::task<> asserted(cppcoro::static_thread_pool &pool) {
  auto id = std::this_thread::get_id();
  co_await pool.schedule();
  EXPECT_THAT(id == std::this_thread::get_id()); // ok: asks whether it is still the same
}

thread_local std::string request;
cppcoro::task<> set_before(cppcoro::static_thread_pool &pool, std::string id) {
  request = id;      // note: "set here"
  co_await pool.schedule();
  show(request);     // warn: "'request' was set for the thread before the await"
}
cppcoro::task<> set_again(cppcoro::static_thread_pool &pool, std::string id) {
  request = id;
  show(request);
  co_await pool.schedule();
  request = id;
  show(request); // ok: set here, too
}
cppcoro::task<> only_read(cppcoro::static_thread_pool &pool) {
  co_await pool.schedule();
  show(request); // ok: nothing was set for it
}
Deferred<> stays(std::string id) {
  request = id;
  co_await save_here(1);
  show(request); // ok: nothing says that it changes threads
}
