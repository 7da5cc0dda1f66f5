// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cancellation, gather, task groups, scenario by scenario as asyncio_structure.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

namespace {

template <awaitable A> task<> case_of(const char *label, A aw) {
  auto t = create_task([](A a) -> task<> { co_await std::move(a); }(std::move(aw)));
  co_await turns(3);
  bool asked = t.cancel();
  p(label, asked, t.cancelling());
  co_await outcome(label, t);
  p(t.cancelled(), t.done(), t.cancel());
}

async_generator<int> one_then_sleep() {
  struct cleanup {
    ~cleanup() { p("gen cleanup"); }
  } clean;
  int i = 1;
  co_yield i;
  co_await sleep(10s);
  co_yield i;
}
task<> over() {
  COROGUARD_AWAIT_FOR(int i, one_then_sleep()) p("item", i);
}

task<> cancel_each() {
  event ev;
  mutex lock;
  semaphore sem(0);
  queue<int> q, full(1);
  condition cond;
  barrier bar(2);
  co_await lock.lock();
  full.put_nowait(1);
  promise<> pr;
  auto fut = pr.get_future();
  auto inner = create_task([]() -> task<> { co_await sleep(10s); }());
  auto kept = create_task(as_task<std::string>("kept", 500ms));
  auto w = create_task([]() -> task<> { co_await sleep(500ms); }());
  std::vector<task_handle<>> kids;
  for (int i = 0; i < 2; ++i)
    kids.push_back(create_task([]() -> task<> { co_await sleep(10s); }()));
  auto cw = [&]() -> task<> {
    auto guard = co_await cond.scoped_lock();
    struct cleanup {
      condition &c;
      ~cleanup() { p("cond locked", c.locked()); }
    } clean{cond};
    co_await cond.wait();
  };
  auto inner2 = create_task([]() -> task<> { co_await sleep(10s); }());
  auto ac = [&]() -> task<> { COROGUARD_AWAIT_FOR(auto &c, as_completed(listed(inner2))) co_await c; };
  co_await case_of("sleep", sleep(10s));
  co_await case_of("future", fut);
  co_await case_of("task", inner);
  co_await case_of("event", ev.wait());
  co_await case_of("lock", lock.lock());
  co_await case_of("semaphore", sem.acquire());
  co_await case_of("get", q.get());
  co_await case_of("put", full.put(2));
  co_await case_of("join", full.join());
  co_await case_of("condition", cw());
  co_await case_of("barrier", bar.wait());
  co_await case_of("gather", gather(kids));
  co_await case_of("shield", shield(kept));
  co_await case_of("wait", wait(listed(w)));
  co_await case_of("wait_for", wait_for(sleep(10s), 5s));
  co_await case_of("generator", over());
  co_await case_of("as_completed", ac());
  p("states", fut.cancelled(), inner.cancelled(), cancelled(kids), kept.done(), w.done(), inner2.done(), lock.locked(),
    q.size(), full.size(), bar.broken(), cond.locked());
  co_await outcome("kept", kept);
  lock.unlock();
  q.put_nowait(5);
  int got = co_await q.get();
  p(got, full.get_nowait());
  sem.release();
  co_await sem.acquire();
  p("usable");
  inner2.cancel();
}

task<int> ok(int v, int k) {
  co_await turns(k);
  p("ran", v);
  co_return v;
}
task<int> bad(int v, int k) {
  co_await turns(k);
  p("bad", v);
  throw std::runtime_error(std::to_string(v));
}

task<> gathers() {
  p(co_await gather(std::vector<task<int>>()));
  std::vector<task<int>> three;
  three.push_back(ok(1, 3));
  three.push_back(ok(2, 1));
  three.push_back(ok(3, 0));
  p(co_await gather(std::move(three)));
  auto a = create_task(ok(4, 1));
  p(co_await gather(listed(a, a)));
  co_await outcome("same tick", gather(bad(1, 1), bad(2, 1), ok(5, 4)));
  p("after");
  co_await turns(6);
  p("late");
  {
    auto [x, y] = co_await gather(return_exceptions, ok(6, 1), bad(3, 0));
    p(x.value(), n(y.exception()));
  }
}

task<> gather_cancellation() {
  {
    auto c = create_task(long_sleep());
    auto g = gather(c, ok(7, 5));
    co_await sleep(0);
    c.cancel();
    co_await outcome("child cancelled", g);
    co_await turns(6);
  }
  {
    auto c = create_task(long_sleep());
    auto g = gather(return_exceptions, c, ok(8, 2));
    co_await sleep(0);
    c.cancel();
    auto r = co_await std::move(g);
    p(n(std::get<0>(r).exception()), std::get<1>(r).value());
  }
  {
    std::vector<task_handle<int>> k{create_task(long_sleep()), create_task(ok(9, 0))};
    auto g = gather(return_exceptions, k);
    co_await turns(3);
    bool asked = g.cancel();
    p(asked, g.done());
    co_await outcome("outer", g);
    p(cancelled(k));
  }
  {
    auto stubborn = []() -> task<int> {
      try {
        co_await sleep(10s);
      } catch (const cancelled_error &) {
        p("refuse");
      }
      co_await sleep(0);
      co_return 1;
    };
    auto g = gather(stubborn(), long_sleep());
    co_await sleep(0);
    co_await sleep(0);
    g.cancel();
    co_await outcome("stubborn", g);
  }
  {
    promise<int> pr;
    auto f = pr.get_future();
    pr.set_result(1);
    auto g = gather(std::vector{f});
    p(g.done());
    p(co_await g);
    p(g.cancel());
  }
}

std::string members(const exception_group &e) {
  std::string out = "[";
  for (auto &x : e.exceptions()) {
    if (out.size() > 1) out += ", ";
    try {
      std::rethrow_exception(x);
    } catch (const exception_group &nested) {
      out += members(nested);
    } catch (const std::exception &plain) {
      out += "'" + std::string(plain.what()) + "'";
    }
  }
  return out + "]";
}

task<> work(int v, int k) {
  try {
    co_await turns(k);
    p("done", v);
  } catch (const cancelled_error &) {
    p("stopped", v);
    throw;
  }
}
task<> fails(int v, int k) {
  (void)co_await bad(v, k);
};
task<> slow_cleanup() {
  std::exception_ptr e;
  try {
    co_await sleep(10s);
  } catch (const cancelled_error &) {
    e = std::current_exception();
  }
  co_await turns(2);
  p("cleaned");
  if (e) std::rethrow_exception(e);
}
task<> g1() {
  task_handle<> t;
  co_await with_task_group([&](task_group &g) -> task<> {
    t = g.create_task(work(1, 2));
    g.create_task(work(2, 0));
    p("body end");
    co_return;
  });
  p("left", t.done());
}
task<> g2() {
  co_await with_task_group([&](task_group &g) -> task<> {
    g.create_task(work(3, 5));
    g.create_task(slow_cleanup());
    co_await turns(1);
    throw std::runtime_error("body");
  });
}
task<> g3() {
  co_await with_task_group([&](task_group &g) -> task<> {
    auto c = g.create_task(long_sleep());
    co_await turns(1);
    c.cancel();
  });
  p("no error");
}
task<> g4() {
  co_await with_task_group([&](task_group &g) -> task<> {
    g.create_task(fails(4, 1));
    co_await with_task_group([&](task_group &h) -> task<> {
      h.create_task(work(5, 9));
      h.create_task(fails(6, 1));
      co_return;
    });
  });
}
task<> g5() {
  co_await with_task_group([&](task_group &g) -> task<> {
    auto child = [](task_group &group) -> task<> {
      group.create_task(work(7, 1));
      p("spawned");
      co_return;
    };
    g.create_task(child(g));
    co_return;
  });
}
task<> g6() {
  co_await with_task_group([&](task_group &g) -> task<> {
    g.create_task(fails(8, 0));
    co_await sleep(10s);
  });
}
task<> g7() {
  try {
    co_await with_task_group([&](task_group &g) -> task<> {
      g.create_task(slow_cleanup());
      co_await sleep(10s);
    });
  } catch (const cancelled_error &) {
    p("outside", current_task().cancelling());
    throw;
  }
}
task<> g8() {
  co_await with_task_group([&](task_group &g) -> task<> {
    g.create_task(slow_cleanup());
    g.create_task(fails(9, 1));
    co_return;
  });
}
task<> groups() {
  int i = 0;
  for (auto f : {g1, g2, g3, g4, g5, g6}) {
    ++i;
    auto t = create_task(f());
    try {
      co_await t;
      p("g", i, "ok");
    } catch (const exception_group &e) {
      p("g", i, members(e));
    } catch (...) {
      p("g", i, n(std::current_exception()));
    }
  }
  auto t = create_task(g7());
  co_await turns(2);
  t.cancel();
  co_await outcome("g7", t);
  t = create_task(g8());
  co_await turns(4);
  t.cancel();
  co_await outcome("g8", t);
  p(t.cancelled());
  task_group g;
  co_await g.join();
  expect("finished", [&] { g.create_task(turns(1)); });
}

task<> counts() {
  auto stubborn = []() -> task<unsigned> {
    int k = 0;
    for (int i = 0; i < 3; ++i) {
      try {
        co_await sleep(10s);
      } catch (const cancelled_error &) {
        p("request", ++k, current_task().cancelling());
      }
    }
    co_return current_task().uncancel();
  };
  auto t = create_task(stubborn());
  co_await turns(1);
  for (int i = 0; i < 3; ++i) {
    p(t.cancel());
    co_await turns(1);
  }
  co_await outcome("left", t);
  bool again = t.cancel();
  unsigned left = t.uncancel();
  p(again, left, t.cancelling());
  auto twice = []() -> task<> {
    std::exception_ptr e;
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &c) {
      p("once", current_task().cancelling(), c.what());
      e = std::current_exception();
    }
    co_await sleep(0);
    p("not again");
    std::rethrow_exception(e);
  };
  auto u = create_task(twice());
  co_await turns(1);
  bool a = u.cancel("first"), b = u.cancel("second");
  p(a, b, u.cancelling());
  co_await outcome("twice", u);
}

task<> cancel_edges() {
  auto u = create_task([]() -> task<> {
    p("must not run");
    co_return;
  }());
  u.cancel();
  co_await outcome("unstarted", u);
  co_await outcome("own", create_task([]() -> task<> {
                     current_task().cancel();
                     p("still here");
                     co_await sleep(0);
                     p("must not come");
                   }()));
  auto v = create_task([]() -> task<std::string> {
    current_task().cancel();
    co_return "value";
  }());
  co_await outcome("late", v);
  p(v.cancelled());
  promise<std::string> pr;
  auto f = pr.get_future();
  v = create_task([](future<std::string> x) -> task<std::string> { co_return co_await x; }(f));
  co_await turns(1);
  pr.set_result("v");
  v.cancel();
  co_await outcome("race", v);
  p(f.cancelled());
}

task<int> leftovers() {
  auto stay = [](int v) -> task<> {
    std::exception_ptr e;
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      p("leftover", v);
      e = std::current_exception();
    }
    co_await sleep(0);
    p("tidied", v);
    std::rethrow_exception(e);
  };
  create_task(stay(0));
  co_await sleep(0);
  p("main ends");
  co_return 7;
}

} // namespace

int main() {
  run_scenario("cancel_each", cancel_each);
  run_scenario("gathers", gathers);
  run_scenario("gather_cancellation", gather_cancellation);
  run_scenario("groups", groups);
  run_scenario("counts", counts);
  run_scenario("cancel_edges", cancel_edges);
  run_scenario("leftovers", leftovers);
}
