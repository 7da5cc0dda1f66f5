// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fire-and-forget coroutine lambdas as handlers: the closure may be unregistered while its body is suspended.
#include "acme.hpp"
#include "winrt.hpp"

#include <functional>
#include <memory>
#include <utility>

using winrt::fire_and_forget;
using winrt::Windows::Foundation::IAsyncAction;

IAsyncAction save(int key);
void use(int value);

struct Event {
  template <class F> int operator()(F handler) {
    mock::opaque(&handler);
    return 1;
  }
};
struct Button {
  Event Click;
  void on_timer(std::function<void()> handler);
};

struct Tab : winrt::implements<Tab> {
  int count_ = 0;
  void redraw();
  void wire(Button &button, int key) {
    button.Click([weak = get_weak()](int) -> fire_and_forget { // warn: "weak"
      co_await winrt::resume_background();
      if (auto self = weak.get())
        self->redraw();
    });
    button.Click([this](int) -> fire_and_forget { // warn: "this"
      co_await save(1);
      redraw();
    });
    button.on_timer([key]() -> acme::Oneway { // warn: "key"
      co_await acme::GiveWay{};
      use(key);
    });

    // --- silent: captures are copied into the frame before the first suspension, or not used after it ---

    button.Click([weak = get_weak()](int) -> fire_and_forget {
      auto mine = weak;
      co_await winrt::resume_background();
      if (auto self = mine.get())
        self->redraw();
    });
    button.Click([weak = get_weak()](int) -> fire_and_forget {
      auto self = weak.get();
      co_await winrt::resume_background();
      self->redraw();
    });
    button.Click([key](int) -> fire_and_forget {
      use(key);
      co_await save(1);
    });
    button.Click([weak = get_weak()](int) {
      if (auto self = weak.get())
        self->redraw();
    });
    button.Click([](int) -> fire_and_forget { co_await save(1); });
  }
};
