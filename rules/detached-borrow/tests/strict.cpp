// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Member coroutines that use their object late, where nobody is seen to keep it.
#include "seastar.hpp"
#include "winrt.hpp"

#include <memory>

using seastar::future;
using winrt::Windows::Foundation::IAsyncOperation;

future<> write(int id);

struct Host {
  int position = 0;
  winrt::fire_and_forget moved() {
    const int before = position;
    co_await winrt::resume_background();
    position = before + 1; // warn: "coroutine 'Host::moved' uses 'this' after it may have been suspended, and holds nothing"
  }
  IAsyncOperation<int> layout() {
    co_await winrt::resume_background();
    co_return position; // warn: "coroutine 'Host::layout' uses 'this'"
  }
  IAsyncOperation<int> early() {
    const int before = position; // ok: before it hops
    co_await winrt::resume_background();
    co_return before;
  }
};

struct Shared : std::enable_shared_from_this<Shared> {
  int count = 0;
  future<> counts(int id) {
    co_await write(id);
    ++count; // warn: "coroutine 'Shared::counts' uses 'this'"
  }
  future<> holds(int id) {
    auto self = shared_from_this();
    co_await write(id);
    ++count; // ok
  }
};
struct Owned {
  int count = 0;
  future<> counts(int id) {
    co_await write(id);
    ++count; // ok: whoever owns it waits, for all that is known
  }
};
