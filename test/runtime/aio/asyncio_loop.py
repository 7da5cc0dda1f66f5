# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_loop.cpp.
import asyncio, contextvars, os, signal, sys, threading
from asyncio_scenario import *

def loop_of(f):
    loop = VirtualLoop()
    try: f(loop)
    finally: loop.close()
def handler(loop, c): p("handler", n(c.get("exception")))

def stops(loop):
    loop.call_soon(p, "a"); loop.call_soon(loop.stop); loop.call_soon(p, "b"); loop.run_forever(); p("stopped", loop.is_running())
    def last(): p("last"); loop.call_soon(p, "next run"); loop.stop()
    loop.call_soon(last); loop.run_forever(); p("stopped"); loop.call_soon(loop.stop); loop.run_forever()
    loop.call_soon(p, "before"); loop.stop(); loop.run_forever(); p("one turn")
    def again(k): p("turn", k); loop.stop() if k == 3 else loop.call_soon(again, k + 1)
    loop.call_soon(again, 0); loop.run_forever()

def completes(loop):
    async def seven(): loop.call_soon(p, "soon"); loop.call_soon(lambda: loop.call_soon(p, "next run")); loop.call_later(0.01, p, "timer"); return 7
    p(loop.run_until_complete(seven())); p("between")
    async def fails(): raise ValueError("x")
    try: loop.run_until_complete(fails())
    except ValueError: p("value")
    f = loop.create_future(); f.set_result(3); p(loop.run_until_complete(f))
    async def stopped(): loop.stop(); await asyncio.sleep(1)
    t = loop.create_task(stopped())
    try: loop.run_until_complete(t)
    except RuntimeError: p("stopped early", t.done())
    p(loop.run_until_complete(t) is None, t.done())
    t = loop.create_task(asyncio.sleep(0.1, 5)); loop.run_until_complete(asyncio.sleep(0.05)); p(t.done()); p(loop.run_until_complete(t))
    t = loop.create_task(asyncio.sleep(10)); loop.call_later(0.01, t.cancel)
    try: loop.run_until_complete(t)
    except asyncio.CancelledError: p("cancelled")

def closes(loop):
    other = VirtualLoop(); other.call_soon(p, "never"); h = other.call_later(1, p, "never"); other.close(); other.close(); p(other.is_closed(), loop.is_closed())
    for f in (other.run_forever, lambda: other.call_soon(p), lambda: other.call_later(1, p), lambda: other.call_at(1, p), lambda: other.call_soon_threadsafe(p)):
        try: f()
        except RuntimeError: p("closed")
    def inside():
        try: loop.close()
        except RuntimeError: p("running")
        try: loop.run_forever()
        except RuntimeError: p("nested")
        try: asyncio.new_event_loop().run_forever()
        except RuntimeError: p("nested")
        loop.stop()
    loop.call_soon(inside); loop.run_forever()

def handles(loop):
    a = loop.call_soon(p, "never"); a.cancel(); a.cancel(); p(a.cancelled())
    b = loop.call_later(0.01, p, "never"); loop.call_later(0.005, b.cancel); c = loop.call_soon(p, "c"); loop.run_until_complete(asyncio.sleep(0.02)); p(b.cancelled(), c.cancelled()); c.cancel(); p(c.cancelled())
    d = loop.call_later(0.01, lambda: d.cancel()); loop.run_until_complete(asyncio.sleep(0.02)); p(d.cancelled())
    t = loop.time(); e = loop.call_at(t + 0.5, p); p(round(e.when() - t, 3)); e.cancel()

def exceptions(loop):
    loop.set_exception_handler(handler)
    def bad(): raise ValueError("x")
    async def fails(): raise ValueError("y")
    async def main():
        loop.call_soon(bad); loop.call_soon(p, "goes on"); loop.call_later(0.01, bad); f = loop.create_future(); f.add_done_callback(lambda _: bad()); f.add_done_callback(lambda _: p("second callback")); f.set_result(1)
        await asyncio.sleep(0.02); p("main")
        t = asyncio.create_task(fails()); t.add_done_callback(lambda t: p("seen", n(t.exception()))); await turns(3); del t
        t = asyncio.create_task(fails()); await turns(2); p("dropping"); del t; await turns(2)
        f = loop.create_future(); f.set_exception(ValueError("z")); p("dropping"); del f; await turns(1)
        loop.call_exception_handler({"message": "by hand", "exception": ValueError("h")})
    loop.run_until_complete(main())
    def broken(loop, c): p("broken handler"); raise ValueError("h")
    loop.set_exception_handler(broken); loop.call_soon(bad); loop.call_soon(p, "goes on"); loop.call_soon(loop.stop); loop.run_forever(); loop.set_exception_handler(None)

def tasks(loop):
    async def sleeper(d): await asyncio.sleep(d)
    async def main():
        me = asyncio.current_task(); p(len(asyncio.all_tasks())); t = [asyncio.create_task(sleeper(i), name=f"t{i}") for i in range(3)]; p(len(asyncio.all_tasks()), t[1].get_name()); t[1].set_name("other"); p(t[1].get_name())
        await turns(3); p(t[0].done(), len(asyncio.all_tasks())); t[1].cancel(); p(len(asyncio.all_tasks())); await turns(2); p(len(asyncio.all_tasks())); await t[2]; p(me is asyncio.current_task())
        loop.call_soon(lambda: p("none" if asyncio.current_task() is None else "a task")); await turns(1)
    loop.run_until_complete(main()); p(len(asyncio.all_tasks(loop)))

def contexts(loop):
    v = contextvars.ContextVar("v", default=0)
    async def child(label, x): p(label, "inherits", v.get()); v.set(x); await turns(1); p(label, "keeps", v.get())
    async def awaited(): p("awaited", v.get()); v.set(50)
    async def gen():
        p("gen", v.get()); v.set(60); yield 1; p("gen", v.get())
    async def main():
        v.set(1); t = asyncio.create_task(child("a", 10)); loop.call_soon(lambda: (p("soon", v.get()), v.set(20))); loop.call_later(0.01, lambda: p("later", v.get())); v.set(2); await t; p("main", v.get())
        await asyncio.gather(child("b", 11), child("c", 12)); p("main", v.get()); await awaited(); p("main", v.get())
        async for _ in gen(): p("loop", v.get())
        token = v.set(3); f = loop.create_future(); f.add_done_callback(lambda _: p("done callback", v.get())); v.set(4); f.set_result(1); v.reset(token); p("reset", v.get()); await asyncio.sleep(0.02)
        p("thread", await asyncio.to_thread(lambda: (v.get(), v.set(70))[0]), v.get())
        await asyncio.shield(child("d", 13)); p("shield", v.get())
        async with asyncio.TaskGroup() as g: g.create_task(child("e", 14))
        async with asyncio.timeout(1): v.set(90)
        p("main", v.get())
    loop.run_until_complete(main()); p("outside", v.get())

def signals(loop):
    async def main():
        hits = []
        def on(): p("signal", len(hits)); hits.append(1)
        loop.add_signal_handler(signal.SIGUSR1, on)
        for _ in range(2): os.kill(os.getpid(), signal.SIGUSR1); p("sent"); await asyncio.sleep(0.05) if len(hits) == 0 else await turns(3); await turns(50)
        def other(): p("other handler"); hits.append(1)
        loop.add_signal_handler(signal.SIGUSR1, other); os.kill(os.getpid(), signal.SIGUSR1)
        while len(hits) < 3: await turns(1)
        p(loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR1))
        def bad(): hits.append(1); raise ValueError("in handler")
        loop.set_exception_handler(handler); loop.add_signal_handler(signal.SIGUSR2, bad); os.kill(os.getpid(), signal.SIGUSR2)
        while len(hits) < 4: await turns(1)
        await turns(3); loop.set_exception_handler(None)
        for number in (0, 100000, signal.SIGKILL):
            try: loop.add_signal_handler(number, on); p("added")
            except (ValueError, RuntimeError, OSError): p("refused")
    loop.run_until_complete(main())

def threads(loop):
    async def main():
        order = []; main_thread = threading.get_ident()
        def from_thread():
            for i in range(3): loop.call_soon_threadsafe(lambda i=i: p("from thread", i, threading.get_ident() == main_thread))
        t = threading.Thread(target=from_thread); t.start(); t.join(); p("joined"); await turns(2)
        async def add(a, b): await turns(1); return a + b
        async def fails(): raise ValueError("f")
        def ask(): return asyncio.run_coroutine_threadsafe(add(1, 2), loop).result()
        p(await loop.run_in_executor(None, ask))
        def ask_failing():
            try: asyncio.run_coroutine_threadsafe(fails(), loop).result()
            except ValueError: return "failed"
        p(await loop.run_in_executor(None, ask_failing))
    loop.run_until_complete(main())

def executors(loop):
    from concurrent.futures import ThreadPoolExecutor
    pool = ThreadPoolExecutor(1); go, started = threading.Event(), threading.Event()
    def work(): started.set(); go.wait(); return "worked"
    def bad(): raise ValueError("bad")
    async def main():
        f = loop.run_in_executor(pool, work); g = loop.run_in_executor(pool, lambda: p("must not run")); started.wait(); p(g.cancel(), g.cancelled(), f.done())
        t = asyncio.create_task(one(f)); await turns(2); t.cancel(); await outcome("waiter", t); p(f.cancelled()); go.set(); await outcome("after", loop.run_in_executor(pool, lambda: "next"))
        await outcome("bad", loop.run_in_executor(pool, bad)); go.clear(); started.clear()
        f = loop.run_in_executor(pool, work); started.wait(); s = asyncio.create_task(one(asyncio.shield(f))); await turns(1); s.cancel(); await outcome("shield", s); p(f.done()); go.set(); await outcome("kept", f)
        r = await asyncio.gather(*[loop.run_in_executor(pool, lambda i=i: i * i) for i in range(5)]); p(r); pool.shutdown()
        try: await loop.run_in_executor(pool, work)
        except RuntimeError: p("shut down")
    loop.run_until_complete(main())

sys.stderr = open(os.devnull, "w")
for s in (stops, completes, closes, handles, exceptions, tasks, contexts, signals, threads, executors): p("==", s.__name__); loop_of(s)
