# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What can go stale in the documentation: links, commands, data in examples, generated parts."""

import json
import os
import pathlib
import re
import subprocess
import unittest

import markdown

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])


class Text(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pages = {path: path.read_text() for path in markdown.files(SOURCE)}

    def each_block(self, *languages):
        for path, text in self.pages.items():
            for block in markdown.blocks(text):
                if block.language in languages:
                    yield f"{path.relative_to(SOURCE)}:{block.line}", block

    def test_links_inside_the_tree_lead_somewhere(self):
        for path, text in self.pages.items():
            for line, target in markdown.links(text):
                if re.match(r"[a-z]+:", target):
                    continue
                with self.subTest(f"{path.relative_to(SOURCE)}:{line}: {target}"):
                    name, _, anchor = target.partition("#")
                    goal = (path.parent / name).resolve() if name else path
                    self.assertTrue(goal.exists(), "there is no such file")
                    if anchor:
                        self.assertIn(anchor, list(markdown.anchors(goal.read_text())))

    def test_dev_commands_exist(self):
        usage = subprocess.run([SOURCE / "dev", "help"], capture_output=True, text=True, check=True).stdout
        known = set(re.findall(r"^  (\w+) ", usage, re.M))
        for path, text in self.pages.items():
            for command in re.findall(r"\./dev (?:--preset \w+ )?(\w+)", text):
                with self.subTest(f"{path.relative_to(SOURCE)}: ./dev {command}"):
                    self.assertIn(command, known)

    def test_data_in_examples_parses(self):
        try:
            import yaml
        except ImportError:
            yaml = None
        for place, block in self.each_block("json", "yaml"):
            with self.subTest(place):
                if block.language == "json":
                    json.loads(block.text)
                elif yaml:
                    yaml.safe_load(block.text)

    def test_shell_in_examples_parses(self):
        for place, block in self.each_block("sh"):
            with self.subTest(place):
                done = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_chapter_is_in_the_book(self):
        book = self.pages[SOURCE / "docs/README.md"]
        for path in (SOURCE / "docs").glob("[0-9][0-9]-*.md"):
            self.assertIn(f"({path.name})", book)
        decisions = self.pages[SOURCE / "docs/decisions/README.md"]
        for path in (SOURCE / "docs/decisions").glob("[0-9]*.md"):
            self.assertIn(f"({path.name})", decisions)

    def test_every_source_says_what_its_licence_is(self):
        names = subprocess.run(["git", "ls-files"], cwd=SOURCE, capture_output=True, text=True).stdout.split()
        for name in names:
            if "/Inputs/" in name:  # line numbers in them are part of tests
                continue
            if re.search(r"(\.(h|hpp|cpp|c|inc|py|cmake)|CMakeLists\.txt)$", name) and (SOURCE / name).exists():
                with self.subTest(name):
                    head = (SOURCE / name).read_text(errors="replace")[:600]
                    self.assertIn("SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception", head)


if __name__ == "__main__":
    unittest.main(verbosity=2)
