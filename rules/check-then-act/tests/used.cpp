// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A member pointer that is used before the await is thought to be there; after it, that has to be asked.
#include "acme.hpp"

#include <memory>

using acme::Deferred;

Deferred<> save(int key);

struct Session {
  int id = 0;
  void tell(int value);
};

class Publisher {
public:
  void ends() { session_ = nullptr; }
  void leaves() { handle_.reset(); }
  Deferred<> update(int value) {
    session_->tell(value); // note: "used here"
    co_await save(1);
    session_->tell(value); // warn: "'session_' was used before the coroutine was suspended; 'Publisher::ends' may have emptied it since"
  }
  Deferred<> handles(int value) {
    co_await save(handle_->id);
    handle_->tell(value); // warn: "'handle_'"
  }
  Deferred<> asks(int value) {
    session_->tell(value);
    co_await save(1);
    if (session_)
      session_->tell(value); // ok: asked again
  }
  Deferred<> keeps(int value) {
    kept_->tell(value);
    co_await save(1);
    kept_->tell(value); // ok: nobody empties it
  }
  Deferred<> only_after(int value) {
    co_await save(1);
    session_->tell(value); // ok: nothing was known of it before
  }

private:
  Session *session_ = nullptr;
  std::shared_ptr<Session> handle_;
  std::unique_ptr<Session> kept_;
};
