// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory runs out at every single allocation in turn: of a frame (malloc, wrapped by the linker) or of anything else (operator
// new). The program must end with std::bad_alloc, or cope, and leave nothing behind.
#include "coroguard/aio.hpp"
#include "listed.hpp"

#include <atomic>
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <new>
#include <thread>

namespace {
std::atomic<long> left{-1}; ///< allocations until one fails; below 0: none does
std::atomic<bool> failed{false};
bool fails_now() {
  if (left.load(std::memory_order_relaxed) < 0 || left.fetch_sub(1) != 0)
    return false;
  failed = true;
  return true;
}
} // namespace

extern "C" void *__real_malloc(std::size_t);
extern "C" void *__wrap_malloc(std::size_t n) { return fails_now() ? nullptr : __real_malloc(n); }
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define OPERATOR_NEW_IS_THE_SANITIZERS 1 // then only frames run out, which are few
#endif
#endif
#ifndef OPERATOR_NEW_IS_THE_SANITIZERS
void *operator new(std::size_t n) {
  if (!fails_now())
    if (void *p = __real_malloc(n ? n : 1))
      return p;
  throw std::bad_alloc();
}
void *operator new(std::size_t n, std::align_val_t a) {
  if (!fails_now())
    if (void *p = std::aligned_alloc(std::size_t(a), (n + std::size_t(a) - 1) & ~(std::size_t(a) - 1)))
      return p;
  throw std::bad_alloc();
}
void operator delete(void *p) noexcept { std::free(p); }
void operator delete(void *p, std::size_t) noexcept { std::free(p); }
void operator delete(void *p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void *p, std::size_t, std::align_val_t) noexcept { std::free(p); }
#endif

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

task<int> value(int v) {
  co_await sleep(1ms);
  co_return v;
}
async_generator<int> numbers(int n) {
  for (int i = 0; i < n; ++i) {
    co_await yield_now();
    co_yield i;
  }
}

task<> structured() {
  auto [a, b] = co_await gather(value(1), value(2));
  co_await with_task_group([&](task_group &g) -> task<> {
    g.create_task(value(a));
    g.create_task(value(b), "named so that it does not fit into a small string");
    co_await yield_now();
  });
  try {
    co_await wait_for(sleep(1h), 1ms);
  } catch (const timeout_error &) {
  }
  auto kept = create_task(value(3));
  (void)co_await shield(kept);
  auto r = co_await wait(listed(create_task(value(4)), create_task(value(5))), first_completed);
  for (auto &t : r.pending)
    t.cancel("enough of it, and a message that does not fit into a small string");
  COROGUARD_AWAIT_FOR(int i, amap(numbers(3), [](int x) { return x + 1; }))(void) i;
}

task<> shared() {
  queue<std::string> q(1);
  mutex m;
  context_var<int> var("depth");
  (void)var.set(1);
  co_await with_task_group([&](task_group &group) -> task<> { // the consumer must not outlive what it borrows
    group.create_task([](queue<std::string> &in, mutex &lock) -> task<> {
      for (int i = 0; i < 3; ++i) {
        auto guard = co_await lock.scoped_lock();
        (void)co_await in.get();
        in.task_done();
      }
    }(q, m));
    for (int i = 0; i < 3; ++i)
      co_await q.put("an item that does not fit into a small string");
    co_await q.join();
  });
  promise<int> p;
  current_loop().call_later(1ms, [&] { p.set_value(1); });
  auto f = p.get_future();
  f.add_done_callback([] {});
  (void)co_await f;
}

task<> outside() {
  auto [a, b] = stream_pair();
  auto line = create_task([](stream s) -> task<std::string> { co_return co_await s.read_line(); }(std::move(a))); // owns what it reads
  co_await b.write("hello\n");
  (void)co_await line;
  (void)co_await to_thread([] { return std::string(100, 'x'); });
}

int open_descriptors() {
  int n = 0;
  for (int fd = 0; fd < 64; ++fd)
    n += ::fcntl(fd, F_GETFD) != -1;
  return n;
}

bool is_no_memory(const std::exception_ptr &e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::bad_alloc &) {
    return true;
  } catch (const exception_group &group) {
    return group.count<std::bad_alloc>() > 0;
  } catch (...) {
    return false;
  }
}

/// Runs `program` until every allocation of it has failed once.
void exhaust(task<> (*program)(), clock_kind clock) {
  report_capture quiet; // reports may say that they were not retrieved
  run(program, {.clock = clock});
  int before = open_descriptors(), survived = 0;
  for (long n = 0; n < 3000; ++n) {
    failed = false;
    std::exception_ptr error;
    std::thread([&] { // a new thread has no frames in stock
      left = n;
      try {
        run(program, {.clock = clock});
      } catch (...) {
        left = -1;
        error = std::current_exception();
      }
      left = -1;
    }).join();
    if (!failed) {
      EXPECT_FALSE(error);
#ifdef OPERATOR_NEW_IS_THE_SANITIZERS
      EXPECT_GT(n, 3);
#else
      EXPECT_GT(n, 10);
#endif
      return;
    }
    survived += !error;
    ASSERT_TRUE(!error || is_no_memory(error)) << "allocation " << n << ": " << describe(error);
    ASSERT_EQ(open_descriptors(), before) << "allocation " << n;
  }
  FAIL() << "it never came through; " << survived << " runs survived";
}

TEST(NoMemory, InStructure) { exhaust(structured, virtual_clock); }
TEST(NoMemory, InPrimitives) { exhaust(shared, virtual_clock); }
TEST(NoMemory, InStreamsAndThreads) { exhaust(outside, real_clock); }

} // namespace
