// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seeded schedules: found, replayed, shrunk; and random cancellation without leak or hang.
#include "coroguard/barrier.hpp"
#include "coroguard/condition.hpp"
#include "coroguard/debug.hpp"
#include "coroguard/event.hpp"
#include "coroguard/explore.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/mutex.hpp"
#include "coroguard/queue.hpp"
#include "coroguard/semaphore.hpp"
#include "coroguard/shield.hpp"
#include "coroguard/task_group.hpp"
#include "coroguard/timeout.hpp"
#include "coroguard/wait.hpp"
#include "listed.hpp"

#include <gtest/gtest.h>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

// Fails only if the reader runs between the two halves of the writer.
task<> racy() {
  int a = 0, b = 0;
  auto writer = [&]() -> task<> {
    a = 1;
    co_await yield_now();
    b = 1;
  };
  auto reader = [&]() -> task<> {
    co_await yield_now();
    co_await yield_now();
    if (a != b)
      throw std::runtime_error("torn state");
  };
  auto noise = []() -> task<> {
    for (int i = 0; i < 5; ++i)
      co_await yield_now();
  };
  co_await gather(writer(), noise(), noise(), reader());
}

TEST(Explore, FindsReplaysShrinks) {
  run(racy()); // plain order passes
  auto found = explore(racy, {.seeds = 1000, .print = false});
  ASSERT_FALSE(found);
  EXPECT_EQ(describe(found.error), "torn state");
  EXPECT_THROW(replay(racy, found.seed), std::runtime_error);
  EXPECT_THROW(replay(racy, found.schedule), std::runtime_error);
  EXPECT_FALSE(found.schedule.empty());
  EXPECT_LE(found.schedule.size(), 12u);
  EXPECT_NE(found.text().find("seed " + std::to_string(found.seed)), std::string::npos);
}

TEST(Explore, SameSeedSameRun) {
  auto trace = [](std::uint64_t seed) {
    std::string log;
    replay([&]() -> task<> {
      auto w = [&](char c) -> task<> {
        for (int i = 0; i < 4; ++i) {
          log += c;
          co_await sleep(1s);
        }
      };
      co_await gather(w('a'), w('b'), w('c'));
    }, seed);
    return log;
  };
  EXPECT_EQ(trace(5), trace(5));
  std::set<std::string> different;
  for (std::uint64_t s = 0; s < 20; ++s)
    different.insert(trace(s));
  EXPECT_GT(different.size(), 10u);
}

TEST(Explore, CorrectProgramPasses) {
  auto found = explore([]() -> task<> {
    mutex m;
    int inside = 0;
    auto w = [&]() -> task<> {
      auto g = co_await m.scoped_lock();
      if (++inside != 1)
        throw std::logic_error("two inside");
      co_await yield_now();
      --inside;
    };
    co_await gather(w(), w(), w(), w());
  }, {.seeds = 300});
  EXPECT_TRUE(found) << found.text();
  EXPECT_EQ(found.runs, 300u);
}

TEST(Explore, DeadlockAndHangAreFailures) {
  auto stuck = explore([]() -> task<> { promise<> p; co_await p.get_future(); }, {.seeds = 1, .print = false});
  EXPECT_FALSE(stuck);
  auto endless = explore([]() -> task<> { for (;;) co_await yield_now(); }, {.seeds = 1, .shrink = false, .max_steps = 10000, .print = false});
  EXPECT_FALSE(endless);
}

// Everything that can be cancelled, cancelled at random points.
task<> everything() {
  queue<int> q(2);
  mutex m;
  semaphore s(1);
  int locked = 0;
  auto producer = [&]() -> task<> {
    for (int i = 0; i < 6; ++i)
      co_await q.put(i);
  };
  auto consumer = [&]() -> task<> {
    for (int i = 0; i < 3; ++i) {
      (void)co_await q.get();
      auto slot = co_await s.scoped_acquire();
      auto g = co_await m.scoped_lock();
      struct inside {
        int &n;
        explicit inside(int &counter) : n(++counter) {}
        ~inside() { --n; }
      } here(locked);
      if (locked != 1)
        throw std::logic_error("mutex broken");
      co_await sleep(1ms);
    }
  };
  auto waiting = [&]() -> task<> {
    try {
      co_await wait_for(sleep(10s), 5ms);
    } catch (const timeout_error &) {
    }
  };
  bool cancelled = false;
  try {
    co_await timeout(10s, [&]() -> task<> {
      co_await with_task_group([&](task_group &group) -> task<> {
        group.create_task(producer());
        group.create_task(consumer());
        group.create_task(consumer());
        group.create_task(waiting());
        co_await gather(sleep(3ms), waiting());
      });
    });
  } catch (const cancelled_error &) {
    cancelled = true;
  } catch (const timeout_error &) { // a cancelled consumer leaves the producer waiting
  }
  if (m.locked() || locked || s.value() != 1)
    throw std::logic_error("a lock was lost");
  if (cancelled)
    throw cancelled_error();
}

int alive = 0; // objects of frames
struct counted {
  counted() { ++alive; }
  counted(const counted &) { ++alive; }
  ~counted() { --alive; }
};

async_generator<int> ticking(int n, counted = {}) {
  for (int i = 0; i < n; ++i) {
    co_await sleep(1ms);
    co_yield i;
  }
}

// The rest of what can be awaited.
task<> everything_else() {
  condition changed;
  event go;
  barrier both(2);
  int ready = 0, held = 0;
  auto waiting = [&](counted = {}) -> task<> {
    auto guard = co_await changed.scoped_lock();
    co_await changed.wait([&] { return ready > 0; });
    --ready;
    if (++held != 1)
      throw std::logic_error("the condition's mutex is not held");
    --held;
  };
  auto meeting = [&](counted = {}) -> task<> {
    co_await go.wait();
    try {
      co_await wait_for(both.wait(), 10ms);
    } catch (const timeout_error &) { // the other one was cancelled
    } catch (const broken_barrier_error &) {
    }
  };
  auto reading = [](counted = {}) -> task<> {
    auto g = ticking(5);
    int sum = 0;
    while (auto i = co_await g.next())
      if ((sum += *i) > 5)
        break;
    co_await g.aclose();
  };
  auto finishing = [&](task_group &group, counted = {}) -> task<> {
    std::vector<task_handle<>> some{group.create_task(reading()), group.create_task(waiting()), group.create_task(waiting())};
    try {
      COROGUARD_AWAIT_FOR(auto &done, as_completed(some, 50ms)) co_await done;
    } catch (const timeout_error &) { // a notification went to one that was cancelled before it waited
    }
    for (auto &h : some)
      h.cancel();
    (void)co_await wait(some);
  };
  bool cancelled = false;
  try {
    co_await with_task_group([&](task_group &group) -> task<> {
      group.create_task(meeting());
      group.create_task(meeting());
      group.create_task(finishing(group));
      co_await sleep(1ms);
      go.set();
      {
        auto guard = co_await changed.scoped_lock();
        ready = 2;
        changed.notify(2);
      }
      co_await shield(group.create_task([](counted = {}) -> task<> { co_await sleep(2ms); }()));
      (void)co_await wait(listed(group.create_task(reading())), first_completed);
    });
  } catch (const cancelled_error &) {
    cancelled = true;
  }
  if (changed.locked() || held)
    throw std::logic_error("a lock was lost");
  if (cancelled)
    throw cancelled_error();
}

TEST(Explore, TenThousandCancellations) {
  for (auto program : {everything, everything_else}) {
    auto found = explore(program, {.seeds = 10'000, .cancellation = true, .shrink = false, .max_steps = 100'000});
    EXPECT_TRUE(found) << found.text();
    EXPECT_GT(found.injected, 5'000u);
    EXPECT_EQ(alive, 0);
  }
}

TEST(Debug, TaskTree) {
  std::string tree;
  run([&]() -> task<> {
    auto inner = create_task([]() -> task<> { co_await sleep(1h); }(), "inner");
    auto outer = create_task([](task_handle<> i) -> task<> { co_await i; }(inner), "outer");
    co_await yield_now();
    co_await yield_now();
    tree = format_tasks(current_loop());
  }, {.clock = virtual_clock, .name = "tree"});
  EXPECT_NE(tree.find("tree: 3 tasks"), std::string::npos) << tree;
  EXPECT_NE(tree.find("task 'outer' waits for task 'inner'"), std::string::npos) << tree;
  EXPECT_NE(tree.find("      task 'inner' waits for sleep"), std::string::npos) << tree;
}

TEST(Debug, BusyLoopAndLargeFrame) {
  report_capture found;
  run([]() -> task<> {
    bool flag = false;
    auto t = create_task([](bool &f) -> task<> {
      for (int i = 0; i < 150'000 && !f; ++i)
        co_await sleep(0);
    }(flag));
    co_await t;
    co_await [](int) -> task<> {
      char big[40000];
      big[0] = 1;
      co_await yield_now();
      if (big[0] == 2)
        big[1] = 0;
      asm volatile("" : : "r"(big) : "memory");
    }(1);
  }, {.debug = true});
  EXPECT_EQ(found.count("async-busy-wait"), 1u) << found.text();
  EXPECT_EQ(found.count("async-large-frame"), 1u) << found.text();
}

} // namespace
