// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callbacks, timeouts, shield, scenario by scenario as asyncio_time.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

namespace {

task<> callbacks() {
  auto &loop = current_loop();
  auto t = loop.time();
  loop.call_later(10ms, [] { p("later a"); });
  loop.call_later(5ms, [] { p("later early"); });
  loop.call_at(t + 11ms, [] { p("at b"); });
  loop.call_later(10ms, [] { p("later c"); });
  auto h = loop.call_later(5ms, [] { p("never"); });
  h.cancel();
  p("h", h.cancelled());
  callback_handle g;
  loop.call_soon([&] {
    p("first");
    loop.call_soon([] { p("from first"); });
    g.cancel();
  });
  g = loop.call_soon([] { p("never"); });
  loop.call_soon([] { p("second"); });
  loop.call_soon_threadsafe([] { p("threadsafe"); });
  loop.call_soon([] { p("third"); });
  loop.call_later(0ms, [] { p("zero"); });
  loop.call_later(-1s, [] { p("minus"); });
  co_await sleep(0);
  p("main 1");
  co_await sleep(0);
  p("main 2");
  co_await sleep(20ms);
  std::string seen;
  loop.set_exception_handler([&](event_loop &, const event_loop::exception_context &c) { seen = n(c.exception); });
  loop.call_soon([] { throw std::runtime_error("x"); });
  loop.call_soon([] { p("goes on"); });
  co_await sleep(0);
  p(seen);
  loop.set_exception_handler({});
}

task<> done_callbacks() {
  promise<int> pr;
  auto f = pr.get_future();
  f.add_done_callback([] { p("one"); });
  f.add_done_callback([&] {
    p("again");
    f.add_done_callback([] { p("late"); });
  });
  f.add_done_callback([] { p("two"); });
  pr.set_result(1);
  p("set", f.done());
  co_await sleep(0);
  p("turn");
  co_await sleep(0);
  p("turn");
  expect("state", [&] { pr.set_result(2); });
  expect("state", [&] { pr.set_exception(std::runtime_error("")); });
  p("cancel", f.cancel());
  promise<int> qr;
  auto g = qr.get_future();
  expect("state", [&] { (void)g.result(); });
  expect("state", [&] { (void)g.exception(); });
  bool a = g.cancel(), b = g.cancel();
  p(a, b, g.cancelled());
  try {
    (void)g.exception();
  } catch (const cancelled_error &) {
    p("cancelled");
  }
  auto t = create_task([](future<int> x) -> task<> { co_await x; }(g));
  co_await outcome("t", t);
  p(t.cancelled());
  auto u = create_task([]() -> task<> {
    throw std::runtime_error("x");
    co_return;
  }());
  auto v = create_task(turns(3));
  u.add_done_callback([](task_handle<> x) { p("u done", n(x.exception())); });
  v.add_done_callback([](task_handle<>) { p("v done"); });
  co_await sleep(0);
  p(u.done(), v.done());
  co_await wait(listed(u, v));
  v.result();
  p("end", none());
}

template <awaitable A> task<await_result_t<A>> scope(std::optional<duration> d, A body) {
  using T = await_result_t<A>;
  bool expired = false;
  std::optional<time_point> when;
  if (d) when = now() + *d;
  if constexpr (std::is_void_v<T>) {
    co_await timeout_at(when, [&](timeout_scope &s) -> task<> {
      co_await std::move(body);
      expired = s.expired();
    });
    p("expired", expired);
  } else {
    T r = co_await timeout_at(when, [&](timeout_scope &s) -> task<T> {
      T x = co_await std::move(body);
      expired = s.expired();
      co_return x;
    });
    p("expired", expired);
    co_return r;
  }
}

task<> timeouts() {
  auto &loop = current_loop();
  auto value = [](auto v, duration d) { return as_task(v, d); };
  auto swallow = []() -> task<std::string> {
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      p("swallowed");
    }
    co_return "kept";
  };
  auto other = []() -> task<> {
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      throw std::runtime_error("other");
    }
  };
  co_await outcome("in time", scope(100ms, value(1, 50ms)));
  co_await outcome("late", scope(50ms, value(1, 100ms)));
  co_await outcome("zero", scope(0ms, value(1, 100ms)));
  co_await outcome("past", scope(-1s, value(1, 0ms)));
  co_await outcome("swallow", scope(10ms, swallow()));
  co_await outcome("other", scope(10ms, other()));
  co_await outcome("never", scope({}, value(2, 500ms)));
  auto nested = [](duration a, duration b) -> task<> {
    try {
      co_await timeout(a, [&]() -> task<> {
        try {
          co_await timeout(b, []() -> task<> { co_await sleep(1s); });
        } catch (const timeout_error &) {
          p("inner");
          throw;
        }
      });
    } catch (const timeout_error &) {
      p("outer");
    }
    p(current_task().cancelling());
  };
  co_await nested(50ms, 50ms);
  co_await nested(10ms, 50ms);
  co_await timeout(10ms, [&](timeout_scope &s) -> task<> {
    s.reschedule(loop.time() + 100ms);
    co_await sleep(50ms);
    p("moved", s.expired());
  });
}

task<> deadline_races() {
  auto &loop = current_loop();
  auto value = [](auto v, duration d) { return as_task(v, d); };
  auto t = create_task(scope(50ms, sleep(10s)));
  co_await sleep(0);
  t.cancel();
  co_await outcome("external", t);
  t = create_task([]() -> task<> { co_await timeout(50ms, []() -> task<> { co_await sleep(10s); }); }());
  co_await sleep(0);
  loop.call_later(50ms, [&] { t.cancel(); });
  co_await outcome("both", t);
  p(t.cancelling());
  promise<std::string> pr;
  auto f = pr.get_future();
  loop.call_later(50ms, [&] { pr.set_result("tie"); });
  co_await outcome("tie", scope(50ms, f));
  p(f.done(), f.cancelled());
  auto d = create_task(value(std::string("d"), 0ms));
  co_await sleep(10ms);
  co_await outcome("finished", wait_for(d, 0ms));
  co_await outcome("finished", wait_for(d, 1s));
  co_await outcome("zero pending", wait_for(sleep(1s), 0ms));
  co_await outcome("minus", wait_for(sleep(1s), -5s));
  co_await outcome("none", wait_for(value(std::string("n"), 200ms), std::nullopt));
  co_await outcome("raises", wait_for(
                                 []() -> task<> {
                                   throw std::runtime_error("now");
                                   co_return;
                                 }(),
                                 1s));
}

task<> shields() {
  auto value = [](int v, duration d) -> task<int> {
    co_await sleep(d);
    p("value", v);
    co_return v;
  };
  auto fails = [](duration d) -> task<int> {
    co_await sleep(d);
    throw std::runtime_error("b");
  };
  auto t = create_task(value(1, 10ms));
  co_await outcome("plain", shield(t));
  t = create_task(fails(10ms));
  co_await outcome("fails", shield(t));
  t = create_task(value(2, 50ms));
  auto w = create_task([](future<int> f) -> task<int> { co_return co_await f; }(shield(t)));
  co_await sleep(10ms);
  w.cancel();
  co_await outcome("waiter", w);
  p(t.done());
  int got = co_await t;
  p(got);
  auto l = create_task(long_sleep());
  auto s = shield(l);
  co_await sleep(0);
  l.cancel();
  co_await outcome("inner", s);
  p(s.cancelled());
  co_await turns(1);
  auto d = create_task(turns(0));
  co_await turns(1);
  p(shield(d) == d);
}

} // namespace

int main() {
  run_scenario("callbacks", callbacks);
  run_scenario("done_callbacks", done_callbacks);
  run_scenario("timeouts", timeouts);
  run_scenario("deadline_races", deadline_races);
  run_scenario("shields", shields);
}
