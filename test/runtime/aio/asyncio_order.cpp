// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same scenarios as asyncio_order.py, word for word; a test compares what both print: order of callbacks, wake-ups
// and cancellations are asyncio's.
#include "coroguard/aio.hpp"
#include <iostream>
#include <sstream>
#include "listed.hpp"

using namespace coroguard;
using namespace std::chrono_literals;

template <class... A> void p(const A &...a) {
  std::ostringstream o;
  int i = 0;
  ((o << (i++ ? " " : "") << a), ...);
  std::cout << o.str() << "\n";
}
task<> s1() {
  auto &loop = current_loop();
  promise<int> pr;
  auto f = pr.get_future();
  auto w = [&](int n) -> task<> {
    p("w", n, "start");
    int r = co_await f;
    p("w", n, "got", r);
  };
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 3; i++)
    ts.push_back(create_task(w(i)));
  f.add_done_callback([] { p("cb"); });
  loop.call_soon([] { p("soon1"); });
  co_await sleep(0);
  loop.call_soon([] { p("soon2"); });
  pr.set_result(7);
  loop.call_soon([] { p("soon3"); });
  co_await sleep(0);
  p("main a");
  co_await sleep(0);
  p("main b");
  co_await gather(ts);
}
task<> s2() {
  auto leaf = [](const char *n, int k) -> task<std::string> {
    for (int i = 0; i < k; i++) {
      p("leaf", n, i);
      co_await sleep(0);
    }
    co_return n;
  };
  auto [a, b, c] = co_await gather(leaf("a", 1), leaf("b", 3), leaf("c", 2));
  p("['" + a + "', '" + b + "', '" + c + "']");
  auto t = create_task(leaf("d", 2)), u = create_task(leaf("e", 1));
  auto r = co_await wait(listed(t, u), first_completed);
  p(r.done.size(), r.pending.size());
  co_await t;
}
task<> s3() {
  mutex lock;
  auto w = [&](int n, int k) -> task<> {
    auto g = co_await lock.scoped_lock();
    p("in", n);
    for (int i = 0; i < k; i++)
      co_await sleep(0);
    p("out", n);
  };
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 4; i++)
    ts.push_back(create_task(w(i, i % 2)));
  co_await sleep(0);
  co_await sleep(0);
  ts[2].cancel();
  for (int i = 0; i < 4; i++) {
    try {
      co_await ts[i];
      p("done", i);
    } catch (const cancelled_error &) {
      p("cancelled", i);
    }
  }
}
task<> s4() {
  queue<int> q(1);
  auto prod = [&]() -> task<> {
    for (int i = 0; i < 4; i++) {
      co_await q.put(i);
      p("put", i, q.size());
    }
  };
  auto cons = [&](const char *n) -> task<> {
    for (int i = 0; i < 2; i++) {
      int x = co_await q.get();
      p("got", n, x, q.size());
      q.task_done();
    }
  };
  co_await gather(prod(), cons("x"), cons("y"));
  co_await q.join();
  p("joined");
}
task<> s5() {
  auto inner = []() -> task<> {
    bool c = false;
    std::exception_ptr e;
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      c = true;
      e = std::current_exception();
    }
    if (c) {
      p("inner c");
      co_await sleep(0);
      p("inner cleanup");
      p("inner f");
      std::rethrow_exception(e);
    }
    p("inner f");
  };
  auto outer = [&]() -> task<> {
    auto t = create_task(inner());
    try {
      co_await t;
    } catch (const cancelled_error &) {
      p("outer c", current_task().cancelling());
      throw;
    }
  };
  auto o = create_task(outer());
  co_await sleep(0);
  co_await sleep(0);
  o.cancel();
  p("cancelled called");
  co_await sleep(0);
  p("m1");
  co_await sleep(0);
  p("m2");
  co_await sleep(0);
  p("m3");
  co_await sleep(0);
  p("m4");
  try {
    co_await o;
  } catch (const cancelled_error &) {
    p("o is cancelled", o.cancelled() ? "True" : "False");
  }
}
task<> s6() {
  auto fail = [](int n, int k) -> task<> {
    for (int i = 0; i < k; i++)
      co_await sleep(0);
    p("fail", n);
    throw std::runtime_error(std::to_string(n));
  };
  auto body = [](int n) -> task<> {
    try {
      co_await sleep(10s);
    } catch (const cancelled_error &) {
      p("c", n);
      throw;
    }
  };
  try {
    co_await with_task_group([&](task_group &tg) -> task<> {
      tg.create_task(body(1));
      tg.create_task(fail(2, 1));
      tg.create_task(fail(3, 1));
      tg.create_task(body(4));
      co_await body(0);
    });
  } catch (const exception_group &e) {
    std::string s;
    for (auto &x : e.exceptions())
      s += (s.empty() ? "'" : ", '") + describe(x) + "'";
    p("eg", "[" + s + "]");
  }
  p("cancelling", current_task().cancelling());
}
task<> s7() {
  event e;
  auto w = [&](int n) -> task<> {
    co_await e.wait();
    p("ev", n);
    co_await sleep(0);
    p("ev2", n);
  };
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 3; i++)
    ts.push_back(create_task(w(i)));
  co_await sleep(0);
  e.set();
  p("set");
  ts[1].cancel();
  auto r = co_await gather(return_exceptions, ts);
  std::string s;
  for (auto &x : r)
    s += (s.empty() ? "'" : ", '") + std::string(x.has_value() ? "NoneType" : "CancelledError") + "'";
  p("[" + s + "]");
  semaphore sem(1);
  auto a = [&](int n) -> task<> {
    auto g = co_await sem.scoped_acquire();
    p("s", n);
    co_await sleep(0);
  };
  std::vector<task<>> v;
  for (int i = 0; i < 3; i++)
    v.push_back(a(i));
  co_await gather(std::move(v));
}
task<> s8() {
  auto f = []() -> task<> {
    throw std::runtime_error("x");
    co_return;
  };
  auto t = create_task(f());
  auto w = [&](int n) -> task<> {
    try {
      co_await t;
    } catch (const std::runtime_error &) {
      p("seen", n);
    }
  };
  auto a = create_task(w(1)), b = create_task(w(2));
  (void)co_await wait(listed(a, b));
  auto inner = create_task([]() -> task<std::string> { co_return co_await sleep(0s, std::string("v")); }());
  auto sh = shield(inner);
  sh.cancel();
  try {
    (void)co_await sh;
  } catch (const cancelled_error &) {
    p("sh c");
  }
  p(co_await inner);
  condition c;
  auto cw = [&](int n) -> task<> {
    auto g = co_await c.scoped_lock();
    co_await c.wait();
    p("cond", n);
    co_await sleep(0);
  };
  std::vector<task_handle<>> ts;
  for (int i = 0; i < 3; i++)
    ts.push_back(create_task(cw(i)));
  co_await sleep(0);
  co_await sleep(0);
  {
    auto g = co_await c.scoped_lock();
    c.notify(2);
    p("notified");
  }
  co_await sleep(0);
  co_await sleep(0);
  co_await sleep(0);
  co_await sleep(0);
  {
    auto g = co_await c.scoped_lock();
    c.notify_all();
  }
  co_await gather(ts);
  p("end");
}
int main() {
  int i = 0;
  for (auto s : {s1, s2, s3, s4, s5, s6, s7, s8}) {
    std::cout << "== s" << ++i << "\n";
    run(s());
  }
}
