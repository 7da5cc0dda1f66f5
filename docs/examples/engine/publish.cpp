// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The function that the chapter on the engine follows from source to finding.
#include <boost/asio/awaitable.hpp>

#include <mutex>

boost::asio::awaitable<void> send(int version);

std::mutex mutex;
int version = 0;

boost::asio::awaitable<void> publish(bool urgent) {
  std::unique_lock guard(mutex);
  ++version;
  if (!urgent)
    guard.unlock();
  co_await send(version);
}
