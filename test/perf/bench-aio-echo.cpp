// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Item w8 of the reference benchmarks: a TCP echo server. Usage: bench-aio-echo PORT
#include "coroguard/run.hpp"
#include "coroguard/stream.hpp"

#include <cstdlib>

using namespace coroguard;

namespace {
task<> echo(stream s) {
  s.set_no_delay(true);
  char buffer[4096];
  while (std::size_t n = co_await s.read_some(buffer)) {
    std::string_view left(buffer, n);
    while (!left.empty())
      left.remove_prefix(co_await s.write_some(left));
  }
}
} // namespace

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  run([&]() -> task<> {
    auto l = tcp_listen("127.0.0.1", std::uint16_t(std::atoi(argv[1])));
    co_await serve(l, echo);
  });
}
