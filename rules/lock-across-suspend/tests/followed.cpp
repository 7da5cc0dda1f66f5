// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a guard guards is given to the awaited work; the guard itself is not.
#include "acme.hpp"

#include <memory>
#include <mutex>
#include <optional>

using acme::Deferred;

struct Rows {
  int count = 0;
};
Deferred<> save(const Rows &rows);
Deferred<> save_count(int count);
Deferred<> release(std::unique_lock<std::mutex> &lock);

class Holder { // locks as long as it lives, and leads to what it guards
public:
  Holder(std::mutex &mutex, Rows &rows) : lock_(mutex), rows_(rows) {}
  Rows &operator*() const { return rows_; }
  Rows *operator->() const { return &rows_; }

private:
  std::unique_lock<std::mutex> lock_;
  Rows &rows_;
};
struct Guarded {
  std::mutex mutex;
  Rows rows;
  Holder lock() { return Holder(mutex, rows); }
};

Deferred<> whole(Guarded &guarded) {
  auto rows = guarded.lock();
  co_await save(*rows); // warn: "rows"
}
Deferred<> part(Guarded &guarded) {
  auto rows = guarded.lock();
  co_await save_count(rows->count); // warn: "rows"
}
Deferred<> given(std::mutex &mutex) {
  std::unique_lock lock(mutex);
  co_await release(lock); // ok: it may unlock it
}
Deferred<> given_through_optional(std::mutex &mutex) {
  std::optional<std::unique_lock<std::mutex>> lock(std::in_place, mutex);
  co_await release(*lock); // ok: the same
}
