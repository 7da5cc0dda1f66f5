// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stop tokens in scope that an awaited call could take.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "seastar.hpp"

#include <stop_token>
#include <string>

using acme::Deferred;
using namespace std::chrono_literals;

Deferred<int> fetch(int key, std::stop_token stop = {});
Deferred<int> fetch_now(int key);
Deferred<> pause_for(acme::Millis time);
Deferred<> pause_for(acme::Millis time, std::stop_token stop);
Deferred<> send(std::string text, int retries = 3, std::stop_token stop = {});
Deferred<> flush_all(std::stop_token stop = {});

Deferred<int> parameter(int key, std::stop_token stop) { // note: "the token is here"
  co_return co_await fetch(key); // warn: "'fetch' could be given 'stop', and is not: whoever asks 'parameter' to stop"
}
Deferred<int> passed_on(int key, std::stop_token stop) { co_return co_await fetch(key, stop); }
Deferred<int> nothing_to_pass(int key) { co_return co_await fetch(key); }
Deferred<int> cannot_take_it(int key, std::stop_token stop) {
  if (stop.stop_requested())
    co_return 0;
  co_return co_await fetch_now(key);
}
Deferred<int> on_purpose(int key, std::stop_token stop) {
  if (stop.stop_requested())
    co_return 0;
  co_return co_await fetch(key, std::stop_token{}); // ok
}
Deferred<> overload(std::stop_token stop) {
  while (!stop.stop_requested())
    co_await pause_for(100ms); // warn: "'pause_for' cannot be stopped, but 'pause_for' takes a token like 'stop'"
}
Deferred<> overload_passed_on(std::stop_token stop) {
  while (!stop.stop_requested())
    co_await pause_for(100ms, stop); // ok
}
Deferred<> behind_another(std::string text, std::stop_token stop) {
  co_await send(text); // warn: "'send' could be given 'stop'"
  co_await flush_all(); // all has to be written
}
Deferred<> cleans_up(std::string text, std::stop_token stop) {
  bool failed = false;
  try {
    co_await send(text, 1, stop);
  } catch (...) {
    failed = true;
  }
  if (stop.stop_requested())
    co_await send("bye");
}
Deferred<> empty_local(std::string text) {
  std::stop_token none;
  co_await send(text);
}
Deferred<> closes_by_callback(std::string text, std::stop_token stop, void (*close)()) {
  std::stop_callback on_stop(stop, [close] { close(); });
  co_await send(text);
}
Deferred<> of_another(std::string text, std::stop_token stop, std::stop_token inner) {
  if (!inner.stop_possible())
    inner = stop;
  co_await send(text, 1, inner);
}

class Poller {
public:
  Deferred<> run() {
    for (;;)
      co_await pause_for(1000ms); // warn: "'pause_for' cannot be stopped"
  }

private:
  std::stop_token stop_; // note: "the token is here"
};

void in_a_lambda(std::stop_token stop) {
  auto work = [](std::stop_token inner) -> Deferred<int> {
    co_return co_await fetch(1); // warn: "'fetch' could be given 'inner'"
  };
  (void)work;
}

seastar::future<> abortable(seastar::abort_source &as) {
  co_await seastar::sleep(100ms); // warn: "'seastar::sleep' cannot be stopped, but 'seastar::sleep_abortable' takes a token like 'as'"
}

/// A token of the user's.
struct CancelFlag { bool cancelled() const; };
Deferred<int> query(int key, const CancelFlag *flag = nullptr);
Deferred<int> own(int key, const CancelFlag &flag) {
  co_return co_await query(key); // warn: "'query' could be given 'flag'"
}
