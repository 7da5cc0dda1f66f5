# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the documentation shows as output is what the programs print now; and the demo shows what it promises.

A `console` block is a session at the root of the tree. Each command is run; the lines below it must be what it prints. A line `…`
stands for any lines. Commands that start with `coroguard` or `build/` mean the build under test. The blocks `console project` of a page are
one session after the other in a project: the service docs/examples/quotes and its corrected twin, a CMakeLists.txt, a git repository.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import markdown

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
EXAMPLES = SOURCE / "docs/examples"


def run(command, cwd=SOURCE, **options):
    environment = dict(os.environ, PATH=f"{BUILD / 'bin'}:{os.environ['PATH']}", NO_COLOR="1", COLUMNS="200")
    return subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def check(path):
    done = subprocess.run([BUILD / "bin/coroguard", "check", "--format", "jsonl", path, "--", "-std=c++20"], cwd=SOURCE,
                          capture_output=True, text=True)
    findings = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, [f for f in findings if "rule" in f], done.stderr


def expected_findings(path):
    """Lines `rule: text` of a file: which rule speaks on the line that holds the text."""
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            rule, _, text = line.partition(": ")
            yield rule, text


def make_project(folder):
    shutil.copytree(EXAMPLES / "quotes", folder)
    (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\n")
    (folder / ".gitignore").write_text("build\n")
    (folder / "build").mkdir()
    (folder / "build/compile_commands.json").write_text(json.dumps(
        [{"directory": str(folder), "file": f"{part}/service.cpp", "arguments": ["c++", "-std=c++20", "-c", f"{part}/service.cpp"]}
         for part in ("wrong", "right")]))
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


class Examples(unittest.TestCase):
    maxDiff = None

    def test_documented_mistakes_are_found_and_nothing_else(self):
        path = "docs/examples/quotes/wrong/service.cpp"
        code = (SOURCE / path).read_text().splitlines()
        expected = []
        for rule, text in expected_findings(SOURCE / "test/docs/quotes-wrong.expected"):
            (line,) = [number for number, content in enumerate(code, 1) if text in content]
            expected.append((line, rule))
        status, findings, errors = check(path)
        self.assertEqual(status, 1, errors)
        self.assertEqual(sorted((f["line"], f["rule"]) for f in findings), sorted(expected), json.dumps(findings, indent=1))

    def test_corrected_twin_is_silent(self):
        status, findings, errors = check("docs/examples/quotes/right/service.cpp")
        self.assertEqual((status, findings), (0, []), errors)

    def test_demo(self):
        done = run([EXAMPLES / "demo", BUILD])
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_sessions(self):
        for path in markdown.files(SOURCE):
            with tempfile.TemporaryDirectory() as folder:
                project = pathlib.Path(folder).resolve() / "quotes"
                for block in markdown.blocks(path.read_text()):
                    if block.language == "console":
                        if block.kind == "project" and not project.exists():
                            make_project(project)
                        with self.subTest(f"{path.relative_to(SOURCE)}:{block.line}"):
                            self.session(block.text, project if block.kind == "project" else SOURCE)

    def session(self, text, folder):
        for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            done = run(["bash", "-c", re.sub(r"(?<!\S)build/", f"{BUILD}/", command) if folder == SOURCE else command], cwd=folder)
            printed = re.sub(r"^coroguard: \[\d+/\d+\] .*\n", "", done.stdout.replace(f"{BUILD}/", "build/"), flags=re.M)  # of slow machines
            pattern = r"(?:.*\n)*?".join(re.escape(piece) for piece in re.split(r"^[ ]*…\n", shown.rstrip("\n") + "\n", flags=re.M))
            if not re.fullmatch(pattern + r"\n*", printed.rstrip("\n") + "\n"):
                self.assertEqual(shown.rstrip("\n"), printed.rstrip("\n"), f"{command}\nprints something else now")


if __name__ == "__main__":
    unittest.main(verbosity=2)
