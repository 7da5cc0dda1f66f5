# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What asyncio prints for the scenarios of asyncio_streams.cpp.
import asyncio, signal, socket
from asyncio_scenario import *

async def pair(limit=2 ** 16):
    a, b = socket.socketpair()
    return await asyncio.open_connection(sock=a, limit=limit), await asyncio.open_connection(sock=b, limit=limit)
async def show(label, aw):
    try: r = await aw; p(label, repr(r.decode()))
    except asyncio.IncompleteReadError as e: p(label, "incomplete", repr(e.partial.decode()))
    except asyncio.LimitOverrunError: p(label, "overrun")
    except BaseException as e: p(label, n(e))

async def ends():
    (ar, aw), (br, bw) = await pair()
    t = asyncio.create_task(show("until", br.readuntil(b"\r\n"))); await turns(2); aw.write(b"ab\r"); await turns(5); p(t.done()); aw.write(b"\ncd"); await t
    await show("exactly 0", br.readexactly(0)); await show("read 0", br.read(0)); p(br.at_eof()); aw.close(); await show("until", br.readuntil(b"\r\n")); p(br.at_eof())
    await show("until", br.readuntil(b"|")); await show("line", br.readline()); await show("exactly", br.readexactly(3)); await show("read", br.read(3)); await show("rest", br.read()); bw.close()

async def cancelled_reads():
    (ar, aw), (br, bw) = await pair()
    for label, read in (("exactly", lambda: br.readexactly(5)), ("until", lambda: br.readuntil(b"e")), ("line", lambda: br.readline())):
        t = asyncio.create_task(show(label, read())); aw.write(b"ab"); await turns(20); p(t.done()); t.cancel(); await t; aw.write(b"cde\n"); await show(label, read())
        if label != "line": await show("rest", br.readuntil(b"\n"))
    t = asyncio.create_task(show("all", br.read())); aw.write(b"ab"); await turns(20); t.cancel(); await t; aw.write(b"cd"); aw.close(); await show("all", br.read()); bw.close()

async def limits():
    for text in (b"01234567|", b"012345678|", b"0123456|", b"01234567||"):
        (ar, aw), (br, bw) = await pair(8)
        aw.write(text); await turns(20); await show("until", br.readuntil(b"|")); aw.close(); await show("rest", br.read()); bw.close()
    (ar, aw), (br, bw) = await pair(8)
    aw.write(b"0123456789"); await turns(20); await show("none", br.readuntil(b"|")); await show("exactly", br.readexactly(10)); aw.write(b"0123456789" * 10); await show("exactly", br.readexactly(100)); aw.close(); bw.close()

async def halves():
    (ar, aw), (br, bw) = await pair()
    aw.write(b"question"); aw.write_eof(); await show("read", br.read()); bw.write(b"answer\nlast"); bw.close()
    async for line in ar: p("line", repr(line.decode().rstrip("\n")))
    p(ar.at_eof()); aw.close()

async def processes():
    async def start(*words, **kw): return await asyncio.create_subprocess_exec(*words, **kw)
    PIPE, NULL, OUT = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL, asyncio.subprocess.STDOUT
    for script in ("exit 0", "exit 7", "kill -9 $$", "kill -15 $$"):
        q = await start("sh", "-c", script); p(await q.wait(), await q.wait(), q.returncode)
    q = await start("cat", stdin=PIPE, stdout=PIPE); o, e = await q.communicate(b"x" * 3_000_000); p(len(o), e is None, q.returncode)
    q = await start("sh", "-c", "head -c 10; echo err >&2", stdin=PIPE, stdout=PIPE, stderr=PIPE); o, e = await q.communicate(b"y" * 3_000_000); p(o.decode(), e.decode().strip(), q.returncode)
    q = await start("sh", "-c", "echo out; echo err >&2", stdout=PIPE, stderr=OUT); o, _ = await q.communicate(); p(repr(o.decode()))
    q = await start("cat", stdin=NULL, stdout=PIPE); await show("null", q.stdout.read()); p(await q.wait())
    q = await start("sh", "-c", "exec >&-; read x; exit 5", stdin=PIPE, stdout=PIPE); await show("closed early", q.stdout.read()); p(q.returncode); q.stdin.write(b"go\n"); p(await q.wait())
    q = await start("sh", "-c", "pwd; echo $NAME", stdout=PIPE, cwd="/", env={"NAME": "value", "PATH": "/usr/bin:/bin"}); o, _ = await q.communicate(); p(repr(o.decode()))
    try: await start("/no/such/program")
    except FileNotFoundError: p("not found")
    try: await start("true", cwd="/no/such/folder")
    except FileNotFoundError: p("no folder")
    q = await start("sleep", "100"); w = asyncio.create_task(q.wait()); await turns(2); w.cancel(); await outcome("wait", w); p(q.returncode); q.kill(); p(await q.wait())
    qs = [await start("sh", "-c", "read x; exit %d" % i, stdin=PIPE) for i in range(20)]
    for q in reversed(qs): q.stdin.write(b"\n")
    p(await asyncio.gather(*[q.wait() for q in qs]))

async def process_waits():
    PIPE = asyncio.subprocess.PIPE
    q = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    t = asyncio.create_task(q.stdout.readline()); await turns(2); t.cancel(); await outcome("read", t); q.stdin.write(b"line\n"); p((await q.stdout.readline()).decode().strip())
    t = asyncio.create_task(q.wait()); await turns(2); t.cancel(); await outcome("wait", t); p(q.returncode); q.stdin.close(); p(await q.wait())
    q = await asyncio.create_subprocess_exec("sleep", "100"); q.terminate(); p(await q.wait()); p(q.returncode)
    q = await asyncio.create_subprocess_exec("sleep", "100"); q.send_signal(signal.SIGINT); p(await q.wait())
    q = await asyncio.create_subprocess_exec("sleep", "100"); w = [asyncio.create_task(q.wait()) for _ in range(2)]; await turns(2); q.kill(); p(await asyncio.gather(*w))

async def servers():
    seen = []
    async def serve(r, w):
        while line := await r.readline(): w.write(line.upper()); await w.drain()
        seen.append("eof"); w.close()
    s = await asyncio.start_server(serve, "127.0.0.1", 0); port = s.sockets[0].getsockname()[1]
    r, w = await asyncio.open_connection("127.0.0.1", port); w.write(b"one\ntwo\n"); p((await r.readline()).decode().strip(), (await r.readline()).decode().strip())
    t = asyncio.create_task(r.read(100)); await turns(3); t.cancel(); await outcome("read", t); w.write(b"three\n"); p((await r.readline()).decode().strip()); w.write_eof(); p(len(await r.read()), r.at_eof()); w.close(); await asyncio.sleep(0.01); p(*seen)
    s.close(); await s.wait_closed()
    try: await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError: p("refused")

for s in (ends, cancelled_reads, limits, halves, processes, process_waits, servers): p("==", s.__name__); asyncio.run(s())
