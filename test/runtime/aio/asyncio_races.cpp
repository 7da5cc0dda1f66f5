// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens at the same time: wake-ups and cancellations, deadlines and results. Scenario by scenario as
// asyncio_races.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

namespace {

template <awaitable A, class Wake, class After> task<> show_woken(const char *label, A aw, Wake wake, After after) {
  auto t = create_task(log(label, std::move(aw)));
  co_await turns(1);
  wake();
  p(label, t.cancel());
  co_await wait(listed(t));
  p(label, t.cancelled(), after());
}
task<> woken_then_cancelled() {
  event ev;
  mutex lock;
  semaphore sem(0);
  queue<int> q, full(1);
  co_await lock.lock();
  full.put_nowait(1);
  promise<int> pr;
  auto fut = pr.get_future();
  auto inner = create_task(value(3, 2)), kept = create_task(value(4, 2));
  co_await show_woken("event", one(ev.wait()), [&] { ev.set(); }, [&] { return ev.is_set(); });
  co_await show_woken("lock", one(lock.lock()), [&] { lock.unlock(); }, [&] { return lock.locked(); });
  co_await show_woken("semaphore", one(sem.acquire()), [&] { sem.release(); }, [&] { return sem.locked(); });
  co_await show_woken("get", q.get(), [&] { q.put_nowait(7); }, [&] { return q.size(); });
  co_await show_woken("put", one(full.put(2)), [&] { full.get_nowait(); }, [&] { return full.size(); });
  full.put_nowait(1);
  co_await show_woken("join", full.join(), [&] { full.task_done(), full.task_done(); }, [&] { return full.size(); });
  co_await show_woken("future", fut, [&] { pr.set_value(1); }, [&] { return fut.cancelled(); });
  co_await show_woken("failed", wait(listed(inner)), [] {}, [&] { return inner.done(); });
  co_await show_woken("shield", shield(kept), [] {}, [&] { return kept.cancelled(); });
}

template <class Make, class Wake, class State> task<> each_waiter(const char *label, Make make, Wake wake, State state) {
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 3; ++i)
    ts.push_back(create_task(make()));
  co_await turns(2);
  wake();
  ts[0].cancel();
  co_await turns(4);
  p(label, done(ts), cancelled(ts), state());
  for (auto &t : ts)
    t.cancel();
  co_await wait(ts);
}
task<> two_waiters_one_wake() {
  mutex lock;
  semaphore sem(0);
  queue<int> q, full(1);
  co_await lock.lock();
  co_await each_waiter("lock", [&] { return one(lock.lock()); }, [&] { lock.unlock(); }, [&] { return lock.locked(); });
  co_await each_waiter("semaphore", [&] { return one(sem.acquire()); }, [&] { sem.release(); }, [&] { return sem.locked(); });
  co_await each_waiter("queue", [&] { return one(q.get()); }, [&] { q.put_nowait(1); }, [&] { return q.size(); });
  full.put_nowait(0);
  co_await each_waiter("full", [&] { return one(full.put(1)); }, [&] { full.get_nowait(); }, [&] { return full.size(); });
}

/// Prints at the end of its scope.
struct at_exit {
  const char *text;
  ~at_exit() { p(text); }
};
task<> chains() {
  auto leaf = []() -> task<> {
    std::exception_ptr stop;
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      stop = std::current_exception();
    }
    p("leaf");
    co_await turns(1);
    p("leaf cleaned");
    std::rethrow_exception(stop);
  };
  auto middle = [&]() -> task<> {
    at_exit end{"middle"};
    co_await create_task(leaf());
  };
  auto top = [&]() -> task<> {
    at_exit end{"top"};
    co_await middle();
  };
  auto t = create_task(top());
  t.add_done_callback([](task_handle<> h) { p("callback", h.cancelled()); });
  co_await turns(3);
  t.cancel();
  for (int i = 0; i < 5; ++i) {
    p("turn", i, t.done());
    co_await turns(1);
  }
  co_await outcome("chain", t);
}

task<> replaced() {
  auto other = []() -> task<> {
    bool stopped = false;
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      stopped = true;
    }
    if (stopped)
      throw std::runtime_error("other");
  };
  auto swallow = []() -> task<std::string> {
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
    }
    co_await turns(2);
    co_return "went on";
  };
  auto again = []() -> task<> {
    bool stopped = false;
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      stopped = true;
    }
    if (stopped) {
      p("first");
      co_await sleep(10s);
    }
  };
  auto show = [](std::string label, auto t) -> task<> {
    co_await turns(1);
    bool asked = t.cancel();
    p(asked, t.cancelling());
    co_await turns(1);
    p(label, t.done());
    if (label == "again") {
      asked = t.cancel();
      p(asked, t.cancelling());
    }
    co_await outcome(label, t);
    p(t.cancelled(), t.cancelling());
  };
  co_await show("other", create_task(other()));
  co_await show("swallow", create_task(swallow()));
  co_await show("again", create_task(again()));
}

task<> waits_for_the_waker() {
  auto first = []() -> task<std::string> {
    co_await turns(1);
    co_await outcome("self", shield(value(1, 1)));
    co_return "first";
  };
  auto second = [](task_handle<std::string> t) -> task<std::string> {
    auto r = co_await t;
    p("second got", r);
    co_return r;
  };
  auto third = [](task_handle<std::string> t) -> task<std::string> {
    try {
      co_return co_await t;
    } catch (...) {
      p("third", n(std::current_exception()));
      throw;
    }
  };
  auto t = create_task(first());
  auto u = create_task(second(t)), v = create_task(third(t));
  co_await turns(2);
  v.cancel();
  co_await outcome("t", t);
  co_await outcome("u", u);
  co_await outcome("v", v);
  auto own = []() -> task<> { co_await current_task(); };
  try {
    co_await create_task(own());
  } catch (const invalid_state_error &) {
    p("itself");
  }
}

task<> events() {
  event ev;
  auto w = [&](int v) -> task<> {
    for (int i = 0; i < 2; ++i) {
      co_await ev.wait();
      p("ev", v, i);
      ev.clear();
      co_await turns(1);
    }
  };
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 3; ++i)
    ts.push_back(create_task(w(i)));
  co_await turns(1);
  ev.set();
  p(ev.is_set());
  co_await turns(1);
  p(ev.is_set());
  co_await turns(2);
  ev.set();
  co_await turns(1);
  ev.set();
  co_await turns(3);
  p(done(ts));
  for (int i = 0; i < 4; ++i) {
    ev.set();
    co_await turns(3);
  }
  p(done(ts));
  co_await wait(ts);
}

task<> timers_of_all_kinds() {
  auto &loop = current_loop();
  auto t = loop.time();
  auto sleeper = [](const char *v, duration d) -> task<> {
    co_await sleep(d);
    p("sleep", v);
  };
  auto scope = [](const char *v, duration d) -> task<> {
    try {
      co_await timeout(d, [] { return long_sleep(); });
    } catch (const timeout_error &) {
      p("timeout", v);
    }
  };
  auto ts = started(sleeper("a", 20ms), scope("b", 20ms), sleeper("c", 10ms));
  loop.call_later(20ms, [] { p("call", "d"); });
  loop.call_at(t + 20ms, [] { p("at", "e"); });
  co_await turns(1);
  loop.call_later(21ms, [] { p("call", "f"); });
  auto h = loop.call_later(10ms, [] { p("never"); });
  loop.call_later(5ms, [&] { h.cancel(); });
  co_await wait(ts);
  co_await sleep(2ms);
  p("end");
}

task<> body(duration d) {
  co_await timeout(d, []() -> task<> { co_await sleep(10s); });
}
task<> with_cleanup(duration d, int k) {
  co_await timeout(d, [k]() -> task<> {
    std::exception_ptr stop;
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      stop = std::current_exception();
    }
    co_await turns(k);
    std::rethrow_exception(stop);
  });
}
task<> cancel_at(const char *label, task<> aw, duration when) {
  auto t = create_task(std::move(aw));
  current_loop().call_later(when, [t]() mutable { t.cancel(); });
  co_await outcome(label, t);
  p(t.cancelled(), t.cancelling());
}
task<> timeouts_race_cancels() {
  co_await cancel_at("before", body(20ms), 10ms);
  co_await cancel_at("after", body(10ms), 20ms);
  co_await cancel_at("during cleanup", with_cleanup(10ms, 3), 10ms);
  auto nested = []() -> task<> {
    co_await timeout(20ms, [](timeout_scope &outer) -> task<> {
      timeout_scope *inner = nullptr;
      bool inner_expired = false;
      try {
        co_await timeout(10ms, [&](timeout_scope &s) -> task<> {
          inner = &s;
          co_await sleep(10s);
        });
      } catch (const timeout_error &) {
        inner_expired = true;
      }
      p("inner", inner_expired, outer.expired());
      co_await sleep(10s);
    });
  };
  co_await outcome("nested", create_task(nested()));
  auto inside_group = []() -> task<> {
    co_await timeout(10ms, []() -> task<> {
      co_await with_task_group([](task_group &g) -> task<> {
        g.create_task(long_sleep());
        g.create_task(log("member", sleep(10s)));
        co_return;
      });
    });
  };
  co_await outcome("group", create_task(inside_group()));
  auto group_outside = []() -> task<> {
    co_await with_task_group([](task_group &g) -> task<> {
      g.create_task(body(10ms));
      g.create_task(log("sibling", sleep(10s)));
      co_return;
    });
  };
  co_await outcome("group outside", create_task(group_outside()));
  auto caught = []() -> task<> {
    co_await timeout(10ms, []() -> task<> {
      try {
        co_await sleep(10s);
      } catch (const cancelled_error &) {
        p("caught");
      }
      co_await sleep(5ms);
      p("went on");
    });
  };
  co_await outcome("caught", create_task(caught()));
}

} // namespace

int main() {
  run_scenario("woken_then_cancelled", woken_then_cancelled);
  run_scenario("two_waiters_one_wake", two_waiters_one_wake);
  run_scenario("chains", chains);
  run_scenario("replaced", replaced);
  run_scenario("waits_for_the_waker", waits_for_the_waker);
  run_scenario("events", events);
  run_scenario("timers_of_all_kinds", timers_of_all_kinds);
  run_scenario("timeouts_race_cancels", timeouts_race_cancels);
}
