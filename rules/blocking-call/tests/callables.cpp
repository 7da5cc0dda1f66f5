// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callables followed to who runs them: named closures, std::function, std::bind, members that hold callbacks, callbacks
// of the loop in every spelling.
#include "acme.hpp"

#include <boost/asio.hpp>
#include <functional>
#include <unistd.h>
#include <utility>

namespace asio = boost::asio;
using acme::Deferred;

void nap() { usleep(1); }
template <class F> void call_it(F &&function) { std::forward<F>(function)(); }
template <class F> void pass_it_on(F &&function) { call_it(std::forward<F>(function)); }
void call_function(std::function<void()> function) { function(); }

class Feed {
public:
  Feed() : on_end_([] { nap(); }) {
    on_data_ = [] { usleep(1); };
    on_quiet_ = [] {};
  }
  Deferred<> run() {
    on_data_();  // warn: "it gets to 'usleep'"
    on_end_();   // warn: "it gets to 'usleep'"
    on_quiet_(); // ok
    co_return;
  }
  void assign() {
    on_data_ = nullptr;
  }

private:
  std::function<void()> on_data_, on_end_, on_quiet_;
};

Deferred<> coroutine() {
  pass_it_on([] { usleep(1); });                // warn: "usleep"
  call_function([] { usleep(2); });             // warn: "usleep"
  call_function(nap);                           // warn: "call_function"
  std::function<void()> function = [] { usleep(3); }; function(); // warn: "usleep"
  std::function<void()> unused = [] { usleep(4); }; // ok: not called
  std::function<void()> later;
  later = [] { usleep(5); }; // ok: not called
  (void)unused;
  co_return;
}

struct Server {
  void tick() { usleep(1); } // warn: "inside a callback"
  void beat() { usleep(2); } // warn: "inside a callback"
  void start(asio::io_context &context, asio::thread_pool &pool) {
    asio::post(context, std::bind(&Server::tick, this));
    asio::post(context, std::bind_front(&Server::beat, this));
    auto named = [] { usleep(3); }; // warn: "inside a callback"
    asio::post(context, named);
    auto offloaded = [] { usleep(4); }; // ok: on the pool
    asio::post(pool, offloaded);
    asio::post(asio::bind_executor(pool, [] { usleep(5); })); // ok: on the pool
    std::function<void()> wrapped = [] { usleep(6); }; // warn: "inside a callback"
    asio::post(context, wrapped);
  }
};
