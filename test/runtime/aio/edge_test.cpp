// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bad input and bad luck: closed and moved-from objects, no descriptors, a fork without exec, lost wakers, what is left at the end.
#include "coroguard/aio.hpp"

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

task<> nothing() { co_return; }
task<> for_ever() { co_await sleep(1h); }

TEST(Closed, Loop) {
  event_loop loop({.name = "ended"});
  loop.close();
  loop.close();
  EXPECT_TRUE(loop.is_closed());
  EXPECT_THROW(loop.call_soon([] {}), loop_closed_error);
  EXPECT_THROW(loop.call_later(1s, [] {}), loop_closed_error);
  EXPECT_THROW(loop.call_at(loop.time(), [] {}), loop_closed_error);
  EXPECT_THROW(loop.call_soon_threadsafe([] {}), loop_closed_error);
  EXPECT_THROW(loop.run_forever(), loop_closed_error);
  EXPECT_THROW(loop.run_until_complete(nothing()), loop_closed_error);
  EXPECT_THROW(loop.add_reader(0, [] {}), loop_closed_error);
  EXPECT_THROW(loop.add_signal_handler(SIGUSR1, [] {}), loop_closed_error);
  EXPECT_THROW((void)loop.default_executor(), loop_closed_error);
  EXPECT_FALSE(loop.remove_reader(0));
  try {
    auto t = nothing();
    (void)loop.create_task(std::move(t));
    ADD_FAILURE();
  } catch (const loop_closed_error &e) {
    EXPECT_NE(std::string(e.what()).find("ended"), std::string::npos);
  }
}

template <class F> task<> refuses(F f) {
  try {
    co_await f();
    ADD_FAILURE() << "did not throw";
  } catch (const invalid_state_error &) {
  }
}

TEST(Closed, Streams) {
  run([]() -> task<> {
    char buffer[8];
    auto [a, b] = stream_pair();
    a.close();
    a.close();
    co_await a.aclose();
    co_await refuses([&] { return a.read_some(buffer); });
    co_await refuses([&] { return a.read(1); });
    co_await refuses([&] { return a.read_line(); });
    co_await refuses([&] { return a.read_exactly(2); });
    co_await refuses([&] { return a.write("x"); });
    co_await refuses([&] { return a.write_some("x"); });
    EXPECT_THROW(a.write_eof(), invalid_state_error);
    EXPECT_THROW((void)a.local_endpoint(), invalid_state_error);
    EXPECT_THROW((void)a.remote_endpoint(), invalid_state_error);
    EXPECT_THROW(a.set_no_delay(true), invalid_state_error);
    EXPECT_THROW((void)a.release(), invalid_state_error);
    EXPECT_EQ(a.native_handle(), -1);
    EXPECT_EQ(co_await b.read(1), ""); // the other side sees the end
    stream none;
    co_await refuses([&] { return none.read_some(buffer); });
    EXPECT_THROW(none.set_timeout(1s), invalid_state_error);
    none.close();
    auto l = tcp_listen("127.0.0.1", 0);
    l.close();
    co_await refuses([&] { return l.accept(); });
    EXPECT_THROW((void)l.port(), invalid_state_error);
    auto u = udp_socket::bind("127.0.0.1", 0);
    u.close();
    co_await refuses([&] { return u.receive_from(); });
    co_await refuses([&] { return u.send_to("x", endpoint::ip("127.0.0.1", 9)); });
    EXPECT_THROW(stream(-1), std::invalid_argument);
    EXPECT_THROW(stream(9999), std::system_error);
  });
}

TEST(Closed, DestroyedUnderAWaitingOperation) {
  run([]() -> task<> {
    auto pair = std::make_unique<std::pair<stream, stream>>(stream_pair());
    auto l = std::make_unique<listener>(tcp_listen("127.0.0.1", 0));
    auto line = create_task([](stream &s) -> task<std::string> { co_return co_await s.read_line(); }(pair->first));
    auto byte = create_task([](stream &s) -> task<> {
      char c;
      (void)co_await s.read_some({&c, 1});
    }(pair->second));
    auto accepting = create_task([](listener &x) -> task<> { (void)co_await x.accept(); }(*l));
    auto serving = create_task(serve(*l, [](stream) -> task<> { co_return; }));
    co_await sleep(1ms);
    pair.reset();
    l.reset();
    EXPECT_THROW(co_await line, invalid_state_error);
    EXPECT_THROW(co_await byte, invalid_state_error);
    EXPECT_THROW(co_await accepting, invalid_state_error);
    co_await serving; // ends
  });
}

TEST(Closed, Others) {
  run([]() -> task<> {
    auto f = co_await open_file("/dev/null", "r");
    co_await f.aclose();
    co_await refuses([&] { return f.read(1); });
    auto p = subprocess::start(command("true"));
    auto q = std::move(p);
    co_await refuses([&] { return p.wait(); });
    co_await refuses([&] { return p.communicate(); });
    EXPECT_THROW((void)p.status(), invalid_state_error);
    EXPECT_THROW(p.kill(), invalid_state_error);
    EXPECT_THROW((void)p.output(), invalid_state_error);
    EXPECT_THROW((void)q.output(), invalid_state_error); // not a pipe
    EXPECT_TRUE((co_await q.wait()).success());
    EXPECT_TRUE((co_await q.wait()).success());
    thread_pool_executor pool(1);
    pool.shutdown();
    pool.shutdown();
    EXPECT_THROW((void)pool.submit([] {}), invalid_state_error);
    EXPECT_THROW((void)run_in_executor(pool, [] {}), invalid_state_error);
    std::vector<int> three{1, 2, 3};
    EXPECT_THROW((void)pool.async_map([](int x) { return x; }, three), invalid_state_error);
    promise<int> a;
    auto b = std::move(a);
    EXPECT_THROW(a.set_value(1), invalid_state_error);
    EXPECT_THROW((void)a.get_future(), invalid_state_error);
    task_handle<> no_task;
    EXPECT_THROW((void)no_task.done(), invalid_state_error);
    co_await refuses([&] { return no_task; });
    co_await refuses([] { return task<>(); });
    EXPECT_THROW((void)create_task(task<>()), invalid_state_error);
    EXPECT_THROW((void)executor_future<int>().done(), invalid_state_error);
  });
}

TEST(Values, OutOfRange) {
  run([]() -> task<> {
    EXPECT_THROW((void)sleep(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())), std::invalid_argument);
    EXPECT_THROW((void)sleep(3), std::invalid_argument);
    co_await sleep(-5s);
    co_await sleep(std::chrono::duration<double>(-std::numeric_limits<double>::infinity()));
    auto t = create_task([]() -> task<> { co_await sleep(std::chrono::hours::max()); }());
    auto u = create_task([]() -> task<> { co_await sleep(std::chrono::duration<double>(std::numeric_limits<double>::infinity())); }());
    co_await sleep(1ms);
    EXPECT_FALSE(t.done() || u.done());
    EXPECT_THROW(semaphore(-1), std::invalid_argument);
    EXPECT_THROW(barrier(0), std::invalid_argument);
    auto [a, b] = stream_pair();
    EXPECT_THROW((void)co_await a.read_until(""), std::invalid_argument);
    EXPECT_THROW((void)endpoint::ip("300.1.1.1", 1), std::invalid_argument);
    EXPECT_THROW((void)endpoint::local(std::string(200, 'x')), std::invalid_argument);
    EXPECT_THROW(current_loop().add_reader(-1, [] {}), std::invalid_argument);
    EXPECT_THROW(current_loop().add_signal_handler(SIGKILL, [] {}), std::invalid_argument);
    EXPECT_THROW(current_loop().add_signal_handler(1000, [] {}), std::invalid_argument);
    EXPECT_THROW((void)subprocess::start({}), std::invalid_argument);
    EXPECT_THROW((void)subprocess::start({"/no/such/program"}), std::system_error);
  }());
}

// --- no descriptors, no memory -----------------------------------------------------------------------------------

/// While it lives the process can open no descriptor.
struct no_descriptors {
  rlimit before;
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before);
    int first_free = ::dup(2);
    ::close(first_free);
    rlimit none{rlim_t(first_free), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before); }
};
/// The thread sanitizer may have started one, to match suppressions: a child with two descriptors.
constexpr bool has_symbolizer =
#if defined(__has_feature)
    __has_feature(thread_sanitizer);
#else
    false;
#endif
int open_descriptors() {
  int n = 0;
  for (int fd = 0; fd < 256; ++fd)
    n += ::fcntl(fd, F_GETFD) != -1;
  return n;
}
template <class F> bool exhausted(F f) {
  no_descriptors now;
  try {
    f();
  } catch (const std::system_error &e) {
    return e.code() == std::errc::too_many_files_open;
  }
  return false;
}
template <class F> task<bool> exhausted_await(F f) {
  no_descriptors now;
  try {
    (void)co_await f();
  } catch (const std::system_error &e) {
    co_return e.code() == std::errc::too_many_files_open;
  }
  co_return false;
}

TEST(Exhaustion, OfDescriptorsIsAnErrorEverywhere) {
  EXPECT_TRUE(exhausted([] { event_loop loop; }));
  EXPECT_TRUE(exhausted([] { run(nothing()); })); // and says nothing about the task that was given
  run([]() -> task<> {
    auto l = tcp_listen("127.0.0.1", 0);
    (void)co_await to_thread([] { return 1; }); // the threads are there
    int before = open_descriptors();
    EXPECT_TRUE(exhausted([] { (void)stream_pair(); }));
    EXPECT_TRUE(exhausted([] { (void)make_pipe(); }));
    EXPECT_TRUE(exhausted([] { (void)tcp_listen("127.0.0.1", 0); }));
    EXPECT_TRUE(exhausted([] { (void)udp_socket::bind("127.0.0.1", 0); }));
    EXPECT_TRUE(exhausted([] { (void)unix_listen("@coroguard-edge"); }));
    EXPECT_TRUE(exhausted([] { (void)subprocess::start(command("true"), {.input = redirect::pipe}); }));
    EXPECT_TRUE(exhausted([] { (void)subprocess::start(command("true")); })); // the pidfd fails after the start
    EXPECT_TRUE(exhausted([] { (void)standard_output(); }));
    EXPECT_TRUE(exhausted([] { process_pool_executor pool(1); }));
    EXPECT_TRUE(co_await exhausted_await([&] { return connect(endpoint::ip("127.0.0.1", l.port())); }));
    EXPECT_TRUE(co_await exhausted_await([] { return open_file("/dev/null", "r"); }));
    process_pool_executor pool(1);
    EXPECT_TRUE(exhausted([&] { (void)pool.submit([](int x) { return x; }, 1).result(); })); // no worker can be started
    EXPECT_EQ(pool.submit([](int x) { return x; }, 2).result(), 2);
    pool.shutdown();
    if (has_symbolizer)
      co_return;
    EXPECT_EQ(open_descriptors(), before + 1); // the pool's own
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1); // no child is left
  });
}

// --- fork --------------------------------------------------------------------------------------------------------

TEST(Fork, TheChildMustMakeALoopOfItsOwn) {
  const pid_t parent = ::getpid();
  int seen = -1;
  auto program = [&]() -> task<> {
    (void)co_await to_thread([] { return 1; }); // a thread the child will not have
    auto other = create_task(for_ever());
    auto [a, b] = stream_pair();
    auto reading = create_task([](stream &s) -> task<std::string> { co_return co_await s.read_line(); }(a));
    co_await sleep(1ms);
    pid_t child = ::fork();
    if (child == 0) {
      ::alarm(20);
      co_await sleep(1ms); // ends the child's run()
      ::_exit(1);
    }
    int status = 0;
    EXPECT_EQ(co_await to_thread([&] { return ::waitpid(child, &status, 0); }), child);
    seen = WIFEXITED(status) ? WEXITSTATUS(status) : -2;
    co_await b.write("still watched\n"); // the child's end took nothing from us
    EXPECT_EQ(co_await wait_for(reading, 5s), "still watched\n");
  };
  int result = 2;
  try {
    run(program);
  } catch (const invalid_state_error &e) {
    if (std::string(e.what()).find("after fork() make a new loop") != std::string::npos)
      result = 3;
  } catch (...) {
  }
  if (::getpid() != parent) { // the child: a loop of its own works
    if (result == 3)
      result = run([]() -> task<int> {
        co_await sleep(1ms);
        co_return co_await to_thread([] { return 7; });
      });
    ::_exit(result);
  }
  EXPECT_EQ(result, 2); // nothing was thrown in the parent
  EXPECT_EQ(seen, 7);
}

// --- looking at a program ----------------------------------------------------------------------------------------

TEST(Debug, QuitSignalPrintsTheTasks) {
  testing::internal::CaptureStderr();
  run(
      []() -> task<> {
        auto worker = create_task(for_ever(), "worker");
        co_await sleep(1ms);
        ::kill(::getpid(), SIGQUIT);
        co_await sleep(20ms);
        worker.cancel();
        try {
          co_await worker;
        } catch (const cancelled_error &) {
        }
      },
      {.debug = true, .name = "server"});
  auto text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("server: 2 tasks"), std::string::npos) << text;
  EXPECT_NE(text.find("task 'worker' waits for sleep"), std::string::npos) << text;
  EXPECT_NE(text.find("for_ever"), std::string::npos) << text;
  EXPECT_NE(text.find("edge_test.cpp:"), std::string::npos) << text;
  struct sigaction now {};
  ::sigaction(SIGQUIT, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL); // given back
}

TEST(Debug, LeftoversAreNamed) {
  report_capture found;
  run(
      []() -> task<> {
        create_task(for_ever(), "forgotten");
        co_await yield_now();
      },
      {.debug = true});
  ASSERT_EQ(found.count("async-discarded-spawn"), 1u) << found.text();
  EXPECT_NE(found.text().find("'forgotten'"), std::string::npos);
}

[[gnu::noinline]] task<> not_inlined() { co_return; }
[[gnu::noinline]] void forget_a_task() { (void)!not_inlined().valid(); }
TEST(Debug, TheCallThatMadeADroppedTask) {
  report_capture found;
  forget_a_task();
  auto all = found.reports();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NE(all[0].function.find("not_inlined"), std::string::npos);
  ASSERT_EQ(all[0].stack.size(), 1u);
  auto at = static_cast<const char *>(all[0].stack[0]), start = reinterpret_cast<const char *>(&forget_a_task);
  EXPECT_TRUE(at > start && at < start + 512) << "the call is in forget_a_task";
}

// --- lost wakers -------------------------------------------------------------------------------------------------

template <class Wait> std::size_t lost_with(Wait wait, bool cancel) {
  report_capture found;
  run(
      [&]() -> task<> {
        auto waiting = wait();
        co_await sleep(1s);
        EXPECT_FALSE(waiting.done());
        if (!cancel)
          co_return; // run() cancels it
        waiting.cancel();
        EXPECT_THROW(co_await waiting, cancelled_error);
      },
      {.debug = true, .clock = virtual_clock});
  return found.count("async-lost-waker");
}
template <class Primitive, class Wait> auto at_destroyed(Wait wait, std::function<void(Primitive &)> before = {}) {
  return [=] {
    auto primitive = std::make_unique<Primitive>();
    auto run = [](Primitive &p, Wait w) -> task<> { co_await w(p); };
    auto t = create_task(run(*primitive, wait));
    current_loop().call_later(10ms, [p = std::make_shared<std::unique_ptr<Primitive>>(std::move(primitive)), before] {
      if (before)
        before(**p);
      p->reset();
    });
    return t;
  };
}

TEST(LostWaker, APrimitiveIsDestroyedUnderItsWaiters) {
  for (bool cancel : {false, true}) {
    EXPECT_EQ(lost_with(at_destroyed<event>([](event &e) { return e.wait(); }), cancel), 1u);
    EXPECT_EQ(lost_with(at_destroyed<queue<int>>([](queue<int> &q) { return q.get(); }), cancel), 1u);
    EXPECT_EQ(lost_with(at_destroyed<queue<int>>([](queue<int> &q) { return q.get(); }, [](queue<int> &q) { q.put_nowait(1); }), cancel), 1u);
    auto twice = [](mutex &m) -> task<> {
      co_await m.lock();
      co_await m.lock();
    };
    EXPECT_EQ(lost_with(at_destroyed<mutex>(twice), cancel), 1u);
    EXPECT_EQ(lost_with(at_destroyed<mutex>(twice, [](mutex &m) { m.unlock(); }), cancel), 1u);
    auto second = [](semaphore &s) -> task<> {
      co_await s.acquire();
      co_await s.acquire();
    };
    EXPECT_EQ(lost_with(at_destroyed<semaphore>(second), cancel), 1u);
    EXPECT_EQ(lost_with(at_destroyed<condition>([](condition &c) -> task<> {
                co_await c.lock();
                co_await c.wait();
              }),
                        cancel),
              1u);
    struct of_two : barrier {
      of_two() : barrier(2) {}
    };
    EXPECT_EQ(lost_with(at_destroyed<of_two>([](of_two &b) { return b.wait(); }), cancel), 1u);
  }
}

TEST(LostWaker, AForeignAwaitableDropsItsHandle) {
  struct dropping {
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) { h.destroy(); }
    void await_resume() {}
  };
  report_capture found;
  EXPECT_THROW(run([]() -> task<> { co_await dropping(); }, {.clock = virtual_clock}), deadlock_error);
  EXPECT_EQ(found.count("async-lost-waker"), 1u) << found.text();
}

// --- the end of run ----------------------------------------------------------------------------------------------

TEST(Run, ClosesGeneratorsThatOutliveIt) {
  report_capture found;
  std::string log;
  auto counting = [](std::string &out, bool fails) -> async_generator<int> {
    bool closed = false;
    try {
      for (int i = 0;; ++i)
        co_yield i;
    } catch (const generator_exit &) {
      closed = true;
    }
    co_await sleep(1ms); // cleanup may await
    out += closed ? "closed " : "ended ";
    if (fails)
      throw std::runtime_error("cleanup failed");
  };
  auto outlives = counting(log, false), fails = counting(log, true), fresh = counting(log, false);
  run([&]() -> task<> {
    EXPECT_EQ(*co_await outlives.next(), 0);
    EXPECT_EQ(*co_await outlives.next(), 1);
    EXPECT_EQ(*co_await fails.next(), 0);
  });
  EXPECT_EQ(log, "closed closed ");
  EXPECT_EQ(found.count("async-unobserved-exception"), 1u) << found.text();
  run([&]() -> task<> { EXPECT_FALSE(co_await outlives.next()); });
}

} // namespace
