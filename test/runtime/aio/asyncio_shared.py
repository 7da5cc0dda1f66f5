# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_shared.cpp.
import asyncio
from asyncio_scenario import *

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

run_scenarios(joins, bounded_queues, conditions_more, locks_more, barriers_more, generators_more, sleeps)
