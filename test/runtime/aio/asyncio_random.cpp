// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the programs that asyncio_random.py draws (its output is the input here) and prints what it prints, or should. The
// operations are explained by their Python twins, in the same order.
#include "asyncio_scenario.hpp"

#include <memory>

namespace {

struct operation {
  std::string name;
  int id = 0, a = 0, b = 0;
  std::vector<operation> kids;
};

operation parse(std::istream &in) {
  operation o;
  char c = 0;
  in >> c >> o.name >> o.id >> o.a >> o.b;
  while (in >> c && c == '(') {
    in.unget();
    o.kids.push_back(parse(in));
  }
  return o;
}

std::string name_of(std::exception_ptr e) {
  if (!e)
    return "none";
  try {
    std::rethrow_exception(e);
  } catch (const broken_barrier_error &) {
    return "broken";
  } catch (...) {
    return n(e);
  }
}

std::string outcomes(const std::vector<result_or_exception<int>> &values) {
  std::string line;
  for (auto &v : values)
    line += (line.empty() ? "" : " ") + (v ? text(v.value()) : name_of(v.exception()));
  return line;
}
/// Which of `all` are among `some`.
std::string members(const std::vector<task_handle<int>> &all, const std::vector<task_handle<int>> &some) {
  std::string line;
  for (auto &t : all)
    line += (line.empty() ? "" : " ") + text(std::find(some.begin(), some.end(), t) != some.end());
  return line;
}

struct world {
  bool ending = false;
  std::vector<task_handle<int>> tasks;
  mutex locks[2];
  event events[2];
  queue<int> queues[2]{queue<int>(1), queue<int>(2)};
  semaphore plain{1};
  bounded_semaphore bounded{2};
  semaphore *semaphores[2]{&plain, &bounded};
  barrier barriers[2]{barrier(2), barrier(3)};
  condition cond;
  promise<int> promises[2];
  future<int> futures[2]{promises[0].get_future(), promises[1].get_future()};

  template <class... What> void log(const What &...what) {
    if (!ending)
      p(what...);
  }

  /// Awaits and says what came of it.
  template <class A> task<> awaits(int i, A aw) {
    try {
      using T = await_result_t<A>;
      if constexpr (std::is_integral_v<T> && !std::same_as<T, bool>) {
        auto r = co_await std::move(aw);
        log(i, "ok", int(r));
      } else {
        co_await std::move(aw);
        log(i, "ok", "-");
      }
    } catch (...) {
      log(i, name_of(std::current_exception()), current_task().cancelling());
      throw;
    }
  }
  template <class F> void tries(int i, F f) {
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
        f();
        log(i, "-");
      } else {
        log(i, f());
      }
    } catch (const std::exception &) {
      log(i, "refused");
    }
  }

  task<int> sub(const operation &o) {
    co_await run(o);
    co_return o.id;
  }
  std::vector<task<int>> subs(const operation &o) {
    std::vector<task<int>> v;
    for (auto &k : o.kids)
      v.push_back(sub(k));
    return v;
  }
  std::vector<task_handle<int>> started(const operation &o) {
    std::vector<task_handle<int>> v;
    for (auto &k : o.kids)
      v.push_back(create_task(sub(k)));
    return v;
  }
  static std::optional<duration> limit(int hundredths) {
    return hundredths < 0 ? std::nullopt : std::optional<duration>(10ms * hundredths);
  }

  task<> run(const operation &o);
  task<> wait_in(const operation &o);
  task<> nested(const operation &o);
  bool plain_call(const operation &o);
};

/// What needs no await. False: it is none of those.
bool world::plain_call(const operation &o) {
  const std::string &op = o.name;
  int i = o.id, a = o.a;
  auto &loop = current_loop();
  if (op == "cancel")
    tries(i, [&] { return tasks[a].cancel(); });
  else if (op == "takeback")
    tries(i, [&] { return tasks[a].uncancel(); });
  else if (op == "uncancel")
    tries(i, [&] { return current_task().uncancel(); });
  else if (op == "cancelling")
    tries(i, [&] { return current_task().cancelling(); });
  else if (op == "unlock")
    tries(i, [&] { locks[a].unlock(); });
  else if (op == "set")
    tries(i, [&] { events[a].set(); });
  else if (op == "clear")
    tries(i, [&] { events[a].clear(); });
  else if (op == "getnow")
    tries(i, [&] { return queues[a].get_nowait(); });
  else if (op == "putnow")
    tries(i, [&] { queues[a].put_nowait(i); });
  else if (op == "taskdone")
    tries(i, [&] { queues[a].task_done(); });
  else if (op == "release")
    tries(i, [&] { semaphores[a]->release(); });
  else if (op == "abort")
    tries(i, [&] { barriers[a].abort(); });
  else if (op == "reset")
    tries(i, [&] { barriers[a].reset(); });
  else if (op == "resolve")
    tries(i, [&] { promises[a].set_value(i); });
  else if (op == "fail")
    tries(i, [&] { promises[a].set_exception(std::runtime_error("x")); });
  else if (op == "drop")
    tries(i, [&] { return futures[a].cancel(); });
  else if (op == "soon")
    loop.call_soon([this, i] { log(i, "soon"); });
  else if (op == "later")
    loop.call_later(10ms * a, [this, i] { log(i, "later"); });
  else if (op == "notice")
    tasks[a].add_done_callback([this, i](task_handle<int> t) { log(i, "notice", t.cancelled()); });
  else if (op == "notify")
    tries(i, [&] { cond.notify(std::size_t(a)); });
  else if (op == "notifyall")
    tries(i, [&] { cond.notify_all(); });
  else if (op == "spawn") {
    (void)create_task(sub(o.kids[0]));
    log(i, "-");
  } else
    return false;
  return true;
}

/// What awaits one thing.
task<> world::wait_in(const operation &o) {
  const std::string &op = o.name;
  int i = o.id, a = o.a;
  if (op == "yield")
    return awaits(i, sleep(0));
  if (op == "sleep")
    return awaits(i, sleep(10ms * a));
  if (op == "lock")
    return awaits(i, locks[a].lock());
  if (op == "event")
    return awaits(i, events[a].wait());
  if (op == "get")
    return awaits(i, queues[a].get());
  if (op == "put")
    return awaits(i, queues[a].put(i));
  if (op == "join")
    return awaits(i, queues[a].join());
  if (op == "acquire")
    return awaits(i, semaphores[a]->acquire());
  if (op == "barrier")
    return awaits(i, barriers[a].wait());
  if (op == "future")
    return awaits(i, future<int>(futures[a]));
  if (op == "await")
    return awaits(i, task_handle<int>(tasks[a]));
  if (op == "cwait")
    return awaits(i, cond.wait());
  if (op == "waitfor")
    return awaits(i, wait_for(sub(o.kids[0]), limit(a)));
  if (op == "shield")
    return awaits(i, shield(sub(o.kids[0])));
  if (op == "gather")
    return awaits(i, gather(subs(o)));
  if (op == "awaitall")
    return awaits(i, gather(std::vector<task_handle<int>>(tasks.begin(), tasks.begin() + a + 1)));
  return awaits(i, nested(o));
}

/// What runs other operations inside, and says what they came to.
task<> world::nested(const operation &o) {
  const std::string &op = o.name;
  int i = o.id, a = o.a, b = o.b;
  if (op == "timeout") {
    if (a < 0)
      co_await timeout_at(std::nullopt, [&] { return run(o.kids[0]); });
    else
      co_await timeout(10ms * a, [&] { return run(o.kids[0]); });
  } else if (op == "gathervalues") {
    log(i, outcomes(co_await gather(return_exceptions, subs(o))));
  } else if (op == "group") {
    co_await with_task_group([&](task_group &g) -> task<> {
      for (std::size_t k = 1; k < o.kids.size(); ++k)
        (void)g.create_task(sub(o.kids[k]));
      co_await run(o.kids[0]);
    });
  } else if (op == "over") {
    auto items = [](world &w, const operation &all) -> async_generator<int> {
      for (auto &k : all.kids) {
        co_await w.run(k);
        co_yield k.id;
      }
    }(*this, o);
    while (auto v = co_await items.next())
      log(i, "item", *v);
  } else if (op == "moved") {
    co_await timeout(10ms * a, [&](timeout_scope &s) -> task<> {
      co_await run(o.kids[0]);
      tries(i, [&] { s.reschedule(now() + 10ms * b); });
      co_await run(o.kids[1]);
    });
  } else if (op == "race") {
    auto ts = started(o);
    auto [finished, pending] = co_await wait(ts, first_completed);
    for (auto &t : pending)
      t.cancel();
    log(i, outcomes(co_await gather(return_exceptions, ts)));
  } else if (op == "intime") {
    auto all = as_completed(started(o), duration(10ms * a));
    while (auto t = co_await all.next()) {
      try {
        log(i, "next", t->result());
      } catch (const std::runtime_error &e) {
        if (name_of(std::current_exception()) != "value")
          throw;
        log(i, "next", "value");
      }
    }
  } else if (op == "watch") {
    std::vector<task_handle<int>> ts(tasks.begin(), tasks.begin() + a + 1);
    auto [finished, pending] = co_await wait(ts, all_completed, b ? limit(b) : std::nullopt);
    log(i, members(ts, finished));
  } else if (op == "wait") {
    auto ts = started(o);
    auto when = a == 0 ? all_completed : a == 1 ? first_completed : first_exception;
    auto [finished, pending] = co_await wait(ts, when, b ? limit(b) : std::nullopt);
    log(i, members(ts, finished));
  } else if (op == "ascompleted") {
    auto all = as_completed(started(o));
    while (auto t = co_await all.next()) {
      try {
        log(i, "next", t->result());
      } catch (const cancelled_error &) {
        throw;
      } catch (...) {
        log(i, "next", name_of(std::current_exception()));
      }
    }
  } else {
    throw std::logic_error("unknown operation " + op);
  }
}

task<> world::run(const operation &o) {
  if (ending || plain_call(o))
    co_return;
  const std::string &op = o.name;
  int i = o.id;
  if (op == "block") {
    for (auto &k : o.kids)
      co_await run(k);
  } else if (op == "raise") {
    log(i, "raise");
    throw std::runtime_error("x");
  } else if (op == "condition") {
    {
      auto held = co_await cond.scoped_lock();
      log(i, "in");
      co_await run(o.kids[0]);
    }
    log(i, "out");
  } else if (op == "handle") {
    auto h = current_loop().call_later(10ms * o.a, [this, i] { log(i, "too late"); });
    std::exception_ptr failed;
    try {
      co_await run(o.kids[0]);
    } catch (...) {
      failed = std::current_exception();
    }
    h.cancel();
    log(i, "handle", h.cancelled());
    if (failed)
      std::rethrow_exception(failed);
  } else if (op == "try") {
    try {
      co_await run(o.kids[0]);
    } catch (const std::exception &) {
      log(i, "caught", name_of(std::current_exception()));
    }
  } else if (op == "swallow") {
    try {
      co_await run(o.kids[0]);
    } catch (const cancelled_error &) {
      log(i, "swallowed", current_task().cancelling());
    }
  } else if (op == "finally") {
    std::exception_ptr failed;
    try {
      co_await run(o.kids[0]);
    } catch (...) {
      failed = std::current_exception();
    }
    log(i, "finally");
    co_await run(o.kids[1]);
    if (failed)
      std::rethrow_exception(failed);
  } else {
    co_await wait_in(o);
  }
}

task<> program(const std::vector<operation> &programs, std::unique_ptr<world> &w) {
  current_loop().set_exception_handler([](event_loop &, const event_loop::exception_context &) {});
  w = std::make_unique<world>();
  for (auto &o : programs)
    w->tasks.push_back(create_task(w->sub(o)));
  co_await sleep(500ms);
  std::string line = "end";
  for (auto &t : w->tasks)
    line += " " + (!t.done() ? "pending" : t.cancelled() ? "cancelled" : name_of(t.exception()));
  for (auto &l : w->locks)
    line += " " + text(l.locked());
  for (auto &q : w->queues)
    line += " " + text(q.size());
  for (auto *s : w->semaphores)
    line += " " + text(s->locked());
  for (auto &b : w->barriers)
    line += " " + text(b.broken());
  p(line + " " + text(w->cond.locked()));
  w->ending = true;
}

} // namespace

int main() {
  set_report_handler([](const report &) {});
  for (std::string line; std::getline(std::cin, line);) {
    if (line.starts_with("seed "))
      p(line);
    if (!line.starts_with("program "))
      continue;
    p(line);
    std::istringstream in(line.substr(8));
    std::vector<operation> programs;
    while (in >> std::ws && in.peek() == '(')
      programs.push_back(parse(in));
    std::unique_ptr<world> w; // outlives the run, which ends the tasks
    run([&]() { return program(programs, w); }, {.clock = virtual_clock});
  }
}
