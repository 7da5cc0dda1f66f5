// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lazy task of an unknown library that plain functions create and nothing runs.
#include "acme.hpp"
#include "borealis.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> serve(int port);
Deferred<int> load(int key = 1);
borealis::Job<void> Sail();
void print(int value);

using Entry = Deferred<int>;
Entry async_main(int argc, char **argv);
auto deduced() { return load(); }
#define START(port) serve(port)

namespace app {
struct Server {
  Deferred<> listen();
  static Deferred<> probe();
  virtual Deferred<> close() = 0;
  Server() { warm(); }         // warn: "warm"
  virtual ~Server() { warm(); } // warn: "warm"
  Deferred<> warm();
  void start() {
    listen();       // warn: "listen"
    this->listen(); // warn: "listen"
  }
  static void check() {
    probe(); // warn: "probe"
  }
  void operator()() { listen(); } // warn: "listen"
};
} // namespace app

void discards(app::Server &server, app::Server *pointer, bool flag, int count) {
  serve(80);                           // warn: "serve"
  load();                              // warn: "load"
  Sail();                              // warn: "Sail"
  server.listen();                     // warn: "listen"
  pointer->close();                    // warn: "close"
  app::Server::probe();                // warn: "probe"
  deduced();                           // warn: "deduced"
  START(81);                           // warn: "serve"
  flag ? serve(1) : serve(2);          // warn: "serve"
  count++, serve(3);                   // warn: "serve"
  if (flag)
    serve(4); // warn: "serve"
  for (int i = 0; i < count; ++i)
    serve(i); // warn: "serve"
  while (count-- > 0)
    serve(count); // warn: "serve"
  switch (count) {
  case 1:
    serve(5); // warn: "serve"
    break;
  default:
    serve(6); // warn: "serve"
  }
  try {
    serve(7); // warn: "serve"
  } catch (...) {
    serve(8); // warn: "serve"
  }
  auto lambda = [](int port) -> Deferred<> { co_await serve(port); };
  lambda(9);                               // warn: "lambda"
  []() -> Deferred<> { co_return; }();     // warn: "lambda"
  [] { serve(10); }();                     // warn: "serve"
}

int holds(bool flag) {
  auto task = serve(1);                          // warn: "serve"
  Deferred<int> typed = load(2);                 // warn: "load"
  auto &&extended = load(3);                     // warn: "load"
  const auto constant = load(4);                 // warn: "load"
  std::optional<Deferred<>> maybe = serve(5);    // warn: "serve"
  auto owned = std::make_unique<Deferred<>>(serve(6)); // warn: "serve"
  auto moved = load(7);                          // warn: "load"
  auto again = std::move(moved);
  auto overwritten = serve(8);                   // warn: "serve"
  overwritten = serve(9);
  acme::launch(std::move(overwritten));
  auto combined = acme::both(load(10), load(11)); // warn: "both"
  if (task.valid())
    return 1;
  return 0;
}

int some_paths(bool flag) {
  auto task = load(1); // warn: "load"
  if (!flag)
    return 0;
  return acme::execute(std::move(task));
}

void ignore(Deferred<> task) {}
void passes() {
  ignore(serve(1)); // warn: "serve"
}

template <class T> void generic(T port) {
  serve(port); // warn: "serve"
}
template void generic(int);
template void generic(short);

void on_a_thread() {
  std::thread([] { serve(1); }).detach(); // warn: "serve"
}

int main(int argc, char **argv) {
  async_main(argc, argv); // warn: "async_main"
  serve(80);              // warn: "serve"
}
