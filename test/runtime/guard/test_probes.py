# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every row of the table: blocks on a loop → reported under its name; condition false → silent; off the loop → silent;
# suppressed → silent.
import collections
import glob
import os
import re
import subprocess
import tempfile
import unittest

from guarded import BUILD, SOURCE, program, run

# Rows without a blocking probe, and why.
NOT_PROBED = {
    "needs privileges": "mount umount umount2 setns ptrace",
    "would stop or disturb the whole machine": "sync",
    "is the loop's own wait; test_programs.py has it": "io_uring_enter io_uring_submit_and_wait io_uring_submit_and_wait_timeout "
    "io_uring_wait_cqe_timeout io_uring_wait_cqes __io_uring_get_cqe",
    "is told about in strict mode only": "pthread_create sched_yield",
    "is hooked nowhere: unwinders call it": "dl_iterate_phdr",
    "needs a network": "res_query res_search res_nquery res_nsearch",
    "needs a library that may be absent": "sd_journal_print sd_journal_send",
    "waits only on lingering sockets and network file systems": "close",
    "never waits once the machine runs": "getentropy arc4random",
    "locks that need a second process": "lockf lockf64 fcntl fcntl64",
    "reads standard input": "getchar scanf __isoc99_scanf __isoc23_scanf vscanf __isoc99_vscanf",
    "is silent unless nobody reads standard output": "printf vprintf puts putchar perror __printf_chk __vprintf_chk",
    "the same hook as a probed twin": "__isoc23_fscanf __isoc99_vfscanf vfscanf __vfprintf_chk __vdprintf_chk __vsyslog_chk crypt_r "
    "initgroups dlmopen",
}


def rows():
    """Names in the generated table."""
    for path in glob.glob(os.path.join(BUILD, "gen", "Interposers.gen.inc")) + [os.environ.get("COROGUARD_TABLE", "")]:
        if os.path.exists(path):
            with open(path) as text:
                return set(re.findall(r"^COROGUARD_INTERPOSE(?:_VARIADIC)?\((\w+),", text.read(), re.M))
    return set()


def probes():
    listed = subprocess.run([program("guard-probes"), "list"], capture_output=True, text=True, check=True).stdout
    wanted = collections.defaultdict(int)
    for line in listed.splitlines():
        kind, name = line.split()
        wanted[kind, name] += 1
    return wanted


def by_probe(findings):
    """(block|quiet, function of the probe) → what was reported in it; and what was reported anywhere else."""
    seen, elsewhere = collections.defaultdict(set), []
    for f in findings:
        for frame in f["stack"]:
            match = re.match(r"(block|quiet)_(\w+?)_(\d+)\(", frame["function"])
            if match:
                seen[match[1], match[2], match[3]].add(f["symbol"])
                break
        else:
            elsewhere.append((f["kind"], f["function"]))
    return seen, elsewhere


class Probes(unittest.TestCase):
    def check_loop(self, loop):
        result = run([program("guard-probes"), loop])
        self.assertEqual(result.status, 7, result.err)
        seen, elsewhere = by_probe(result.calls())
        self.assertEqual(elsewhere, [])
        self.assertEqual({k: v for k, v in seen.items() if k[0] == "quiet"}, {}, "false alarms")
        found = collections.defaultdict(int)
        for (kind, name, _), symbols in seen.items():
            if name in symbols or any(name in (s.replace("__isoc99_", ""), s) for s in symbols):
                found[name] += 1
        missed = {n: (found[n], count) for (kind, n), count in probes().items() if kind == "blocks" and found[n] < count}
        # Contended locks and short waits depend on the other thread getting the processor in time.
        excusable = {n for n in missed if re.match(r"pthread_|mtx_|sem_|flock|cnd_|syscall|sig", n)}
        self.assertEqual(set(missed) - excusable, set(), "not reported")
        self.assertLessEqual(len(excusable), 2, missed)

    def test_on_an_epoll_loop(self):
        self.check_loop("epoll")

    def test_on_a_poll_loop(self):
        self.check_loop("poll")

    def test_on_a_select_loop(self):
        self.check_loop("select")

    def test_off_the_loop(self):
        result = run([program("guard-probes"), "off"])
        self.assertEqual((result.status, result.findings), (7, []))

    def test_suppressed(self):
        with tempfile.NamedTemporaryFile("w", suffix=".supp") as file:
            names = sorted({name for kind, name in probes() if kind == "blocks"})
            file.write("# one per row, and one that nothing needs\nfunction:no_such_function\nstack:block_*\n")
            file.write("".join(f"function:{name}\n" for name in names))
            file.flush()
            result = run([program("guard-probes"), "epoll", "blocks"], ["--suppressions", file.name])
            self.assertEqual((result.status, result.findings), (7, []))
            loud = run([program("guard-probes"), "epoll", "silent"], ["--suppressions", file.name], quiet=False)
            self.assertIn("suppression 'function:no_such_function' matched nothing", loud.err)

    def test_every_row_is_probed_or_excused(self):
        table = rows()
        if not table:
            self.skipTest("the generated table is not at hand")
        probed = {name for kind, name in probes() if kind == "blocks"}
        excused = {name for names in NOT_PROBED.values() for name in names.split()}
        self.assertEqual(table - probed - excused, set(), "rows without a probe")
        self.assertEqual(excused & probed, set(), "excused and probed")
        self.assertEqual(excused - table, set(), "excused and not in the table")


if __name__ == "__main__":
    unittest.main()
