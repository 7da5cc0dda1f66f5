// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the scenarios compared with asyncio share: printing as Python does, names of outcomes. Their twins import
// asyncio_scenario.py.
#pragma once

#include "coroguard/aio.hpp"

#include <iostream>
#include <sstream>

using namespace coroguard;
using namespace std::chrono_literals;

struct none {};
inline std::string text(bool b) {
  return b ? "True" : "False";
}
inline std::string text(none) {
  return "None";
}
inline std::string text(int i) {
  return std::to_string(i);
}
inline std::string text(unsigned i) {
  return std::to_string(i);
}
inline std::string text(std::size_t i) {
  return std::to_string(i);
}
inline std::string text(std::ptrdiff_t i) {
  return std::to_string(i);
}
inline std::string text(const char *s) {
  return s;
}
inline std::string text(const std::string &s) {
  return s;
}
inline std::string text(const result_or_exception<int> &r) {
  return r ? text(r.value()) : "exception";
}
template <class T> std::string text(const std::vector<T> &v) {
  std::string out = "[";
  for (std::size_t i = 0; i < v.size(); ++i)
    out += (i ? ", " : "") + text(static_cast<const T &>(v[i]));
  return out + "]";
}
template <class... A> void p(const A &...a) {
  int i = 0;
  ((std::cout << (i++ ? " " : "") << text(a)), ...);
  std::cout << "\n";
}
inline std::string n(std::exception_ptr e) {
  if (!e) return "none";
  try {
    std::rethrow_exception(e);
  } catch (const cancelled_error &) {
    return "cancelled";
  } catch (const timeout_error &) {
    return "timeout";
  } catch (const exception_group &) {
    return "group";
  } catch (const invalid_state_error &) {
    return "state";
  } catch (const std::runtime_error &) {
    return "value";
  } catch (...) {
    return "other";
  }
}
inline task<> turns(int k) {
  for (int i = 0; i < k; ++i)
    co_await sleep(0);
}
template <awaitable A> task<> outcome(std::string label, A aw) {
  try {
    if constexpr (std::is_void_v<await_result_t<A>>) {
      co_await std::move(aw);
      p(label, "ok", none());
    } else {
      auto r = co_await std::move(aw);
      if constexpr (requires { text(r); })
        p(label, "ok", r);
      else
        p(label, "ok");
    }
  } catch (...) {
    p(label, n(std::current_exception()));
  }
}
template <class H> std::vector<bool> done(const std::vector<H> &ts) {
  std::vector<bool> v;
  for (auto &t : ts)
    v.push_back(t.done());
  return v;
}
template <class H> std::vector<bool> cancelled(const std::vector<H> &ts) {
  std::vector<bool> v;
  for (auto &t : ts)
    v.push_back(t.cancelled());
  return v;
}
template <class F> void expect(const char *what, F f) {
  try {
    f();
  } catch (const std::exception &) {
    p(what);
  }
}
template <class T> task<T> as_task(T v, duration d) {
  co_await sleep(d);
  co_return v;
}

inline task<int> long_sleep() {
  co_await sleep(10s);
  co_return 0;
}
inline task<int> value(int v, int k) {
  co_await turns(k);
  co_return v;
}
inline task<int> bad(const char *v, int k) {
  co_await turns(k);
  throw std::runtime_error(v);
}
template <awaitable A> task<> log(const char *label, A aw) {
  try {
    (void)co_await std::move(aw);
    p(label, "ends");
  } catch (...) {
    p(label, n(std::current_exception()));
    throw;
  }
}
template <> inline task<> log(const char *label, task<> aw) {
  try {
    co_await std::move(aw);
    p(label, "ends");
  } catch (...) {
    p(label, n(std::current_exception()));
    throw;
  }
}
template <awaitable A> task<> one(A aw) { co_await std::move(aw); }
template <class... A> std::vector<task<int>> all(A... a) {
  std::vector<task<int>> v;
  (v.push_back(std::move(a)), ...);
  return v;
}
inline std::string what(std::exception_ptr e) {
  try {
    std::rethrow_exception(e);
  } catch (const std::runtime_error &x) {
    return x.what();
  } catch (...) {
    return n(e);
  }
}
/// Handles of tasks that start in this order. (GCC evaluates arguments from the last to the first.)
template <class T, class... U> std::vector<task_handle<T>> started(task<T> first, U... rest) {
  std::vector<task_handle<T>> all;
  all.push_back(create_task(std::move(first)));
  (all.push_back(create_task(std::move(rest))), ...);
  return all;
}
/// Runs `scenario` on virtual time under its name.
template <class T> void run_scenario(const char *name, task<T> (*scenario)()) {
  p("==", name);
  run(scenario, {.clock = virtual_clock});
}
