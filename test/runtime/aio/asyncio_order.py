# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio itself prints for the scenarios of the C++ program of the same name.
import asyncio
import asyncio_scenario # for the order of task groups
L=[]
def p(*a): L.append(" ".join(map(str,a)))
async def s1():
    loop=asyncio.get_running_loop()
    f=loop.create_future()
    async def w(n):
        p("w",n,"start"); 
        r=await f; p("w",n,"got",r)
    ts=[asyncio.create_task(w(i)) for i in range(3)]
    f.add_done_callback(lambda _: p("cb"))
    loop.call_soon(p,"soon1")
    await asyncio.sleep(0)
    loop.call_soon(p,"soon2"); f.set_result(7); loop.call_soon(p,"soon3")
    await asyncio.sleep(0); p("main a"); await asyncio.sleep(0); p("main b")
    await asyncio.gather(*ts)
async def s2():
    async def leaf(n,k):
        for i in range(k):
            p("leaf",n,i); await asyncio.sleep(0)
        return n
    r=await asyncio.gather(leaf("a",1),leaf("b",3),leaf("c",2)); p(r)
    t=asyncio.create_task(leaf("d",2)); u=asyncio.create_task(leaf("e",1))
    d,pend=await asyncio.wait([t,u],return_when=asyncio.FIRST_COMPLETED); p(len(d),len(pend)); await t
async def s3():
    lock=asyncio.Lock()
    async def w(n,k):
        async with lock:
            p("in",n); 
            for _ in range(k): await asyncio.sleep(0)
            p("out",n)
    ts=[asyncio.create_task(w(i,i%2)) for i in range(4)]
    await asyncio.sleep(0); await asyncio.sleep(0)
    ts[2].cancel()
    for i,t in enumerate(ts):
        try: await t; p("done",i)
        except asyncio.CancelledError: p("cancelled",i)
async def s4():
    q=asyncio.Queue(1)
    async def prod():
        for i in range(4): await q.put(i); p("put",i,q.qsize())
    async def cons(n):
        for i in range(2):
            x=await q.get(); p("got",n,x,q.qsize()); q.task_done()
    await asyncio.gather(prod(),cons("x"),cons("y")); await q.join(); p("joined")
async def s5():
    async def inner():
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("inner c"); await asyncio.sleep(0); p("inner cleanup"); raise
        finally: p("inner f")
    async def outer():
        t=asyncio.create_task(inner())
        try: await t
        except asyncio.CancelledError: p("outer c", asyncio.current_task().cancelling()); raise
    o=asyncio.create_task(outer()); await asyncio.sleep(0); await asyncio.sleep(0)
    o.cancel(); p("cancelled called"); await asyncio.sleep(0); p("m1"); await asyncio.sleep(0); p("m2"); await asyncio.sleep(0); p("m3"); await asyncio.sleep(0); p("m4")
    try: await o
    except asyncio.CancelledError: p("o is cancelled", o.cancelled())
async def s6():
    async def fail(n,k):
        for _ in range(k): await asyncio.sleep(0)
        p("fail",n); raise ValueError(n)
    async def body(n):
        try: await asyncio.sleep(10)
        except asyncio.CancelledError: p("c",n); raise
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(body(1)); tg.create_task(fail(2,1)); tg.create_task(fail(3,1)); tg.create_task(body(4))
            await body(0)
    except* ValueError as e: p("eg",[str(x) for x in e.exceptions])
    p("cancelling", asyncio.current_task().cancelling())
async def s7():
    e=asyncio.Event()
    async def w(n): await e.wait(); p("ev",n); await asyncio.sleep(0); p("ev2",n)
    ts=[asyncio.create_task(w(i)) for i in range(3)]
    await asyncio.sleep(0); e.set(); p("set"); ts[1].cancel(); 
    r=await asyncio.gather(*ts,return_exceptions=True); p([type(x).__name__ for x in r])
    s=asyncio.Semaphore(1)
    async def a(n):
        async with s: p("s",n); await asyncio.sleep(0)
    await asyncio.gather(*[a(i) for i in range(3)])
async def s8():
    async def f(): raise ValueError("x")
    t=asyncio.create_task(f()); 
    async def w(n):
        try: await t
        except ValueError: p("seen",n)
    a=asyncio.create_task(w(1)); b=asyncio.create_task(w(2)); await asyncio.wait([a,b])
    inner=asyncio.create_task(asyncio.sleep(0,"v")); sh=asyncio.shield(inner)
    sh.cancel()
    try: await sh
    except asyncio.CancelledError: p("sh c")
    p(await inner)
    c=asyncio.Condition(); 
    async def cw(n):
        async with c: await c.wait(); p("cond",n); await asyncio.sleep(0)
    ts=[asyncio.create_task(cw(i)) for i in range(3)]
    await asyncio.sleep(0); await asyncio.sleep(0)
    async with c: c.notify(2); p("notified")
    await asyncio.sleep(0); await asyncio.sleep(0); await asyncio.sleep(0); await asyncio.sleep(0)
    async with c: c.notify_all()
    await asyncio.gather(*ts); p("end")
for s in (s1,s2,s3,s4,s5,s6,s7,s8):
    L.append("== "+s.__name__); asyncio.run(s())
print("\n".join(L))
