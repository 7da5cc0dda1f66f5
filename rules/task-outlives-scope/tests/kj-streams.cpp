// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// KJ's streams refer to what they read and write until they are done.
#include "kj.hpp"

kj::Promise<void> greets(kj::AsyncOutputStream &stream) {
  auto text = kj::str(1);
  auto bytes = text.asBytes();
  return stream.write(bytes); // warn: "'bytes'"
}
kj::Promise<std::size_t> reads(kj::AsyncInputStream &stream) {
  kj::byte buffer[16];
  return stream.tryRead(buffer, 1, sizeof(buffer)); // warn: "'buffer'"
}
kj::Promise<void> passes_on(kj::AsyncOutputStream &stream, kj::ArrayPtr<const kj::byte> bytes) {
  return stream.write(bytes); // ok: the caller's
}
