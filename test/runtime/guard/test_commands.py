# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# coroguard-run and coroguard-report: options, formats, exit status, and input that is no good.
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from guarded import GUARD, REPORT, RUN, SOURCE, program, run

PROGRAM = program("guard-programs")
BAD = [PROGRAM, "epoll", "sleep"]
STRICT = ["--threshold", "25ms"]


def tool(*words, env=None):
    return subprocess.run(words, capture_output=True, text=True, env=dict(os.environ, **(env or {})), timeout=60)


class Status(unittest.TestCase):
    def test_the_program_s_own_is_kept(self):
        self.assertEqual(run(BAD).status, 5)
        self.assertEqual(run(["sh", "-c", "exit 3"]).status, 3)
        self.assertEqual(run(["sh", "-c", "kill -TERM $$"]).status, -15)

    def test_findings_can_decide(self):
        self.assertEqual(run(BAD, ["--exit-code", "9"]).status, 9)
        self.assertEqual(run([PROGRAM, "epoll", "clean"], ["--exit-code", "9"]).status, 5)

    def test_the_first_finding_can_end_the_program(self):
        result = run(BAD, ["--halt-on-error"])
        self.assertEqual((result.status, result.out), (66, ""))
        self.assertEqual([f["function"] for f in result.calls()], ["usleep"])
        self.assertEqual(run(BAD, ["--halt-on-error=0"]).status, 5)

    def test_what_is_suppressed_ends_nothing(self):
        with tempfile.NamedTemporaryFile("w", suffix=".supp") as file:
            file.write("caller:misbehave* -> usleep\n")
            file.flush()
            silenced = ["--suppressions", file.name, "--halt-on-error"]
            result = run(BAD, silenced)
            self.assertEqual((result.status, result.findings), (5, []))
            self.assertEqual(run([PROGRAM, "epoll", "spin"], [*STRICT, *silenced]).status, 66)
            self.assertEqual(run([PROGRAM, "forks", "clean"], [*STRICT, *silenced]).status, 66)

    def test_clean_runs_say_nothing(self):
        result = run([PROGRAM, "epoll", "clean"], STRICT, quiet=False)
        self.assertEqual((result.status, result.err), (5, ""))


class BadInput(unittest.TestCase):
    def refused(self, words, *parts):
        done = tool(*words)
        self.assertEqual(done.returncode, 2, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)
        self.assertEqual(done.stdout, "")

    def test_command_lines(self):
        self.refused([RUN], "no command given")
        self.refused([RUN, "--no-such", "--", "true"], "unknown option '--no-such'")
        self.refused([RUN, "--threshold", "soon", "--", "true"], "'soon' is not a time")
        self.refused([RUN, "--report", "xml=x", "--", "true"], "unknown format 'xml'", "sarif")
        self.refused([RUN, "--exit-code", "many", "--", "true"], "'many'")
        self.refused([RUN, "--", "/no/such/program"], "was not found")
        self.refused([RUN, "--", "/etc/passwd"], "cannot be executed")
        self.refused([REPORT], "no record given")
        self.refused([REPORT, "/etc/passwd"], "not a record")
        self.refused([REPORT, "/no/such/record"], "No such file")

    def test_unwritable_report(self):
        self.refused([RUN, "--report", "jsonl=/no/such/dir/x", "--", *BAD], "/no/such/dir/x: cannot be written")

    def test_broken_suppressions(self):
        with tempfile.NamedTemporaryFile("w", suffix=".supp") as file:
            file.write("# fine\nfunction:read\nfunktion:read\n")
            file.flush()
            self.refused([RUN, "--suppressions", file.name, "--", *BAD], f"{file.name}:3: unknown kind 'funktion'")
        self.refused([RUN, "--suppressions", "/no/such/file", "--", *BAD], "/no/such/file")

    @unittest.skipUnless(shutil.which("gcc"), "no compiler")
    def test_static_programs(self):
        with tempfile.TemporaryDirectory() as scratch:
            path = os.path.join(scratch, "static")
            built = subprocess.run(["gcc", "-static", "-x", "c", "-", "-o", path], input="int main(){return 0;}", text=True, capture_output=True)
            if built.returncode:
                self.skipTest("no static libc")
            self.refused([RUN, "--", path], "statically linked", "coroguard::guard")

    def test_setuid_programs(self):
        with tempfile.TemporaryDirectory() as scratch:
            path = os.path.join(scratch, "setuid")
            shutil.copy(shutil.which("true"), path)
            try:
                os.chown(path, 65534, 65534)
                os.chmod(path, 0o4755)
            except PermissionError:
                self.skipTest("needs root")
            self.refused([RUN, "--", path], "setuid")

    def test_unknown_options_warn_and_help_lists(self):
        done = tool(RUN, "-q", "--", *BAD, env={"COROGUARD_OPTIONS": "treshold_ms=3:help=1"})
        self.assertIn("unknown option 'treshold_ms', did you mean 'threshold_ms'?", done.stderr)
        self.assertIn("halt_on_error", done.stderr)
        self.assertEqual(done.returncode, 5)

    def test_no_symbolizer(self):
        result = run(BAD, STRICT, {"COROGUARD_SYMBOLIZER": "/no/such/tool"}, quiet=False)
        self.assertIn("no llvm-symbolizer: stacks are addresses", result.err)
        self.assertIn("+0x", result.err)
        self.assertEqual([f["function"] for f in result.calls()], ["usleep"])


class Formats(unittest.TestCase):
    def test_all_of_one_record(self):
        with tempfile.TemporaryDirectory() as scratch:
            record = os.path.join(scratch, "run.cgrec")
            self.assertEqual(tool(RUN, "-q", *STRICT, "--record", record, "--", *BAD).returncode, 5)
            text = tool(REPORT, record)
            self.assertEqual(text.returncode, 1)
            self.assertIn("'usleep' blocks the thread of the event loop", text.stdout)
            self.assertIn("help: await a timer", text.stdout)
            sarif = json.loads(tool(REPORT, "--report", "sarif", record).stdout)
            results = sarif["runs"][0]["results"]
            self.assertEqual({r["ruleId"] for r in results}, {"async-blocking-call"})
            self.assertTrue(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("programs.cpp"))
            trace = json.loads(tool(REPORT, "--report", "chrome", record).stdout)
            self.assertIn("stall", {e.get("cat") for e in trace["traceEvents"]})
            folded = tool(REPORT, "--report", "folded", record).stdout
            self.assertRegex(folded, r"main;.*misbehave.*usleep\]? \d+")
            line = json.loads(tool(REPORT, "--report", "jsonl", record).stdout.splitlines()[0])
            for key in "rule kind severity function thread loop duration_ns verdict stack async_stack count message file line".split():
                self.assertIn(key, line)

    def test_joins_with_the_checker(self):
        with tempfile.TemporaryDirectory() as scratch:
            found = run(BAD).calls()[0]
            path = os.path.join(scratch, "static.jsonl")
            with open(path, "w") as out:
                json.dump({"rule": found["rule"], "file": "src/" + os.path.basename(found["file"]), "line": found["line"]}, out)
            again = run(BAD, ["--with", path]).calls()[0]
            self.assertTrue(again["also_static"])
            self.assertFalse(found["also_static"])


NONBLOCKING = '''
#include <unistd.h>
static void waits() { usleep(1000); }
int tick(int n) [[clang::nonblocking]];
int tick(int n) [[clang::nonblocking]] { if (n) waits(); return n; }
void slow() [[clang::blocking]];
void slow() [[clang::blocking]] {}
int careless(int n) [[clang::nonblocking]] { slow(); return n; }
int main() { waits(); slow(); return tick(1) + careless(2); }
'''
THROWS = '''
#include "coroguard/guard.hpp"
#include <unistd.h>
int main() {
  usleep(1000);
  try {
    COROGUARD_NONBLOCKING;
    usleep(1000);
  } catch (const coroguard::blocking_error &e) {
    return 4;
  }
  return 5;
}
'''
CALLED_BACK = '''
#include "coroguard/guard.h"
#include <stdio.h>
#include <unistd.h>
extern "C" void coroguard_report_callback(const struct coroguard_report_view *r) { printf("%s %s\\n", r->rule, r->function); }
int main() {
  coroguard_forbid_enter("");
  usleep(1000);
  coroguard_forbid_leave();
}
'''


class Linked(unittest.TestCase):
    def build(self, compiler, source, *flags):
        if not shutil.which(compiler):
            self.skipTest("no " + compiler)
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        path = os.path.join(scratch.name, "program")
        built = subprocess.run([compiler, "-std=c++20", "-g", "-x", "c++", "-", "-o", path, "-I" + os.path.join(SOURCE, "runtime/include"), *flags,
                                "-x", "none", "-Wl,--no-as-needed", GUARD, "-Wl,-rpath," + os.path.dirname(GUARD)], input=source, text=True, capture_output=True)
        self.assertEqual(built.returncode, 0, built.stderr)
        return path

    def test_clang_s_attributes_are_scopes_and_marks(self):
        done = tool(self.build("clang++-22", NONBLOCKING, "-fsanitize=realtime", "-fno-sanitize-link-runtime", "-Wno-function-effects"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("'usleep' blocks the thread of the event loop in 'waits'", done.stderr)
        self.assertIn("'slow()' blocks the thread of the event loop in 'careless'", done.stderr)
        self.assertIn("2 blocking calls", done.stderr)

    def test_reports_as_exceptions_and_callbacks(self):
        path = self.build("g++", THROWS)
        self.assertEqual(tool(path).returncode, 5)
        self.assertEqual(tool(path, env={"COROGUARD_OPTIONS": "on_report=throw"}).returncode, 4)
        self.assertEqual(tool(path, env={"COROGUARD_OPTIONS": "on_report=abort"}).returncode, -6)
        self.assertIn("no coroguard_report_callback", tool(path, env={"COROGUARD_OPTIONS": "on_report=callback"}).stderr)
        path = self.build("g++", CALLED_BACK)
        self.assertEqual(tool(path).stdout, "")
        self.assertEqual(tool(path, env={"COROGUARD_OPTIONS": "on_report=callback"}).stdout, "async-blocking-call usleep\n")

    @unittest.skipUnless(os.path.exists(program("guard-linked")), "built without GoogleTest")
    def test_the_listener_fails_the_test_that_blocked(self):
        done = tool(program("guard-linked"), "--gtest_also_run_disabled_tests", "--gtest_filter=Listener*")
        self.assertEqual(done.returncode, 1)
        self.assertIn("FAILED  ] Listener.DISABLED_FailsTheTestThatBlocked", done.stdout)
        self.assertIn("OK ] Listener.DISABLED_LeavesTheNextAlone", done.stdout)
        self.assertIn("'usleep' blocks the thread of the event loop", done.stderr)

    @unittest.skipUnless(os.path.exists(program("guard-catch")), "built without Catch2")
    def test_catch2_s_listener(self):
        done = tool(program("guard-catch"), "~[elsewhere]")
        self.assertEqual(done.returncode, 1)
        self.assertIn("'usleep' blocks the thread of the event loop", done.stdout)
        self.assertIn("test cases: 4 | 3 passed | 1 failed", done.stdout)
        done = tool(program("guard-catch"), "[elsewhere]")
        self.assertEqual(done.returncode, 1)
        self.assertIn("blocks elsewhere: 1 blocking calls", done.stderr)
        self.assertEqual(tool(program("guard-catch"), "clean,may block,is left alone").returncode, 0)


if __name__ == "__main__":
    unittest.main()
