// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Queues, locks, conditions, barriers and generators between tasks that come and go. Scenario by scenario as
// asyncio_shared.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

namespace {

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
  auto ws = started(worker(0), worker(1));
  for (int x : {3, 1, 2})
    q.put_nowait(x);
  auto j = started(one(q.join()), one(q.join()));
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
  auto g = started(get(), get());
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
  run_scenario("joins", joins);
  run_scenario("bounded_queues", bounded_queues);
  run_scenario("conditions_more", conditions_more);
  run_scenario("locks_more", locks_more);
  run_scenario("barriers_more", barriers_more);
  run_scenario("generators_more", generators_more);
  run_scenario("sleeps", sleeps);
}
