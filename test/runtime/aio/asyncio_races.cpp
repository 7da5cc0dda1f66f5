// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens at the same time: wake-ups and cancellations, deadlines and results, gathers and groups that end while they are told
// to. Scenario by scenario as asyncio_races.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

namespace {

task<int> value(int v, int k) {
  co_await turns(k);
  co_return v;
}
task<int> bad(const char *v, int k) {
  co_await turns(k);
  throw std::runtime_error(v);
}
template <awaitable A> task<> log(const char *label, A aw) {
  try {
    (void)co_await std::move(aw);
    p(label, "ends");
  } catch (...) {
    p(label, n(std::current_exception()));
    throw;
  }
}
template <> task<> log(const char *label, task<> aw) {
  try {
    co_await std::move(aw);
    p(label, "ends");
  } catch (...) {
    p(label, n(std::current_exception()));
    throw;
  }
}
template <awaitable A> task<> one(A aw) { co_await std::move(aw); }
template <class... A> std::vector<task<int>> all(A... a) {
  std::vector<task<int>> v;
  (v.push_back(std::move(a)), ...);
  return v;
}
std::string what(std::exception_ptr e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::runtime_error &x) {
    return x.what();
  } catch (...) {
    return n(e);
  }
}

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
  auto ts = listed(create_task(sleeper("a", 20ms)), create_task(scope("b", 20ms)), create_task(sleeper("c", 10ms)));
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

task<int> sleeper(int v) {
  try {
    co_await sleep(10s);
  } catch (const cancelled_error &) {
    p("stopped", v);
    throw;
  }
  co_return 0;
}
task<> gathers_of_gathers() {
  {
    auto g = gather(gather(sleeper(1), sleeper(2)), sleeper(3));
    co_await turns(1);
    g.cancel();
    co_await outcome("nested", g);
    co_await turns(3);
  }
  {
    promise<int> pr;
    auto f = pr.get_future();
    auto g = gather(listed(f, future<int>(create_task(value(1, 1))))), h = gather(listed(f, future<int>(create_task(value(2, 2)))));
    co_await turns(4);
    p(g.done(), h.done());
    pr.set_value(0);
    auto a = co_await g;
    p(a, co_await h);
  }
  {
    promise<int> pr;
    auto f = pr.get_future();
    auto g = gather(listed(f, f, future<int>(create_task(sleeper(4)))));
    co_await turns(1);
    pr.set_exception(std::runtime_error("x"));
    co_await outcome("twice", g);
    g.cancel();
    p(g.done());
    co_await turns(1);
  }
  {
    auto a = create_task(bad("a", 2)), b = create_task(bad("b", 1)), c = create_task(value(5, 0));
    std::vector<std::string> texts;
    for (auto &r : co_await gather(return_exceptions, listed(a, b, c)))
      texts.push_back("'" + (r ? text(r.value()) : what(r.exception())) + "'");
    p(texts);
  }
  {
    auto g = gather(value(6, 1), bad("late", 3));
    auto w = listed(create_task(one(g)), create_task(one(g)));
    w[0].add_done_callback([] { p("w0"); });
    co_await turns(1);
    w[0].cancel();
    co_await outcome("w0", w[0]);
    co_await outcome("w1", w[1]);
  }
}

task<> gather_and_callbacks() {
  {
    auto a = create_task(value(1, 2)), b = create_task(value(2, 1));
    auto g = gather(a, b);
    a.add_done_callback([] { p("a after"); });
    g.add_done_callback([] { p("gather"); });
    b.add_done_callback([] { p("b after"); });
    for (int i = 0; i < 5; ++i) {
      p("turn", i, a.done(), b.done(), g.done());
      co_await turns(1);
    }
  }
  auto a = create_task(value(1, 1));
  a.add_done_callback([] { p("a before"); });
  auto g = gather(listed(a));
  a.add_done_callback([] { p("a after"); });
  g.add_done_callback([] { p("gather"); });
  auto waits = [&](int v) -> task<> {
    int r = co_await a;
    p("waiter", v, r);
  };
  auto ts = listed(create_task(waits(0)), create_task(waits(1)));
  p(co_await g);
  co_await wait(ts);
}

task<> gather_meets_completion() {
  {
    promise<int> a, b;
    auto g = gather(listed(a.get_future(), b.get_future()));
    a.set_value(1);
    b.set_value(2);
    bool asked = g.cancel();
    p(asked, g.done());
    co_await outcome("both done", g);
  }
  {
    auto t = create_task(value(1, 0));
    auto g = gather(t, sleep(10s));
    co_await turns(1);
    bool was = t.done();
    p(was, g.cancel());
    co_await outcome("one done", g);
    p(t.cancelled());
  }
  auto awaiting = []() -> task<std::vector<int>> { co_return co_await gather(all(value(1, 1), value(2, 3))); };
  for (int k = 1; k < 8; ++k) {
    auto t = create_task(awaiting());
    co_await turns(k);
    p(k, t.cancel());
    co_await outcome("at", t);
  }
}

using group_body = task<> (*)(task_group &);
task<> run_group(group_body f) {
  co_await with_task_group(f);
}
template <awaitable A> task<> show_group(const char *label, A aw) {
  try {
    co_await std::move(aw);
    p(label, "ok");
  } catch (const exception_group &e) {
    std::vector<std::string> texts;
    for (auto &x : e.exceptions())
      texts.push_back("'" + what(x) + "'");
    p(label, texts);
  } catch (...) {
    p(label, n(std::current_exception()));
  }
}
task<> groups_and_awaits() {
  co_await show_group("awaits failing", run_group([](task_group &g) -> task<> {
    auto t = g.create_task(bad("x", 1));
    co_await log("await in body", t);
  }));
  co_await show_group("child cancelled", run_group([](task_group &g) -> task<> {
    auto t = g.create_task(long_sleep());
    co_await turns(1);
    t.cancel();
    co_await log("cancelled child", t);
  }));
  co_await show_group("late", run_group([](task_group &g) -> task<> {
    g.create_task(bad("y", 0));
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      try {
        g.create_task(turns(0));
      } catch (const invalid_state_error &) {
        p("shutting down");
      }
      throw;
    }
  }));
  co_await show_group("swallows", run_group([](task_group &g) -> task<> {
    g.create_task(bad("z", 0));
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      p("swallowed", current_task().cancelling());
    }
  }));
  p(current_task().cancelling());
  co_await show_group("cleanup", run_group([](task_group &g) -> task<> {
    g.create_task([]() -> task<> {
      bool stopped = false;
      try {
        co_await sleep(10s);
      } catch (const cancelled_error &) {
        stopped = true;
      }
      if (stopped)
        throw std::runtime_error("cleanup");
    }());
    co_await turns(1);
    throw std::runtime_error("body");
  }));
  {
    auto t = create_task(run_group([](task_group &) -> task<> { co_await turns(1); }));
    co_await turns(1);
    t.cancel();
    co_await show_group("empty cancelled", t);
  }
  {
    auto t = create_task(run_group([](task_group &g) -> task<> {
      g.create_task(value(1, 3));
      co_return;
    }));
    co_await turns(2);
    t.cancel();
    co_await show_group("while joining", t);
  }
}

task<> shields_more() {
  auto outer = [](task_handle<int> t) -> task<int> { co_return co_await shield(t); };
  {
    auto t = create_task(bad("inner", 3));
    auto o = create_task(outer(t));
    co_await turns(2);
    o.cancel();
    co_await outcome("outer", o);
    co_await outcome("inner", t);
  }
  {
    auto t = create_task(value(1, 4));
    auto s = shield(t);
    s.cancel();
    p(s.cancelled(), t.done());
    co_await outcome("inner", t);
  }
  {
    auto t = create_task(value(2, 1));
    auto a = shield(t), b = shield(t);
    a.cancel();
    co_await outcome("b", b);
  }
  {
    auto t = create_task(value(3, 3));
    auto g = gather(shield(t), sleep(10s));
    co_await turns(1);
    g.cancel();
    co_await outcome("gather", g);
    p(t.cancelled());
    co_await outcome("kept", t);
  }
  auto slow = []() -> task<int> {
    co_await sleep(50ms);
    p("slow ends");
    co_return 1;
  };
  auto t = create_task(slow());
  co_await outcome("wait_for", wait_for(shield(t), 10ms));
  bool before = t.done();
  int v = co_await t;
  p(before, v);
}

task<> completions() {
  {
    std::vector<task_handle<int>> ts;
    for (int i = 0; i < 3; ++i)
      ts.push_back(create_task(value(i, 3 - i)));
    ts[1].cancel();
    COROGUARD_AWAIT_FOR(auto c, as_completed(ts)) co_await outcome("as", c);
  }
  {
    std::vector<task_handle<int>> ts;
    for (int i = 0; i < 4; ++i)
      ts.push_back(create_task(value(i, i)));
    COROGUARD_AWAIT_FOR(auto c, as_completed(ts)) {
      co_await outcome("first", c);
      break;
    }
    p(cancelled(ts));
    co_await wait(ts);
    p(done(ts));
  }
  auto d = create_task(value(7, 0));
  co_await d;
  COROGUARD_AWAIT_FOR(auto c, as_completed(listed(d))) co_await outcome("done", c);
  std::vector<task_handle<int>> ts;
  for (int i = 0; i < 3; ++i)
    ts.push_back(create_task(value(i, 2)));
  auto waiter = [](std::vector<task_handle<int>> v) -> task<> {
    auto [finished, pending] = co_await wait(v, first_completed);
    p("wait", finished.size(), pending.size());
  };
  co_await create_task(waiter(ts));
  co_await wait(ts);
}

task<> joins() {
  queue<int> q;
  auto worker = [&](int v) -> task<> {
    for (;;) {
      int x = co_await q.get();
      co_await turns(x);
      p("done", v, x);
      q.task_done();
    }
  };
  auto ws = listed(create_task(worker(0)), create_task(worker(1)));
  for (int x : {3, 1, 2})
    q.put_nowait(x);
  auto j = listed(create_task(one(q.join())), create_task(one(q.join())));
  j[0].add_done_callback([] { p("join 0"); });
  co_await turns(2);
  j[1].cancel();
  co_await wait(j);
  p(cancelled(j));
  q.put_nowait(0);
  auto t = create_task(one(q.join()));
  co_await turns(1);
  q.put_nowait(1);
  co_await t;
  p(q.size(), q.empty());
  for (auto &w : ws)
    w.cancel();
  std::vector<bool> stopped;
  for (auto &r : co_await gather(return_exceptions, ws))
    stopped.push_back(n(r.exception()) == "cancelled");
  p(stopped);
}

task<> bounded_queues() {
  using item = std::pair<int, int>;
  queue<item> q(2);
  auto producer = [&](int v) -> task<> {
    for (int i = 0; i < 3; ++i) {
      co_await q.put({v, i});
      p("put", v, i, q.size());
    }
  };
  auto consumer = [&](int v) -> task<> {
    for (int i = 0; i < 3; ++i) {
      auto x = co_await q.get();
      p("got", v, x.first, x.second, q.size());
      co_await turns(1);
    }
  };
  co_await gather(producer(0), producer(1), consumer(0), consumer(1));
  p(q.empty());
  auto get = [&]() -> task<int> { co_return (co_await q.get()).first; };
  auto g = listed(create_task(get()), create_task(get()));
  co_await turns(1);
  q.put_nowait({5, 5});
  q.put_nowait({6, 6});
  p(q.full());
  auto x = q.get_nowait();
  p(x.first);
  co_await turns(2);
  p(done(g));
  q.put_nowait({7, 7});
  p(co_await gather(g));
  auto late = [&]() -> task<> { co_await wait_for(q.get(), 10ms); };
  co_await outcome("late", late());
  q.put_nowait({8, 8});
  p(q.size());
}

task<> conditions_more() {
  condition c;
  auto w = [&](int v) -> task<> {
    {
      auto held = co_await c.scoped_lock();
      co_await c.wait();
      p("woken", v, c.locked());
      co_await turns(1);
    }
    p("left", v);
  };
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 4; ++i)
    ts.push_back(create_task(w(i)));
  co_await turns(1);
  {
    auto held = co_await c.scoped_lock();
    c.notify(1);
    p("one");
    co_await turns(2);
    c.notify(2);
    p("two");
  }
  co_await turns(12);
  p(done(ts));
  ts[3].cancel();
  co_await wait(ts);
  p(c.locked(), ts[3].cancelled());
  auto timed = [&]() -> task<> {
    auto held = co_await c.scoped_lock();
    try {
      co_await wait_for(c.wait(), 10ms);
    } catch (const timeout_error &) {
      p("timed out", c.locked());
    }
  };
  co_await timed();
  p(c.locked());
}

task<> locks_more() {
  mutex l;
  auto w = [&](auto v, int k) -> task<> {
    auto held = co_await l.scoped_lock();
    p("in", v);
    co_await turns(k);
  };
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 4; ++i)
    ts.push_back(create_task(w(i, 2)));
  co_await turns(1);
  ts[1].cancel();
  ts[0].cancel();
  co_await turns(1);
  p(l.locked());
  co_await wait(ts);
  p(l.locked(), cancelled(ts));
  co_await l.lock();
  auto t = create_task(one(l.lock()));
  co_await turns(1);
  l.unlock();
  p(l.locked());
  co_await t;
  p(l.locked());
  l.unlock();
  auto barge = [&]() -> task<> {
    co_await l.lock();
    p("barge");
    l.unlock();
  };
  co_await l.lock();
  t = create_task(w("fair", 0));
  co_await turns(1);
  l.unlock();
  co_await barge();
  co_await t;
  semaphore s(2);
  auto user = [&](int v) -> task<> {
    auto slot = co_await s.scoped_acquire();
    p("use", v, s.locked());
    co_await turns(2);
  };
  ts.clear();
  for (int i = 0; i < 5; ++i)
    ts.push_back(create_task(user(i)));
  co_await turns(1);
  ts[2].cancel();
  ts[3].cancel();
  co_await wait(ts);
  p(s.locked());
}

task<> barriers_more() {
  barrier b(2);
  auto party = [&](const char *v, int rounds) -> task<> {
    for (int r = 0; r < rounds; ++r) {
      auto i = co_await b.wait();
      p("round", r, v, i);
    }
  };
  co_await gather(party("a", 3), party("b", 3));
  auto t = create_task(party("c", 1));
  co_await turns(1);
  t.cancel();
  co_await outcome("cancelled", t);
  p(b.n_waiting(), b.broken());
  co_await gather(party("d", 1), party("e", 1));
  auto timed = [&]() -> task<> {
    try {
      co_await wait_for(b.wait(), 10ms);
    } catch (const timeout_error &) {
      p("late", b.n_waiting(), b.broken());
    }
  };
  co_await timed();
}

async_generator<int> numbers() {
  struct after {
    int i;
    ~after() { p("after", i); }
  };
  for (int i = 0; i < 3; ++i) {
    after end{i};
    co_yield i;
  }
}
async_generator<int> doubled(async_generator<int> g) {
  COROGUARD_AWAIT_FOR(int i, g) {
    co_await turns(1);
    co_yield 2 * i;
  }
}
async_generator<int> slow_numbers() {
  co_await sleep(1s);
  co_yield 1;
}
async_generator<int> failing() {
  co_yield 1;
  co_await turns(1);
  throw std::runtime_error("x");
}
task<> generators_more() {
  COROGUARD_AWAIT_FOR(int i, doubled(numbers())) p("item", i);
  auto g = slow_numbers();
  auto t = create_task(one(g.next()));
  co_await turns(1);
  try {
    (void)co_await g.next();
  } catch (const invalid_state_error &) {
    p("running");
  }
  try {
    co_await g.aclose();
  } catch (const invalid_state_error &) {
    p("running");
  }
  t.cancel();
  co_await outcome("cancelled", t);
  if (!co_await g.next())
    p("over");
  auto consume = []() -> task<> { COROGUARD_AWAIT_FOR(int i, failing()) p("item", i); };
  co_await outcome("consume", consume());
}

task<> sleeps() {
  auto s = [](const char *v, duration d) -> task<> {
    co_await sleep(d);
    p("slept", v);
  };
  co_await gather(s("a", 0s), s("b", 10ms), s("c", -1s), s("d", 0s), s("e", 20ms), s("f", 1ns));
  auto t = create_task(one(sleep(10ms)));
  co_await sleep(10ms);
  p(t.done());
  p(t.cancel());
  co_await outcome("t", t);
  auto u = create_task(one(sleep(10ms)));
  co_await turns(1);
  current_loop().call_later(10ms, [&] { p("cancel", u.cancel()); });
  co_await outcome("tie", u);
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
  run_scenario("gathers_of_gathers", gathers_of_gathers);
  run_scenario("gather_and_callbacks", gather_and_callbacks);
  run_scenario("gather_meets_completion", gather_meets_completion);
  run_scenario("groups_and_awaits", groups_and_awaits);
  run_scenario("shields_more", shields_more);
  run_scenario("completions", completions);
  run_scenario("joins", joins);
  run_scenario("bounded_queues", bounded_queues);
  run_scenario("conditions_more", conditions_more);
  run_scenario("locks_more", locks_more);
  run_scenario("barriers_more", barriers_more);
  run_scenario("generators_more", generators_more);
  run_scenario("sleeps", sleeps);
}
