// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A test program that links the guard: scopes, marks, announced loops, adapters, and the GoogleTest listener.
#define BOOST_ASIO_CUSTOM_HANDLER_TRACKING "coroguard/adapters/asio.hpp"
#include "coroguard/guard.hpp"
#include "coroguard/testing/gtest.hpp"

#include <boost/asio.hpp>
#include <cstring>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#ifdef HAVE_UV
#include "coroguard/adapters/libuv.hpp"
#endif
#ifdef HAVE_EVENT
#include "coroguard/adapters/libevent.hpp"
#endif

namespace {

uint64_t reports_during(void (*f)()) {
  uint64_t before = coroguard::guard_counts().reports;
  f();
  return coroguard::guard_counts().reports - before;
}

std::string last_label, last_function;
void remember(const coroguard_report_view *r) { last_label = r->label, last_function = r->function; }

TEST(Guard, IsHere) { EXPECT_TRUE(coroguard::guard_active()); }

TEST(Scopes, OffTheLoopNothingIsReported) {
  EXPECT_EQ(reports_during([] { usleep(1000); }), 0u);
}

TEST(Scopes, TheInnermostDecides) {
  COROGUARD_MAY_BLOCK("that is what is tested");
  EXPECT_EQ(reports_during([] {
    coroguard::forbid_blocking no("test");
    usleep(1000);
  }), 1u);
  uint64_t allowed = coroguard::guard_counts().allowed;
  EXPECT_EQ(reports_during([] {
    coroguard::forbid_blocking no("test");
    coroguard::allow_blocking yes("start-up");
    usleep(1000);
  }), 0u);
  EXPECT_EQ(coroguard::guard_counts().allowed, allowed + 1);
  EXPECT_EQ(reports_during([] {
    coroguard::allow_blocking yes("start-up");
    coroguard::forbid_blocking no("test");
    usleep(1100);
  }), 1u);
}

TEST(Marks, AreCallsByThatName) {
  COROGUARD_MAY_BLOCK("that is what is tested");
  coroguard::on_guard_report(remember);
  EXPECT_EQ(reports_during([] {
    coroguard::forbid_blocking no("test");
    coroguard::mark_blocking call("database.query");
    usleep(1000); // inside the mark: not a report of its own
  }), 1u);
  EXPECT_EQ(last_function, "database.query");
}

TEST(Callback, MayThrow) {
  COROGUARD_MAY_BLOCK("that is what is tested");
  coroguard::throw_on_report();
  coroguard::forbid_blocking no("test");
  EXPECT_THROW(usleep(1000), coroguard::blocking_error);
  coroguard::on_guard_report(nullptr);
}

TEST(Loops, MayAnnounceThemselves) {
  COROGUARD_MAY_BLOCK("that is what is tested");
  EXPECT_EQ(reports_during([] {
    coroguard::watched_loop loop("busy");
    for (int i = 0; i < 5; ++i) {
      if (i == 3)
        usleep(1000);
      loop.heartbeat();
    }
    loop.idle([] { usleep(3000); });
  }), 1u); // the call; the wait is the loop's own, whatever it is
}

TEST(Asio, NamesTheHandler) {
  COROGUARD_MAY_BLOCK("that is what is tested");
  coroguard::on_guard_report(remember);
  boost::asio::io_context io;
  boost::asio::steady_timer timer(io);
  int n = 0;
  std::function<void()> again = [&] {
    timer.expires_after(std::chrono::milliseconds(1));
    timer.async_wait([&](auto) {
      if (++n == 4)
        usleep(1000);
      if (n < 8)
        again();
    });
  };
  again();
  io.run();
  EXPECT_EQ(last_function, "usleep");
  EXPECT_NE(last_label.find("async_wait"), std::string::npos) << last_label;
}

#ifdef HAVE_UV
TEST(Libuv, RunsWatched) {
  COROGUARD_MAY_BLOCK("that is what is tested");
  EXPECT_EQ(reports_during([] {
    uv_loop_t loop;
    uv_loop_init(&loop);
    uv_timer_t timer;
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, [](uv_timer_t *) { usleep(1000); }, 1, 0);
    coroguard::run_watched(&loop, UV_RUN_DEFAULT, "test loop");
    usleep(1000);
    uv_close(reinterpret_cast<uv_handle_t *>(&timer), nullptr);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
  }), 1u);
}
#endif

#ifdef HAVE_EVENT
TEST(Libevent, RunsWatched) {
  COROGUARD_MAY_BLOCK("that is what is tested");
  EXPECT_EQ(reports_during([] {
    event_base *base = event_base_new();
    timeval soon{0, 1000};
    event_base_once(base, -1, EV_TIMEOUT, [](evutil_socket_t, short, void *) { usleep(1000); }, nullptr, &soon);
    coroguard::run_watched(base, 0, "test loop");
    usleep(1000);
    event_base_free(base);
  }), 1u);
}
#endif

/// Run by test_commands.py with --gtest_also_run_disabled_tests: must fail because of the listener alone.
TEST(Listener, DISABLED_FailsTheTestThatBlocked) {
  coroguard::forbid_blocking no("test");
  usleep(1000);
}
TEST(Listener, DISABLED_LeavesTheNextAlone) {}

} // namespace

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  coroguard::testing::watch_gtest();
  return RUN_ALL_TESTS();
}
