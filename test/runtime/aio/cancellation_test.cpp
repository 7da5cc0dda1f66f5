// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When a cancellation arrives, who may take it back, and what meets it on its way; on virtual time.
#include "coroguard/barrier.hpp"
#include "coroguard/condition.hpp"
#include "coroguard/event.hpp"
#include "coroguard/mutex.hpp"
#include "coroguard/queue.hpp"
#include "coroguard/run.hpp"
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

template <class F> auto virtual_run(F f) { return run(f(), {.clock = virtual_clock}); }

/// Cancels the current task, then awaits: the wait must end at once.
template <awaitable A> task<> cancel_and_await(A a) {
  current_task().cancel();
  co_await std::move(a);
}
template <awaitable A> task<> ends_at_once(const char *what, A a) {
  auto began = now();
  auto t = create_task(cancel_and_await(std::move(a)));
  co_await wait(listed(t), all_completed, 1h);
  EXPECT_TRUE(t.done() && t.cancelled()) << what;
  EXPECT_EQ(now() - began, 0s) << what;
  t.cancel();
}

TEST(Cancellation, OfItselfEndsTheNextWaitAtOnce) {
  virtual_run([]() -> task<> {
    mutex held;
    co_await held.lock();
    event e;
    semaphore none(0);
    queue<int> empty, full(1);
    full.put_nowait(1);
    barrier two(2);
    condition c;
    promise<int> p;
    auto other = create_task([]() -> task<int> {
      co_await sleep(1000h);
      co_return 1;
    }());
    auto kept = create_task([]() -> task<> { co_await sleep(1000h); }());
    co_await ends_at_once("sleep", sleep(1000h));
    co_await ends_at_once("mutex", held.lock());
    co_await ends_at_once("event", e.wait());
    co_await ends_at_once("semaphore", none.acquire());
    co_await ends_at_once("get", empty.get());
    co_await ends_at_once("put", full.put(2));
    co_await ends_at_once("join", full.join());
    co_await ends_at_once("barrier", two.wait());
    co_await ends_at_once("condition", [](condition &cond) -> task<> {
      auto lock = co_await cond.scoped_lock();
      co_await cond.wait();
    }(c));
    co_await ends_at_once("future", p.get_future());
    co_await ends_at_once("task", task_handle<int>(other));
    co_await ends_at_once("shield", shield(kept));
    co_await ends_at_once("wait", wait(listed(kept)));
    EXPECT_TRUE(p.cancelled());
    EXPECT_TRUE(other.cancelled());
    EXPECT_FALSE(kept.done());
    EXPECT_FALSE(c.locked());
    EXPECT_EQ(two.n_waiting(), 0u);
    kept.cancel();
    held.unlock();
  });
}

TEST(Cancellation, IsNotTakenBackOnceTheWaitGaveUp) {
  virtual_run([]() -> task<> {
    mutex held;
    co_await held.lock();
    auto t = create_task([](mutex &m) -> task<> { co_await m.lock(); }(held));
    co_await sleep(0);
    t.cancel();
    EXPECT_EQ(t.uncancel(), 0u);
    co_await wait(listed(t));
    EXPECT_TRUE(t.cancelled()) << "two tasks would hold the mutex";
    EXPECT_TRUE(held.locked());
    held.unlock();
    EXPECT_FALSE(held.locked());

    auto ready = create_task([]() -> task<int> { // not waiting for anything: the request can be taken back
      co_await sleep(0);
      co_return 1;
    }());
    co_await sleep(0);
    ready.cancel();
    EXPECT_EQ(ready.uncancel(), 0u);
    EXPECT_EQ(co_await ready, 1);
  });
}

TEST(Cancellation, UnlockBesideACancelledWaiterReachesTheNext) {
  virtual_run([]() -> task<> {
    mutex m;
    co_await m.lock();
    auto wants = [&]() -> task<> { co_await m.lock(); };
    auto first = create_task(wants()), second = create_task(wants());
    co_await sleep(0);
    first.cancel();
    m.unlock();
    co_await wait(listed(first, second), all_completed, 1s);
    EXPECT_TRUE(first.cancelled());
    EXPECT_TRUE(second.done() && !second.cancelled());
    auto third = create_task(wants());
    co_await sleep(0);
    third.cancel();
    m.unlock();
    EXPECT_TRUE(m.try_lock()) << "whoever has left the line is not before us";
    m.unlock();
    co_await sleep(0);
  });
}

TEST(Cancellation, ReachesTheCallerOfWaitForZero) {
  virtual_run([]() -> task<> {
    auto slow = []() -> task<> {
      try {
        co_await sleep(1000h);
      } catch (const cancelled_error &) { // takes its time to end
      }
      co_await sleep(1s);
      throw cancelled_error();
    };
    auto started = create_task(slow());
    co_await sleep(0);
    auto t = create_task([](task_handle<> inner) -> task<> { co_await wait_for(inner, 0s); }(started));
    co_await sleep(0);
    t.cancel();
    co_await wait(listed(t));
    EXPECT_TRUE(t.cancelled()) << "not a timeout: it was cancelled";
    EXPECT_FALSE(started.done());
    co_await wait(listed(started));
  });
}

TEST(Cancellation, FromOutsideSurvivesTheErrorsOfAGroup) {
  virtual_run([]() -> task<> {
    std::vector<std::string> seen;
    auto t = create_task([](std::vector<std::string> &log) -> task<> {
      try {
        co_await with_task_group([](task_group &g) -> task<> {
          (void)g.create_task([]() -> task<> {
            try {
              co_await sleep(1000h);
            } catch (const cancelled_error &) {
            }
            throw std::runtime_error("while stopping");
          }());
          co_await sleep(1000h);
        });
      } catch (const exception_group &) {
        log.push_back("group");
      }
      EXPECT_EQ(current_task().cancelling(), 1u);
      try {
        co_await sleep(1h);
        log.push_back("slept");
      } catch (const cancelled_error &) {
        log.push_back("cancelled");
        throw;
      }
    }(seen));
    co_await sleep(0);
    t.cancel();
    co_await wait(listed(t));
    EXPECT_TRUE(t.cancelled());
    EXPECT_EQ(seen, (std::vector<std::string>{"group", "cancelled"}));
  });
}

TEST(Cancellation, AFailedGroupLeavesNoRequestBehind) {
  virtual_run([]() -> task<> {
    auto fails = []() -> task<> {
      co_await sleep(1s);
      throw std::runtime_error("member");
    };
    try {
      co_await with_task_group([&](task_group &g) -> task<> {
        (void)g.create_task(fails());
        co_return; // the member fails while the group is being left
      });
      ADD_FAILURE();
    } catch (const exception_group &) {
    }
    EXPECT_EQ(current_task().cancelling(), 0u);
    co_await sleep(1s);
  });
}

TEST(Queue, JoinIsForTheMomentWhenAllWasDone) {
  virtual_run([]() -> task<> {
    queue<int> q;
    q.put_nowait(1);
    auto joined = create_task([](queue<int> &x) -> task<> { co_await x.join(); }(q));
    co_await sleep(0);
    q.get_nowait();
    q.task_done();
    q.put_nowait(2);
    co_await sleep(0);
    EXPECT_TRUE(joined.done());
  });
}

TEST(Cancellation, TakenBackBeforeTheStartTheTaskRuns) {
  virtual_run([]() -> task<> {
    auto t = create_task([]() -> task<int> { co_return 1; }());
    t.cancel();
    EXPECT_EQ(t.uncancel(), 0u);
    EXPECT_EQ(co_await t, 1);
    auto named = create_task([]() -> task<int> { co_return 1; }(), "named");
    named.cancel("early");
    EXPECT_THROW((void)co_await named, cancelled_error);
  });
}

TEST(Cancellation, RequestsAreCountedAsFarAs65535) {
  virtual_run([]() -> task<> {
    auto t = create_task([]() -> task<> {
      try {
        co_await sleep(1s);
      } catch (const cancelled_error &) {
      }
    }());
    co_await sleep(0);
    for (int i = 0; i < 70'000; ++i)
      t.cancel();
    EXPECT_EQ(t.cancelling(), 65'535u);
    co_await t;
  });
}

TEST(Barrier, ResetReachesThoseWhoHaveNotRunYet) {
  virtual_run([]() -> task<> {
    barrier b(2);
    auto party = [&]() -> task<> { co_await b.wait(); };
    auto first = create_task(party());
    co_await sleep(0);
    auto second = create_task(party());
    co_await sleep(0);
    b.reset();
    co_await wait(listed(first, second));
    EXPECT_THROW(first.result(), broken_barrier_error);
    EXPECT_NO_THROW(second.result());
    EXPECT_FALSE(b.broken());
    EXPECT_EQ(b.n_waiting(), 0u);
  });
}

} // namespace
