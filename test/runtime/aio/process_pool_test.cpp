// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Process pools: values there and back, exceptions, crashes, recovery, nothing left behind.
#include "coroguard/gather.hpp"
#include "coroguard/process_pool_executor.hpp"
#include "coroguard/run.hpp"
#include "coroguard/subprocess.hpp"
#include "coroguard/timeout.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <numeric>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace coroguard;
using namespace std::chrono_literals;

struct user {
  std::string name;
  int age = 0;
};
template <> struct coroguard::wire<user> {
  static void write(wire_writer &out, const user &u) {
    out.put(u.name);
    out.put(u.age);
  }
  static user read(wire_reader &in) {
    auto name = in.get<std::string>();
    return {name, in.get<int>()};
  }
};

namespace {

int twice(int x) { return 2 * x; }
pid_t where() { return ::getpid(); }
std::map<std::string, std::vector<int>> group(std::vector<std::pair<std::string, int>> in, std::optional<int> extra) {
  std::map<std::string, std::vector<int>> out;
  for (auto &[k, v] : in)
    out[k].push_back(v + extra.value_or(0));
  return out;
}
user older(user u) {
  ++u.age;
  return u;
}
int crash(int) { std::abort(); }
int maybe_crash(int x) {
  if (x == 13)
    ::raise(SIGSEGV);
  return x;
}

TEST(ProcessPool, ValuesThereAndBack) {
  process_pool_executor pool(2);
  EXPECT_EQ(pool.submit(twice, 21).result(), 42);
  EXPECT_NE(pool.submit(where).result(), ::getpid());
  auto m = pool.submit(group, std::vector<std::pair<std::string, int>>{{"a", 1}, {"b", 2}, {"a", 3}}, std::optional<int>(10)).result();
  EXPECT_EQ(m["a"], (std::vector<int>{11, 13}));
  EXPECT_EQ(pool.submit(older, user{"ann", 30}).result().age, 31);
  EXPECT_EQ(pool.submit([](std::string s) { return s + "!"; }, std::string("hey")).result(), "hey!");
  pool.submit([] {}).result();
  std::string big(3'000'000, 'x');
  EXPECT_EQ(pool.submit([](std::string s) { return s; }, big).result().size(), big.size());
}

TEST(ProcessPool, ExceptionsComeBack) {
  process_pool_executor pool(1);
  auto f = pool.submit([](int) -> int { throw std::invalid_argument("bad value"); }, 1);
  try {
    f.result();
    FAIL();
  } catch (const remote_error &e) {
    EXPECT_EQ(e.type(), "std::invalid_argument");
    EXPECT_EQ(e.message(), "bad value");
    EXPECT_GT(e.worker(), 0);
  }
  EXPECT_EQ(pool.submit(twice, 1).result(), 2);
  try {
    pool.submit([](int i) { throw i; }, 1).result();
    FAIL();
  } catch (const remote_error &e) {
    EXPECT_EQ(e.type(), "int");
  }
}

TEST(ProcessPool, MapOfAFunctionWithoutResult) {
  process_pool_executor pool(2);
  std::vector<int> in{1, 2, 3};
  pool.map([](int) {}, in);
  run([&]() -> task<> { co_await pool.async_map([](int) {}, in); });
  EXPECT_THROW(pool.map([](int i) { if (i == 2) throw std::runtime_error("bad"); }, in, 1), remote_error);
}

TEST(ProcessPool, ACrashIsAnErrorAndThePoolRecovers) {
  process_pool_executor pool(2);
  auto bad = pool.submit(crash, 1);
  try {
    bad.result();
    FAIL();
  } catch (const broken_process_pool &e) {
    EXPECT_EQ(e.signal(), SIGABRT);
  }
  EXPECT_EQ(pool.submit(twice, 4).result(), 8);
  std::vector<executor_future<int>> all;
  for (int i = 0; i < 50; ++i)
    all.push_back(pool.submit(maybe_crash, i));
  for (int i = 0; i < 50; ++i) {
    if (i == 13) {
      EXPECT_THROW(all[13].result(), broken_process_pool);
    } else {
      EXPECT_EQ(all[std::size_t(i)].result(), i);
    }
  }
}

TEST(ProcessPool, MapInOrder) {
  process_pool_executor pool(2);
  std::vector<int> in(5000);
  for (int i = 0; i < 5000; ++i)
    in[std::size_t(i)] = i;
  for (std::size_t chunk : {auto_chunk, std::size_t(1), std::size_t(100)}) {
    auto out = pool.map(twice, in, chunk);
    ASSERT_EQ(out.size(), in.size());
    for (int i : in)
      ASSERT_EQ(out[std::size_t(i)], 2 * i);
  }
}

TEST(ProcessPool, FromCoroutines) {
  run([]() -> task<> {
    process_pool_executor pool(2);
    auto [a, b] = co_await gather(run_in_executor(pool, twice, 1), run_in_executor(pool, twice, 2));
    EXPECT_EQ(a + b, 6);
    EXPECT_THROW((void)co_await run_in_executor(pool, crash, 1), broken_process_pool);
    user bob{"bob", 1}; // (GCC 12 destroys an aggregate twice that is a temporary of a co_await expression)
    EXPECT_EQ((co_await run_in_executor(pool, older, bob)).age, 2);
  }());
}

TEST(ProcessPool, AsyncMap) {
  process_pool_executor pool(2);
  run([&]() -> task<> {
    std::vector<int> in(100);
    std::iota(in.begin(), in.end(), 0);
    bool others_run = false;
    current_loop().call_soon([&] { others_run = true; });
    auto out = co_await pool.async_map(twice, in);
    EXPECT_EQ(out.size(), 100u);
    EXPECT_EQ(out[99], 198);
    EXPECT_TRUE(others_run);
    EXPECT_TRUE((co_await pool.async_map(twice, std::vector<int>())).empty());
    EXPECT_THROW(co_await pool.async_map([](int x) { return x < 3 ? x : throw std::out_of_range("three"); }, in, 1), remote_error);
    EXPECT_THROW(co_await wait_for(pool.async_map([](int) { return ::usleep(100'000); }, in, 1), 50ms), timeout_error);
    EXPECT_EQ(co_await run_in_executor(pool, twice, 4), 8); // what had not been sent was dropped
  });
}

TEST(ProcessPool, ShutdownLeavesNothing) {
  std::size_t fds_before = std::size_t(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
  {
    process_pool_executor pool(2);
    EXPECT_EQ(pool.submit(twice, 1).result(), 2);
    auto pids = pool.worker_pids();
    EXPECT_FALSE(pids.empty());
    auto last = pool.submit(twice, 7);
    pool.shutdown();
    EXPECT_EQ(last.result(), 14);
    EXPECT_THROW((void)pool.submit(twice, 1), invalid_state_error);
    for (auto p : pids)
      EXPECT_NE(::kill(p, 0), 0);
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1); // no children, no zombies
  std::size_t fds_after = std::size_t(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
  EXPECT_EQ(fds_before, fds_after);
}

int slowly(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  return ms;
}
TEST(ProcessPool, WorkersKilledOrStoppedFromOutside) {
  process_pool_executor pool(1);
  auto next = [&] { return pool.submit(where).result(); };
  pid_t first = next();
  ::kill(first, SIGKILL); // idle: nobody's job fails
  while (!pool.worker_pids().empty())
    std::this_thread::sleep_for(1ms);
  pid_t second = next();
  EXPECT_NE(second, first);
  run([&]() -> task<> { // a stopped worker is slow, not broken
    ::kill(second, SIGSTOP);
    EXPECT_THROW(co_await wait_for(run_in_executor(pool, slowly, 1), 50ms), timeout_error);
    ::kill(second, SIGCONT);
    EXPECT_EQ(co_await run_in_executor(pool, slowly, 2), 2);
  });
  EXPECT_EQ(next(), second);
  ::kill(second, SIGSTOP);
  pool.shutdown(); // does not wait for somebody to continue it
  EXPECT_NE(::kill(second, 0), 0);
}

TEST(ProcessPool, HugeValues) {
  process_pool_executor pool(1);
  std::string text(std::size_t(24) << 20, 'x');
  EXPECT_EQ(pool.submit([](std::string s) { return s + s; }, text).result().size(), 2 * text.size());
}

/// In a child without rights and without processes to start.
template <class F> bool without_processes(F f) {
  pid_t child = ::fork();
  if (child == 0) {
    rlimit none{0, 0};
    ::setrlimit(RLIMIT_NPROC, &none);
    bool failed = ::getuid() == 0 && ::setuid(65534) != 0; // root has no such limit
    try {
      f();
    } catch (const std::system_error &e) {
      failed = e.code() == std::errc::resource_unavailable_try_again && std::string(e.what()).find("start") != std::string::npos;
    }
    ::_exit(failed ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}
TEST(Exhaustion, OfProcessesAndThreads) {
  auto nothing = [] {};
  EXPECT_TRUE(without_processes([] { process_pool_executor pool(1); }));
  EXPECT_TRUE(without_processes([&] { (void)thread_pool_executor(1).submit(nothing); }));
  EXPECT_TRUE(without_processes([&] { run([&]() -> task<> { co_await to_thread(nothing); }()); }));
  EXPECT_TRUE(without_processes([] { run([]() -> task<> { (void)co_await run_process(command("true")); }()); }));
}

TEST(ProcessPool, ImmediateShutdown) {
  process_pool_executor pool(1);
  auto slow = pool.submit([] { ::sleep(100); });
  while (!slow.running())
    std::this_thread::yield();
  auto queued = pool.submit(twice, 1);
  pool.shutdown(false);
  EXPECT_THROW(slow.result(), broken_process_pool);
  EXPECT_ANY_THROW(queued.result());
}

} // namespace
