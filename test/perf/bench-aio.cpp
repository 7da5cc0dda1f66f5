// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The items w1 to w9 (but w8) of the reference benchmarks, on coroguard. Prints "RESULT coroguard item metric value unit" per measured
// repetition; sizes are the references'. Usage: bench-aio ITEM [debug]
#include "coroguard/async_generator.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/process_pool_executor.hpp"
#include "coroguard/queue.hpp"
#include "coroguard/run.hpp"
#include "coroguard/thread_pool_executor.hpp"
#include "test/perf/bench-aio-anchor.hpp"

#include <malloc.h>
#include <ranges>

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

void w7() {
  thread_pool_executor pool(2);
  auto worker = [](thread_pool_executor &p, int n) -> task<> {
    for (int i = 0; i < n; ++i)
      check(co_await run_in_executor(p, trivial, i) == i + 1, "w7");
  };
  offload(
      peer, [&](int n) { run(worker(pool, n), options); },
      [&](int n, int in_flight) {
        run([&]() -> task<> {
          std::vector<task<>> all;
          for (int i = 0; i < in_flight; ++i)
            all.push_back(worker(pool, n / in_flight));
          co_await gather(std::move(all));
        }, options);
      });
}

bool prime(std::uint64_t n) { return is_prime(n); }
int primes_of_chunk(int k) {
  int c = 0;
  for (int i = 0; i < 1000; ++i)
    c += is_prime(std::uint64_t(k * 1000 + i));
  return c;
}
template <class V> int total(const V &v) {
  int c = 0;
  for (auto x : v)
    c += int(x);
  return c;
}

template <class Pool> void w9_on(const char *name, Pool &pool) {
  auto all = std::views::iota(std::uint64_t(0), std::uint64_t(N9));
  auto chunks = std::views::iota(0, 100);
  std::vector<std::uint64_t> big(std::begin(BIG), std::end(BIG));
  w9(name, [&] { return total(pool.map(prime, all, 1)); }, [&] { return total(pool.map(primes_of_chunk, chunks, 1)); },
     [&] { return total(pool.map(prime, big, 1)); });
  for (int i = 0; i < reps(); ++i) {
    double t = anchor::now();
    check(total(pool.map(prime, all)) == PRIMES_100K, "w9 auto");
    result(name, "w9", "map_auto_ms", (anchor::now() - t) * 1e3, "ms");
  }
}

// Memory: bytes per idle task (sleeping), from the heap's own count.
void memory() {
  constexpr int count = 100'000;
  run([]() -> task<> {
    auto before = ::mallinfo2();
    std::vector<task_handle<>> all;
    all.reserve(count);
    auto with_handles = ::mallinfo2();
    for (int i = 0; i < count; ++i)
      all.push_back(create_task([]() -> task<> { co_await coroguard::sleep(std::chrono::hours(1)); }()));
    co_await yield_now();
    co_await yield_now();
    auto after = ::mallinfo2();
    result(peer, "memory", "bytes_per_idle_task", double(after.uordblks + after.hblkhd - with_handles.uordblks - with_handles.hblkhd) / count, "bytes");
    (void)before;
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
  else if (item == "w7")
    w7();
  else if (item == "w9") {
    thread_pool_executor threads(2);
    w9_on("coroguard", threads);
    process_pool_executor processes(2);
    w9_on("coroguard_process", processes);
  } else if (item == "memory")
    memory();
  else
    return 2;
}
