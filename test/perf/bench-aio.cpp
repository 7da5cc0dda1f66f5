// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The items w1 to w6 of the reference benchmarks, on coroguard. Prints "RESULT coroguard item metric value unit" per measured
// repetition; sizes are the references'. Usage: bench-aio ITEM [debug]
#include "coroguard/async_generator.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/queue.hpp"
#include "coroguard/run.hpp"
#include "test/perf/bench-aio-anchor.hpp"

using namespace anchor;
using namespace coroguard;

namespace {

const char *peer = "coroguard";
run_options options;

[[gnu::noinline]] task<int> child(int i) { co_return i + 1; }
[[gnu::noinline]] task<int> rec(int d) {
  if (d == 0)
    co_return 1;
  co_return 1 + co_await rec(d - 1);
}
[[gnu::noinline]] task<int> trivial_task(int i) { co_return i; }
[[gnu::noinline]] async_generator<int> items(int n) {
  for (int i = 0; i < n; ++i)
    co_yield i;
}

void w1() {
  per_op(peer, "w1", "ns", N1, [] {
    run([]() -> task<long> {
      long s = 0;
      for (int i = 0; i < N1; ++i)
        s += co_await child(i);
      co_return s;
    }(), options);
  });
  per_op(peer, "w1d", "ns", double(N1D) * (DEPTH + 1), [] {
    run([]() -> task<long> {
      long s = 0;
      for (int i = 0; i < N1D; ++i)
        s += co_await rec(DEPTH);
      co_return s;
    }(), options);
  });
}

void w2() {
  per_op(peer, "w2", "ns", N2, [] {
    run([]() -> task<> {
      std::vector<task_handle<int>> started;
      started.reserve(N2);
      for (int i = 0; i < N2; ++i)
        started.push_back(create_task(trivial_task(i)));
      auto values = co_await gather(std::move(started));
      long s = 0;
      for (int v : values)
        s += v;
      check(s == long(N2) * (N2 - 1) / 2, "w2");
    }(), options);
  });
}

void w3() {
  per_op(peer, "w3", "ns", double(T3) * Y3, [] {
    run([]() -> task<> {
      std::vector<task_handle<>> started;
      for (int i = 0; i < T3; ++i)
        started.push_back(create_task([]() -> task<> {
          for (int y = 0; y < Y3; ++y)
            co_await yield_now();
        }()));
      for (auto &t : started)
        co_await t;
    }(), options);
  });
}

void w4() {
  timers(peer, [](TimerRun &r) {
    run([&]() -> task<> {
      auto &d = delays_us();
      std::vector<task_handle<>> started;
      started.reserve(N4);
      for (int i = 0; i < N4; ++i)
        started.push_back(create_task([](TimerRun &run, double delay) -> task<> {
          double deadline = anchor::now() + delay;
          co_await coroguard::sleep(std::chrono::duration<double>(delay));
          run.woke(deadline);
        }(r, d[i] * 1e-6)));
      for (auto &t : started)
        co_await t;
    }, options);
  });
}

void w5() {
  per_op(peer, "w5", "ns", N5, [] {
    run([]() -> task<> {
      long s = 0;
      auto g = items(N5);
      while (auto v = co_await g.next())
        s += *v;
      check(s == long(N5) * (N5 - 1) / 2, "w5");
    }(), options);
  });
}

void w6() {
  per_op(peer, "w6", "ns", 2.0 * N6, [] {
    run([]() -> task<> {
      queue<int> a(1), b(1);
      auto pong = create_task([](queue<int> &in, queue<int> &out) -> task<> {
        for (int i = 0; i < N6; ++i) {
          int v = co_await in.get();
          co_await out.put(v + 1);
        }
      }(a, b));
      long s = 0;
      for (int i = 0; i < N6; ++i) {
        co_await a.put(i);
        s += co_await b.get();
      }
      co_await pong;
      check(s == long(N6) * (N6 + 1) / 2, "w6");
    }(), options);
  });
}

} // namespace

int main(int argc, char **argv) {
  std::string_view item = argc > 1 ? argv[1] : "";
  if (argc > 2 && std::string_view(argv[2]) == "debug") {
    options.debug = true;
    peer = "coroguard_debug";
  }
  if (item == "w1")
    w1();
  else if (item == "w2")
    w2();
  else if (item == "w3")
    w3();
  else if (item == "w4")
    w4();
  else if (item == "w5")
    w5();
  else if (item == "w6")
    w6();
  else
    return 2;
}
