// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KJ's streams refer to what they write until they are done.
#include "kj.hpp"

#include <utility>

kj::Promise<void> pause(int time);

kj::Promise<void> says_goodbye(kj::AsyncOutputStream &stream, kj::TaskSet &tasks) {
  kj::String reason = kj::str(1);
  tasks.add(stream.write(reason.asBytes())); // warn: "'reason'"
  co_await pause(1);
}
kj::Promise<void> waits(kj::AsyncOutputStream &stream) {
  kj::String reason = kj::str(1);
  co_await stream.write(reason.asBytes()); // ok
}
kj::Promise<void> takes_along(kj::AsyncOutputStream &stream, kj::TaskSet &tasks) {
  kj::String reason = kj::str(1);
  auto bytes = reason.asBytes();
  tasks.add(stream.write(bytes).attach(std::move(reason))); // ok: kept with the promise
  co_await pause(1);
}
