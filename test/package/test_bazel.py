# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Bazel aspect, offline: it finds what the command line finds, with paths of the workspace; what did not change comes from the cache."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
BAZEL = shutil.which("bazel")
ASPECT = ["--aspects=@coroguard//:coroguard.bzl%coroguard", "--output_groups=coroguard"]


@unittest.skipUnless(BAZEL, "Bazel is not installed; apt-get install bazel-bootstrap")
class Bazel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="coroguard-bazel"))
        cls.workspace = cls.scratch / "workspace"
        shutil.copytree(SOURCE / "test/package/bazel", cls.workspace)
        file = cls.workspace / "WORKSPACE"
        text = file.read_text().replace("@COROGUARD@", str(SOURCE / "checker/package/bazel"))
        file.write_text(text.replace("@PROGRAM@", str(BUILD / "bin/coroguard")))

    @classmethod
    def tearDownClass(cls):
        cls.run_bazel("shutdown")
        subprocess.run(["chmod", "-R", "u+w", cls.scratch])
        shutil.rmtree(cls.scratch)

    @classmethod
    def run_bazel(cls, *words, wanted=0):
        startup = [f"--output_user_root={cls.scratch}/out", "--max_idle_secs=60", "--host_jvm_args=-Xmx512m"]
        done = subprocess.run([BAZEL, *startup, *words], cwd=cls.workspace, capture_output=True, text=True)
        if words[0] == "build" and done.returncode != wanted:
            raise AssertionError(f"bazel {' '.join(words)}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def build(self, *options, wanted=0):
        return self.run_bazel("build", "--jobs=2", "--color=no", "--curses=no", "--nosandbox_debug", f"--disk_cache={self.scratch}/cache", *ASPECT, *options,
                              "//...", wanted=wanted)

    def reports(self):
        return sorted((self.workspace / "bazel-bin").rglob("*.coroguard/**/*.json"))

    def findings(self, *command):
        done = subprocess.run([BUILD / "bin/coroguard", *command, "--root", ".", "--format", "json"], cwd=self.workspace,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        return json.loads(done.stdout)["findings"]

    def test_units(self):
        output = self.build()
        self.assertEqual(len(self.reports()), 3)
        for report in self.reports():
            self.assertNotIn(str(self.scratch), report.read_text(), "a path of the machine or of the sandbox")
        self.assertRegex(output, r"service/session\.cpp:6:3: .*\[async-unawaited-task\]")

        with self.subTest("the command line finds the same"):
            merged = self.findings("merge", *self.reports())
            generated = self.workspace / "bazel-bin/shared"
            commands = [{"directory": str(self.workspace), "file": file,
                         "arguments": ["c++", "-std=c++20", "-DANSWER=42", "-iquote", ".", "-Ishared", f"-I{generated}", "-c", file]}
                        for file in ("shared/store.cpp", "service/clean.cpp", "service/session.cpp")]
            (self.workspace / "compile_commands.json").write_text(json.dumps(commands))
            self.assertEqual(merged, self.findings("check", "-p", ".", "--project", "none"))
            self.assertEqual([finding["file"] for finding in merged], ["service/session.cpp", "shared/store.hpp"])

        with self.subTest("all from the cache"):
            before = {report: report.read_bytes() for report in self.reports()}
            self.run_bazel("clean")
            self.assertRegex(self.build(), r"processes: 4 (disk|remote) cache hit, \d+ internal\.")
            self.assertEqual(before, {report: report.read_bytes() for report in self.reports()})

        for file, units in (("service/clean.cpp", 1), ("shared/store.hpp", 3)):
            with self.subTest(f"{file} changed: only what may include it is checked"):
                with open(self.workspace / file, "a") as text:
                    text.write("// changed\n")
                self.assertRegex(self.build(), rf"processes: \d+ internal, {units} linux-sandbox\.")

        with self.subTest("settings are an input"):
            (self.workspace / ".coroguard.yaml").write_text("overrides:\n  - paths: [service]\n    rules: [-unawaited-task]\n")
            self.build("--@coroguard//:project=//:.coroguard.yaml")
            self.assertEqual([finding["file"] for finding in self.findings("merge", *self.reports())], ["shared/store.hpp"])

        with self.subTest("findings may fail the build"):
            output = self.build("--@coroguard//:fail_on_findings", "--keep_going", wanted=1)
            self.assertRegex(output, r"shared/store\.hpp:9:3: .*\[async-unawaited-task\]")


if __name__ == "__main__":
    unittest.main(verbosity=2)
