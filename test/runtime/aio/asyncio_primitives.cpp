// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Queues, locks, waits, generators, scenario by scenario as asyncio_primitives.py: a test compares what both print.
#include "asyncio_scenario.hpp"

namespace {

task<> queues() {
  {
    queue<std::string> q;
    auto get = [&](int v) -> task<> {
      auto r = co_await q.get();
      p("got", v, r);
    };
    std::vector<task_handle<>> ts;
    for (int i = 0; i < 3; ++i)
      ts.push_back(create_task(get(i)));
    co_await turns(1);
    q.put_nowait("a");
    ts[0].cancel();
    q.put_nowait("b");
    p(q.size());
    co_await turns(3);
    p(q.size(), done(ts));
    q.put_nowait("c");
    co_await gather(return_exceptions, ts);
    p(q.size());
  }
}

task<> queue_putters() {
  {
    queue<int> q(2);
    auto put = [&](int v) -> task<> {
      co_await q.put(v);
      p("put", v, q.size());
    };
    std::vector<task_handle<>> ts;
    for (int i = 0; i < 5; ++i)
      ts.push_back(create_task(put(i)));
    co_await turns(2);
    p(q.full(), q.size());
    ts[2].cancel();
    p(q.get_nowait());
    co_await turns(2);
    int a = q.get_nowait(), b = q.get_nowait();
    p(a, b);
    co_await turns(3);
    p(q.size(), done(ts));
    try {
      q.put_nowait(9);
    } catch (const queue_full &) {
      p("full");
    }
    while (!q.empty())
      p(q.get_nowait());
    try {
      q.get_nowait();
    } catch (const queue_empty &) {
      p("empty");
    }
  }
}

task<> queue_join() {
  {
    queue<int> q;
    for (int i = 0; i < 3; ++i)
      q.put_nowait(i);
    auto j = create_task([](queue<int> &x) -> task<> { co_await x.join(); }(q));
    co_await turns(1);
    for (int i = 0; i < 3; ++i) {
      q.get_nowait();
      p(j.done());
      q.task_done();
      co_await turns(1);
    }
    co_await j;
    p("joined");
    co_await q.join();
    expect("too often", [&] { q.task_done(); });
    priority_queue<int> pq;
    lifo_queue<int> lq;
    for (int i : {3, 1, 2}) {
      pq.put_nowait(i);
      lq.put_nowait(i);
    }
    int v[6];
    for (int i = 0; i < 3; ++i)
      v[i] = co_await pq.get();
    for (int i = 3; i < 6; ++i)
      v[i] = co_await lq.get();
    p(v[0], v[1], v[2], v[3], v[4], v[5]);
  }
}

task<> acquire(semaphore &s) {
  co_await s.acquire();
}

task<> semaphores() {
  semaphore s(1);
  auto user = [&](int v, int k) -> task<> {
    {
      auto slot = co_await s.scoped_acquire();
      p("in", v);
      co_await turns(k);
    }
    p("out", v);
  };
  co_await gather(user(1, 2), user(2, 0), user(3, 1));
  auto greedy = [&]() -> task<> {
    for (int i = 0; i < 3; ++i) {
      auto slot = co_await s.scoped_acquire();
      p("greedy", i);
      co_await sleep(0);
    }
  };
  co_await gather(greedy(), user(4, 0), user(5, 0));
  {
    semaphore z(0);
    std::vector<task_handle<>> a;
    for (int i = 0; i < 3; ++i)
      a.push_back(create_task(acquire(z)));
    co_await turns(1);
    z.release();
    a[0].cancel();
    p(z.locked());
    co_await turns(3);
    p(done(a), z.locked());
    z.release();
    co_await turns(2);
    p(done(a), z.locked());
    bounded_semaphore b(1);
    expect("too often", [&] { b.release(); });
  }
}

task<> locks() {
  {
    mutex l;
    expect("not locked", [&] { l.unlock(); });
    co_await l.lock();
    std::vector<task_handle<>> ts;
    for (int i = 0; i < 3; ++i)
      ts.push_back(create_task([](mutex &m) -> task<> { co_await m.lock(); }(l)));
    co_await turns(1);
    l.unlock();
    ts[0].cancel();
    p(l.locked());
    co_await turns(3);
    p(done(ts), l.locked());
    l.unlock();
    co_await turns(2);
    p(done(ts));
    l.unlock();
  }
  {
    event e;
    std::vector<task_handle<>> ts;
    for (int i = 0; i < 2; ++i)
      ts.push_back(create_task([](event &x) -> task<> { co_await x.wait(); }(e)));
    co_await turns(1);
    e.set();
    e.clear();
    co_await turns(1);
    p(done(ts), e.is_set());
  }
}

task<> conditions() {
  condition c;
  int flag = 0;
  auto waits = [&](int v) -> task<> {
    auto guard = co_await c.scoped_lock();
    co_await c.wait([&, v] { return flag >= v; });
    p("cond", v, flag);
  };
  std::vector<task_handle<>> ts{create_task(waits(1)), create_task(waits(2))};
  co_await turns(1);
  for (int i = 0; i < 2; ++i) {
    {
      auto guard = co_await c.scoped_lock();
      ++flag;
      c.notify_all();
    }
    co_await turns(4);
  }
  co_await gather(ts);
  expect("not held", [&] { c.notify(); });
  try {
    co_await c.wait();
  } catch (const invalid_state_error &) {
    p("not held");
  }
  auto cw = [&]() -> task<> {
    auto guard = co_await c.scoped_lock();
    try {
      co_await c.wait();
    } catch (const cancelled_error &) {
      p("condition cancelled", c.locked());
      throw;
    }
  };
  auto t = create_task(cw());
  co_await turns(1);
  co_await c.lock();
  t.cancel();
  co_await turns(3);
  p(t.done());
  c.unlock();
  co_await outcome("cw", t);
  p(c.locked());
}

task<> barriers() {
  barrier b(3);
  auto party = [&](int v) -> task<> {
    try {
      auto i = co_await b.wait();
      p("party", v, i);
    } catch (const broken_barrier_error &) {
      p("party", v, "broken");
    }
  };
  auto some = [&](int k) {
    std::vector<task_handle<>> ts;
    for (int i = 0; i < k; ++i)
      ts.push_back(create_task(party(i)));
    return ts;
  };
  co_await gather(some(3));
  p(b.n_waiting(), b.broken());
  auto ts = some(2);
  co_await turns(1);
  p(b.n_waiting());
  b.reset();
  co_await gather(ts);
  p(b.broken());
  ts = some(2);
  co_await turns(1);
  b.abort();
  co_await gather(ts);
  p(b.broken());
  co_await party(9);
  b.reset();
  p(b.broken());
  ts = some(4);
  co_await turns(4);
  p(done(ts));
  ts[3].cancel();
  co_await gather(return_exceptions, ts);
  p(b.n_waiting());
}

task<> waits() {
  auto value = [](int v, duration d) { return create_task(as_task(v, d)); };
  auto fails = [](duration d) {
    return create_task([](duration x) -> task<int> {
      co_await sleep(x);
      throw std::runtime_error("b");
    }(d));
  };
  using handles = std::vector<task_handle<int>>;
  auto show = [](std::string label, handles ts, return_when when = all_completed,
                 std::optional<duration> limit = {}) -> task<> {
    auto r = co_await wait(ts, when, limit);
    std::vector<bool> in;
    for (auto &t : ts)
      in.push_back(std::find(r.done.begin(), r.done.end(), t) != r.done.end());
    p(label, in, r.pending.size());
  };
  handles ts{value(1, 30ms), value(2, 10ms), fails(20ms)};
  co_await show("first", ts, first_completed);
  co_await show("exception", ts, first_exception);
  co_await show("all", ts);
  co_await show("again", ts);
  ts = {value(1, 30ms), value(2, 10s)};
  co_await show("timeout", ts, all_completed, 50ms);
  p(ts[1].cancelled());
  ts[1].cancel();
  co_await show("cancelled", ts, first_exception);
  ts = {value(1, 50ms), value(2, 10s)};
  co_await sleep(0);
  ts[1].cancel();
  co_await show("cancel is no exception", ts, first_exception);
  ts = {value(1, 0ms)};
  co_await show("zero", ts, all_completed, 0ms);
  try {
    co_await wait(handles());
  } catch (const std::invalid_argument &) {
    p("empty");
  }
  auto named = [](const char *v, duration d) { return create_task(as_task<std::string>(v, d)); };
  std::vector<task_handle<std::string>> names{named("x", 30ms), named("y", 10ms),
                                              create_task([]() -> task<std::string> {
                                                co_await sleep(20ms);
                                                throw std::runtime_error("b");
                                              }())};
  COROGUARD_AWAIT_FOR(auto &c, as_completed(names)) co_await outcome("as", c);
  names = {named("x", 10ms), named("y", 10s)};
  try {
    COROGUARD_AWAIT_FOR(auto &c, as_completed(names, 50ms)) co_await outcome("as", c);
  } catch (const timeout_error &) {
    p("as timeout");
  }
  p(done(names));
  names[1].cancel();
}

task<> generators() {
  auto gen = [](int k) -> async_generator<int> {
    std::exception_ptr e;
    try {
      for (int i = 0; i < k; ++i) {
        co_await sleep(0);
        co_yield i;
      }
    } catch (const generator_exit &) {
      p("exit");
      e = std::current_exception();
    }
    co_await sleep(0);
    p("closed");
    if (e) std::rethrow_exception(e);
  };
  {
    auto g = gen(3);
    p(*co_await g.next());
    co_await g.aclose();
    co_await g.aclose();
    if (!co_await g.next()) p("stop");
  }
  {
    auto g = gen(3);
    co_await g.aclose();
    p("fresh");
  }
}

task<> generator_errors() {
  {
    auto g = []() -> async_generator<int> {
      int one = 1;
      co_yield one;
      throw std::runtime_error("x");
    }();
    p(*co_await g.next());
    try {
      co_await g.next();
    } catch (...) {
      p("next", n(std::current_exception()));
    }
    if (!co_await g.next()) p("stop");
  }
  {
    auto g = []() -> async_generator<int> {
      for (int one = 1;;) {
        try {
          co_yield one;
        } catch (const generator_exit &) {
        }
      }
    }();
    co_await g.next();
    try {
      co_await g.aclose();
    } catch (const std::exception &) {
      p("ignored");
    }
  }
  {
    auto g = []() -> async_generator<int> {
      int one = 1;
      try {
        co_yield one;
      } catch (const generator_exit &) {
        throw std::runtime_error("c");
      }
    }();
    co_await g.next();
    co_await outcome("cleanup", g.aclose());
  }
}

} // namespace

int main() {
  run_scenario("queues", queues);
  run_scenario("queue_putters", queue_putters);
  run_scenario("queue_join", queue_join);
  run_scenario("semaphores", semaphores);
  run_scenario("locks", locks);
  run_scenario("conditions", conditions);
  run_scenario("barriers", barriers);
  run_scenario("waits", waits);
  run_scenario("generators", generators);
  run_scenario("generator_errors", generator_errors);
}
