# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What the asyncio side of the scenarios shares: a loop on virtual time, printing, names of outcomes.
import asyncio

def p(*a): print(*a)
def n(e): return {"CancelledError": "cancelled", "TimeoutError": "timeout", "ValueError": "value", "ExceptionGroup": "group", "BaseExceptionGroup": "group",
                  "InvalidStateError": "state", "BrokenBarrierError": "broken", "QueueEmpty": "empty", "QueueFull": "full", "NoneType": "none"}.get(type(e).__name__, type(e).__name__)
async def turns(k):
    for _ in range(k): await asyncio.sleep(0)
async def outcome(label, aw):
    try: r = await aw; p(label, "ok", r)
    except BaseException as e: p(label, n(e))

T = asyncio.create_task
async def one(aw): return await aw
async def value(v, k): await turns(k); return v
async def bad(v, k): await turns(k); raise ValueError(v)
async def log(label, aw):
    try: await aw; p(label, "ends")
    except BaseException as e: p(label, n(e)); raise

class InOrder(dict):
    def add(self, x): self[x] = None
    def discard(self, x): self.pop(x, None)

class TaskGroup(asyncio.TaskGroup): # coroguard cancels the members in the order in which they came; Python in that of a set
    def __init__(self): super().__init__(); self._tasks = InOrder()

asyncio.TaskGroup = TaskGroup

class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__(); self._virtual = 0.0; select = self._selector.select
        def jump(timeout):
            if timeout is not None and timeout > 0: self._virtual += timeout; timeout = 0
            return select(timeout)
        self._selector.select = jump
    def time(self): return self._virtual

def run_scenarios(*all):
    for s in all:
        p("==", s.__name__)
        with asyncio.Runner(loop_factory=VirtualLoop) as r: r.run(s())
