// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks, the loop and run(): laziness, single shot, order of callbacks, stack use, errors.
#include "coroguard/debug.hpp"
#include "coroguard/run.hpp"

#include <gtest/gtest.h>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

task<int> answer() { co_return 42; }
task<int> add(int a, int b) { co_return co_await answer() - 42 + a + b; }
task<> fails() {
  throw std::runtime_error("boom");
  co_return;
}

TEST(Task, ReturnsValues) {
  EXPECT_EQ(run(answer()), 42);
  EXPECT_EQ(run(add(1, 2)), 3);
  EXPECT_EQ(run([]() -> task<std::string> { co_return "text"; }), "text");
  EXPECT_EQ(*run([]() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); }), 7);
  static int target = 5;
  int &r = run([]() -> task<int &> { co_return target; });
  EXPECT_EQ(&r, &target);
}

TEST(Task, IsLazyAndReportsWhenDropped) {
  report_capture found;
  bool ran = false;
  {
    auto t = [](bool &flag) -> task<> { flag = true; co_return; }(ran);
    EXPECT_TRUE(t.valid());
  }
  EXPECT_FALSE(ran);
  EXPECT_EQ(found.count("async-unawaited-task"), 1u) << found.text();
  answer().discard();
  EXPECT_EQ(found.size(), 1u);
}

TEST(Task, SingleShot) {
  run([]() -> task<> {
    auto t = answer();
    EXPECT_EQ(co_await std::move(t), 42);
    EXPECT_THROW((void)co_await std::move(t), invalid_state_error);
  });
  EXPECT_THROW(run(task<int>()), invalid_state_error);
}

TEST(Task, ExceptionsPass) {
  EXPECT_THROW(run(fails()), std::runtime_error);
  run([]() -> task<> {
    bool caught = false;
    try {
      co_await fails();
    } catch (const std::runtime_error &e) {
      caught = std::string(e.what()) == "boom";
    }
    EXPECT_TRUE(caught);
  });
}

TEST(Task, NoStackGrowthOverTenMillionAwaits) {
  auto count = []() -> task<long> {
    long sum = 0;
    for (int i = 0; i < 10'000'000; ++i)
      sum += co_await [](int x) -> task<int> { co_return x & 1; }(i);
    co_return sum;
  };
  EXPECT_EQ(run(count()), 5'000'000);
}

task<int> deep(int n) {
  if (n == 0)
    co_return 0;
  co_return 1 + co_await deep(n - 1);
}
TEST(Task, DeepRecursion) { EXPECT_EQ(run(deep(200'000)), 200'000); }

TEST(Run, NestedRunNamesBoth) {
  run(
      []() -> task<> {
        try {
          run(answer(), {.name = "inner"});
          ADD_FAILURE();
        } catch (const nested_run_error &e) {
          EXPECT_NE(std::string(e.what()).find("inner"), std::string::npos);
          EXPECT_NE(std::string(e.what()).find("outer"), std::string::npos);
        }
        co_return;
      },
      {.name = "outer"});
}

TEST(Run, CancelsLeftovers) {
  std::vector<std::string> log;
  run([&]() -> task<> {
    create_task([](std::vector<std::string> &l) -> task<> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error &) {
        l.push_back("cancelled");
        throw;
      }
    }(log));
    co_await yield_now();
  });
  EXPECT_EQ(log, std::vector<std::string>{"cancelled"});
}

TEST(Run, OutsideOfALoop) {
  EXPECT_THROW(current_loop(), no_running_loop_error);
  EXPECT_THROW(create_task(answer()), no_running_loop_error);
}

// As asyncio prints for the same program.
TEST(Loop, OrderOfCallbacksAndTasks) {
  std::vector<std::string> log;
  auto worker = [&](std::string name) -> task<> {
    log.push_back(name + "1");
    co_await yield_now();
    log.push_back(name + "2");
  };
  run([&]() -> task<> {
    auto &loop = current_loop();
    auto a = create_task(worker("a"));
    loop.call_soon([&] { log.push_back("soon"); });
    auto b = create_task(worker("b"));
    loop.call_later(0s, [&] { log.push_back("later"); });
    log.push_back("main");
    co_await a;
    log.push_back("main2");
    co_await b;
    log.push_back("main3");
  });
  EXPECT_EQ(log, (std::vector<std::string>{"main", "a1", "soon", "b1", "later", "a2", "b2", "main2", "main3"}));
}

TEST(Loop, TimersInOrderOnVirtualTime) {
  std::vector<int> log;
  run(
      [&]() -> task<> {
        auto &loop = current_loop();
        loop.call_later(3s, [&] { log.push_back(3); });
        loop.call_later(1s, [&] { log.push_back(1); });
        auto two = loop.call_later(2s, [&] { log.push_back(2); });
        loop.call_later(3s, [&] { log.push_back(4); });
        two.cancel();
        EXPECT_TRUE(two.cancelled());
        co_await sleep(10h);
        EXPECT_EQ(loop.time(), time_point(10h));
      },
      {.clock = virtual_clock});
  EXPECT_EQ(log, (std::vector<int>{1, 3, 4}));
}

TEST(Loop, RunUntilCompleteStopClose) {
  event_loop loop;
  EXPECT_EQ(loop.run_until_complete(answer()), 42);
  promise<int> p(loop);
  loop.call_soon([&] { p.set_value(3); });
  EXPECT_EQ(loop.run_until_complete(p.get_future()), 3);
  loop.call_soon([&] { loop.stop(); });
  loop.run_forever();
  promise<> never(loop);
  loop.call_soon([&] { loop.stop(); });
  EXPECT_THROW(loop.run_until_complete(never.get_future()), invalid_state_error);
  loop.close();
  loop.close();
  EXPECT_TRUE(loop.is_closed());
  EXPECT_THROW(loop.call_soon([] {}), loop_closed_error);
  EXPECT_THROW(loop.run_forever(), loop_closed_error);
}

TEST(Loop, ThreadsafeCallsWake) {
  event_loop loop;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i)
      loop.call_soon_threadsafe([&, i] {
        if (i == 999)
          loop.stop();
      });
  });
  loop.run_forever();
  other.join();
}

TEST(Loop, PendingTaskDestroyedIsReported) {
  report_capture found;
  {
    event_loop loop;
    auto h = loop.create_task([]() -> task<> { co_await sleep(1h); }(), "sleeper");
    loop.call_soon([&] { loop.stop(); });
    loop.run_forever();
  }
  EXPECT_EQ(found.count("async-unawaited-task"), 1u) << found.text();
  EXPECT_NE(found.text().find("sleeper"), std::string::npos);
}

TEST(Loop, CallbackExceptionsGoToTheHandler) {
  event_loop loop;
  std::string seen;
  loop.set_exception_handler([&](event_loop &, const event_loop::exception_context &c) { seen = describe(c.exception); });
  loop.call_soon([] { throw std::runtime_error("oops"); });
  loop.call_soon([&] { loop.stop(); });
  loop.run_forever();
  EXPECT_EQ(seen, "oops");
}

TEST(Loop, Signals) {
  run([]() -> task<> {
    auto &loop = current_loop();
    promise<> p;
    loop.add_signal_handler(SIGUSR1, [&] { p.set_value(); });
    loop.call_soon([] { ::raise(SIGUSR1); });
    co_await p.get_future();
    EXPECT_TRUE(loop.remove_signal_handler(SIGUSR1));
    EXPECT_FALSE(loop.remove_signal_handler(SIGUSR1));
    EXPECT_THROW(loop.add_signal_handler(SIGKILL, [] {}), std::invalid_argument);
  });
}

TEST(Handle, Operations) {
  run(
      []() -> task<> {
        auto h = create_task([]() -> task<int> {
          co_await sleep(1s);
          co_return 5;
        }(),
                             "five");
        EXPECT_EQ(h.name(), "five");
        EXPECT_FALSE(h.done());
        EXPECT_THROW((void)h.result(), invalid_state_error);
        EXPECT_THROW((void)h.exception(), invalid_state_error);
        std::string log;
        h.add_done_callback([&](task_handle<int> t) { log += "cb" + std::to_string(t.result()); });
        EXPECT_EQ(co_await h, 5);
        EXPECT_EQ(co_await h, 5); // again
        EXPECT_EQ(log, "cb5");
        EXPECT_TRUE(h.done());
        EXPECT_FALSE(h.cancelled());
        EXPECT_EQ(h.exception(), nullptr);
        EXPECT_FALSE(h.cancel());

        auto c = create_task([]() -> task<> { co_await sleep(1h); }());
        co_await yield_now();
        EXPECT_TRUE(c.cancel("enough"));
        EXPECT_FALSE(c.done());
        try {
          co_await c;
          ADD_FAILURE();
        } catch (const cancelled_error &e) {
          EXPECT_STREQ(e.what(), "enough");
        }
        EXPECT_TRUE(c.cancelled());
        EXPECT_THROW((void)c.result(), cancelled_error);
      },
      {.clock = virtual_clock});
}

TEST(Handle, CancelBeforeStartNeverRuns) {
  bool ran = false;
  run([&]() -> task<> {
    auto h = create_task([](bool &r) -> task<> { r = true; co_return; }(ran));
    h.cancel();
    EXPECT_THROW(co_await h, cancelled_error);
  });
  EXPECT_FALSE(ran);
}

TEST(Handle, NeverRetrievedIsReported) {
  report_capture found;
  run([]() -> task<> {
    { auto h = create_task(fails(), "bad"); }
    co_await yield_now();
    co_await yield_now();
  });
  EXPECT_EQ(found.count("async-unobserved-exception"), 1u) << found.text();
}

TEST(Handle, CancellationMayBeRefused) {
  run([]() -> task<> {
    auto h = create_task([]() -> task<int> {
      try {
        co_await sleep(1h);
      } catch (const cancelled_error &) {
      }
      co_return 1;
    }());
    co_await yield_now();
    h.cancel();
    EXPECT_EQ(h.cancelling(), 1u);
    EXPECT_EQ(co_await h, 1);
    EXPECT_FALSE(h.cancelled());
  });
}

TEST(Handle, CancelPropagatesToTheAwaitedTask) {
  run([]() -> task<> {
    auto inner = create_task([]() -> task<> { co_await sleep(1h); }());
    auto outer = create_task([](task_handle<> i) -> task<> { co_await i; }(inner));
    co_await yield_now();
    co_await yield_now();
    outer.cancel();
    EXPECT_THROW(co_await outer, cancelled_error);
    EXPECT_TRUE(inner.cancelled());
  });
}

TEST(Future, StatesAndErrors) {
  run([]() -> task<> {
    promise<int> p;
    auto f = p.get_future();
    EXPECT_FALSE(f.done());
    p.set_value(1);
    EXPECT_EQ(f.result(), 1);
    EXPECT_THROW(p.set_value(2), invalid_state_error);
    promise<int> q;
    auto g = q.get_future();
    EXPECT_TRUE(g.cancel());
    EXPECT_FALSE(g.cancel());
    EXPECT_TRUE(g.cancelled());
    EXPECT_THROW(q.set_value(2), invalid_state_error);
    EXPECT_THROW((void)co_await g, cancelled_error);
    future<int> broken;
    {
      promise<int> r;
      broken = r.get_future();
    }
    EXPECT_THROW((void)co_await broken, invalid_state_error);
    EXPECT_THROW((void)co_await future<int>(), invalid_state_error);
  });
}

TEST(Deadlock, VirtualTimeFailsInsteadOfHanging) {
  try {
    run(
        []() -> task<> {
          promise<> never;
          co_await never.get_future();
        },
        {.clock = virtual_clock});
    ADD_FAILURE();
  } catch (const deadlock_error &e) {
    EXPECT_NE(std::string(e.what()).find("'main'"), std::string::npos) << e.what();
  }
}

struct foreign_thread_awaitable {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) { std::thread([h] { h.resume(); }).detach(); }
  int await_resume() { return 9; }
};
TEST(Foreign, ResumesOnTheLoopWhateverThread) {
  run([]() -> task<> {
    auto here = std::this_thread::get_id();
    EXPECT_EQ(co_await foreign_thread_awaitable{}, 9);
    EXPECT_EQ(std::this_thread::get_id(), here);
    co_await std::suspend_never{};
  });
}

TEST(Debug, SlowCallbackNamesCoroutineAndLine) {
  report_capture found;
  run(
      []() -> task<> {
        co_await yield_now();
        auto until = std::chrono::steady_clock::now() + 30ms;
        while (std::chrono::steady_clock::now() < until) {
        }
        co_await yield_now();
      },
      {.debug = true, .slow_callback = 10ms});
  EXPECT_EQ(found.count("async-blocking-call"), 1u) << found.text();
  EXPECT_NE(found.text().find("task_test.cpp"), std::string::npos);
}

TEST(Debug, AsyncStackOfExceptions) {
  run(
      []() -> task<> {
        std::exception_ptr error;
        try {
          co_await [](int) -> task<> { co_await fails(); }(1);
        } catch (...) {
          error = std::current_exception();
        }
        auto stack = async_stack(error);
        EXPECT_EQ(stack.size(), 2u);
        if (!stack.empty()) {
          EXPECT_NE(stack[0].function.find("fails"), std::string::npos) << stack[0].function;
        }
      },
      {.debug = true});
}

TEST(Debug, DeadlockWithTheRealClockIsReported) {
  report_capture found;
  run(
      []() -> task<> {
        promise<> p;
        auto &loop = current_loop();
        std::thread rescue([&] {
          std::this_thread::sleep_for(1500ms);
          loop.call_soon_threadsafe([&] { p.set_value(); });
        });
        co_await p.get_future();
        rescue.join();
      },
      {.debug = true});
  EXPECT_EQ(found.count("async-lock-order"), 1u) << found.text();
}

TEST(Debug, CreationStackOfAPendingTask) {
  report_capture found;
  {
    event_loop loop({.debug = true});
    loop.create_task([]() -> task<> { co_await sleep(1h); }(), "left");
    loop.call_soon([&] { loop.stop(); });
    loop.run_forever();
  }
  auto all = found.reports();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_FALSE(all[0].stack.empty());
}

TEST(Debug, WrongThread) {
  report_capture found;
  run(
      []() -> task<> {
        auto &loop = current_loop();
        std::thread([&] { EXPECT_EQ(loop.debug(), true); loop.check_thread("call_soon"); }).join();
        co_return;
      },
      {.debug = true});
  EXPECT_EQ(found.count("async-thread-affinity"), 1u);
}

} // namespace
