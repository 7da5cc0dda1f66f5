// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams, listeners, datagrams, names, files, processes, pipes: with real descriptors.
#include "coroguard/file.hpp"
#include "coroguard/gather.hpp"
#include "coroguard/run.hpp"
#include "coroguard/stream.hpp"
#include "coroguard/subprocess.hpp"
#include "coroguard/timeout.hpp"
#include "coroguard/udp.hpp"

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace coroguard;
using namespace std::chrono_literals;

namespace {

template <class F> void on_loop(F f) { run(f()); }

task<> echo(stream s) {
  char buffer[4096];
  while (std::size_t n = co_await s.read_some(buffer))
    co_await s.write({buffer, n});
}

TEST(Tcp, EchoOverManyConnections) {
  on_loop([]() -> task<> {
    auto l = tcp_listen("127.0.0.1", 0);
    auto server = create_task(serve(l, echo));
    auto client = [](std::uint16_t port, int i) -> task<> {
      auto s = co_await tcp_connect("127.0.0.1", port, 5s);
      s.set_no_delay(true);
      for (int k = 0; k < 20; ++k) {
        std::string text = "message " + std::to_string(i * 100 + k) + "\n";
        co_await s.write(text);
        EXPECT_EQ(co_await s.read_line(), text);
      }
      s.write_eof();
      EXPECT_EQ(co_await s.read(10), "");
      EXPECT_TRUE(s.at_eof());
      co_await s.aclose();
      s.close();
      EXPECT_THROW(co_await s.write("x"), invalid_state_error);
    };
    std::vector<task<>> clients;
    for (int i = 0; i < 30; ++i)
      clients.push_back(client(l.port(), i));
    co_await gather(std::move(clients));
    l.close();
    co_await server;
  });
}

TEST(Tcp, BackPressureOnLargeWrites) {
  on_loop([]() -> task<> {
    auto [a, b] = stream_pair();
    std::string big(5'000'000, 'x');
    bool written = false;
    auto writer = create_task([](stream &s, std::string &data, bool &flag) -> task<> {
      co_await s.write(data);
      flag = true;
      s.write_eof();
    }(a, big, written));
    co_await sleep(5ms);
    EXPECT_FALSE(written);
    EXPECT_EQ((co_await b.read_all()).size(), big.size());
    co_await writer;
  });
}

TEST(Stream, ReadingForms) {
  on_loop([]() -> task<> {
    auto [a, b] = stream_pair();
    co_await a.write("one\r\ntwo\nthree|four|12345rest");
    EXPECT_EQ(co_await b.read_line(), "one\r\n");
    EXPECT_EQ(co_await b.read_until("\n"), "two\n");
    EXPECT_EQ(co_await b.read_until("|"), "three|");
    EXPECT_EQ(co_await b.read_until("|"), "four|");
    EXPECT_EQ(co_await b.read_exactly(5), "12345");
    char c[4];
    EXPECT_THROW((void)co_await b.read_some(c), invalid_state_error);
    EXPECT_EQ(co_await b.read(100), "rest");
    EXPECT_THROW((void)co_await b.read_until(""), std::invalid_argument);
    co_await a.write("part");
    a.close();
    try {
      (void)co_await b.read_exactly(10);
      ADD_FAILURE();
    } catch (const incomplete_read_error &e) {
      EXPECT_EQ(e.partial(), "part");
    }
    auto [x, y] = stream_pair();
    co_await x.write("l1\nl2\r\nlast");
    x.close();
    std::vector<std::string> lines;
    COROGUARD_AWAIT_FOR(auto &line, y.lines())
      lines.push_back(line);
    EXPECT_EQ(lines, (std::vector<std::string>{"l1", "l2", "last"}));
    auto [p, q] = stream_pair();
    q.set_limit(10);
    co_await p.write(std::string(100, 'a'));
    EXPECT_THROW((void)co_await q.read_line(), limit_overrun_error);
  });
}

TEST(Stream, ASecondReaderIsAnError) {
  on_loop([]() -> task<> {
    auto [a, b] = stream_pair();
    auto first = create_task([](stream &s) -> task<std::string> { co_return co_await s.read_line(); }(b));
    co_await sleep(1ms);
    EXPECT_THROW((void)co_await b.read_line(), invalid_state_error);
    EXPECT_THROW((void)co_await b.read(3), invalid_state_error);
    EXPECT_THROW((void)co_await b.read_exactly(3), invalid_state_error);
    co_await a.write("line\nrest");
    a.write_eof();
    EXPECT_EQ(co_await first, "line\n");
    EXPECT_EQ(co_await b.read_all(), "rest");
  });
}

TEST(Stream, WritersTakeTurns) {
  on_loop([]() -> task<> {
    auto [a, b] = stream_pair();
    auto send = [](stream &s, std::string data) -> task<> { co_await s.write(data); };
    std::vector<task_handle<>> writers;
    for (char c = 'a'; c < 'f'; ++c)
      writers.push_back(create_task(send(a, std::string(300'000, c))));
    co_await sleep(1ms);
    writers[1].cancel();
    writers[2].cancel();
    auto reader = create_task([](stream &s) -> task<std::string> { co_return co_await s.read_all(); }(b));
    auto ends = co_await gather(return_exceptions, writers);
    a.write_eof();
    EXPECT_EQ(co_await reader, std::string(300'000, 'a') + std::string(300'000, 'd') + std::string(300'000, 'e'));
    EXPECT_FALSE(ends[1]);
    EXPECT_TRUE(ends[4]);
  });
}

TEST(Stream, WaitingForATurnHasADeadlineAndEndsWithTheStream) {
  on_loop([]() -> task<> {
    auto pair = std::make_unique<std::pair<stream, stream>>(stream_pair());
    auto send = [](stream &s, std::string data) -> task<> { co_await s.write(data); };
    auto busy = create_task(send(pair->first, std::string(8'000'000, 'x')));
    co_await sleep(1ms);
    pair->first.set_timeout(5ms);
    EXPECT_THROW(co_await pair->first.write("late"), timeout_error);
    pair->first.set_timeout({});
    auto next = create_task(send(pair->first, "next"));
    co_await sleep(1ms);
    pair.reset();
    EXPECT_THROW(co_await busy, invalid_state_error);
    EXPECT_THROW(co_await next, invalid_state_error);
  });
}

TEST(Stream, DeadlinesAndCancellation) {
  on_loop([]() -> task<> {
    auto [a, b] = stream_pair();
    b.set_timeout(5ms);
    EXPECT_THROW((void)co_await b.read(1), timeout_error);
    b.set_timeout(std::nullopt);
    EXPECT_THROW((void)co_await wait_for(b.read(1), 5ms), timeout_error);
    auto r = create_task([](stream &s) -> task<std::string> { co_return co_await s.read(5); }(b));
    co_await yield_now();
    r.cancel();
    EXPECT_THROW((void)co_await r, cancelled_error);
    co_await a.write("later");
    EXPECT_EQ(co_await b.read(5), "later");
    auto waiting = create_task([](stream &s) -> task<std::string> { co_return co_await s.read(5); }(b));
    co_await yield_now();
    b.close();
    EXPECT_THROW((void)co_await waiting, invalid_state_error);
    EXPECT_THROW((void)co_await stream().read(1), invalid_state_error);
    EXPECT_THROW(stream(-1), std::invalid_argument);
  });
}

TEST(Tcp, ResetAndRefused) {
  on_loop([]() -> task<> {
    auto l = tcp_listen("127.0.0.1", 0);
    auto port = l.port();
    auto c = co_await tcp_connect("localhost", port);
    auto s = co_await l.accept();
    linger hard{1, 0};
    ::setsockopt(c.native_handle(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    c.close();
    try {
      (void)co_await s.read(1);
      ADD_FAILURE();
    } catch (const std::system_error &e) {
      EXPECT_EQ(e.code(), std::errc::connection_reset);
    }
    l.close();
    EXPECT_THROW((void)co_await l.accept(), invalid_state_error);
    try {
      (void)co_await tcp_connect("127.0.0.1", port);
      ADD_FAILURE();
    } catch (const std::system_error &e) {
      EXPECT_EQ(e.code(), std::errc::connection_refused);
    }
    EXPECT_THROW(tcp_listen("not an address", 0), std::invalid_argument);
    EXPECT_THROW((void)co_await resolve("no-such-host.invalid", 1), std::system_error);
  });
}

TEST(Tcp, ConnectHasADeadlineAndCanBeCancelled) { // a listener that accepts nobody: connections beyond its backlog get no answer
  run([]() -> task<> {
    auto l = tcp_listen("127.0.0.1", 0, {.backlog = 0});
    auto fill = [&](std::optional<duration> limit) -> task<> {
      std::vector<stream> kept;
      for (int i = 0; i < 8; ++i)
        kept.push_back(co_await tcp_connect("127.0.0.1", l.port(), limit));
    };
    EXPECT_THROW(co_await fill(50ms), timeout_error);
    EXPECT_THROW(co_await wait_for(fill({}), 50ms), timeout_error);
    auto t = create_task(fill({}));
    current_loop().call_later(50ms, [&] { t.cancel(); });
    EXPECT_THROW(co_await t, cancelled_error);
  });
}

TEST(Tcp, SurvivesDescriptorExhaustion) {
  report_capture found;
  on_loop([]() -> task<> {
    auto l = tcp_listen("127.0.0.1", 0);
    auto server = create_task(serve(l, echo));
    auto c = co_await tcp_connect("127.0.0.1", l.port());
    rlimit before;
    ::getrlimit(RLIMIT_NOFILE, &before);
    int waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); // in the backlog when there is no descriptor left for it
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(l.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_TRUE(::connect(waiting, reinterpret_cast<sockaddr *>(&to), sizeof to) == 0 || errno == EINPROGRESS);
    int top = ::dup(0);
    ::close(top);
    rlimit tight{rlim_t(top), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
    co_await sleep(5ms);
    bool refused = false;
    try {
      (void)co_await tcp_connect("127.0.0.1", l.port());
    } catch (const std::system_error &e) {
      refused = e.code() == std::errc::too_many_files_open;
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_TRUE(refused);
    ::close(waiting);
    co_await c.write("hi\n");
    EXPECT_EQ(co_await wait_for(c.read_line(), 5s), "hi\n");
    c.close();
    l.close();
    co_await server;
  });
  EXPECT_EQ(found.count("async-descriptor-exhaustion"), 1u) << found.text();
}

TEST(Unix, ConnectsByPath) {
  on_loop([]() -> task<> {
    std::string path = "/tmp/coroguard-test-" + std::to_string(::getpid());
    auto l = unix_listen(path);
    auto server = create_task(serve(l, echo));
    auto c = co_await unix_connect(path);
    co_await c.write("x\n");
    EXPECT_EQ(co_await c.read_line(), "x\n");
    c.close();
    l.close();
    co_await server;
    ::unlink(path.c_str());
    EXPECT_THROW(endpoint::local(std::string(200, 'a')), std::invalid_argument);
  });
}

TEST(Udp, SendAndReceive) {
  on_loop([]() -> task<> {
    auto a = udp_socket::bind("127.0.0.1", 0), b = udp_socket::bind("127.0.0.1", 0);
    auto waiting = create_task([](udp_socket &s) -> task<datagram> { co_return co_await s.receive_from(); }(b));
    co_await yield_now();
    co_await a.send_to("ping", b.local_endpoint());
    auto d = co_await waiting;
    EXPECT_EQ(d.data, "ping");
    EXPECT_EQ(d.from.port(), a.local_endpoint().port());
    co_await b.send_to("a long answer", d.from);
    auto cut = co_await a.receive_from(6);
    EXPECT_EQ(cut.data, "a long");
    EXPECT_TRUE(cut.truncated);
    a.close();
    EXPECT_THROW((void)co_await a.receive_from(), invalid_state_error);
  });
}

TEST(File, ReadWriteAppend) {
  on_loop([]() -> task<> {
    std::string path = "/tmp/coroguard-file-" + std::to_string(::getpid());
    co_await write_file(path, "hello ");
    co_await write_file(path, "world", true);
    EXPECT_EQ(co_await read_file(path), "hello world");
    auto f = co_await open_file(path, "r+");
    co_await f.seek(6);
    co_await f.write("there");
    co_await f.seek(0);
    EXPECT_EQ(co_await f.read(5), "hello");
    EXPECT_EQ(co_await f.read_all(), " there");
    co_await f.aclose();
    co_await f.aclose();
    EXPECT_THROW((void)co_await f.read(1), invalid_state_error);
    ::unlink(path.c_str());
    EXPECT_THROW((void)co_await read_file(path), std::system_error);
    EXPECT_THROW((void)co_await open_file(path, "q"), std::invalid_argument);
  });
}

TEST(Subprocess, CommunicatesAndEnds) {
  on_loop([]() -> task<> {
    auto r = co_await run_process(command("sort"), "b\na\n");
    EXPECT_EQ(r.output, "a\nb\n");
    EXPECT_TRUE(r.status.success());
    auto bad = co_await run_process(command("sh", "-c", "echo oops >&2; exit 3"));
    EXPECT_EQ(bad.status.code, 3);
    EXPECT_EQ(bad.error, "oops\n");
    auto p = subprocess::start(command("sleep", "100"));
    EXPECT_FALSE(p.status().has_value());
    p.terminate();
    EXPECT_EQ((co_await p.wait()).signal, SIGTERM);
    EXPECT_EQ((co_await p.wait()).signal, SIGTERM);
    EXPECT_THROW(subprocess::start(command("/no/such/program")), std::system_error);
    EXPECT_THROW(subprocess::start(command()), std::invalid_argument);
    auto q = subprocess::start(command("cat"), {.input = redirect::pipe, .output = redirect::pipe});
    co_await q.input().write("line\n");
    EXPECT_EQ(co_await q.output().read_line(), "line\n");
    q.input().close();
    EXPECT_TRUE((co_await q.wait()).success());
    EXPECT_THROW((void)co_await wait_for(run_process(command("sleep", "100")), 10ms), timeout_error);
  });
}

TEST(Pipe, EndsAndErrors) {
  on_loop([]() -> task<> {
    auto [r, w] = make_pipe();
    co_await w.write("abc");
    EXPECT_EQ(co_await r.read(10), "abc");
    r.close();
    try {
      co_await w.write("x");
      ADD_FAILURE();
    } catch (const std::system_error &e) {
      EXPECT_EQ(e.code(), std::errc::broken_pipe);
    }
    auto out = standard_output();
    EXPECT_TRUE(out.is_open());
  });
  EXPECT_NE(::fcntl(1, F_GETFD), -1); // still open
}

TEST(Debug, UnclosedTransport) {
  report_capture found;
  stream left;
  run([&]() -> task<> {
    auto [a, b] = make_pipe();
    left = std::move(a);
    co_return;
  }, {.debug = true});
  EXPECT_FALSE(left.is_open());
  EXPECT_EQ(found.count("async-unclosed-transport"), 1u) << found.text();
}

TEST(Loop, ReadersForForeignDescriptors) {
  on_loop([]() -> task<> {
    int fds[2];
    EXPECT_EQ(::pipe(fds), 0);
    auto &loop = current_loop();
    promise<> p;
    loop.add_reader(fds[0], [&] {
      char c;
      EXPECT_EQ(::read(fds[0], &c, 1), 1);
      p.set_value();
    });
    EXPECT_EQ(::write(fds[1], "x", 1), 1);
    co_await p.get_future();
    EXPECT_TRUE(loop.remove_reader(fds[0]));
    EXPECT_FALSE(loop.remove_reader(fds[0]));
    EXPECT_THROW(loop.add_reader(-1, [] {}), std::invalid_argument);
    ::close(fds[0]);
    ::close(fds[1]);
  });
}

} // namespace
