// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runners and holders of every make: a callee whose body is not seen may run what it is given.
#include "acme.hpp"

#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

using acme::Deferred;

Deferred<int> async_main(int argc, char **argv);
Deferred<> serve(int port);

namespace loop {
int run(Deferred<int> task);
template <class T> T run_until_complete(Deferred<T> &&task);
void spawn(Deferred<> task);
class Runner {
public:
  explicit Runner(Deferred<int> task);
  int go();
};
class Loop {
public:
  template <class F> auto block_on(F &&factory);
  Loop &add(Deferred<> task);
  void run();
};
int start(std::function<Deferred<int>()> main);
} // namespace loop

struct Fixture {
  Deferred<> task = serve(1);
  void SetUp() { task = serve(2); }
  void TestBody() { acme::execute([]() -> Deferred<int> { co_return 1; }()); }
};

// A runner written here.
struct Blocking {
  template <class T> static T wait(Deferred<T> task) {
    auto handle = task.release();
    while (!handle.done())
      handle.resume();
    handle.destroy();
    return T();
  }
};
// Starts it and lets it destroy itself.
void fire(Deferred<> task) { task.release().resume(); }

int main(int argc, char **argv) {
  int code = loop::run(async_main(argc, argv));
  code += loop::run_until_complete(async_main(argc, argv));
  loop::spawn(serve(1));
  code += loop::Runner(async_main(argc, argv)).go();
  loop::Runner runner{async_main(argc, argv)};
  code += runner.go();
  loop::Loop l;
  l.add(serve(2)).add(serve(3));
  l.run();
  code += loop::start([&] { return async_main(argc, argv); });
  code += Blocking::wait(async_main(argc, argv));
  fire(serve(4));
  std::thread([&] { loop::run(async_main(argc, argv)); }).join();
  auto task = std::make_unique<Deferred<int>>(async_main(argc, argv));
  code += loop::run(std::move(*task));
  std::exit(code + loop::run(async_main(argc, argv)));
}
