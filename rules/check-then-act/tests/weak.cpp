// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pointers that become null when others end what they point to.
#include "acme.hpp"

using acme::Deferred;

Deferred<> save(int key);

class WeakCount {
public:
  bool alive() const;
};
template <class T> class Watcher { // as QPointer is
public:
  T *operator->() const;
  T &operator*() const;
  operator T *() const;

private:
  WeakCount weak_;
};
struct View {
  void show();
};

class Window {
public:
  Deferred<> shown() {
    if (!view_)
      co_return;
    co_await save(1);
    view_->show(); // warn: "'view_' was tested before the coroutine was suspended; what it points to may have ended since"
  }
  Deferred<> in_branch() {
    if (view_) {
      co_await save(1);
      (*view_).show(); // warn: "view_"
    }
  }
  Deferred<> again() {
    if (!view_)
      co_return;
    co_await save(1);
    if (view_)
      view_->show(); // ok
  }
  Deferred<> before() {
    if (view_)
      view_->show();
    co_await save(1);
  }

private:
  Watcher<View> view_;
};
