// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that await across threads, streams and generators: code of the program and of the library resume each other.
#include <coroguard/aio.hpp>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

task<int> twice(int x) {
  co_await sleep(1ms);
  co_return 2 * x;
}
task<int> sum(int n) {
  int s = 0;
  for (int i = 0; i < n; ++i)
    s += co_await twice(i);
  co_return s;
}
async_generator<int> numbers(int n) {
  for (int i = 0; i < n; ++i) {
    co_await yield_now();
    co_yield i;
  }
}
task<int> program() {
  auto [a, b] = co_await gather(sum(10), sum(20));
  int c = 0;
  COROGUARD_AWAIT_FOR(int i, numbers(10)) c += i;
  auto [left, right] = stream_pair();
  co_await left.write("one\ntwo\n");
  left.close();
  COROGUARD_AWAIT_FOR(auto &line, right.lines()) c += int(line.size());
  c += co_await wait_for(to_thread([] { return 7; }), 10s);
  co_return a + b + c;
}

} // namespace

int main() {
  return run(program()) == 90 + 380 + 45 + 6 + 7 ? 0 : 1;
}
