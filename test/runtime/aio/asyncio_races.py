# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_races.cpp.
import asyncio
from asyncio_scenario import *

async def woken_then_cancelled():
    loop = asyncio.get_running_loop()
    ev, lock, sem, full, q, bar = asyncio.Event(), asyncio.Lock(), asyncio.Semaphore(0), asyncio.Queue(1), asyncio.Queue(), asyncio.Barrier(2)
    await lock.acquire(); full.put_nowait(1); fut = loop.create_future(); inner = T(value(3, 2)); kept = T(value(4, 2))
    async def show(label, aw, wake, after):
        t = T(log(label, aw)); await turns(1); wake(); p(label, t.cancel()); await asyncio.wait([t]); p(label, t.cancelled(), after())
    await show("event", ev.wait(), ev.set, ev.is_set); await show("lock", lock.acquire(), lock.release, lock.locked); await show("semaphore", sem.acquire(), sem.release, sem.locked)
    await show("get", q.get(), lambda: q.put_nowait(7), q.qsize); await show("put", full.put(2), full.get_nowait, full.qsize)
    full.put_nowait(1)
    await show("join", full.join(), lambda: (full.task_done(), full.task_done()), full.qsize); await show("future", fut, lambda: fut.set_result(1), fut.cancelled)
    await show("failed", asyncio.wait([inner]), lambda: None, inner.done); await show("shield", asyncio.shield(kept), lambda: None, kept.cancelled)

async def two_waiters_one_wake():
    async def each(label, make, wake, state):
        ts = [T(make()) for _ in range(3)]; await turns(2); wake(); ts[0].cancel(); await turns(4); p(label, [t.done() for t in ts], [t.cancelled() for t in ts], state())
        for t in ts: t.cancel()
        await asyncio.wait(ts)
    lock, sem, q, full = asyncio.Lock(), asyncio.Semaphore(0), asyncio.Queue(), asyncio.Queue(1)
    await lock.acquire(); await each("lock", lock.acquire, lock.release, lock.locked); await each("semaphore", sem.acquire, sem.release, sem.locked)
    await each("queue", q.get, lambda: q.put_nowait(1), q.qsize); full.put_nowait(0); await each("full", lambda: full.put(1), full.get_nowait, full.qsize)

async def chains():
    async def leaf():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("leaf"); await turns(1); p("leaf cleaned"); raise
    async def middle():
        try: await T(leaf())
        finally: p("middle")
    async def top():
        try: await middle()
        finally: p("top")
    t = T(top()); t.add_done_callback(lambda t: p("callback", t.cancelled())); await turns(3); t.cancel()
    for i in range(5): p("turn", i, t.done()); await turns(1)
    await outcome("chain", t)

async def replaced():
    async def other():
        try: await asyncio.sleep(10)
        finally: raise ValueError("other")
    async def swallow():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: pass
        await turns(2); return "went on"
    async def again():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("first"); await asyncio.sleep(10)
    for label, f in (("other", other), ("swallow", swallow), ("again", again)):
        t = T(f()); await turns(1); p(t.cancel(), t.cancelling()); await turns(1); p(label, t.done())
        if label == "again": p(t.cancel(), t.cancelling())
        await outcome(label, t); p(t.cancelled(), t.cancelling())

async def waits_for_the_waker():
    async def first():
        await turns(1); await outcome("self", asyncio.shield(value(1, 1))); return "first"
    async def second(t): r = await t; p("second got", r); return r
    async def third(t):
        try: return await t
        except BaseException as e: p("third", n(e)); raise
    t = T(first()); u, v = T(second(t)), T(third(t)); await turns(2); v.cancel(); await outcome("t", t); await outcome("u", u); await outcome("v", v)
    async def own(): await asyncio.current_task()
    try: await T(own())
    except RuntimeError: p("itself")

async def events():
    ev = asyncio.Event(); seen = []
    async def w(v):
        for i in range(2): await ev.wait(); p("ev", v, i); ev.clear(); await turns(1)
    ts = [T(w(i)) for i in range(3)]; await turns(1); ev.set(); p(ev.is_set()); await turns(1); p(ev.is_set()); await turns(2); ev.set(); await turns(1); ev.set(); await turns(3); p([t.done() for t in ts])
    for _ in range(4): ev.set(); await turns(3)
    p([t.done() for t in ts]); await asyncio.wait(ts)

async def timers_of_all_kinds():
    loop = asyncio.get_running_loop(); t = loop.time()
    async def sleeper(v, d): await asyncio.sleep(d); p("sleep", v)
    async def scope(v, d):
        try:
            async with asyncio.timeout(d): await asyncio.sleep(10)
        except TimeoutError: p("timeout", v)
    ts = [T(sleeper("a", 0.02)), T(scope("b", 0.02)), T(sleeper("c", 0.01))]
    loop.call_later(0.02, p, "call", "d"); loop.call_at(t + 0.02, p, "at", "e"); await turns(1); loop.call_later(0.021, p, "call", "f"); h = loop.call_later(0.01, p, "never"); loop.call_later(0.005, h.cancel)
    await asyncio.wait(ts); await asyncio.sleep(0.002); p("end")

async def timeouts_race_cancels():
    async def body(d):
        async with asyncio.timeout(d): await asyncio.sleep(10)
    async def cleanup(d, k):
        async with asyncio.timeout(d):
            try: await asyncio.sleep(10)
            finally: await turns(k)
    async def at(label, aw, when):
        loop = asyncio.get_running_loop(); t = T(aw); loop.call_later(when, t.cancel); await outcome(label, t); p(t.cancelled(), t.cancelling())
    await at("before", body(0.02), 0.01); await at("after", body(0.01), 0.02); await at("during cleanup", cleanup(0.01, 3), 0.01)
    async def nested():
        async with asyncio.timeout(0.02) as outer:
            try:
                async with asyncio.timeout(0.01) as inner: await asyncio.sleep(10)
            except TimeoutError: p("inner", inner.expired(), outer.expired())
            await asyncio.sleep(10)
    await outcome("nested", T(nested()))
    async def inside_group():
        async with asyncio.timeout(0.01):
            async with asyncio.TaskGroup() as g: g.create_task(asyncio.sleep(10)); g.create_task(log("member", asyncio.sleep(10)))
    await outcome("group", T(inside_group()))
    async def group_outside():
        async with asyncio.TaskGroup() as g: g.create_task(body(0.01)); g.create_task(log("sibling", asyncio.sleep(10)))
    await outcome("group outside", T(group_outside()))
    async def caught():
        async with asyncio.timeout(0.01):
            try: await asyncio.sleep(10)
            except asyncio.CancelledError: p("caught")
            await asyncio.sleep(0.005); p("went on")
    await outcome("caught", T(caught()))

run_scenarios(woken_then_cancelled, two_waiters_one_wake, chains, replaced, waits_for_the_waker, events, timers_of_all_kinds, timeouts_race_cancels)
