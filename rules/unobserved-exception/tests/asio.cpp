// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: `detached` throws the exception of the coroutine away.
#include <boost/asio.hpp>

#include <exception>
#include <stdexcept>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;

awaitable<int> load(int key);
void log(const char *what);

awaitable<void> fails(int key) {
  if (co_await load(key) < 0)
    throw std::runtime_error("negative");
}
awaitable<void> handles(int key) {
  try {
    if (co_await load(key) < 0)
      throw std::runtime_error("negative");
  } catch (const std::exception &error) {
    log(error.what());
  }
}

void spawns(asio::io_context &context) {
  co_spawn(context, fails(1), detached);                                        // warn: "fails"
  co_spawn(context, handles(2), detached);                                      // ok: it handles everything itself
  co_spawn(context, fails(3), [](std::exception_ptr error) {                    // ok: a handler
    if (error)
      std::rethrow_exception(error);
  });
  auto future = co_spawn(context, fails(4), asio::use_future);                  // ok: in the future
  future.get();
}
