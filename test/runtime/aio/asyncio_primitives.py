# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_primitives.cpp.
import asyncio
from asyncio_scenario import *

async def queues():
    q = asyncio.Queue()
    async def get(v): r = await q.get(); p("got", v, r)
    ts = [asyncio.create_task(get(i)) for i in range(3)]; await turns(1); q.put_nowait("a"); ts[0].cancel(); q.put_nowait("b"); p(q.qsize()); await turns(3); p(q.qsize(), [t.done() for t in ts])
    q.put_nowait("c"); await asyncio.gather(*ts, return_exceptions=True); p(q.qsize())

async def queue_putters():
    q = asyncio.Queue(2)
    async def put(v): await q.put(v); p("put", v, q.qsize())
    ts = [asyncio.create_task(put(i)) for i in range(5)]; await turns(2); p(q.full(), q.qsize()); ts[2].cancel(); p(q.get_nowait()); await turns(2); p(q.get_nowait(), q.get_nowait()); await turns(3); p(q.qsize(), [t.done() for t in ts])
    try: q.put_nowait(9)
    except asyncio.QueueFull: p("full")
    while not q.empty(): p(q.get_nowait())
    try: q.get_nowait()
    except asyncio.QueueEmpty: p("empty")

async def queue_join():
    q = asyncio.Queue()
    for i in range(3): q.put_nowait(i)
    j = asyncio.create_task(q.join()); await turns(1)
    for i in range(3): q.get_nowait(); p(j.done()); q.task_done(); await turns(1)
    await j; p("joined"); await q.join()
    try: q.task_done()
    except ValueError: p("too often")
    pq = asyncio.PriorityQueue(); lq = asyncio.LifoQueue()
    for i in (3, 1, 2): pq.put_nowait(i); lq.put_nowait(i)
    p(await pq.get(), await pq.get(), await pq.get(), await lq.get(), await lq.get(), await lq.get())

async def semaphores():
    s = asyncio.Semaphore(1)
    async def user(v, k):
        async with s: p("in", v); await turns(k)
        p("out", v)
    await asyncio.gather(user(1, 2), user(2, 0), user(3, 1))
    async def greedy():
        for i in range(3):
            async with s: p("greedy", i); await asyncio.sleep(0)
    await asyncio.gather(greedy(), user(4, 0), user(5, 0))
    s = asyncio.Semaphore(0); a = [asyncio.create_task(s.acquire()) for _ in range(3)]; await turns(1); s.release(); a[0].cancel(); p(s.locked()); await turns(3); p([t.done() for t in a], s.locked()); s.release(); await turns(2); p([t.done() for t in a], s.locked()); 
    b = asyncio.BoundedSemaphore(1)
    try: b.release()
    except ValueError: p("too often")

async def locks():
    l = asyncio.Lock()
    try: l.release()
    except RuntimeError: p("not locked")
    await l.acquire(); ts = [asyncio.create_task(l.acquire()) for _ in range(3)]; await turns(1); l.release(); ts[0].cancel(); p(l.locked()); await turns(3); p([t.done() for t in ts], l.locked()); l.release(); await turns(2); p([t.done() for t in ts]); l.release()
    e = asyncio.Event(); ts = [asyncio.create_task(e.wait()) for _ in range(2)]; await turns(1); e.set(); e.clear(); await turns(1); p([t.done() for t in ts], e.is_set())

async def conditions():
    c = asyncio.Condition(); flag = []
    async def waits(v):
        async with c: await c.wait_for(lambda: len(flag) >= v); p("cond", v, len(flag))
    ts = [asyncio.create_task(waits(i)) for i in (1, 2)]; await turns(1)
    for _ in range(2):
        async with c: flag.append(1); c.notify_all()
        await turns(4)
    await asyncio.gather(*ts)
    try: c.notify()
    except RuntimeError: p("not held")
    try: await c.wait()
    except RuntimeError: p("not held")
    async def cw():
        async with c:
            try: await c.wait()
            except asyncio.CancelledError: p("condition cancelled", c.locked()); raise
    t = asyncio.create_task(cw()); await turns(1); await c.acquire(); t.cancel(); await turns(3); p(t.done()); c.release(); await outcome("cw", t); p(c.locked())

async def barriers():
    b = asyncio.Barrier(3)
    async def party(v):
        try: i = await b.wait(); p("party", v, i)
        except asyncio.BrokenBarrierError: p("party", v, "broken")
    await asyncio.gather(*[party(i) for i in range(3)]); p(b.n_waiting, b.broken)
    ts = [asyncio.create_task(party(i)) for i in range(2)]; await turns(1); p(b.n_waiting); await b.reset(); await asyncio.gather(*ts); p(b.broken)
    ts = [asyncio.create_task(party(i)) for i in range(2)]; await turns(1); await b.abort(); await asyncio.gather(*ts); p(b.broken); await party(9); await b.reset(); p(b.broken)
    ts = [asyncio.create_task(party(i)) for i in range(4)]; await turns(4); p([t.done() for t in ts]); ts[3].cancel(); await asyncio.gather(*ts, return_exceptions=True); p(b.n_waiting)

async def waits():
    async def value(v, d): await asyncio.sleep(d); return v
    async def bad(d): await asyncio.sleep(d); raise ValueError("b")
    async def show(label, ts, **kw): d, pend = await asyncio.wait(ts, **kw); p(label, [t in d for t in ts], len(pend))
    T = asyncio.create_task
    ts = [T(value(1, 0.03)), T(value(2, 0.01)), T(bad(0.02))]; await show("first", ts, return_when=asyncio.FIRST_COMPLETED); await show("exception", ts, return_when=asyncio.FIRST_EXCEPTION); await show("all", ts); await show("again", ts)
    ts = [T(value(1, 0.03)), T(value(2, 10))]; await show("timeout", ts, timeout=0.05); p(ts[1].cancelled()); ts[1].cancel(); await show("cancelled", ts, return_when=asyncio.FIRST_EXCEPTION)
    ts = [T(value(1, 0.05)), T(value(2, 10))]; await asyncio.sleep(0); ts[1].cancel(); await show("cancel is no exception", ts, return_when=asyncio.FIRST_EXCEPTION)
    await show("zero", [T(value(1, 0))], timeout=0)
    try: await asyncio.wait([])
    except ValueError: p("empty")
    for c in asyncio.as_completed([T(value("x", 0.03)), T(value("y", 0.01)), T(bad(0.02))]): await outcome("as", c)
    ts = [T(value("x", 0.01)), T(value("y", 10))]
    for c in asyncio.as_completed(ts, timeout=0.05): await outcome("as", c)
    p([t.done() for t in ts]); ts[1].cancel()

async def generators():
    async def gen(k):
        try:
            for i in range(k): await asyncio.sleep(0); yield i
        except GeneratorExit: p("exit"); raise
        finally: await asyncio.sleep(0); p("closed")
    g = gen(3); p(await anext(g)); await g.aclose(); await g.aclose()
    try: await anext(g)
    except StopAsyncIteration: p("stop")
    g = gen(3); await g.aclose(); p("fresh")

async def generator_errors():
    async def bad():
        yield 1; raise ValueError("x")
    g = bad(); p(await anext(g)); await outcome("next", anext(g))
    try: await anext(g)
    except StopAsyncIteration: p("stop")
    async def ignores():
        while True:
            try: yield 1
            except GeneratorExit: pass
    g = ignores(); await anext(g)
    try: await g.aclose()
    except RuntimeError: p("ignored")
    async def raises_in_cleanup():
        try: yield 1
        finally: raise ValueError("c")
    g = raises_in_cleanup(); await anext(g); await outcome("cleanup", g.aclose())

run_scenarios(queues, queue_putters, queue_join, semaphores, locks, conditions, barriers, waits, generators, generator_errors)
