// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gathers, groups, shields and completions that meet failures and cancellations. Scenario by scenario as
// asyncio_together.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

namespace {

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
    auto w = started(one(g), one(g));
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
  auto ts = started(waits(0), waits(1));
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

} // namespace

int main() {
  run_scenario("gathers_of_gathers", gathers_of_gathers);
  run_scenario("gather_and_callbacks", gather_and_callbacks);
  run_scenario("gather_meets_completion", gather_meets_completion);
  run_scenario("groups_and_awaits", groups_and_awaits);
  run_scenario("shields_more", shields_more);
  run_scenario("completions", completions);
}
