// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines that look as if they only pass something on.
#include "acme.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

using acme::Deferred;

Deferred<int> count(const std::string &text);
Deferred<int> count_view(std::string_view text);
Deferred<long> wide(int key);
Deferred<int> load(int key);

Deferred<int> keeps_temporary(int key) { co_return co_await count(std::to_string(key)); }      // ok: the frame keeps the text
Deferred<int> keeps_parameter(std::string text) { co_return co_await count_view(text); }       // ok: the frame keeps it
struct Client {
  int key = 0;
  Deferred<int> get();
};
Deferred<int> keeps_object(int key) { co_return co_await Client{key}.get(); }                  // ok: the frame keeps the client
Deferred<int> keeps_value(Client client) { co_return co_await client.get(); }                  // ok: the frame keeps the client
Deferred<int> keeps_closure(int key) {
  co_return co_await [key]() -> Deferred<int> { co_return co_await load(key); }(); // ok: the frame keeps the closure
}
Deferred<int> of_another(Client &client) { co_return co_await client.get(); }                  // warn: "of_another"
Deferred<int> forwards(const std::string &text) { co_return co_await count(text); }            // warn: "forwards"
Deferred<int> converts(int key) { co_return static_cast<int>(co_await wide(key)); }            // ok: another type
Deferred<int> throws_later(int key) {
  if (key < 0)
    throw std::invalid_argument("key"); // ok: thrown when it is awaited
  co_return key;
}
Deferred<> nothing() { co_return; } // ok: a placeholder
struct Handlers {
  Deferred<int> (*get)(int) = nullptr;
};
auto handler = [](int key) -> Deferred<int> { co_return co_await load(key); }; // ok: a lambda
