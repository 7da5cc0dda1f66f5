# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_structure.cpp.
import asyncio
from asyncio_scenario import *

async def cancel_each():
    loop = asyncio.get_running_loop()
    ev, lock, sem, q, full, cond, bar = asyncio.Event(), asyncio.Lock(), asyncio.Semaphore(0), asyncio.Queue(), asyncio.Queue(1), asyncio.Condition(), asyncio.Barrier(2)
    await lock.acquire(); full.put_nowait(1)
    fut, inner = loop.create_future(), asyncio.create_task(asyncio.sleep(10)); kept = asyncio.create_task(asyncio.sleep(0.5, "kept")); w = asyncio.create_task(asyncio.sleep(0.5))
    kids = [asyncio.create_task(asyncio.sleep(10)) for _ in range(2)]
    async def cw():
        async with cond: 
            try: await cond.wait()
            finally: p("cond locked", cond.locked())
    async def gen():
        try:
            yield 1; await asyncio.sleep(10); yield 2
        finally: p("gen cleanup")
    async def over():
        async for i in gen(): p("item", i)
    async def ac():
        for c in asyncio.as_completed([inner2]): await c
    inner2 = asyncio.create_task(asyncio.sleep(10))
    cases = [("sleep", asyncio.sleep(10)), ("future", fut), ("task", inner), ("event", ev.wait()), ("lock", lock.acquire()), ("semaphore", sem.acquire()), ("get", q.get()),
             ("put", full.put(2)), ("join", full.join()), ("condition", cw()), ("barrier", bar.wait()), ("gather", asyncio.gather(*kids)), ("shield", asyncio.shield(kept)),
             ("wait", asyncio.wait([w])), ("wait_for", asyncio.wait_for(asyncio.sleep(10), 5)), ("generator", over()), ("as_completed", ac())]
    async def one(aw): return await aw
    for label, aw in cases:
        t = asyncio.create_task(one(aw)); await turns(3); p(label, t.cancel(), t.cancelling()); await outcome(label, t); p(t.cancelled(), t.done(), t.cancel())
    p("states", fut.cancelled(), inner.cancelled(), [k.cancelled() for k in kids], kept.done(), w.done(), inner2.done(), lock.locked(), q.qsize(), full.qsize(), bar.broken, cond.locked())
    await outcome("kept", kept); lock.release(); q.put_nowait(5); p(await q.get(), full.get_nowait()); sem.release(); await sem.acquire(); p("usable"); inner2.cancel()

async def ok(v, k): await turns(k); p("ran", v); return v
async def bad(v, k): await turns(k); p("bad", v); raise ValueError(v)
async def gathers():
    p(await asyncio.gather()); p(await asyncio.gather(ok(1, 3), ok(2, 1), ok(3, 0)))
    a = asyncio.create_task(ok(4, 1)); p(await asyncio.gather(a, a))
    await outcome("same tick", asyncio.gather(bad(1, 1), bad(2, 1), ok(5, 4))); p("after"); await turns(6); p("late")
    r = await asyncio.gather(ok(6, 1), bad(3, 0), return_exceptions=True); p(r[0], n(r[1]))

async def gather_cancellation():
    c = asyncio.create_task(asyncio.sleep(10)); g = asyncio.gather(c, ok(7, 5)); await asyncio.sleep(0); c.cancel(); await outcome("child cancelled", g); await turns(6)
    c = asyncio.create_task(asyncio.sleep(10)); g = asyncio.gather(c, ok(8, 2), return_exceptions=True); await asyncio.sleep(0); c.cancel(); r = await g; p(n(r[0]), r[1])
    k = [asyncio.create_task(asyncio.sleep(10)), asyncio.create_task(ok(9, 0))]; g = asyncio.gather(*k, return_exceptions=True); await turns(3); p(g.cancel(), g.done()); await outcome("outer", g); p([t.cancelled() for t in k])
    async def stubborn():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("refuse"); await asyncio.sleep(0)
        return 1
    g = asyncio.gather(stubborn(), asyncio.sleep(10)); await asyncio.sleep(0); await asyncio.sleep(0); g.cancel(); await outcome("stubborn", g)
    f = asyncio.get_running_loop().create_future(); f.set_result(1); g = asyncio.gather(f); p(g.done()); p(await g); p(g.cancel())

async def groups():
    async def work(v, k):
        try: await turns(k); p("done", v)
        except asyncio.CancelledError: p("stopped", v); raise
    async def bad(v, k): await turns(k); p("bad", v); raise ValueError(v)
    async def slow_cleanup():
        try: await asyncio.sleep(10)
        finally: await turns(2); p("cleaned")
    async def g1():
        async with asyncio.TaskGroup() as g:
            t = g.create_task(work(1, 2)); g.create_task(work(2, 0)); p("body end")
        p("left", t.done())
    async def g2():
        async with asyncio.TaskGroup() as g: g.create_task(work(3, 5)); g.create_task(slow_cleanup()); await turns(1); raise ValueError("body")
    async def g3():
        async with asyncio.TaskGroup() as g:
            c = g.create_task(asyncio.sleep(10)); await turns(1); c.cancel()
        p("no error")
    async def g4():
        async with asyncio.TaskGroup() as g:
            g.create_task(bad(4, 1))
            async with asyncio.TaskGroup() as h: h.create_task(work(5, 9)); h.create_task(bad(6, 1))
    async def g5():
        async with asyncio.TaskGroup() as g:
            async def child(): g.create_task(work(7, 1)); p("spawned")
            g.create_task(child())
    async def g6():
        async with asyncio.TaskGroup() as g: g.create_task(bad(8, 0)); await asyncio.sleep(10)
    async def g7():
        try:
            async with asyncio.TaskGroup() as g: g.create_task(slow_cleanup()); await asyncio.sleep(10)
        except asyncio.CancelledError: p("outside", asyncio.current_task().cancelling()); raise
    async def g8():
        async with asyncio.TaskGroup() as g: g.create_task(slow_cleanup()); g.create_task(bad(9, 1))
    for i, f in enumerate((g1, g2, g3, g4, g5, g6), 1):
        t = asyncio.create_task(f())
        try: await t; p("g", i, "ok")
        except ExceptionGroup as e: p("g", i, [str(x) if isinstance(x, ValueError) else [str(y) for y in x.exceptions] for x in e.exceptions])
        except BaseException as e: p("g", i, n(e))
    t = asyncio.create_task(g7()); await turns(2); t.cancel(); await outcome("g7", t)
    t = asyncio.create_task(g8()); await turns(4); t.cancel(); await outcome("g8", t); p(t.cancelled())
    g = asyncio.TaskGroup()
    async with g: pass
    try: g.create_task(turns(1))
    except RuntimeError: p("finished")

async def counts():
    async def stubborn():
        k = 0
        for _ in range(3):
            try: await asyncio.sleep(10)
            except asyncio.CancelledError: k += 1; p("request", k, asyncio.current_task().cancelling())
        return asyncio.current_task().uncancel()
    t = asyncio.create_task(stubborn()); await turns(1)
    for _ in range(3): p(t.cancel()); await turns(1)
    await outcome("left", t); p(t.cancel(), t.uncancel(), t.cancelling())
    async def twice():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError as e: p("once", asyncio.current_task().cancelling(), e.args[0] if e.args else ""); await asyncio.sleep(0); p("not again"); raise
    t = asyncio.create_task(twice()); await turns(1); p(t.cancel("first"), t.cancel("second"), t.cancelling()); await outcome("twice", t)

async def cancel_edges():
    async def never(): p("must not run")
    t = asyncio.create_task(never()); t.cancel(); await outcome("unstarted", t)
    async def own(): asyncio.current_task().cancel(); p("still here"); await asyncio.sleep(0); p("must not come")
    await outcome("own", asyncio.create_task(own()))
    async def late(): asyncio.current_task().cancel(); return "value"
    t = asyncio.create_task(late()); await outcome("late", t); p(t.cancelled())
    f = asyncio.get_running_loop().create_future()
    async def waits(): return await f
    t = asyncio.create_task(waits()); await turns(1); f.set_result("v"); t.cancel(); await outcome("race", t); p(f.cancelled())

async def leftovers():
    async def stay(v):
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("leftover", v); await asyncio.sleep(0); p("tidied", v); raise
    asyncio.create_task(stay(0))
    await asyncio.sleep(0); p("main ends"); return 7

run_scenarios(cancel_each, gathers, gather_cancellation, groups, counts, cancel_edges, leftovers)
