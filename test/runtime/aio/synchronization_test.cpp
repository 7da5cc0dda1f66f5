// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mutexes, events, conditions, semaphores, barriers, queues, generators and context variables.
#include "coroguard/async_algorithm.hpp"
#include "coroguard/barrier.hpp"
#include "coroguard/condition.hpp"
#include "coroguard/context.hpp"
#include "coroguard/event.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/queue.hpp"
#include "coroguard/run.hpp"
#include "coroguard/semaphore.hpp"

#include <gtest/gtest.h>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

using log_t = std::vector<std::string>;
template <class F> auto virtual_run(F f) { return run(f(), {.clock = virtual_clock}); }

TEST(Mutex, ExcludesInOrder) {
  log_t log;
  virtual_run([&]() -> task<> {
    mutex m;
    auto worker = [&](std::string name) -> task<> {
      auto guard = co_await m.scoped_lock();
      log.push_back(name + " in");
      co_await sleep(1s);
      log.push_back(name + " out");
    };
    co_await gather(worker("a"), worker("b"), worker("c"));
    EXPECT_FALSE(m.locked());
    EXPECT_TRUE(m.try_lock());
    EXPECT_FALSE(m.try_lock());
    m.unlock();
    EXPECT_THROW(m.unlock(), invalid_state_error);
  });
  EXPECT_EQ(log, (log_t{"a in", "a out", "b in", "b out", "c in", "c out"}));
}

TEST(Mutex, CancelledWaiterPassesTheGrantOn) {
  virtual_run([]() -> task<> {
    mutex m;
    co_await m.lock();
    auto a = create_task([](mutex &x) -> task<> { auto g = co_await x.scoped_lock(); }(m));
    auto b = create_task([](mutex &x) -> task<int> { auto g = co_await x.scoped_lock(); co_return 1; }(m));
    co_await yield_now();
    m.unlock(); // grants to a
    a.cancel();
    EXPECT_EQ(co_await b, 1);
    EXPECT_TRUE(a.cancelled());
    EXPECT_FALSE(m.locked());
  });
}

TEST(Mutex, DeadlockNamesTheCycle) {
  try {
    virtual_run([]() -> task<> {
      mutex a, b;
      auto one = [&](mutex &x, mutex &y) -> task<> {
        auto g = co_await x.scoped_lock();
        co_await sleep(1s);
        auto h = co_await y.scoped_lock();
      };
      auto t = create_task(one(a, b), "first");
      auto u = create_task(one(b, a), "second");
      co_await t;
      co_await u;
    });
    ADD_FAILURE();
  } catch (const deadlock_error &e) {
    std::string text = e.what();
    EXPECT_NE(text.find("cycle: 'first' -> 'second' -> 'first'"), std::string::npos) << text;
    EXPECT_NE(text.find("a mutex held by task 'second'"), std::string::npos) << text;
  }
}

TEST(Event, WakesAll) {
  virtual_run([]() -> task<> {
    event e;
    int n = 0;
    auto waiter = [&]() -> task<> {
      co_await e.wait();
      ++n;
    };
    auto a = create_task(waiter()), b = create_task(waiter());
    co_await sleep(1s);
    EXPECT_EQ(n, 0);
    e.set();
    e.clear(); // they still run
    co_await a;
    co_await b;
    EXPECT_EQ(n, 2);
    EXPECT_FALSE(e.is_set());
  });
}

TEST(Semaphore, LimitsAndIsFair) {
  log_t log;
  virtual_run([&]() -> task<> {
    semaphore s(2);
    int inside = 0, most = 0;
    auto worker = [&](int i) -> task<> {
      auto slot = co_await s.scoped_acquire();
      most = std::max(most, ++inside);
      log.push_back(std::to_string(i));
      co_await sleep(1s);
      --inside;
    };
    co_await gather(worker(0), worker(1), worker(2), worker(3), worker(4));
    EXPECT_EQ(most, 2);
    EXPECT_EQ(s.value(), 2);
    bounded_semaphore b(1);
    EXPECT_THROW(b.release(), invalid_state_error);
    EXPECT_THROW(semaphore(-1), std::invalid_argument);
  });
  EXPECT_EQ(log, (log_t{"0", "1", "2", "3", "4"}));
}

TEST(Semaphore, CancelledGrantIsNotLost) {
  virtual_run([]() -> task<> {
    semaphore s(0);
    auto a = create_task([](semaphore &x) -> task<> { co_await x.acquire(); }(s));
    auto b = create_task([](semaphore &x) -> task<int> { co_await x.acquire(); co_return 2; }(s));
    co_await yield_now();
    s.release();
    a.cancel();
    EXPECT_EQ(co_await b, 2);
  });
}

TEST(Condition, NotifyAndPredicate) {
  virtual_run([]() -> task<> {
    condition c;
    int ready = 0;
    auto consumer = [&]() -> task<int> {
      auto g = co_await c.scoped_lock();
      co_await c.wait([&] { return ready > 0; });
      co_return ready--;
    };
    auto a = create_task(consumer()), b = create_task(consumer());
    co_await sleep(1s);
    {
      auto g = co_await c.scoped_lock();
      ready = 2;
      c.notify_all();
    }
    EXPECT_EQ(co_await a + co_await b, 3);
    EXPECT_THROW(c.notify(), invalid_state_error);
    EXPECT_THROW(co_await c.wait(), invalid_state_error);
    auto waiting = create_task([](condition &x) -> task<> {
      auto g = co_await x.scoped_lock();
      try {
        co_await x.wait();
      } catch (const cancelled_error &) {
        EXPECT_TRUE(x.locked()); // acquired again
        throw;
      }
    }(c));
    co_await yield_now();
    waiting.cancel();
    EXPECT_THROW(co_await waiting, cancelled_error);
    EXPECT_FALSE(c.locked());
  });
}

TEST(Barrier, CyclesAndBreaks) {
  virtual_run([]() -> task<> {
    barrier b(3);
    auto party = [&](int d) -> task<std::size_t> {
      co_await sleep(std::chrono::seconds(d));
      co_return co_await b.wait();
    };
    for (int round = 0; round < 3; ++round) {
      auto [x, y, z] = co_await gather(party(1), party(2), party(3));
      EXPECT_EQ(x + y + z, 3u);
    }
    auto w = create_task(party(0));
    co_await sleep(1s);
    EXPECT_EQ(b.n_waiting(), 1u);
    b.abort();
    EXPECT_THROW((void)co_await w, broken_barrier_error);
    EXPECT_TRUE(b.broken());
    EXPECT_THROW((void)co_await b.wait(), broken_barrier_error);
    b.reset();
    auto [x, y, z] = co_await gather(party(1), party(1), party(1));
    EXPECT_EQ(x + y + z, 3u);
  });
}

TEST(Queue, BackPressureJoinShutdown) {
  log_t log;
  virtual_run([&]() -> task<> {
    queue<int> q(2);
    auto consumer = create_task([](queue<int> &in, log_t &l) -> task<> {
      for (;;) {
        int v = co_await in.get();
        co_await sleep(1s);
        l.push_back(std::to_string(v));
        in.task_done();
      }
    }(q, log));
    auto t0 = now();
    for (int i = 0; i < 5; ++i)
      co_await q.put(i);
    EXPECT_EQ(now() - t0, 2s); // two wait in the queue, one is being worked on
    co_await q.join();
    EXPECT_EQ(now() - t0, 5s);
    EXPECT_THROW(q.task_done(), invalid_state_error);
    q.shutdown();
    EXPECT_THROW(co_await consumer, queue_shutdown);
    EXPECT_THROW(co_await q.put(1), queue_shutdown);
    EXPECT_THROW((void)co_await q.get(), queue_shutdown);
  });
  EXPECT_EQ(log, (log_t{"0", "1", "2", "3", "4"}));
}

TEST(Queue, NoWaitAndObservableState) {
  virtual_run([]() -> task<> {
    queue<int> q;
    EXPECT_THROW((void)q.get_nowait(), queue_empty);
    auto g = create_task([](queue<int> &x) -> task<int> { co_return co_await x.get(); }(q));
    co_await yield_now();
    q.put_nowait(1);
    EXPECT_EQ(q.size(), 1u);        // as in asyncio: the getter takes it in its own turn
    EXPECT_EQ(q.get_nowait(), 1);   // stolen
    co_await yield_now();
    EXPECT_FALSE(g.done());
    q.put_nowait(2);
    EXPECT_EQ(co_await g, 2);
    queue<int> small(1);
    small.put_nowait(1);
    EXPECT_TRUE(small.full());
    EXPECT_THROW(small.put_nowait(2), queue_full);
  });
}

TEST(Queue, CancelledGetLosesNothing) {
  virtual_run([]() -> task<> {
    queue<int> q;
    auto get = [](queue<int> &x) -> task<int> { co_return co_await x.get(); };
    auto a = create_task(get(q)), b = create_task(get(q));
    co_await yield_now();
    q.put_nowait(1);
    a.cancel(); // was woken for the item
    EXPECT_EQ(co_await b, 1);
    EXPECT_TRUE(a.cancelled());
  });
}

TEST(Queue, PriorityAndLifo) {
  virtual_run([]() -> task<> {
    priority_queue<int> p;
    for (int i : {3, 1, 2})
      co_await p.put(i);
    EXPECT_EQ(co_await p.get(), 1);
    EXPECT_EQ(co_await p.get(), 2);
    lifo_queue<std::unique_ptr<int>> l;
    co_await l.put(std::make_unique<int>(1));
    co_await l.put(std::make_unique<int>(2));
    EXPECT_EQ(*co_await l.get(), 2);
  });
}

async_generator<int> numbers(int n, log_t *log = nullptr) {
  struct cleanup {
    log_t *log;
    ~cleanup() {
      if (log)
        log->push_back("cleanup");
    }
  } c{log};
  for (int i = 0; i < n; ++i) {
    if (i % 2)
      co_await sleep(1s);
    co_yield i;
  }
}

TEST(Generator, YieldsAndEnds) {
  virtual_run([]() -> task<> {
    std::vector<int> all;
    auto g = numbers(4);
    while (auto i = co_await g.next())
      all.push_back(*i);
    EXPECT_EQ(all, (std::vector<int>{0, 1, 2, 3}));
    EXPECT_FALSE(co_await g.next());
    int sum = 0;
    COROGUARD_AWAIT_FOR(int i, numbers(5)) {
      if (i == 4)
        break;
      sum += i;
    }
    EXPECT_EQ(sum, 6);
    sum = 0;
    co_await for_each(numbers(3), [&](int i) { sum += i; });
    co_await for_each(numbers(3), [&](int i) -> task<> {
      co_await yield_now();
      sum += i;
    });
    EXPECT_EQ(sum, 6);
  });
}

TEST(Generator, EarlyExitRunsCleanups) {
  log_t log;
  virtual_run([&]() -> task<> {
    {
      auto g = numbers(10, &log);
      (void)co_await g.next();
      (void)co_await g.next();
    }
    EXPECT_EQ(log.size(), 1u);
    auto g = numbers(10, &log);
    (void)co_await g.next();
    co_await g.aclose();
    EXPECT_EQ(log.size(), 2u);
    EXPECT_FALSE(co_await g.next());
    co_await g.aclose();
    auto fresh = numbers(3);
    co_await fresh.aclose();
    EXPECT_FALSE(co_await fresh.next());
  });
}

TEST(Generator, ExceptionsAndAsyncCleanup) {
  log_t log;
  virtual_run([&]() -> task<> {
    auto failing = []() -> async_generator<int> {
      co_yield 1;
      throw std::runtime_error("gen");
    };
    auto g = failing();
    EXPECT_TRUE(co_await g.next());
    EXPECT_THROW((void)co_await g.next(), std::runtime_error);
    EXPECT_FALSE(co_await g.next());
    auto cleaning = [&]() -> async_generator<int> {
      bool closed = false;
      try {
        for (int i = 0;; ++i)
          co_yield i;
      } catch (const generator_exit &) {
        closed = true;
      }
      if (closed) {
        co_await sleep(1s);
        log.push_back("flushed");
      }
    };
    auto h = cleaning();
    EXPECT_EQ(*co_await h.next(), 0);
    co_await h.aclose();
    auto stubborn = []() -> async_generator<int> {
      for (;;) {
        bool again = false;
        try {
          co_yield 1;
        } catch (const generator_exit &) {
          again = true;
        }
        if (again)
          co_yield 2;
      }
    };
    auto s = stubborn();
    (void)co_await s.next();
    EXPECT_THROW(co_await s.aclose(), invalid_state_error);
    EXPECT_THROW((void)co_await async_generator<int>().next(), invalid_state_error);
  });
  EXPECT_EQ(log, (log_t{"flushed"}));
}

TEST(Generator, ConcurrentNextIsAnError) {
  virtual_run([]() -> task<> {
    auto slow = []() -> async_generator<int> {
      co_await sleep(10s);
      co_yield 1;
    };
    auto g = slow();
    auto ask = [&]() -> task<bool> { co_return bool(co_await g.next()); };
    auto a = create_task(ask()), b = create_task(ask());
    EXPECT_THROW((void)co_await b, invalid_state_error);
    EXPECT_TRUE(co_await a);
  });
}

TEST(Generator, AskingItselfIsAnError) {
  virtual_run([]() -> task<> {
    async_generator<int> g;
    g = [](async_generator<int> &self) -> async_generator<int> {
      (void)co_await self.next();
      co_yield 1;
    }(g);
    EXPECT_THROW((void)co_await g.next(), invalid_state_error);
    EXPECT_FALSE(co_await g.next());
  });
}

TEST(Generator, CancellationPassesThrough) {
  log_t log;
  virtual_run([&]() -> task<> {
    auto g = [&]() -> async_generator<int> {
      try {
        co_await sleep(100s);
      } catch (const cancelled_error &) {
        log.push_back("inside");
        throw;
      }
      co_yield 1;
    };
    auto h = create_task([](async_generator<int> x) -> task<> { (void)co_await x.next(); }(g()));
    co_await sleep(1s);
    h.cancel();
    EXPECT_THROW(co_await h, cancelled_error);
  });
  EXPECT_EQ(log, (log_t{"inside"}));
}

TEST(Algorithms, Compose) {
  virtual_run([]() -> task<> {
    auto even = afilter(numbers(7), [](int i) { return i % 2 == 0; });
    auto squares = amap(std::move(even), [](int i) -> task<int> {
      co_await yield_now();
      co_return i *i;
    });
    auto numbered = co_await collect(aenumerate(std::move(squares), 1));
    EXPECT_EQ(numbered.size(), 4u);
    EXPECT_EQ(numbered[3], (std::pair<std::size_t, int>(4, 36)));
    auto pairs = co_await collect(zip(numbers(3), numbers(10)));
    EXPECT_EQ(pairs.size(), 3u);
    EXPECT_EQ((co_await collect(atake(numbers(100), 2))).size(), 2u);
  });
}

context_var<std::string> request("request", "none");

TEST(Context, InheritedAndIsolated) {
  virtual_run([]() -> task<> {
    EXPECT_EQ(request.get(), "none");
    auto token = request.set("main");
    auto child = create_task([]() -> task<std::string> {
      auto seen = request.get();
      request.set("child");
      co_await yield_now();
      co_return seen + "," + request.get();
    }());
    EXPECT_EQ(co_await child, "main,child");
    EXPECT_EQ(request.get(), "main");
    std::string in_callback;
    current_loop().call_soon([&] { in_callback = request.get(); });
    request.reset(token);
    co_await yield_now();
    EXPECT_EQ(in_callback, "main");
    EXPECT_EQ(request.get(), "none");
    context_var<int> no_default("n");
    EXPECT_THROW((void)no_default.get(), std::out_of_range);
  });
}

} // namespace
