# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What every rule folder must have: a page, tests both ways, mechanical names, and the size budgets.
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
RULES = sorted(path.parent for path in (SOURCE / "rules").glob("*/rule.yaml"))
NOT_RULES = {"catalog", "rulegen", "schema", "models"}
WARN = re.compile(r'//.*\bwarn: *(\[[\w-]+\] *)?"')
OK = re.compile(r"// ok\b")


class Folders(unittest.TestCase):
    def each(self, check):
        for folder in RULES:
            with self.subTest(rule=folder.name):
                check(folder)

    def test_there_are_rules(self):
        self.assertTrue(RULES)

    def test_every_folder_is_a_rule(self):
        for folder in sorted((SOURCE / "rules").iterdir()):
            # A rule may begin as its tests.
            if folder.is_dir() and folder.name not in NOT_RULES and any(path.is_file() for path in folder.iterdir()):
                self.assertTrue((folder / "rule.yaml").is_file(), f"rules/{folder.name} has no rule.yaml")

    def test_page(self):
        def check(folder):
            page = folder / "README.md"
            self.assertTrue(page.is_file(), "no README.md")
            self.assertTrue(page.read_text().startswith(f"# async-{folder.name}\n"), "the page's title is the rule's id")
            self.assertIn("```cpp", page.read_text(), "the page shows code, which is run as a test")

        self.each(check)

    def test_positive_and_negative_tests(self):
        def check(folder):
            if re.search(r"^runtime:.*\bonly: true", (folder / "rule.yaml").read_text(), re.M):
                reported = any(f'"async-{folder.name}"' in path.read_text() for path in (SOURCE / "test/runtime").rglob("*.cpp"))
                self.assertTrue(reported, "only running programs report it, but no test of the runtime names it")
                return
            text = "".join(path.read_text() for path in (folder / "tests").glob("*.cpp"))
            self.assertRegex(text, WARN, "no test with a finding")
            self.assertRegex(text, OK, "no test of a line that must stay silent")

        self.each(check)

    def test_names_are_mechanical(self):
        def check(folder):
            name = "".join(word.capitalize() for word in folder.name.split("-")) + "Check"
            self.assertIn(f"id: async-{folder.name}\n", (folder / "rule.yaml").read_text())
            has = [(folder / file).is_file() for file in ("Check.h", "Check.cpp")]
            self.assertEqual(has[0], has[1], "Check.h and Check.cpp come together")
            if has[0]:
                self.assertRegex((folder / "Check.h").read_text(), rf"class {name}\b")
                self.assertIn(f'"rules/{folder.name}/Check.h"', (folder / "Check.cpp").read_text())

        self.each(check)

    def test_budget_of_checks(self):
        def check(folder):
            if (folder / "Check.cpp").is_file():
                lines = (folder / "Check.cpp").read_text().count("\n")
                self.assertLessEqual(lines, 250, "a check is at most 250 lines")

        self.each(check)

    def test_every_message_and_option_is_used(self):
        def check(folder):
            code = "".join((folder / file).read_text() for file in ("Check.h", "Check.cpp") if (folder / file).is_file())
            if not code:
                return
            section = None
            for line in (folder / "rule.yaml").read_text().splitlines():
                if line and not line[0].isspace():
                    section = line.split(":")[0]
                message = re.match(r"  (\w+):", line) if section == "messages" else None
                if message:
                    self.assertRegex(code, rf"\b{message[1]}\b", f"message '{message[1]}' is not used")
                option = re.search(r"\bname: *(\w+)", line) if section == "options" else None
                if option:
                    member = option[1][0].lower() + option[1][1:]
                    self.assertRegex(code, rf"\b{member}\b", f"option '{option[1]}' is not used")

        self.each(check)


if __name__ == "__main__":
    unittest.main()
