# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Loops of many kinds, clean and faulty; and the harsh places where the program must behave as without the guard.
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from guarded import GUARD, program, run

PROGRAM = program("guard-programs")
KINDS = subprocess.run([PROGRAM, "list"], capture_output=True, text=True).stdout.split()
LOOPS = [k for k in "epoll blocking-descriptor poll nested asio workers uv uv-nested event uring uring-timeout alternate-stack".split() if k in KINDS]
STRICT = ["--threshold", "25ms"]


def guarded(kind, fault="clean", options=(), **more):
    return run([PROGRAM, kind, fault], [*STRICT, *options], **more)


def took(result):
    """What the program itself measured its fault to last."""
    return float(re.search(r"took (\d+) ns", result.out)[1])


class Loops(unittest.TestCase):
    def test_clean_twins_are_silent(self):
        for kind in [*LOOPS, "one-off", "signals", "main-ends", "environment"]:
            with self.subTest(kind):
                result = guarded(kind)
                if result.status == 77:
                    continue
                self.assertEqual([(f["kind"], f["function"], f["message"]) for f in result.findings if f["verdict"] != "preempted"], [])

    def test_a_sleep_is_named_timed_and_judged(self):
        for kind in LOOPS:
            with self.subTest(kind):
                result = guarded(kind, "sleep")
                if result.status == 77:
                    continue
                self.assertEqual(result.status, 5)
                call = [f for f in result.calls() if f["function"] == "usleep"]
                self.assertEqual(len(call), 1, result.findings)
                self.assertIn("misbehave", call[0]["in"])
                self.assertEqual(call[0]["rule"], "async-blocking-call")
                self.assertIn("steady_timer" if kind in ("asio", "workers") else "await a timer of the event loop", call[0]["help"])
                stall = [f for f in result.stalls() if f["function"] == "usleep"]
                self.assertEqual(len(stall), 1, result.findings)
                self.assertEqual(stall[0]["verdict"], "blocked")
                self.assertGreaterEqual(stall[0]["duration_ns"], 60e6)
                self.assertLess(abs(call[0]["duration_ns"] - took(result)), took(result) / 10)
                self.assertLess(abs(stall[0]["duration_ns"] - took(result)), took(result) / 10)

    def test_a_last_turn_is_measured_in_full(self):
        # the loop is stopped while the handler computes: no wait ends this turn, but the thread's or the loop's end does
        for kind in ("workers", "asio"):
            for fault in ("spin", "throw"):
                with self.subTest(kind=kind, fault=fault):
                    result = guarded(kind, fault)
                    stalls = [f for f in result.stalls() if any("spin" in s["function"] for s in f["stack"])]
                    longest = max(stalls, key=lambda f: f["duration_ns"])
                    self.assertGreaterEqual(longest["duration_ns"], 79e6)
                    self.assertLess(abs(longest["duration_ns"] - took(result)), took(result) / 10)
                    self.assertFalse(longest["in_progress"])
                    if kind == "workers":
                        self.assertTrue(75e6 <= longest["cpu_ns"] <= min(longest["duration_ns"], 100e6), longest)

    def test_a_computation_is_sampled_and_judged(self):
        for kind in LOOPS:
            for fault in ("spin", "throw"):
                with self.subTest(kind=kind, fault=fault):
                    result = guarded(kind, fault)
                    if result.status == 77:
                        continue
                    self.assertEqual(result.status, 5)
                    self.assertEqual(result.calls(), [])
                    stalls = [f for f in result.stalls() if any("spin" in s["function"] for s in f["stack"])]
                    self.assertGreaterEqual(len(stalls), 1, result.findings)
                    self.assertIn("cpu-bound", [f["verdict"] for f in stalls])
                    longest = max(f["duration_ns"] for f in stalls)
                    self.assertLess(abs(longest - took(result)), took(result) / 10)
                    self.assertEqual(stalls[0]["rule"], "async-loop-without-suspension")

    def test_a_system_call_without_libc(self):
        for kind in LOOPS:
            with self.subTest(kind):
                result = guarded(kind, "raw")
                if result.status == 77:
                    continue
                self.assertEqual([(f["kind"], f["verdict"], f["system_call"]) for f in result.findings if f["verdict"] != "preempted"], [("stall", "blocked", "nanosleep")])
                result = guarded(kind, "raw", ["--options", "raw_syscalls=1"])
                self.assertEqual(result.status, 5, result.err)
                call = result.calls()
                self.assertEqual([f["function"] for f in call], ["nanosleep"])
                self.assertEqual(call[0]["stack"][0]["function"].split("::")[-1], "sleep_without_libc(long)")
                self.assertLess(abs(call[0]["duration_ns"] - took(result)), took(result) / 10)
                self.assertEqual([(f["function"] or f["system_call"], f["verdict"]) for f in result.stalls() if f["verdict"] != "preempted"], [("nanosleep", "blocked")])

    def test_code_that_is_no_loop_may_block(self):
        self.assertEqual(guarded("one-off", "sleep").findings, [])


class Languages(unittest.TestCase):
    def test_our_own_runtime_names_its_tasks(self):
        result = run([program("guard-tasks")], STRICT)
        self.assertEqual(result.status, 0)
        self.assertEqual(sorted((f["kind"], f["function"], f["label"]) for f in result.findings), [("call", "usleep", "fetcher"), ("stall", "usleep", "fetcher")])
        self.assertIn("'careless'", result.findings[0]["message"])
        self.assertNotEqual(result.findings[0]["loop"], "guard-tasks")
        self.assertEqual(result.findings[0]["help"], "co_await coroguard::sleep(d)")

    def test_our_own_runtime_computing_in_its_first_turn(self):
        result = run([program("guard-tasks"), "computes"], STRICT)
        self.assertEqual([(f["kind"], f["verdict"], f["label"]) for f in result.findings], [("stall", "cpu-bound", "cruncher")])
        self.assertIn("'busy'", result.findings[0]["message"])

    def test_our_own_runtime_gives_way_without_waiting(self):
        result = run([program("guard-tasks"), "yields"], STRICT)
        self.assertEqual([f for f in result.findings if f["verdict"] != "preempted"], [])

    def test_more_loops_one_after_the_other_than_there_is_room_for(self):
        result = run([program("guard-tasks"), "last of many"], STRICT)
        self.assertEqual(sorted((f["kind"], f["function"], f["label"]) for f in result.findings), [("call", "usleep", "fetcher"), ("stall", "usleep", "fetcher")])

    def test_asyncio(self):
        code = "import asyncio, time\nasync def f(bad):\n for i in range(4): await asyncio.sleep(0.002)\n if bad: time.sleep(0.06)\n" \
               " await asyncio.sleep(0.002)\nasyncio.run(f({}))\ntime.sleep(0.05)"
        self.assertEqual(run(["python3", "-c", code.format(0)], STRICT).calls(), [])
        bad = run(["python3", "-c", code.format(1)], STRICT)
        self.assertEqual([f["function"] for f in bad.calls()], ["clock_nanosleep"])
        self.assertEqual([(f["function"], f["verdict"]) for f in bad.stalls()], [("clock_nanosleep", "blocked")])

    @unittest.skipUnless(shutil.which("node"), "no node")
    def test_node(self):
        code = "let n=0;const t=setInterval(()=>{if(++n==5&&BAD)Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,60);if(n==9)clearInterval(t)},3)"
        clean = run(["node", "-e", "const BAD=0;" + code], STRICT)
        self.assertEqual((clean.status, clean.calls()), (0, []))
        bad = run(["node", "-e", "const BAD=1;" + code], STRICT)
        self.assertIn("pthread_cond_timedwait", [f["function"] for f in bad.calls()])


class Harsh(unittest.TestCase):
    def same_as_without(self, kind, fault="clean", options=()):
        plain = subprocess.Popen([PROGRAM, kind, fault], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if fault == "clean":  # nothing is timed: both at once
            result, (out, err) = guarded(kind, fault, options), plain.communicate()
        else:
            (out, err), result = plain.communicate(), guarded(kind, fault, options)
        output = [re.sub(r"took \d+", "took", text) for text in (result.out, out)]
        self.assertEqual((result.status, output[0], result.err), (plain.returncode, output[1], err))
        return result

    def test_output_status_and_environment_stay(self):
        for kind in KINDS:
            for fault in ("clean", "sleep") if kind in LOOPS else ("clean",):
                if kind not in ("stuck", "becomes-another"):  # that one has a test of its own
                    with self.subTest(kind=kind, fault=fault):
                        self.same_as_without(kind, fault)

    def test_system_calls_as_signals_change_nothing(self):
        for kind in KINDS:
            if kind not in ("stuck", "killed"):
                with self.subTest(kind):
                    self.same_as_without(kind, options=["--options", "raw_syscalls=1"])

    def test_no_call_is_interrupted_by_looking(self):
        result = self.same_as_without("interrupted")
        self.assertIn("interrupted: 0", result.out)
        self.assertGreaterEqual(len(result.findings), 3)

    def test_children_are_left_alone(self):
        result = self.same_as_without("forks")
        self.assertIn("bad children: 0", result.out)
        self.assertNotIn("usleep", [f["function"] for f in result.findings])

    def test_programs_it_starts_are_left_alone(self):
        result = self.same_as_without("spawns")
        self.assertIn("bad children: 0", result.out)
        self.assertLessEqual({"vfork", "posix_spawn", "posix_spawnp", "waitpid", "system", "popen", "pclose"}, {f["function"] for f in result.calls()})

    def test_exceptions_in_flight(self):
        result = self.same_as_without("exceptions")
        self.assertIn("caught: many", result.out)
        self.assertIn("cpu-bound", [f["verdict"] for f in result.stalls()])

    def test_threads_that_end_in_a_turn(self):
        result = self.same_as_without("thread-ends")
        self.assertIn("usleep", [f["function"] for f in result.calls()])

    def test_descriptors_stay_the_program_s(self):
        self.assertIn("held by other threads: 0\n", self.same_as_without("descriptors").out)

    def test_children_by_option(self):
        command = ["sh", "-c", f"{PROGRAM} epoll sleep; true"]
        self.assertEqual(run(command, STRICT).findings, [])
        self.assertIn("usleep", [f["function"] for f in run(command, [*STRICT, "--children"]).findings])

    def test_an_exec_in_the_same_process_stays_guarded(self):
        self.assertIn("usleep", [f["function"] for f in guarded("epoll", "exec").findings])
        self.assertIn("usleep", [f["function"] for f in run(["env", "X=1", PROGRAM, "epoll", "sleep"], STRICT).findings])

    def test_records_survive_kill(self):
        result = guarded("killed")
        self.assertEqual(result.status, -signal.SIGKILL)
        self.assertIn("usleep", [f["function"] for f in result.calls()])

    def test_a_loop_that_never_comes_back(self):
        result = run(["timeout", "-s", "KILL", "0.4", PROGRAM, "stuck"], [*STRICT, "--children"])
        self.assertIn(("stall", "pause", True), [(f["kind"], f["function"], f["in_progress"]) for f in result.findings])

    def found(self, kind, fault, function, verdict):
        """The fault is found, timed and judged, and the program does as without the guard."""
        result = self.same_as_without(kind, fault)
        if result.status == 77:
            return result
        stalls = [f for f in result.stalls() if f["verdict"] == verdict and (f["function"] or "spin") == function]
        self.assertEqual(len(stalls), 1, result.findings)
        self.assertLess(abs(stalls[0]["duration_ns"] - took(result)), took(result) / 10)
        return result

    def test_narrow_places(self):
        for kind in "small-thread narrow closes-everything other-user other-root small-alternate-stack".split():
            with self.subTest(kind):
                self.found(kind, "sleep", "usleep", "blocked")
                result = self.found(kind, "spin", "spin", "cpu-bound")
                if result.status != 77 and kind != "other-root":  # no /proc, no samples
                    self.assertTrue(any("spin" in s["function"] for f in result.stalls() for s in f["stack"]), result.findings)
                if kind == "small-alternate-stack":
                    self.assertIn("overwritten: 0", result.out)

    def test_small_fibers(self):
        result = self.same_as_without("fibers", "sleep")
        self.assertEqual([(f["function"], f["count"]) for f in result.calls() if f["function"] == "usleep"], [("usleep", 2)])
        self.assertEqual(self.same_as_without("fibers", "spin").calls(), [])

    def test_signals_stay_the_program_s(self):
        result = self.same_as_without("signal-table", "spin")
        self.assertIn("mine: 1", result.out)
        self.assertGreaterEqual(sum(f["count"] for f in result.stalls()), 3)

    def test_a_program_that_becomes_another_while_it_is_looked_at(self):
        self.same_as_without("becomes-another")

    def test_a_program_that_shuts_itself_in(self):
        for options in ((), ("--options", "raw_syscalls=1")):
            result = self.same_as_without("sandboxed", "sleep", options)
            if result.status != 77:
                self.assertEqual([(f["function"], f["count"]) for f in result.calls() if f["function"] == "usleep"], [("usleep", 1)])
                loud = guarded("sandboxed", "sleep", options, quiet=False)
                self.assertIn("installed a seccomp filter: what happened from then on was not looked at", loud.err)

    def test_what_the_kernel_refuses(self):
        result = self.same_as_without("bad-pointers")
        self.assertEqual(result.out.splitlines()[:3], ["14 -1 -1 -1 -1"] * 3)

    def test_threads_that_end_without_libc(self):
        result = self.same_as_without("ends-without-libc", "sleep")
        self.assertEqual(result.status, 6)

    def test_descriptors_that_are_copies(self):
        self.assertIn("read", [f["function"] for f in self.same_as_without("copied-descriptors").calls()])

    def test_children_that_outlive_the_launcher(self):
        words = ["sh", "-c", f"(sleep 0.3; exec {PROGRAM} epoll sleep) & exit 6"]
        result = run(words, [*STRICT, "--children"])
        self.assertEqual((result.status, result.err), (6, ""))

    def test_a_sanitizer_that_is_preloaded(self):
        library = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip() if shutil.which("gcc") else ""
        if not os.path.isabs(library):
            self.skipTest("no address sanitizer")
        result = guarded("epoll", "sleep", environment={"LD_PRELOAD": os.path.realpath(library), "ASAN_OPTIONS": "detect_leaks=0"})
        self.assertEqual((result.status, result.err), (5, ""))
        self.assertIn("usleep", [f["function"] for f in result.calls()])

    @unittest.skipUnless(os.path.exists("/usr/bin/python3"), "no system Python")
    def test_a_library_that_only_a_plugin_sees(self):
        code = "import warnings; warnings.simplefilter('ignore'); import crypt; print(crypt.crypt('x', '$1$saltsalt$'))"
        plain = subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True, text=True)
        result = run(["/usr/bin/python3", "-c", code])
        self.assertEqual((result.status, result.out, result.err), (plain.returncode, plain.stdout, plain.stderr))

    def test_plugins_that_come_and_go(self):
        result = self.same_as_without("plugins")
        sleeps = {f["stack"][0]["function"].split("(")[0]: f["count"] for f in result.calls() if f["function"] == "usleep"}
        self.assertEqual(sleeps, {"waits_in_a": 2, "waits_in_b": 1})

    def test_sixty_four_loops(self):
        calls = guarded("threads").calls()
        self.assertEqual({f["function"] for f in calls}, {"open", "read"})
        self.assertGreaterEqual(sum(f["count"] for f in calls if f["function"] == "read"), 64)

    def test_without_memory(self):
        self.assertEqual(guarded("no-memory", "sleep").status, 5)

    def test_sanitizers(self):
        source = "#include <sys/epoll.h>\n#include <sys/eventfd.h>\n#include <unistd.h>\n#include <vector>\n#include <thread>\n#include <cstdio>\n" \
                 "int turns(int bad){int s=epoll_create1(0),e=eventfd(1,EFD_NONBLOCK);epoll_event v{EPOLLIN,{}};epoll_ctl(s,EPOLL_CTL_ADD,e,&v);" \
                 "std::vector<int> x(3);for(int i=0;i<6;i++){epoll_wait(s,&v,1,5);if(i==3){if(bad)usleep(30000);else for(volatile long k=0;k<30000000;k=k+1);}}" \
                 "return (int)x.size();}int racy;int main(int c,char**){int n=turns(1);std::thread t([]{turns(0);});t.join();" \
                 "if(c>1){std::thread a([]{racy=1;}),b([]{racy=2;});a.join(),b.join();int *p=new int[4];n+=((volatile int*)p)[4];delete[] p;}std::puts(\"end\");return n;}"
        for compiler in ("g++", "clang++-22"):
            for flag in ("address", "thread", "undefined"):
                with self.subTest(compiler=compiler, flag=flag), tempfile.TemporaryDirectory() as scratch:
                    binary = os.path.join(scratch, "program")
                    built = subprocess.run([compiler, "-x", "c++", "-std=c++20", "-g", f"-fsanitize={flag}", "-", "-o", binary], input=source, text=True, capture_output=True) if shutil.which(compiler) else None
                    if not built or built.returncode:
                        continue
                    result = run([binary], STRICT)
                    self.assertEqual((result.status, result.out, result.err), (3, "end\n", ""))
                    self.assertIn("usleep", [f["function"] for f in result.calls()])
                    # what the sanitizer finds is found as before, and ends the program as before
                    plain = subprocess.run([binary, "faulty"], capture_output=True, text=True)
                    guarded_too = run([binary, "faulty"], STRICT)
                    self.assertEqual((guarded_too.status, guarded_too.out), (plain.returncode, plain.stdout))
                    for mark in ("ERROR: AddressSanitizer: heap-buffer-overflow", "WARNING: ThreadSanitizer: data race"):
                        self.assertEqual(mark in guarded_too.err, mark in plain.stderr)


if __name__ == "__main__":
    unittest.main()
