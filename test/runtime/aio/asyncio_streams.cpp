// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Streams and processes, scenario by scenario as asyncio_streams.py: a test compares what both print.
#include "asyncio_scenario.hpp"
#include "listed.hpp"

#include <cctype>
#include <csignal>

namespace {

std::string repr(const std::string &s) {
  std::string out = "'";
  for (char c : s)
    out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
  return out + "'";
}
task<> show(std::string label, task<std::string> t) {
  try {
    auto r = co_await std::move(t);
    p(label, repr(r));
  } catch (const incomplete_read_error &e) {
    p(label, "incomplete", repr(e.partial()));
  } catch (const limit_overrun_error &) {
    p(label, "overrun");
  } catch (...) {
    p(label, n(std::current_exception()));
  }
}

task<> ends() {
  auto [a, b] = stream_pair();
  auto t = create_task(show("until", b.read_until("\r\n")));
  co_await turns(2);
  co_await a.write("ab\r");
  co_await turns(5);
  p(t.done());
  co_await a.write("\ncd");
  co_await t;
  co_await show("exactly 0", b.read_exactly(0));
  co_await show("read 0", b.read(0));
  p(b.at_eof());
  a.close();
  co_await show("until", b.read_until("\r\n"));
  p(b.at_eof());
  co_await show("until", b.read_until("|"));
  co_await show("line", b.read_line());
  co_await show("exactly", b.read_exactly(3));
  co_await show("read", b.read(3));
  co_await show("rest", b.read_all());
}

task<> cancelled_reads() {
  auto [a, b] = stream_pair();
  for (std::string label : {"exactly", "until", "line"}) {
    auto read = [&, &b = b] { return label == "exactly" ? b.read_exactly(5) : label == "until" ? b.read_until("e") : b.read_line(); };
    auto t = create_task(show(label, read()));
    co_await a.write("ab");
    co_await turns(20);
    p(t.done());
    t.cancel();
    co_await t;
    co_await a.write("cde\n");
    co_await show(label, read());
    if (label != "line")
      co_await show("rest", b.read_until("\n"));
  }
  auto t = create_task(show("all", b.read_all()));
  co_await a.write("ab");
  co_await turns(20);
  t.cancel();
  co_await t;
  co_await a.write("cd");
  a.close();
  co_await show("all", b.read_all());
}

task<> limits() {
  for (std::string text : {"01234567|", "012345678|", "0123456|", "01234567||"}) {
    auto [a, b] = stream_pair();
    b.set_limit(8);
    co_await a.write(text);
    co_await turns(20);
    co_await show("until", b.read_until("|"));
    a.close();
    co_await show("rest", b.read_all());
  }
  auto [a, b] = stream_pair();
  b.set_limit(8);
  co_await a.write("0123456789");
  co_await turns(20);
  co_await show("none", b.read_until("|"));
  co_await show("exactly", b.read_exactly(10));
  std::string more;
  for (int i = 0; i < 10; ++i)
    more += "0123456789";
  co_await a.write(more);
  co_await show("exactly", b.read_exactly(100));
}

task<> halves() {
  auto [a, b] = stream_pair();
  co_await a.write("question");
  a.write_eof();
  co_await show("read", b.read_all());
  co_await b.write("answer\nlast");
  b.close();
  COROGUARD_AWAIT_FOR(auto &line, a.lines())
    p("line", repr(line));
  p(a.at_eof());
}

int code(const exit_status &s) { return s.signal ? -s.signal : s.code; }
std::string code(const std::optional<exit_status> &s) { return s ? text(code(*s)) : "None"; }

task<> processes() {
  const process_options piped{.input = redirect::pipe, .output = redirect::pipe};
  for (std::string script : {"exit 0", "exit 7", "kill -9 $$", "kill -15 $$"}) {
    auto q = subprocess::start(command("sh", "-c", script));
    int first = code(co_await q.wait()), second = code(co_await q.wait());
    p(first, second, code(q.status()));
  }
  {
    auto q = subprocess::start(command("cat"), piped);
    auto r = co_await q.communicate(std::string(3'000'000, 'x'));
    p(r.output.size(), r.error.empty(), code(r.status));
  }
  {
    auto q = subprocess::start(command("sh", "-c", "head -c 10; echo err >&2"),
                               {.input = redirect::pipe, .output = redirect::pipe, .error = redirect::pipe});
    auto r = co_await q.communicate(std::string(3'000'000, 'y'));
    p(r.output, r.error.substr(0, 3), code(r.status));
  }
  {
    auto q = subprocess::start(command("sh", "-c", "echo out; echo err >&2"), {.output = redirect::pipe, .error = redirect::to_output});
    auto r = co_await q.communicate();
    p(repr(r.output));
  }
  {
    auto q = subprocess::start(command("cat"), {.input = redirect::null, .output = redirect::pipe});
    co_await show("null", q.output().read_all());
    p(code(co_await q.wait()));
  }
  {
    auto q = subprocess::start(command("sh", "-c", "exec >&-; read x; exit 5"), piped);
    co_await show("closed early", q.output().read_all());
    p(code(q.status()));
    co_await q.input().write("go\n");
    p(code(co_await q.wait()));
  }
  {
    process_options o{.output = redirect::pipe};
    o.directory = "/";
    o.environment = command("NAME=value", "PATH=/usr/bin:/bin");
    auto q = subprocess::start(command("sh", "-c", "pwd; echo $NAME"), o);
    auto r = co_await q.communicate();
    p(repr(r.output));
  }
  expect("not found", [] { (void)subprocess::start(command("/no/such/program")); });
  expect("no folder", [] {
    process_options o;
    o.directory = "/no/such/folder";
    (void)subprocess::start(command("true"), o);
  });
  {
    auto q = subprocess::start(command("sleep", "100"));
    auto w = create_task([](subprocess &s) -> task<> { co_await s.wait(); }(q));
    co_await turns(2);
    w.cancel();
    co_await outcome("wait", w);
    p(code(q.status()));
    q.kill();
    p(code(co_await q.wait()));
  }
  std::vector<subprocess> many;
  for (int i = 0; i < 20; ++i)
    many.push_back(subprocess::start(command("sh", "-c", "read x; exit " + std::to_string(i)), {.input = redirect::pipe}));
  for (auto q = many.rbegin(); q != many.rend(); ++q)
    co_await q->input().write("\n");
  std::vector<task<exit_status>> ends;
  for (auto &q : many)
    ends.push_back(q.wait());
  std::vector<int> codes;
  for (auto &s : co_await gather(std::move(ends)))
    codes.push_back(code(s));
  p(codes);
}

std::string stripped(std::string s) {
  while (!s.empty() && s.back() == '\n')
    s.pop_back();
  return s;
}
task<int> end_of(subprocess &q) {
  co_return code(co_await q.wait());
}
task<> process_waits() {
  process_options pipes;
  pipes.input = pipes.output = redirect::pipe;
  {
    auto q = subprocess::start(command("cat"), pipes);
    auto t = create_task(q.output().read_line());
    co_await turns(2);
    t.cancel();
    co_await outcome("read", t);
    co_await q.input().write("line\n");
    p(stripped(co_await q.output().read_line()));
    auto w = create_task(q.wait());
    co_await turns(2);
    w.cancel();
    co_await outcome("wait", w);
    p(q.status() ? "ended" : "None");
    q.input().close();
    p(co_await end_of(q));
  }
  {
    auto q = subprocess::start(command("sleep", "100"));
    q.terminate();
    p(co_await end_of(q));
    p(code(*q.status()));
  }
  {
    auto q = subprocess::start(command("sleep", "100"));
    q.send_signal(SIGINT);
    p(co_await end_of(q));
  }
  auto q = subprocess::start(command("sleep", "100"));
  auto w = started(end_of(q), end_of(q));
  co_await turns(2);
  q.kill();
  p(co_await gather(w));
}

task<> servers() {
  std::vector<std::string> seen;
  auto l = tcp_listen("127.0.0.1", 0);
  auto port = l.port();
  auto server = create_task(serve(l, [&](stream s) -> task<> {
    for (std::string line; !(line = co_await s.read_line()).empty();) {
      for (char &c : line)
        c = char(std::toupper(c));
      co_await s.write(line);
    }
    seen.push_back("eof");
  }));
  auto s = co_await tcp_connect("127.0.0.1", port);
  co_await s.write("one\ntwo\n");
  auto a = stripped(co_await s.read_line());
  p(a, stripped(co_await s.read_line()));
  auto t = create_task(s.read(100));
  co_await turns(3);
  t.cancel();
  co_await outcome("read", t);
  co_await s.write("three\n");
  p(stripped(co_await s.read_line()));
  s.write_eof();
  auto rest = co_await s.read_all();
  p(rest.size(), s.at_eof());
  s.close();
  co_await sleep(10ms);
  for (auto &x : seen)
    p(x);
  server.cancel();
  co_await wait(listed(server));
  l.close();
  try {
    (void)co_await tcp_connect("127.0.0.1", port);
  } catch (const std::system_error &e) {
    p(e.code() == std::errc::connection_refused ? "refused" : e.what());
  }
}

} // namespace

int main() {
  for (auto [name, scenario] : {std::pair("ends", &ends), {"cancelled_reads", &cancelled_reads}, {"limits", &limits}, {"halves", &halves}, {"processes", &processes}, {"process_waits", &process_waits}, {"servers", &servers}}) {
    p("==", name);
    run(scenario);
  }
}
