# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rules in every clang-tidy host: they run, they agree with `coroguard check`, and where they cannot run nothing looks clean."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
PLUGIN = BUILD / "lib/libcoroguard-tidy.so"
CLI = BUILD / "bin/coroguard"
STOCK = shutil.which("clang-tidy-22") or "/usr/lib/llvm-22/bin/clang-tidy"
CANARY = SOURCE / "checker/plugin/canary.cpp"
ONLY_OURS = "--checks=-*,async-*"
FINDING = re.compile(r"^(?P<file>/[^:]+):(?P<line>\d+):\d+: (?:warning|error): (?P<message>.*) \[(?P<rule>async-[a-z-]+)[\],]")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def findings(output):
    """{(file name, line, rule)} of clang-tidy's output."""
    matches = map(FINDING.match, output.splitlines())
    return {(pathlib.Path(m["file"]).name, int(m["line"]), m["rule"]) for m in matches if m}


def canary_line():
    for number, line in enumerate(CANARY.read_text().splitlines(), 1):
        if "// warn:" in line:
            return number
    raise AssertionError("the canary has no marked line")


class Hosts(unittest.TestCase):
    maxDiff = None

    def host_commands(self):
        return {"plugin": [STOCK, f"--load={PLUGIN}"], "linked in": [BUILD / "bin/coroguard-clang-tidy"]}

    def test_canary_fires_in_each(self):
        for name, host in self.host_commands().items():
            with self.subTest(name):
                done = run(*host, ONLY_OURS, CANARY, "--", "-std=c++20")
                self.assertEqual(findings(done.stdout), {("canary.cpp", canary_line(), "async-unawaited-task")},
                                 done.stdout + done.stderr)

    def test_rules_are_on_without_configuration(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy(CANARY, folder)
            for name, host in self.host_commands().items():
                with self.subTest(name):
                    done = run(*host, copy, "--", "-std=c++20", cwd=folder)
                    self.assertEqual(len(findings(done.stdout)), 1, done.stdout + done.stderr)

    def test_configuration_decides(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy(CANARY, folder)
            (pathlib.Path(folder) / ".clang-tidy").write_text("Checks: 'bugprone-*,-async-*'\n")
            for name, host in self.host_commands().items():
                with self.subTest(name):
                    self.assertEqual(findings(run(*host, copy, "--", "-std=c++20", cwd=folder).stdout), set())

    def test_nolint(self):
        text = CANARY.read_text().replace("// warn:", "// NOLINT(async-unawaited-task)")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "canary.cpp"
            path.write_text(text)
            for name, host in self.host_commands().items():
                with self.subTest(name):
                    self.assertEqual(findings(run(*host, ONLY_OURS, path, "--", "-std=c++20").stdout), set())
            done = run(CLI, "check", path, "--", "-std=c++20")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_linked_in_host_finds_clangs_own_headers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "headers.cpp"
            path.write_text("#include <stddef.h>\n#include <vector>\nstd::vector<size_t> v;\n")
            done = run(BUILD / "bin/coroguard-clang-tidy", ONLY_OURS, path, "--", "-std=c++20")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_hosts_and_cli_agree(self):
        """On the example with the documented mistakes. The tests of all rules are compared by test/support/rule_tests.py --hosts."""
        path = SOURCE / "docs/examples/quotes/wrong/service.cpp"
        done = run(CLI, "check", "--format", "jsonl", path, "--", "-std=c++20", cwd=SOURCE)
        self.assertEqual(done.returncode, 1, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        expected = {(pathlib.Path(f["file"]).name, f["line"], f["rule"]) for f in lines if "rule" in f}
        for name, host in self.host_commands().items():
            with self.subTest(name):
                done = run(*host, ONLY_OURS, path, "--", "-std=c++20", cwd=SOURCE)
                self.assertEqual(findings(done.stdout), expected, done.stderr)


class LoudFailure(unittest.TestCase):
    """clang-tidy itself ignores a plugin it cannot load and exits 0."""

    def other_host(self, major, plugin=PLUGIN):
        return run(BUILD / "bin/test-plugin-other-host", plugin, major)

    def test_other_llvm(self):
        done = self.other_host(21)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("built with LLVM 21, the rules with LLVM 22", done.stderr)
        self.assertIn("clang-tidy-22 --load=", done.stderr)

    def test_host_without_clang_tidy(self):
        done = self.other_host(22)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("no rule can run in this program", done.stderr)

    def test_rules_file_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            plugin = shutil.copy(PLUGIN, folder)
            done = self.other_host(22, plugin)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("libcoroguard-tidy-llvm22.so' is missing", done.stderr)

    @unittest.skipUnless(shutil.which("clang-tidy-14"), "there is no clang-tidy-14 here")
    def test_real_clang_tidy_of_another_llvm(self):
        done = run("clang-tidy-14", f"--load={PLUGIN}", CANARY, "--", "-std=c++20")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("built with LLVM 14", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
