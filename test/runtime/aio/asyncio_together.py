# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_together.cpp.
import asyncio
from asyncio_scenario import *

async def gathers_of_gathers():
    async def sleeper(v):
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("stopped", v); raise
    g = asyncio.gather(asyncio.gather(sleeper(1), sleeper(2)), sleeper(3)); await turns(1); g.cancel(); await outcome("nested", g); await turns(3)
    f = asyncio.get_running_loop().create_future(); g = asyncio.gather(f, value(1, 1)); h = asyncio.gather(f, value(2, 2)); await turns(4); p(g.done(), h.done()); f.set_result(0); p(await g, await h)
    f = asyncio.get_running_loop().create_future(); g = asyncio.gather(f, f, sleeper(4)); await turns(1); f.set_exception(ValueError("x")); await outcome("twice", g); g.cancel(); p(g.done()); await turns(1)
    a, b = T(bad("a", 2)), T(bad("b", 1)); r = await asyncio.gather(a, b, value(5, 0), return_exceptions=True); p([str(x) for x in r])
    g = asyncio.gather(value(6, 1), bad("late", 3)); w = [T(one(g)), T(one(g))]; w[0].add_done_callback(lambda t: p("w0")); await turns(1); w[0].cancel(); await outcome("w0", w[0]); await outcome("w1", w[1])

async def gather_and_callbacks():
    a, b = T(value(1, 2)), T(value(2, 1)); g = asyncio.gather(a, b); a.add_done_callback(lambda _: p("a after")); g.add_done_callback(lambda _: p("gather")); b.add_done_callback(lambda _: p("b after"))
    for i in range(5): p("turn", i, a.done(), b.done(), g.done()); await turns(1)
    a = T(value(1, 1)); a.add_done_callback(lambda _: p("a before")); g = asyncio.gather(a); a.add_done_callback(lambda _: p("a after")); g.add_done_callback(lambda _: p("gather"))
    async def waits(v): r = await a; p("waiter", v, r)
    ts = [T(waits(i)) for i in range(2)]; p(await g); await asyncio.wait(ts)

async def gather_meets_completion():
    f, g2 = asyncio.get_running_loop().create_future(), asyncio.get_running_loop().create_future()
    g = asyncio.gather(f, g2); f.set_result(1); g2.set_result(2); p(g.cancel(), g.done()); await outcome("both done", g)
    t = T(value(1, 0)); g = asyncio.gather(t, asyncio.sleep(10)); await turns(1); p(t.done(), g.cancel()); await outcome("one done", g); p(t.cancelled())
    async def awaiting(): return await asyncio.gather(value(1, 1), value(2, 3))
    for k in range(1, 8):
        t = T(awaiting()); await turns(k); p(k, t.cancel()); await outcome("at", t)

async def groups_and_awaits():
    async def awaits_failing(g):
        t = g.create_task(bad("x", 1)); await log("await in body", t)
    async def run(f):
        async with asyncio.TaskGroup() as g: await f(g)
    def names(e): return [str(x) if isinstance(x, ValueError) else n(x) for x in e.exceptions]
    async def show(label, aw):
        try: await aw; p(label, "ok")
        except ExceptionGroup as e: p(label, names(e))
        except BaseException as e: p(label, n(e))
    await show("awaits failing", run(awaits_failing))
    async def child_cancelled(g): t = g.create_task(asyncio.sleep(10)); await turns(1); t.cancel(); await log("cancelled child", t)
    await show("child cancelled", run(child_cancelled))
    async def add_late(g):
        g.create_task(bad("y", 0))
        try: await asyncio.sleep(10)
        except asyncio.CancelledError:
            c = turns(0)
            try: g.create_task(c)
            except RuntimeError: p("shutting down"); c.close()
            raise
    await show("late", run(add_late))
    async def swallows(g):
        g.create_task(bad("z", 0))
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("swallowed", asyncio.current_task().cancelling())
    await show("swallows", run(swallows)); p(asyncio.current_task().cancelling())
    async def fails_in_cleanup(g):
        async def c():
            try: await asyncio.sleep(10)
            finally: raise ValueError("cleanup")
        g.create_task(c()); await turns(1); raise ValueError("body")
    await show("cleanup", run(fails_in_cleanup))
    async def empty(g): await turns(1)
    t = T(run(empty)); await turns(1); t.cancel(); await show("empty cancelled", t)
    async def ends_at_once(g): g.create_task(value(1, 3))
    t = T(run(ends_at_once)); await turns(2); t.cancel(); await show("while joining", t)

async def shields_more():
    async def outer(t): return await asyncio.shield(t)
    t = T(bad("inner", 3)); o = T(outer(t)); await turns(2); o.cancel(); await outcome("outer", o); await outcome("inner", t)
    t = T(value(1, 4)); s = asyncio.shield(t); s.cancel(); p(s.cancelled(), t.done()); await outcome("inner", t)
    t = T(value(2, 1)); a, b = asyncio.shield(t), asyncio.shield(t); a.cancel(); await outcome("b", b)
    t = T(value(3, 3)); g = asyncio.gather(asyncio.shield(t), asyncio.sleep(10)); await turns(1); g.cancel(); await outcome("gather", g); p(t.cancelled()); await outcome("kept", t)
    async def slow(): await asyncio.sleep(0.05); p("slow ends"); return 1
    t = T(slow()); await outcome("wait_for", asyncio.wait_for(asyncio.shield(t), 0.01)); p(t.done(), await t)

async def completions():
    ts = [T(value(i, 3 - i)) for i in range(3)]; ts[1].cancel()
    for c in asyncio.as_completed(ts): await outcome("as", c)
    ts = [T(value(i, i)) for i in range(4)]
    for c in asyncio.as_completed(ts):
        await outcome("first", c); break
    p([t.cancelled() for t in ts]); await asyncio.wait(ts); p([t.done() for t in ts])
    d = T(value(7, 0)); await d
    for c in asyncio.as_completed([d]): await outcome("done", c)
    async def waiter(ts): done, pending = await asyncio.wait(ts, return_when=asyncio.FIRST_COMPLETED); p("wait", len(done), len(pending))
    ts = [T(value(i, 2)) for i in range(3)]; w = T(waiter(ts)); await w; await asyncio.wait(ts)

run_scenarios(gathers_of_gathers, gather_and_callbacks, gather_meets_completion, groups_and_awaits, shields_more, completions)
