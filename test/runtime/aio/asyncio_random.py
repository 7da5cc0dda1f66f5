# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Programs drawn from seeds, and what asyncio prints for them: asyncio_random.py FIRST COUNT. A line "program" is read and run by
# asyncio_random.cpp; a test compares what both print. Where Python's versions differ, the newest one judges.
import asyncio, os, random, sys
from asyncio import timeouts
from asyncio_scenario import VirtualLoop, n

# --- drawing programs: (operation id a b children…) ---

class Draw:
    def __init__(self, seed): self.r = random.Random(seed); self.ids = 0
    def node(self, op, a=0, b=0, kids=()):
        self.ids += 1
        return [op, self.ids, a, b, list(kids)]
    def block(self, depth, task, held=False):
        return self.node("block", 0, 0, [self.statement(depth, task, held) for _ in range(self.r.choice((1, 1, 2, 2, 3, 4)))])
    def statement(self, depth, task, held):
        r, pick = self.r, self.r.choice
        simple = ["yield", "yield", "sleep", "sleep", "cancel", "cancel", "uncancel", "takeback", "cancelling", "lock", "unlock", "event", "set", "clear", "get", "getnow", "put", "putnow",
                  "taskdone", "join", "acquire", "release", "barrier", "abort", "reset", "future", "resolve", "fail", "drop", "soon", "later", "notice", "raise"]
        if task: simple += ["await", "await", "awaitall", "watch"]
        if held: simple += ["cwait", "cwait", "notify", "notifyall"]
        nested = ["timeout", "timeout", "waitfor", "waitfor", "shield", "gather", "gathervalues", "group", "group", "wait", "ascompleted", "try", "try", "swallow", "finally", "spawn", "over", "moved", "handle", "race", "intime"] + ([] if held else ["condition", "condition"])
        op = pick(nested) if depth > 0 and r.random() < 0.45 else pick(simple)
        sub = lambda held=False: self.block(depth - 1, task, held)
        if op == "sleep" or op == "later": return self.node(op, pick((0, 1, 1, 2, 2, 3, 5)))
        if op in ("cancel", "takeback"): return self.node(op, r.randrange(TASKS))
        if op in ("await", "notice"): return self.node(op, r.randrange(task) if task else 0)
        if op in ("awaitall", "watch"): return self.node(op, r.randrange(task), pick((0, 1, 2)))
        if op == "notify": return self.node(op, pick((1, 1, 2)))
        if op in ("timeout", "waitfor"): return self.node(op, pick((-1, 0, 1, 2, 2, 3, 4)), 0, [sub(held and op == "timeout")])
        if op in ("try", "swallow"): return self.node(op, 0, 0, [sub(held)])
        if op == "finally": return self.node(op, 0, 0, [sub(held), sub(held)])
        if op == "moved": return self.node(op, pick((1, 2, 3)), pick((0, 1, 3)), [sub(held), sub(held)])
        if op == "handle": return self.node(op, pick((0, 1, 2)), 0, [sub(held)])
        if op == "race" or op == "over" or op == "intime": return self.node(op, pick((1, 2, 3)), 0, [sub() for _ in range(pick((1, 2, 3)))])
        if op == "condition": return self.node(op, 0, 0, [sub(True)])
        if op in ("shield", "spawn"): return self.node(op, 0, 0, [sub()])
        if op == "group": return self.node(op, 0, 0, [sub(held)] + [sub() for _ in range(pick((1, 2, 2, 3)))])
        if op == "wait": return self.node(op, pick((0, 1, 2)), pick((0, 0, 1, 2)), [sub() for _ in range(pick((1, 2, 3)))])
        if op in ("gather", "gathervalues", "ascompleted"): return self.node(op, 0, 0, [sub() for _ in range(pick((1, 2, 3)))])
        return self.node(op, r.randrange(2))
TASKS = 4

def text(nd): return "(%s %d %d %d%s)" % (nd[0], nd[1], nd[2], nd[3], "".join(" " + text(k) for k in nd[4]))

# --- the newest versions of what changed since 3.11 ---

async def enter_timeout(self): # Python 3.11.2 does not count the cancel requests from before
    self._state, self._task = timeouts._State.ENTERED, asyncio.current_task()
    self._before = self._task.cancelling()
    self.reschedule(self._when)
    return self
async def leave_timeout(self, kind, error, trace):
    if self._timeout_handler is not None: self._timeout_handler.cancel(); self._timeout_handler = None
    if self._state is timeouts._State.EXPIRING:
        self._state = timeouts._State.EXPIRED
        if self._task.uncancel() <= self._before and kind is asyncio.CancelledError: raise TimeoutError
    elif self._state is timeouts._State.ENTERED: self._state = timeouts._State.EXITED
timeouts.Timeout.__aenter__, timeouts.Timeout.__aexit__ = enter_timeout, leave_timeout

async def wait_for(aw, limit):
    if limit is not None and limit <= 0:
        fut = asyncio.ensure_future(aw)
        if fut.done(): return fut.result()
        fut.cancel()
        waiter = asyncio.get_running_loop().create_future(); release = lambda _: waiter.done() or waiter.set_result(None); fut.add_done_callback(release)
        try: await waiter
        finally: fut.remove_done_callback(release)
        try: return fut.result()
        except asyncio.CancelledError as e: raise TimeoutError from e
    async with timeouts.timeout(limit): return await aw

class Task(asyncio.tasks._PyTask):
    def uncancel(self):
        left = super().uncancel()
        if left == 0: self._must_cancel = False
        return left

class Condition(asyncio.Condition):
    async def wait(self):
        if not self.locked(): raise RuntimeError
        fut = self._get_loop().create_future(); self.release()
        try:
            try:
                self._waiters.append(fut)
                try: await fut; return True
                finally: self._waiters.remove(fut)
            finally:
                err = None
                while True:
                    try: await self.acquire(); break
                    except asyncio.CancelledError as e: err = e
                if err is not None:
                    try: raise err
                    finally: err = None
        except BaseException: # there: always, which wakes one without need
            if not fut.cancelled(): self._renotify(1)
            raise
    def _renotify(self, k):
        for fut in self._waiters:
            if k <= 0: break
            if not fut.done(): fut.set_result(False); k -= 1
    def notify(self, k=1):
        if not self.locked(): raise RuntimeError
        self._renotify(k)

class TaskGroup(asyncio.TaskGroup):
    async def __aexit__(self, kind, error, trace):
        self._exiting = True
        cancelled = error if isinstance(error, asyncio.CancelledError) else None
        if error is not None and not self._aborting: self._abort()
        while self._tasks:
            if self._on_completed_fut is None: self._on_completed_fut = self._loop.create_future()
            try: await self._on_completed_fut
            except asyncio.CancelledError as e:
                if not self._aborting: cancelled = e; self._abort()
            self._on_completed_fut = None
        if self._parent_cancel_requested and self._parent_task.uncancel() == 0: cancelled = None
        if cancelled is not None and not self._errors: raise cancelled
        if error is not None and not isinstance(error, asyncio.CancelledError): self._errors.append(error)
        if self._errors:
            if self._parent_task.cancelling(): self._parent_task.uncancel(); self._parent_task.cancel()
            raise BaseExceptionGroup("unhandled errors in a TaskGroup", self._errors)

# --- running them ---

class Loop(VirtualLoop): # equal times in the order of the calls, as coroguard promises; Python leaves it open
    def __init__(self): super().__init__(); self.calls = 0
    def time(self): return round(self._virtual, 6)
    def call_at(self, when, callback, *args, context=None):
        self.calls += 1
        return super().call_at(when + self.calls * 1e-12, callback, *args, context=context)

class World:
    def __init__(self):
        self.ending = False; self.tasks = []
        self.locks = [asyncio.Lock(), asyncio.Lock()]; self.events = [asyncio.Event(), asyncio.Event()]; self.queues = [asyncio.Queue(1), asyncio.Queue(2)]
        self.semaphores = [asyncio.Semaphore(1), asyncio.BoundedSemaphore(2)]; self.barriers = [asyncio.Barrier(2), asyncio.Barrier(3)]; self.cond = Condition()
        self.futures = [asyncio.get_running_loop().create_future() for _ in range(2)]
    def log(self, *what):
        if not self.ending: print(*what)
    async def awaits(self, i, aw):
        try: r = await aw; self.log(i, "ok", r if isinstance(r, int) and not isinstance(r, bool) else "-"); return r
        except BaseException as e: self.log(i, n(e), asyncio.current_task().cancelling()); raise
    def tries(self, i, f):
        try: r = f(); self.log(i, r if isinstance(r, (bool, int)) else "-")
        except (RuntimeError, ValueError, asyncio.QueueEmpty, asyncio.QueueFull, asyncio.InvalidStateError): self.log(i, "refused")
    async def sub(self, nd):
        await self.run(nd); return nd[1]
    async def run(self, nd):
        if self.ending: return
        op, i, a, b, kids = nd
        loop = asyncio.get_running_loop(); me = asyncio.current_task(); T = asyncio.create_task
        if op == "block":
            for k in kids: await self.run(k)
        elif op == "yield": await self.awaits(i, asyncio.sleep(0))
        elif op == "sleep": await self.awaits(i, asyncio.sleep(a / 100))
        elif op == "cancel": self.tries(i, lambda: self.tasks[a].cancel() if a < len(self.tasks) else None)
        elif op == "takeback": self.tries(i, self.tasks[a].uncancel)
        elif op == "uncancel": self.tries(i, me.uncancel)
        elif op == "cancelling": self.tries(i, me.cancelling)
        elif op == "lock": await self.awaits(i, self.locks[a].acquire())
        elif op == "unlock": self.tries(i, self.locks[a].release)
        elif op == "event": await self.awaits(i, self.events[a].wait())
        elif op == "set": self.tries(i, self.events[a].set)
        elif op == "clear": self.tries(i, self.events[a].clear)
        elif op == "get": await self.awaits(i, self.queues[a].get())
        elif op == "getnow": self.tries(i, self.queues[a].get_nowait)
        elif op == "put": await self.awaits(i, self.queues[a].put(i))
        elif op == "putnow": self.tries(i, lambda: self.queues[a].put_nowait(i))
        elif op == "taskdone": self.tries(i, self.queues[a].task_done)
        elif op == "join": await self.awaits(i, self.queues[a].join())
        elif op == "acquire": await self.awaits(i, self.semaphores[a].acquire())
        elif op == "release": self.tries(i, self.semaphores[a].release)
        elif op == "barrier": await self.awaits(i, self.barriers[a].wait())
        elif op == "abort": await self.barriers[a].abort(); self.log(i, "-")
        elif op == "reset": await self.barriers[a].reset(); self.log(i, "-")
        elif op == "future": await self.awaits(i, self.futures[a])
        elif op == "resolve": self.tries(i, lambda: self.futures[a].set_result(i))
        elif op == "fail": self.tries(i, lambda: self.futures[a].set_exception(ValueError()))
        elif op == "drop": self.tries(i, self.futures[a].cancel)
        elif op == "soon": loop.call_soon(self.log, i, "soon")
        elif op == "later": loop.call_later(a / 100, self.log, i, "later")
        elif op == "notice":
            if a < len(self.tasks): self.tasks[a].add_done_callback(lambda t: self.log(i, "notice", t.cancelled()))
        elif op == "raise": self.log(i, "raise"); raise ValueError(i)
        elif op == "await": await self.awaits(i, self.tasks[a])
        elif op == "cwait": await self.awaits(i, self.cond.wait())
        elif op == "notify": self.tries(i, lambda: self.cond.notify(a))
        elif op == "notifyall": self.tries(i, self.cond.notify_all)
        elif op == "condition":
            async with self.cond: self.log(i, "in"); await self.run(kids[0])
            self.log(i, "out")
        elif op == "timeout":
            async def scope():
                async with asyncio.timeout(None if a < 0 else a / 100) as s: await self.run(kids[0])
            await self.awaits(i, scope())
        elif op == "waitfor": await self.awaits(i, wait_for(self.sub(kids[0]), None if a < 0 else a / 100))
        elif op == "shield": await self.awaits(i, asyncio.shield(self.sub(kids[0])))
        elif op == "gather": await self.awaits(i, asyncio.gather(*[self.sub(k) for k in kids]))
        elif op == "gathervalues":
            async def values():
                self.log(i, *[r if isinstance(r, int) else n(r) for r in await asyncio.gather(*[self.sub(k) for k in kids], return_exceptions=True)])
            await self.awaits(i, values())
        elif op == "group":
            async def group():
                async with TaskGroup() as g:
                    for k in kids[1:]: g.create_task(self.sub(k))
                    await self.run(kids[0])
            await self.awaits(i, group())
        elif op == "wait":
            async def some():
                ts = [T(self.sub(k)) for k in kids]
                d, _ = await asyncio.wait(ts, timeout=b / 100 if b else None, return_when=(asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION)[a])
                self.log(i, *[t in d for t in ts])
            await self.awaits(i, some())
        elif op == "ascompleted":
            async def each():
                for c in asyncio.as_completed([T(self.sub(k)) for k in kids]):
                    try: self.log(i, "next", await c)
                    except Exception as e: self.log(i, "next", n(e))
            await self.awaits(i, each())
        elif op == "over":
            async def items():
                for k in kids: await self.run(k); yield k[1]
            async def over():
                async for v in items(): self.log(i, "item", v)
            await self.awaits(i, over())
        elif op == "moved":
            async def moved():
                async with asyncio.timeout(a / 100) as s:
                    await self.run(kids[0]); self.tries(i, lambda: s.reschedule(loop.time() + b / 100)); await self.run(kids[1])
            await self.awaits(i, moved())
        elif op == "handle":
            h = loop.call_later(a / 100, self.log, i, "too late")
            try: await self.run(kids[0])
            finally: h.cancel(); self.log(i, "handle", h.cancelled())
        elif op == "race":
            async def race():
                ts = [T(self.sub(k)) for k in kids]
                d, rest = await asyncio.wait(ts, return_when=asyncio.FIRST_COMPLETED)
                for t in ts:
                    if t in rest: t.cancel()
                self.log(i, *[r if isinstance(r, int) else n(r) for r in await asyncio.gather(*ts, return_exceptions=True)])
            await self.awaits(i, race())
        elif op == "intime":
            async def intime():
                for c in asyncio.as_completed([T(self.sub(k)) for k in kids], timeout=a / 100):
                    try: self.log(i, "next", await c)
                    except ValueError as e: self.log(i, "next", n(e))
            await self.awaits(i, intime())
        elif op == "awaitall": await self.awaits(i, asyncio.gather(*self.tasks[:a + 1]))
        elif op == "watch":
            async def watch():
                ts = self.tasks[:a + 1]; d, _ = await asyncio.wait(ts, timeout=b / 100 if b else None); self.log(i, *[t in d for t in ts])
            await self.awaits(i, watch())
        elif op == "try":
            try: await self.run(kids[0])
            except Exception as e: self.log(i, "caught", n(e))
        elif op == "swallow":
            try: await self.run(kids[0])
            except asyncio.CancelledError: self.log(i, "swallowed", me.cancelling())
        elif op == "finally":
            try: await self.run(kids[0])
            finally: self.log(i, "finally"); await self.run(kids[1])
        elif op == "spawn": T(self.sub(kids[0])); self.log(i, "-")
        else: raise SystemExit("unknown operation " + op)

async def main(programs):
    loop = asyncio.get_running_loop(); kept = []
    def factory(loop, coro, **more): t = Task(coro, loop=loop, **more); kept.append(t); return t
    loop.set_task_factory(factory); loop.set_exception_handler(lambda *_: None)
    w = World()
    for k in programs: w.tasks.append(asyncio.create_task(w.sub(k)))
    await asyncio.sleep(0.5)
    print("end", *[t.done() and (t.cancelled() and "cancelled" or n(t.exception())) or "pending" for t in w.tasks], *[l.locked() for l in w.locks], *[q.qsize() for q in w.queues],
          *[s.locked() for s in w.semaphores], *[b.broken for b in w.barriers], w.cond.locked())
    w.ending = True

loops = []
for seed in range(int(sys.argv[1]), int(sys.argv[1]) + int(sys.argv[2])):
    d = Draw(seed); programs = [d.block(3, i) for i in range(TASKS)]
    print("seed", seed); print("program", *map(text, programs))
    loop = Loop(); loops.append(loop); loop.run_until_complete(main(programs)); loop._selector.close(); loop._ssock.close(); loop._csock.close()
sys.stdout.flush(); os._exit(0) # what still runs is of no interest
