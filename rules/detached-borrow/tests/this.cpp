// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fire-and-forget member coroutines: nobody waits for them, so after a suspension their object may be gone.
#include "acme.hpp"
#include "winrt.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

using winrt::fire_and_forget;
using winrt::Windows::Foundation::IAsyncAction;

IAsyncAction save(int key);
void use(int value);

struct Page : winrt::implements<Page> {
  int count_ = 0;
  std::string title_;
  void redraw();
  virtual void changed();

  fire_and_forget after_hop() {
    co_await winrt::resume_background();
    ++count_; // warn: "this"
  }
  fire_and_forget calls_method() {
    use(count_); // ok: before the suspension
    co_await save(1);
    redraw(); // warn: "this"
  }
  fire_and_forget explicit_this() {
    co_await save(1);
    this->changed(); // warn: "this"
  }
  fire_and_forget weak_that_nobody_asks() {
    auto weak{get_weak()};
    co_await winrt::resume_background();
    redraw(); // warn: "this"
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  fire_and_forget strong() {
    auto strong = get_strong();
    co_await winrt::resume_background();
    ++count_;
    redraw();
  }
  fire_and_forget weak() {
    auto weak = get_weak();
    co_await winrt::resume_background();
    if (auto self = weak.get())
      self->redraw();
  }
  fire_and_forget only_before() {
    int count = count_;
    redraw();
    co_await save(count);
    use(count);
  }
  IAsyncAction awaited_by_its_caller() {
    co_await save(1);
    ++count_;
  }
};

class Session : public std::enable_shared_from_this<Session> {
  int count_ = 0;

public:
  acme::Oneway keeps_itself() {
    auto self = shared_from_this();
    co_await acme::GiveWay{};
    ++count_;
  }
  acme::Oneway does_not() {
    co_await acme::GiveWay{};
    ++count_; // warn: "this"
  }
};
