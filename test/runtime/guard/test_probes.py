# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every row of the table: blocks on a loop → reported under its name; condition false → silent; off the loop → silent;
# suppressed → silent. A row without all of these fails test_every_row_has_its_four_tests.
import os
import re
import subprocess
import tempfile
import unittest

from guarded import program, run

PROBES = program("guard-probes")
SCRATCH = tempfile.TemporaryDirectory(prefix="coroguard-probes-")
os.environ["TMPDIR"] = SCRATCH.name

# Rows without a blocking probe: "why": "names". There are none.
NOT_PROBED = {}

# The wait of a loop's own idle workers is this row's only false condition; test_idle_workers has it.
IDLE_ONLY = {"pthread_cond_wait", "cnd_wait"}
IDLE = ["pthread_cond_wait", "pthread_cond_timedwait", "pthread_cond_clockwait", "cnd_wait", "cnd_timedwait"]


def rows():
    """Name in the generated table → whether it has a condition, its own or the one of all files: not in memory."""
    with open(os.environ["COROGUARD_TABLE"]) as text:
        table = text.read()
    found = {}
    hooks = re.findall(r"^COROGUARD_INTERPOSE(?:_VARIADIC)?\((\w+), [^(]*?, \((.*?)\), \(.*?\), <(.*?)COROGUARD_INTERPOSE_END", table, re.M | re.S)
    for name, parameters, text in hooks:
        for category, condition in re.findall(rf'^COROGUARD_BLOCKING_ROW\({name}, \d+, "([^"]*)", \((.*?)\), "', text, re.M):
            named = category in ("fs-meta", "disk") and ("const char *" in parameters or parameters.startswith("int ")) or category == "stdio" and "open" in name
            found[name] = found.get(name, False) or condition != "true" or named
    return found


def probes():
    """(blocks|strict|silent, row, line of the probe)"""
    listed = subprocess.run([PROBES, "list"], capture_output=True, text=True, check=True).stdout
    return {(kind, name, line) for kind, name, line in map(str.split, listed.splitlines())}


def by_probe(findings):
    """Probe → the symbols reported in it; and what was reported anywhere else."""
    kinds = {"block": "blocks", "strict": "strict", "quiet": "silent"}
    seen, elsewhere = {}, []
    for f in findings:
        for frame in f["stack"]:
            match = re.match(r"(block|strict|quiet)_(\w+?)_(\d+)\(", frame["function"])
            if match:
                seen.setdefault((kinds[match[1]], match[2], match[3]), set()).add(f["symbol"])
                break
        else:
            elsewhere.append((f["kind"], f["function"]))
    return seen, elsewhere


class Probes(unittest.TestCase):
    def reported(self, kind, words, options=()):
        """The probes of `kind` that were reported under their row's name. Nothing else may be, but in a blocking probe."""
        result = run([PROBES, *words], options)
        self.assertEqual(result.status, 7, result.err)
        seen, elsewhere = by_probe(result.calls())
        self.assertEqual(elsewhere, [])
        self.assertEqual({probe: symbols for probe, symbols in seen.items() if probe[0] not in (kind, "blocks")}, {}, "false alarms")
        return {probe for probe, symbols in seen.items() if probe[0] == kind and probe[1] in symbols}

    def check(self, kind, loop, words, options=()):
        wanted = {probe for probe in probes() if probe[0] == kind}
        missed = wanted - self.reported(kind, [loop, *words], options)
        for _ in range(3):  # a lock that is contended for 4 ms may be free again before a busy machine lets the loop go on
            if missed:
                missed -= self.reported(kind, [loop, kind, *sorted({name for _, name, _ in missed})], options)
        self.assertEqual(missed, set(), "not reported")

    def test_on_an_epoll_loop(self):
        self.check("blocks", "epoll", [])

    def test_on_a_poll_loop(self):
        self.check("blocks", "poll", [])

    def test_on_a_select_loop(self):
        self.check("blocks", "select", [])

    def test_strict(self):
        self.check("strict", "epoll", ["strict"], ["--strict"])

    def test_off_the_loop(self):
        result = run([PROBES, "off"], ["--strict"])
        self.assertEqual((result.status, result.findings), (7, []))

    def test_idle_workers(self):
        for function in IDLE:
            with self.subTest(function):
                result = run([PROBES, "idle", function])
                self.assertEqual((result.status, result.calls()), (7, []))

    def test_suppressed(self):
        names = sorted({name for kind, name, _ in probes() if kind != "silent"})
        with tempfile.NamedTemporaryFile("w", suffix=".supp") as file:
            file.write("# one per row, and one that nothing needs\nfunction:no_such_function\n")
            file.write("".join(f"function:{name}\n" for name in names))
            file.flush()
            used = set()
            for what in ("blocks", "strict"):
                result = run([PROBES, "epoll", what], ["--strict", "--suppressions", file.name], quiet=False)
                self.assertEqual((result.status, result.calls()), (7, []), result.err)
                unused = set(re.findall(r"suppression 'function:(\w+)' matched nothing", result.err))
                self.assertIn("no_such_function", unused)
                used |= set(names) - unused
            # each was needed: without it, its row would have been reported
            missing = set(names) - used
            self.assertLessEqual(missing, {name for name in missing if self.suppressed_alone(name, file.name)})

    def suppressed_alone(self, name, path):
        """Once more, for what a busy machine made not wait."""
        result = run([PROBES, "epoll", "all", name], ["--strict", "--suppressions", path], quiet=False)
        return result.calls() == [] and f"'function:{name}' matched nothing" not in result.err

    def test_every_row_has_its_four_tests(self):
        # Off the loop and suppressed, whatever probe there is runs: what can be missing is a probe.
        table, known = rows(), probes()
        self.assertGreater(len(table), 300)
        loud = {name for kind, name, _ in known if kind in ("blocks", "strict")}
        quiet = {name for kind, name, _ in known if kind in ("silent", "strict")} | IDLE_ONLY
        excused = {name for names in NOT_PROBED.values() for name in names.split()}
        self.assertEqual(set(table) - loud - excused, set(), "rows without a probe that blocks")
        self.assertEqual({name for name, conditional in table.items() if conditional} - quiet, set(), "rows without a probe whose condition is false")
        self.assertEqual(excused & loud, set(), "excused and probed")
        self.assertEqual((excused | loud) - set(table), set(), "not in the table")
        self.assertEqual(IDLE_ONLY - set(IDLE), set())


if __name__ == "__main__":
    unittest.main()
