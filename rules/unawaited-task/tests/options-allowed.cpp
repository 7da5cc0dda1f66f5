// flags: -std=c++20 -Itest/support/mock
// options: async-unawaited-task.AllowedCallees=app::beat=heartbeat
// options: async-unawaited-task.AllowedTypes=app::Quiet=cancels_itself
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callees and types whose task may be dropped, each with its reason.
#include "acme.hpp"

using acme::Deferred;

namespace app {
Deferred<> beat();
Deferred<> save();
class Quiet : public Deferred<int> {};
Quiet quiet();
} // namespace app

Deferred<> calls() {
  app::beat();              // ok: allowed
  auto beating = app::beat(); // ok: allowed
  app::quiet();             // ok: allowed
  app::save();              // warn: "save"
  co_return;
}
