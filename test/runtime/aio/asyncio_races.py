# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_races.cpp.
import asyncio
from asyncio_scenario import *

T = asyncio.create_task
async def one(aw): return await aw
async def value(v, k): await turns(k); return v
async def bad(v, k): await turns(k); raise ValueError(v)
async def log(label, aw):
    try: await aw; p(label, "ends")
    except BaseException as e: p(label, n(e)); raise

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

async def joins():
    q = asyncio.Queue(); order = []
    async def worker(v):
        while True:
            x = await q.get(); await turns(x); p("done", v, x); q.task_done()
    ws = [T(worker(i)) for i in range(2)]
    for x in (3, 1, 2): q.put_nowait(x)
    j = [T(one(q.join())) for _ in range(2)]; j[0].add_done_callback(lambda t: p("join 0")); await turns(2); j[1].cancel(); await asyncio.wait(j); p([t.cancelled() for t in j])
    q.put_nowait(0); t = T(one(q.join())); await turns(1); q.put_nowait(1); await t; p(q.qsize(), q.empty())
    for w in ws: w.cancel()
    p([type(r).__name__ == "CancelledError" for r in await asyncio.gather(*ws, return_exceptions=True)])

async def bounded_queues():
    q = asyncio.Queue(2)
    async def producer(v):
        for i in range(3): await q.put((v, i)); p("put", v, i, q.qsize())
    async def consumer(v):
        for _ in range(3): x = await q.get(); p("got", v, x[0], x[1], q.qsize()); await turns(1)
    await asyncio.gather(producer(0), producer(1), consumer(0), consumer(1)); p(q.empty())
    g = [T(one(q.get())) for _ in range(2)]; await turns(1); q.put_nowait((5, 5)); q.put_nowait((6, 6)); p(q.full()); x = q.get_nowait(); p(x[0]); await turns(2); p([t.done() for t in g]); q.put_nowait((7, 7)); p([r[0] for r in await asyncio.gather(*g)])
    async def late(): await asyncio.wait_for(q.get(), 0.01)
    await outcome("late", late()); q.put_nowait((8, 8)); p(q.qsize())

async def conditions_more():
    c = asyncio.Condition(); ready = []
    async def w(v):
        async with c: await c.wait(); p("woken", v, c.locked()); await turns(1)
        p("left", v)
    ts = [T(w(i)) for i in range(4)]; await turns(1)
    async with c: c.notify(1); p("one"); await turns(2); c.notify(2); p("two")
    await turns(12); p([t.done() for t in ts]); ts[3].cancel(); await asyncio.wait(ts); p(c.locked(), ts[3].cancelled())
    async def timed():
        async with c:
            try: await asyncio.wait_for(c.wait(), 0.01)
            except TimeoutError: p("timed out", c.locked())
    await timed(); p(c.locked())

async def locks_more():
    l = asyncio.Lock()
    async def w(v, k):
        async with l: p("in", v); await turns(k)
    ts = [T(w(i, 2)) for i in range(4)]; await turns(1); ts[1].cancel(); ts[0].cancel(); await turns(1); p(l.locked()); await asyncio.wait(ts); p(l.locked(), [t.cancelled() for t in ts])
    await l.acquire(); t = T(one(l.acquire())); await turns(1); l.release(); p(l.locked()); await l.acquire() if not l.locked() and t.done() else None; await t; p(l.locked()); l.release()
    async def barge(): await l.acquire(); p("barge"); l.release()
    await l.acquire(); t = T(w("fair", 0)); await turns(1); l.release(); await barge(); await t
    s = asyncio.Semaphore(2)
    async def user(v):
        async with s: p("use", v, s.locked()); await turns(2)
    ts = [T(user(i)) for i in range(5)]; await turns(1); ts[2].cancel(); ts[3].cancel(); await asyncio.wait(ts); p(s.locked())

async def barriers_more():
    b = asyncio.Barrier(2)
    async def party(v, rounds):
        for r in range(rounds):
            i = await b.wait(); p("round", r, v, i)
    await asyncio.gather(party("a", 3), party("b", 3))
    t = T(party("c", 1)); await turns(1); t.cancel(); await outcome("cancelled", t); p(b.n_waiting, b.broken); await asyncio.gather(party("d", 1), party("e", 1))
    async def timed():
        try: await asyncio.wait_for(b.wait(), 0.01)
        except TimeoutError: p("late", b.n_waiting, b.broken)
    await timed()

async def generators_more():
    async def numbers():
        for i in range(3):
            try: yield i
            finally: p("after", i)
    async def doubled(g):
        async for i in g: await turns(1); yield 2 * i
    async for i in doubled(numbers()): p("item", i)
    async def slow(): await asyncio.sleep(1); yield 1
    g = slow(); t = T(one(anext(g))); await turns(1)
    try: await anext(g)
    except RuntimeError: p("running")
    try: await g.aclose()
    except RuntimeError: p("running")
    t.cancel(); await outcome("cancelled", t)
    try: await anext(g)
    except StopAsyncIteration: p("over")
    async def failing():
        yield 1; await turns(1); raise ValueError("x")
    async def consume():
        async for i in failing(): p("item", i)
    await outcome("consume", consume())

async def sleeps():
    async def s(v, d): await asyncio.sleep(d); p("slept", v)
    await asyncio.gather(s("a", 0), s("b", 0.01), s("c", -1), s("d", 0), s("e", 0.02), s("f", 1e-9))
    t = T(asyncio.sleep(0.01, "late")); await asyncio.sleep(0.01); p(t.done()); p(t.cancel()); await outcome("t", t)
    t = T(asyncio.sleep(0.01)); await turns(1); loop = asyncio.get_running_loop(); loop.call_later(0.01, lambda: p("cancel", t.cancel())); await outcome("tie", t)

run_scenarios(woken_then_cancelled, two_waiters_one_wake, chains, replaced, waits_for_the_waker, events, timers_of_all_kinds, timeouts_race_cancels, gathers_of_gathers, gather_and_callbacks,
              gather_meets_completion, groups_and_awaits, shields_more, completions, joins, bounded_queues, conditions_more, locks_more, barriers_more, generators_more, sleeps)
