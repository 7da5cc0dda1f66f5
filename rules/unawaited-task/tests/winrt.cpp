// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C++/WinRT: eager operations that go on when dropped, fire-and-forget coroutines, and thread hops.
#include "winrt.hpp"

#include <chrono>
#include <memory>

using namespace std::chrono_literals;
using winrt::fire_and_forget;
using winrt::Windows::Foundation::IAsyncAction;
using winrt::Windows::Foundation::IAsyncOperation;

IAsyncAction save(int key);
IAsyncOperation<int> load(int key);
fire_and_forget report(int key);

struct Window : winrt::implements<Window> {
  int count_ = 0;
  IAsyncAction refresh();

  fire_and_forget on_click(int) {
    auto strong = get_strong();
    co_await winrt::resume_background();
    co_await refresh();
    ++strong->count_;
  }
  void on_timer() {
    refresh(); // ok: a plain handler, and it has no result
    load(1);   // warn: "load"
  }
  IAsyncAction update() {
    refresh();                         // warn: "refresh"
    load(1);                           // warn: "load"
    auto pending = load(2);            // warn: "load"
    winrt::resume_background();        // warn: "resume_background"
    winrt::resume_after(10ms);         // warn: "resume_after"
    report(3);                         // ok: that is what it is for
    co_await refresh();
    int value = co_await load(4);
    co_await winrt::when_all(save(value), refresh());
    co_await winrt::resume_after(10ms);
  }
};
