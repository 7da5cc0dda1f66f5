// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The life of loops: stopping, completing, closing, handlers of errors and signals, contexts, threads. Scenario by
// scenario as asyncio_loop.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

#include <csignal>
#include <latch>

namespace {

void handler(event_loop &, const event_loop::exception_context &c) {
  p("handler", n(c.exception));
}
void bad() {
  throw std::runtime_error("x");
}
task<> fails() {
  throw std::runtime_error("y");
  co_return;
}
template <class T> task<T> later(T v, duration d) {
  co_await sleep(d);
  co_return v;
}
template <awaitable A> task<await_result_t<A>> value_of(A aw) {
  co_return co_await std::move(aw);
}

void stops(event_loop &loop) {
  loop.call_soon([] { p("a"); });
  loop.call_soon([&] { loop.stop(); });
  loop.call_soon([] { p("b"); });
  loop.run_forever();
  p("stopped", loop.is_running());
  loop.call_soon([&] {
    p("last");
    loop.call_soon([] { p("next run"); });
    loop.stop();
  });
  loop.run_forever();
  p("stopped");
  loop.call_soon([&] { loop.stop(); });
  loop.run_forever();
  loop.call_soon([] { p("before"); });
  loop.stop();
  loop.run_forever();
  p("one turn");
  std::function<void(int)> again = [&](int k) {
    p("turn", k);
    if (k == 3)
      loop.stop();
    else
      loop.call_soon(again, k + 1);
  };
  loop.call_soon(again, 0);
  loop.run_forever();
}

void completes(event_loop &loop) {
  auto seven = [&]() -> task<int> {
    loop.call_soon([] { p("soon"); });
    loop.call_soon([&] { loop.call_soon([] { p("next run"); }); });
    loop.call_later(10ms, [] { p("timer"); });
    co_return 7;
  };
  p(loop.run_until_complete(seven()));
  p("between");
  try {
    loop.run_until_complete(fails());
  } catch (const std::runtime_error &) {
    p("value");
  }
  promise<int> f(loop);
  f.set_value(3);
  p(loop.run_until_complete(f.get_future()));
  auto stopped = [&]() -> task<> {
    loop.stop();
    co_await sleep(1s);
  };
  auto t = loop.create_task(stopped());
  try {
    loop.run_until_complete(t);
  } catch (const invalid_state_error &) {
    p("stopped early", t.done());
  }
  loop.run_until_complete(t);
  p(true, t.done());
  auto five = loop.create_task(later(5, 100ms));
  loop.run_until_complete([]() -> task<> { co_await sleep(50ms); }());
  p(five.done());
  p(loop.run_until_complete(five));
  auto ten = loop.create_task(long_sleep());
  loop.call_later(10ms, [&] { ten.cancel(); });
  try {
    loop.run_until_complete(ten);
  } catch (const cancelled_error &) {
    p("cancelled");
  }
}

template <class F> void refused(const char *how, F f) {
  try {
    f();
  } catch (const std::logic_error &) {
    p(how);
  }
}
void closes(event_loop &loop) {
  event_loop other({.clock = virtual_clock});
  auto never = [] { p("never"); };
  other.call_soon(never);
  other.call_later(1s, never);
  other.close();
  other.close();
  p(other.is_closed(), loop.is_closed());
  refused("closed", [&] { other.run_forever(); });
  refused("closed", [&] { other.call_soon(never); });
  refused("closed", [&] { other.call_later(1s, never); });
  refused("closed", [&] { other.call_at(time_point(1s), never); });
  refused("closed", [&] { other.call_soon_threadsafe(never); });
  loop.call_soon([&] {
    refused("running", [&] { loop.close(); });
    refused("nested", [&] { loop.run_forever(); });
    refused("nested", [&] { event_loop().run_forever(); });
    loop.stop();
  });
  loop.run_forever();
}

task<> nap(duration d) {
  co_await sleep(d);
}
void handles(event_loop &loop) {
  auto never = [] { p("never"); };
  auto a = loop.call_soon(never);
  a.cancel();
  a.cancel();
  p(a.cancelled());
  auto b = loop.call_later(10ms, never);
  loop.call_later(5ms, [&] { b.cancel(); });
  auto c = loop.call_soon([] { p("c"); });
  loop.run_until_complete(nap(20ms));
  p(b.cancelled(), c.cancelled());
  c.cancel();
  p(c.cancelled());
  callback_handle d = loop.call_later(10ms, [&] { d.cancel(); });
  loop.run_until_complete(nap(20ms));
  p(d.cancelled());
  auto t = loop.time();
  auto e = loop.call_at(t + 500ms, never);
  p(e.when() - t == 500ms ? "0.5" : "other");
  e.cancel();
}

void exceptions(event_loop &loop) {
  loop.set_exception_handler(handler);
  auto main = [&]() -> task<> {
    loop.call_soon(bad);
    loop.call_soon([] { p("goes on"); });
    loop.call_later(10ms, bad);
    promise<int> f;
    auto fut = f.get_future();
    fut.add_done_callback(bad);
    fut.add_done_callback([] { p("second callback"); });
    f.set_value(1);
    co_await sleep(20ms);
    p("main");
    {
      auto t = create_task(fails());
      t.add_done_callback([](task_handle<> h) { p("seen", n(h.exception())); });
      co_await turns(3);
    }
    {
      auto t = create_task(fails());
      co_await turns(2);
      p("dropping");
    }
    co_await turns(2);
    {
      promise<int> g;
      auto h = g.get_future();
      g.set_exception(std::runtime_error("z"));
      p("dropping");
    }
    co_await turns(1);
    loop.call_exception_handler({"by hand", std::make_exception_ptr(std::runtime_error("h"))});
  };
  loop.run_until_complete(main());
  loop.set_exception_handler([](event_loop &, const event_loop::exception_context &) {
    p("broken handler");
    throw std::runtime_error("h");
  });
  loop.call_soon(bad);
  loop.call_soon([] { p("goes on"); });
  loop.call_soon([&] { loop.stop(); });
  loop.run_forever();
  loop.set_exception_handler(nullptr);
}

void tasks(event_loop &loop) {
  auto sleeper = [](int d) -> task<> { co_await sleep(std::chrono::seconds(d)); };
  auto main = [&]() -> task<> {
    auto me = current_task();
    p(loop.all_tasks().size());
    std::vector<task_handle<>> t;
    for (int i = 0; i < 3; ++i)
      t.push_back(create_task(sleeper(i), "t" + std::to_string(i)));
    p(loop.all_tasks().size(), t[1].name());
    t[1].set_name("other");
    p(t[1].name());
    co_await turns(3);
    p(t[0].done(), loop.all_tasks().size());
    t[1].cancel();
    p(loop.all_tasks().size());
    co_await turns(2);
    p(loop.all_tasks().size());
    co_await t[2];
    p(me == current_task());
    loop.call_soon([] {
      try {
        (void)current_task();
        p("a task");
      } catch (const invalid_state_error &) {
        p("none");
      }
    });
    co_await turns(1);
  };
  loop.run_until_complete(main());
  p(loop.all_tasks().size());
}

context_var<int> v("v", 0);
task<> child(const char *label, int x) {
  p(label, "inherits", v.get());
  v.set(x);
  co_await turns(1);
  p(label, "keeps", v.get());
}
task<> awaited() {
  p("awaited", v.get());
  v.set(50);
  co_return;
}
async_generator<int> gen() {
  p("gen", v.get());
  v.set(60);
  co_yield 1;
  p("gen", v.get());
}
void contexts(event_loop &loop) {
  auto main = [&]() -> task<> {
    v.set(1);
    auto t = create_task(child("a", 10));
    loop.call_soon([] {
      p("soon", v.get());
      v.set(20);
    });
    loop.call_later(10ms, [] { p("later", v.get()); });
    v.set(2);
    co_await t;
    p("main", v.get());
    co_await gather(child("b", 11), child("c", 12));
    p("main", v.get());
    co_await awaited();
    p("main", v.get());
    COROGUARD_AWAIT_FOR([[maybe_unused]] int i, gen()) p("loop", v.get());
    auto token = v.set(3);
    promise<int> f;
    auto fut = f.get_future();
    fut.add_done_callback([] { p("done callback", v.get()); });
    v.set(4);
    f.set_value(1);
    v.reset(token);
    p("reset", v.get());
    co_await sleep(20ms);
    int seen = co_await to_thread([] {
      int now = v.get();
      v.set(70);
      return now;
    });
    p("thread", seen, v.get());
    co_await shield(child("d", 13));
    p("shield", v.get());
    co_await with_task_group([](task_group &g) -> task<> {
      g.create_task(child("e", 14));
      co_return;
    });
    co_await timeout(1s, []() -> task<> {
      v.set(90);
      co_return;
    });
    p("main", v.get());
  };
  loop.run_until_complete(main());
  p("outside", v.get());
}

void signals(event_loop &loop) {
  auto main = [&]() -> task<> {
    int hits = 0;
    auto on = [&] { p("signal", hits++); };
    loop.add_signal_handler(SIGUSR1, on);
    for (int i = 0; i < 2; ++i) {
      ::kill(::getpid(), SIGUSR1);
      p("sent");
      while (hits == i)
        co_await turns(1);
    }
    loop.add_signal_handler(SIGUSR1, [&] {
      p("other handler");
      ++hits;
    });
    ::kill(::getpid(), SIGUSR1);
    while (hits < 3)
      co_await turns(1);
    bool removed = loop.remove_signal_handler(SIGUSR1);
    p(removed, loop.remove_signal_handler(SIGUSR1));
    loop.set_exception_handler(handler);
    loop.add_signal_handler(SIGUSR2, [&] {
      ++hits;
      bad();
    });
    ::kill(::getpid(), SIGUSR2);
    while (hits < 4)
      co_await turns(1);
    co_await turns(3);
    loop.set_exception_handler(nullptr);
    for (int number : {0, 100000, SIGKILL}) {
      try {
        loop.add_signal_handler(number, on);
        p("added");
      } catch (const std::exception &) {
        p("refused");
      }
    }
  };
  loop.run_until_complete(main());
}

void threads(event_loop &loop) {
  auto add = [](int a, int b) -> task<int> {
    co_await turns(1);
    co_return a + b;
  };
  auto main = [&]() -> task<> {
    auto here = std::this_thread::get_id();
    std::jthread([&] {
      for (int i = 0; i < 3; ++i)
        loop.call_soon_threadsafe([i, here] { p("from thread", i, std::this_thread::get_id() == here); });
    }).join();
    p("joined");
    co_await turns(2);
    p(co_await to_thread([&] { return run_coroutine_threadsafe(add(1, 2), loop).result(); }));
    p(co_await to_thread([&]() -> std::string {
      try {
        run_coroutine_threadsafe(fails(), loop).result();
        return "no error";
      } catch (const std::runtime_error &) {
        return "failed";
      }
    }));
  };
  loop.run_until_complete(main());
}

void executors(event_loop &loop) {
  thread_pool_executor pool(1);
  auto main = [&]() -> task<> {
    auto started = std::make_shared<std::latch>(1), go = std::make_shared<std::latch>(1);
    auto work = [&] {
      return [started, go]() -> std::string {
        started->count_down();
        go->wait();
        return "worked";
      };
    };
    {
      auto f = run_in_executor(pool, work());
      auto g = run_in_executor(pool, [] { p("must not run"); });
      started->wait();
      bool asked = g.cancel();
      p(asked, g.cancelled(), f.done());
      auto t = create_task(value_of(f));
      co_await turns(2);
      t.cancel();
      co_await outcome("waiter", t);
      p(f.cancelled());
      go->count_down();
    }
    co_await outcome("after", run_in_executor(pool, []() -> std::string { return "next"; }));
    co_await outcome("bad", run_in_executor(pool, bad));
    started = std::make_shared<std::latch>(1), go = std::make_shared<std::latch>(1);
    {
      auto f = run_in_executor(pool, work());
      started->wait();
      auto s = create_task(value_of(shield(f)));
      co_await turns(1);
      s.cancel();
      co_await outcome("shield", s);
      p(f.done());
      go->count_down();
      co_await outcome("kept", f);
    }
    std::vector<future<int>> squares;
    for (int i = 0; i < 5; ++i)
      squares.push_back(run_in_executor(pool, [i] { return i * i; }));
    p(co_await gather(std::move(squares)));
    pool.shutdown();
    try {
      co_await run_in_executor(pool, bad);
    } catch (const invalid_state_error &) {
      p("shut down");
    }
  };
  loop.run_until_complete(main());
}

} // namespace

int main() {
  using scenario = void (*)(event_loop &);
  std::pair<const char *, scenario> all[] = {
      {"stops", stops},       {"completes", completes}, {"closes", closes},       {"handles", handles},
      {"exceptions", exceptions}, {"tasks", tasks},     {"contexts", contexts},   {"signals", signals},
      {"threads", threads},   {"executors", executors}};
  for (auto [name, f] : all) {
    p("==", name);
    event_loop loop({.clock = virtual_clock});
    f(loop);
    loop.close();
  }
}
