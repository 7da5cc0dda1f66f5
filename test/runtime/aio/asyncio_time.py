# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_time.cpp.
import asyncio
from asyncio_scenario import *

async def callbacks():
    loop = asyncio.get_running_loop()
    t = loop.time()
    loop.call_later(0.01, p, "later a"); loop.call_later(0.005, p, "later early"); loop.call_at(t + 0.011, p, "at b"); loop.call_later(0.01, p, "later c")
    h = loop.call_later(0.005, p, "never"); h.cancel(); p("h", h.cancelled())
    def first():
        p("first"); loop.call_soon(p, "from first"); g.cancel()
    loop.call_soon(first); g = loop.call_soon(p, "never"); loop.call_soon(p, "second"); loop.call_soon_threadsafe(p, "threadsafe"); loop.call_soon(p, "third")
    loop.call_later(0, p, "zero"); loop.call_later(-1, p, "minus")
    await asyncio.sleep(0); p("main 1"); await asyncio.sleep(0); p("main 2"); await asyncio.sleep(0.02)
    seen = []
    loop.set_exception_handler(lambda l, c: seen.append(n(c["exception"])))
    def bad(): raise ValueError("x")
    loop.call_soon(bad); loop.call_soon(p, "goes on"); await asyncio.sleep(0); p(*seen); loop.set_exception_handler(None)

async def done_callbacks():
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    def again(_): p("again"); f.add_done_callback(lambda _: p("late"))
    f.add_done_callback(lambda _: p("one")); f.add_done_callback(again); f.add_done_callback(lambda _: p("two"))
    f.set_result(1); p("set", f.done()); await asyncio.sleep(0); p("turn"); await asyncio.sleep(0); p("turn")
    for bad in (lambda: f.set_result(2), lambda: f.set_exception(ValueError()), lambda: p("cancel", f.cancel())):
        try: bad()
        except asyncio.InvalidStateError: p("state")
    g = loop.create_future()
    for bad in (g.result, g.exception):
        try: bad()
        except asyncio.InvalidStateError: p("state")
    p(g.cancel(), g.cancel(), g.cancelled())
    try: g.exception()
    except asyncio.CancelledError: p("cancelled")
    async def waits(): await g
    t = asyncio.create_task(waits()); await outcome("t", t); p(t.cancelled())
    async def boom(): raise ValueError("x")
    u = asyncio.create_task(boom()); v = asyncio.create_task(turns(3)); u.add_done_callback(lambda t: p("u done", n(t.exception()))); v.add_done_callback(lambda t: p("v done"))
    await asyncio.sleep(0); p(u.done(), v.done()); await asyncio.wait([u, v]); p("end", v.result())

async def value(v, d): await asyncio.sleep(d); return v
async def scope(d, body):
    async with asyncio.timeout(d) as s: r = await body
    p("expired", s.expired()); return r
async def timeouts():
    loop = asyncio.get_running_loop()
    async def swallow():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("swallowed"); return "kept"
    async def other():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: raise ValueError("other")
    await outcome("in time", scope(0.1, value(1, 0.05))); await outcome("late", scope(0.05, value(1, 0.1))); await outcome("zero", scope(0, value(1, 0.1))); await outcome("past", scope(-1, value(1, 0)))
    await outcome("swallow", scope(0.01, swallow())); await outcome("other", scope(0.01, other())); await outcome("never", scope(None, value(2, 0.5)))
    async def nested(a, b):
        try:
            async with asyncio.timeout(a):
                try:
                    async with asyncio.timeout(b): await asyncio.sleep(1)
                except TimeoutError: p("inner"); raise
        except TimeoutError: p("outer")
        p(asyncio.current_task().cancelling())
    await nested(0.05, 0.05); await nested(0.01, 0.05)
    async def moved():
        async with asyncio.timeout(0.01) as s: s.reschedule(loop.time() + 0.1); await asyncio.sleep(0.05); p("moved", s.expired())
    await moved()

async def deadline_races():
    loop = asyncio.get_running_loop()
    t = asyncio.create_task(scope(0.05, asyncio.sleep(10))); await asyncio.sleep(0); t.cancel(); await outcome("external", t)
    async def both():
        async with asyncio.timeout(0.05): await asyncio.sleep(10)
    t = asyncio.create_task(both()); await asyncio.sleep(0); loop.call_later(0.05, t.cancel); await outcome("both", t); p(t.cancelling())
    f = loop.create_future(); loop.call_later(0.05, f.set_result, "tie")
    await outcome("tie", scope(0.05, f)); p(f.done(), f.cancelled())
    done = asyncio.create_task(value("d", 0)); await asyncio.sleep(0.01); await outcome("finished", asyncio.wait_for(done, 0)); await outcome("finished", asyncio.wait_for(done, 1))
    await outcome("zero pending", asyncio.wait_for(asyncio.sleep(1), 0)); await outcome("minus", asyncio.wait_for(asyncio.sleep(1), -5)); await outcome("none", asyncio.wait_for(value("n", 0.2), None))
    await outcome("raises", asyncio.wait_for(other_now(), 1))
async def other_now(): raise ValueError("now")

async def shields():
    loop = asyncio.get_running_loop(); seen = []
    async def value(v, d): await asyncio.sleep(d); p("value", v); return v
    async def bad(d): await asyncio.sleep(d); raise ValueError("b")
    t = asyncio.create_task(value(1, 0.01)); s = asyncio.shield(t); await outcome("plain", s)
    t = asyncio.create_task(bad(0.01)); await outcome("fails", asyncio.shield(t))
    t = asyncio.create_task(value(2, 0.05)); w = asyncio.create_task(outcome2(asyncio.shield(t))); await asyncio.sleep(0.01); w.cancel(); await outcome("waiter", w); p(t.done()); p(await t)
    t = asyncio.create_task(asyncio.sleep(10)); s = asyncio.shield(t); await asyncio.sleep(0); t.cancel(); await outcome("inner", s); p(s.cancelled())
    await turns(1); d = asyncio.create_task(turns(0)); await turns(1); p(asyncio.shield(d) is d)
async def outcome2(aw): return await aw

run_scenarios(callbacks, done_callbacks, timeouts, deadline_races, shields)
