// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Thread pools, to_thread, adaptors between plain code and coroutines.
#include "coroguard/adapt.hpp"
#include "coroguard/context.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/thread_pool_executor.hpp"
#include "coroguard/timeout.hpp"

#include <gtest/gtest.h>
#include <latch>
#include <numeric>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

int twice(int x) { return 2 * x; }

TEST(ToThread, RunsElsewhere) {
  run([]() -> task<> {
    auto here = std::this_thread::get_id();
    auto there = co_await to_thread([] { return std::this_thread::get_id(); });
    EXPECT_NE(here, there);
    EXPECT_EQ(co_await to_thread(twice, 21), 42);
    auto [a, b] = co_await gather(to_thread(twice, 1), to_thread(twice, 2));
    EXPECT_EQ(a + b, 6);
    EXPECT_THROW(co_await to_thread([] { throw std::runtime_error("t"); }), std::runtime_error);
    auto p = co_await to_thread([] { return std::make_unique<int>(3); });
    EXPECT_EQ(*p, 3);
  });
}

context_var<int> number("number", 0);
TEST(ToThread, CarriesTheContext) {
  run([]() -> task<> {
    number.set(7);
    EXPECT_EQ(co_await to_thread([] { return number.get(); }), 7);
  });
}

TEST(Executor, CancellationOfWhatHasNotStarted) {
  run([]() -> task<> {
    thread_pool_executor pool(1);
    std::latch go(1);
    std::atomic<int> ran{0};
    auto first = run_in_executor(pool, [&] { go.wait(); ++ran; });
    auto second = run_in_executor(pool, [&] { ++ran; });
    EXPECT_TRUE(second.cancel());
    EXPECT_THROW(co_await second, cancelled_error);
    go.count_down();
    co_await first;
    EXPECT_EQ(co_await run_in_executor(pool, twice, 4), 8);
    EXPECT_EQ(ran, 1);
  });
}

TEST(Executor, TimeoutOverBlockingWork) {
  std::latch go(1); // outlives the loop: the abandoned call still uses it
  run([&]() -> task<> {
    auto t = to_thread([&] { go.wait(); });
    EXPECT_THROW(co_await wait_for(t, 5ms), timeout_error);
    go.count_down();
  });
}

TEST(Executor, SubmitAndShutdown) {
  thread_pool_executor pool(2, "named");
  EXPECT_EQ(pool.submit(twice, 3).result(), 6);
  auto f = pool.submit([]() -> int { throw std::logic_error("x"); });
  EXPECT_THROW(f.result(), std::logic_error);
  std::string name = pool.submit([] {
    char n[32];
    pthread_getname_np(pthread_self(), n, sizeof n);
    return std::string(n);
  }).result();
  EXPECT_EQ(name.substr(0, 6), "named-");
  std::latch go(1);
  auto a = pool.submit([&] { go.wait(); }), b = pool.submit([&] { go.wait(); });
  auto c = pool.submit(twice, 1);
  EXPECT_FALSE(c.wait_for(1ms));
  EXPECT_THROW(c.result(1ms), timeout_error);
  EXPECT_TRUE(c.cancel());
  auto d = pool.submit(twice, 5);
  go.count_down();
  pool.shutdown(); // graceful: d runs
  EXPECT_EQ(d.result(), 10);
  EXPECT_TRUE(c.cancelled());
  EXPECT_THROW((void)pool.submit(twice, 1), invalid_state_error);
  EXPECT_THROW(c.result(), cancelled_error);
}

TEST(Executor, ImmediateShutdownDropsQueued) {
  thread_pool_executor pool(1);
  std::latch go(1);
  auto a = pool.submit([&] { go.wait(); });
  while (!a.running())
    std::this_thread::yield();
  auto b = pool.submit(twice, 1);
  std::thread releaser([&] {
    std::this_thread::sleep_for(20ms); // the shutdown below has begun: it waits for `a`
    go.count_down();
  });
  pool.shutdown(true, true);
  releaser.join();
  EXPECT_TRUE(b.cancelled());
  EXPECT_TRUE(a.done());
}

TEST(Executor, MapOfAFunctionWithoutResult) {
  thread_pool_executor pool(2);
  std::vector<int> in(1000, 1);
  std::atomic<int> sum{0};
  pool.map([&](int i) { sum += i; }, in);
  run([&]() -> task<> { co_await pool.async_map([&](int i) { sum += i; }, in); });
  EXPECT_EQ(sum, 2000);
  EXPECT_THROW(pool.map([](int) { throw std::runtime_error("bad"); }, in), std::runtime_error);
}

TEST(Executor, MapKeepsOrder) {
  thread_pool_executor pool(2);
  std::vector<int> in(10'000);
  std::iota(in.begin(), in.end(), 0);
  for (std::size_t chunk : {auto_chunk, std::size_t(1), std::size_t(97)}) {
    auto out = pool.map(twice, in, chunk);
    ASSERT_EQ(out.size(), in.size());
    for (int i : in)
      ASSERT_EQ(out[std::size_t(i)], 2 * i);
  }
  EXPECT_TRUE(pool.map(twice, std::vector<int>()).empty());
  EXPECT_EQ(pool.map([](int i) { return std::to_string(i); }, in)[77], "77");
  EXPECT_EQ(pool.map([](int i) { return i % 2 == 0; }, in)[3], false);
  EXPECT_THROW(pool.map([](int i) { return i == 5000 ? throw std::runtime_error("m") : i; }, in), std::runtime_error);
  run([&]() -> task<> {
    auto out = co_await pool.async_map(twice, in);
    EXPECT_EQ(out[9], 18);
  });
}

TEST(Executor, DefaultExecutorMayBeReplaced) {
  run([]() -> task<> {
    current_loop().set_default_executor(std::make_shared<thread_pool_executor>(1, "mine"));
    auto name = co_await to_thread([] {
      char n[32];
      pthread_getname_np(pthread_self(), n, sizeof n);
      return std::string(n);
    });
    EXPECT_EQ(name, "mine-0");
    EXPECT_EQ(co_await run_in_executor(nullptr, twice, 2), 4);
  });
}

TEST(Executor, ThousandsInFlight) {
  run([]() -> task<> {
    std::vector<future<int>> all;
    for (int i = 0; i < 5000; ++i)
      all.push_back(to_thread(twice, i));
    auto r = co_await gather(std::move(all));
    for (int i = 0; i < 5000; ++i)
      EXPECT_EQ(r[std::size_t(i)], 2 * i);
  });
}

TEST(Executor, NoJobWaitsBehindOneThatBlocks) {
  for (int round = 0; round < 50; ++round) {
    thread_pool_executor pool(4);
    if (round % 2) // tiny jobs first: workers learn to take several at a time
      for (int i = 0; i < 2000; ++i)
        (void)pool.submit([] {});
    std::latch together(4);
    std::vector<executor_future<>> all;
    for (int i = 0; i < 4; ++i)
      all.push_back(pool.submit([&] { together.arrive_and_wait(); }));
    for (auto &f : all)
      ASSERT_TRUE(f.wait_for(20s)) << "round " << round;
  }
}

TEST(Executor, NoResultWaitsForAJobThatBlocks) { // tiny jobs are taken in batches: their results come all the same
  for (std::size_t workers : {1, 2}) {
    thread_pool_executor pool(workers);
    run([&]() -> task<> {
      std::vector<future<int>> small;
      for (int i = 0; i < 20'000; ++i) { // the pool learns that jobs are tiny
        small.push_back(run_in_executor(pool, twice, i));
        if (small.size() == 500)
          for (auto &f : std::exchange(small, {}))
            co_await f;
      }
      std::latch go(1);
      for (int i = 0; i < 200; ++i)
        small.push_back(run_in_executor(pool, twice, i));
      auto blocked = run_in_executor(pool, [&] { go.wait(); });
      for (auto &f : small)
        co_await wait_for(f, 10s);
      go.count_down();
      co_await blocked;
    });
  }
}

TEST(Executor, LeftoverJobsAreWaitedFor) {
  std::atomic<int> finished{0};
  thread_pool_executor pool(1);
  run([&]() -> task<> {
    auto f = run_in_executor(pool, [&] { std::this_thread::sleep_for(10ms); ++finished; });
    co_await yield_now();
  });
  EXPECT_EQ(finished, 1);
}

TEST(Adapt, SyncToAsyncAndBack) {
  auto async_twice = sync_to_async(twice);
  auto sync_twice = async_to_sync([&](int x) -> task<int> { co_return co_await async_twice(x); });
  EXPECT_EQ(sync_twice(4), 8);
  run([&]() -> task<> {
    EXPECT_EQ(co_await async_twice(5), 10);
    EXPECT_THROW(sync_twice(1), nested_run_error);
    EXPECT_EQ(co_await to_thread([&] { return sync_twice(6); }), 12);
  });
}

TEST(Adapt, RunCoroutineThreadsafe) {
  event_loop loop;
  std::thread other([&] { loop.run_forever(); });
  auto work = [](int x) -> task<int> {
    co_await sleep(1ms);
    co_return x;
  };
  EXPECT_EQ(run_coroutine_threadsafe(work(5), loop).result(), 5);
  auto never = run_coroutine_threadsafe([]() -> task<> { co_await sleep(1h); }(), loop);
  EXPECT_FALSE(never.wait_for(2ms));
  EXPECT_TRUE(never.cancel());
  EXPECT_THROW(never.result(), cancelled_error);
  loop.call_soon_threadsafe([&] { loop.stop(); });
  other.join();
}

} // namespace
