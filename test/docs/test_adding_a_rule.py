# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The rule of docs/06-adding-a-rule.md: the generator takes it, and its code compiles, as the chapter prints it."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

import markdown

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
CHAPTER = SOURCE / "docs/06-adding-a-rule.md"
NAMED = re.compile(r"`(rules/[\w-]+/[\w.]+)`:$")


class AddingARule(unittest.TestCase):
    def test_the_chapters_rule(self):
        files = {}
        for block in markdown.blocks(CHAPTER.read_text()):
            if named := NAMED.search(block.before):
                files[named[1]] = block.text
        self.assertEqual(len(files), 3, files.keys())
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            shutil.copytree(SOURCE / "rules", root / "rules", ignore=shutil.ignore_patterns("*.cpp"))
            for name, text in files.items():
                (root / name).parent.mkdir(exist_ok=True)
                (root / name).write_text(text)
            (check,) = [name for name in files if name.endswith("Check.cpp")]
            (root / check).with_name("README.md").write_text("# async-detached-thread\n")
            gen = root / "gen"
            done = subprocess.run([BUILD / "bin/rulegen", "generate", f"--root={root}", f"--out={gen}"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            command = self.compile_command()
            done = subprocess.run([*command, f"-I{root}", f"-I{gen}", "-fsyntax-only", str(root / check)], cwd=BUILD,
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def compile_command(self):
        """That of an existing rule, without its file, its output and its precompiled header."""
        for entry in json.loads((BUILD / "compile_commands.json").read_text()):
            if entry["file"].endswith("rules/unawaited-task/Check.cpp"):
                words = shlex.split(entry["command"])
                words = words[next(i for i, word in enumerate(words) if "clang++" in word or "g++" in word):]
                kept, skip = [], 0
                for i, word in enumerate(words):
                    if skip:
                        skip -= 1
                    elif word in ("-o", "-c"):
                        skip = 1
                    elif word == "-Xclang" and i + 1 < len(words):
                        skip = 1
                    else:
                        kept.append(word)
                return kept
        self.fail("no compile command of a rule was found")


if __name__ == "__main__":
    unittest.main(verbosity=2)
