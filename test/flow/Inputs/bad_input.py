# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints a source file that is too much for an analysis, by name: bad_input.py huge|paths|many|jumps|recursion|deep|incomplete."""

import sys

HEAD = '#include "acme.hpp"\n#include <mutex>\nacme::Deferred<int> work();\nvoid note(int);\nstd::mutex m;\n'


def huge():
    """More blocks than are looked at."""
    turns = "".join(f"  if (n == {i}) co_await work();\n" for i in range(2500))
    return f"acme::Deferred<> huge(int n) {{\n  auto task = work();\n  std::unique_lock guard(m);\n{turns}  co_await std::move(task);\n}}\n"


def paths():
    """Few blocks, but as many ways as there are sets of conditions, each of which is asked again."""
    names = [f"b{i}" for i in range(24)]
    turns = "".join(f"  if ({name}) note({i}); else note(-{i});\n" for i, name in enumerate(names * 2))
    return (f"acme::Deferred<> paths({', '.join('bool ' + name for name in names)}) {{\n  auto task = work();\n{turns}"
            "  co_await std::move(task);\n  if (b0) task = work();\n}\n")


def many():
    """Hundreds of tasks, locks and references, each with ways of its own, in one loop around a switch."""
    flags = ", ".join(f"bool b{i}" for i in range(10))
    cases = "".join(
        f"    case {i}: {{ auto t = work(); std::unique_lock l(m); if (b{i % 10}) l.unlock(); auto &v = values_[{i}];\n"
        f"      co_await work(); if (b{(i + 1) % 10}) note(v); if (b{(i + 2) % 10}) note(co_await std::move(t)); n = {i * 7 % 300}; }}\n"
        f"      {'break;' if i % 3 else '[[fallthrough]];'}\n" for i in range(300))
    return (f"struct Machine {{\n  std::vector<int> values_;\n  void clear() {{ values_.clear(); }}\n"
            f"  acme::Deferred<> many(int n, {flags}) {{\n    for (;;) {{ switch (n) {{\n{cases}    default: co_return; }} }}\n  }}\n}};\n")


def jumps():
    """Labels and gotos without any order."""
    lines = "".join(
        f"  L{i}: if (b{i % 5} && n > {i}) goto L{i * 37 % 150}; if (b{i * 3 % 5}) co_await work();"
        f" {'lock.lock();' if i % 7 == 0 else 'lock.unlock();' if i % 7 == 3 else 'task = work();' if i % 7 == 5 else ''}\n"
        f"  if (!b{i % 4}) goto L{i * 53 % 150};\n" for i in range(150))
    return ("acme::Deferred<> jumps(int n, bool b0, bool b1, bool b2, bool b3, bool b4) {\n"
            f"  std::unique_lock lock(m, std::defer_lock); auto task = work();\n{lines}  co_await std::move(task);\n}}\n")


def recursion():
    return """
acme::Deferred<> even(const std::string &text, int n);
acme::Deferred<> odd(const std::string &text, int n = 1) { return even(text, n - 1); }
acme::Deferred<> even(const std::string &text, int n) {
  if (n) co_await odd(text);
}
acme::Deferred<> itself(acme::Deferred<> task) { return itself(std::move(task)); }
template <int N> acme::Deferred<int> countdown() { co_return co_await countdown<N - 1>(); }
template <> acme::Deferred<int> countdown<0>() { co_return 0; }
acme::Deferred<int> start() { return countdown<200>(); }
acme::Deferred<> lambdas() {
  auto again = [](auto &self, int n) -> acme::Deferred<> {
    if (n) co_await self(self, n - 1);
  };
  co_await again(again, 3);
}
struct Node { Node *next; acme::Deferred<> walk() { if (next) co_await next->walk(); } };
"""


def deep():
    """Nesting and chains that would overflow a careless recursion."""
    depth = 900
    blocks = "if (n) { " * depth + "co_await work();" + " }" * depth
    chain = " + ".join(["n"] * 3000)
    calls = "one(" * 300 + "n" + ")" * 300
    lambdas = "[&] { " * 60 + "note(n);" + " }();" * 60
    return (f"int one(int n);\nacme::Deferred<int> deep(int n) {{\n  {blocks}\n  {lambdas}\n  note({calls});\n"
            f"  co_return {chain};\n}}\n")


def incomplete():
    return """
struct Unknown;
template <class T> struct Half { struct promise_type; };
acme::Deferred<> declared(Unknown &u, Half<int> h);
Half<int> half() { co_return; }
acme::Deferred<> uses(Unknown *u) {
  Unknown copy = *u;
  auto task = missing();
  for (auto each : u->all()) co_await each;
  co_await declared(*u, {});
  std::lock_guard guard(absent);
  co_await work(1, 2);
  auto &[a, b] = task;
  co_yield a;
}
Missing returns() { co_return; }
template <class T> acme::Deferred<> generic(T t) { co_await t.next(); auto x = t.missing; co_await x; }
acme::Deferred<> instantiates() { co_await generic(1); }
struct Broken { acme::Deferred<> run() { co_await *this } };
acme::Deferred<> unfinished() { if (
"""


print(HEAD + globals()[sys.argv[1]]())
