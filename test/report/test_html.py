# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The HTML report in a real browser, without a network: every finding can be seen, found and filtered, on a phone too."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import chromium

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
# Files of the rules' own tests: many findings of many rules, with and without evidence and fixes.
CODE = ["docs/examples/quotes/wrong/service.cpp"]

VISIBLE = """[...document.querySelectorAll('article')].filter(e => e.offsetParent && e.getBoundingClientRect().height > 0)
             .map(e => ({id: e.id, rule: e.dataset.rule, text: e.innerText}))"""


@unittest.skipUnless(chromium.PROGRAM, "Chromium is not installed; apt-get install chromium")
class Html(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        html, data = pathlib.Path(folder.name, "report.html"), pathlib.Path(folder.name, "report.json")
        done = subprocess.run([BUILD / "bin/coroguard", "check", "--profile", "strict", "--project", "none", "--quiet", "--report",
                               f"html={html}", "--report", f"json={data}", *CODE, "--", "-std=c++20"], cwd=SOURCE, capture_output=True, text=True)
        assert done.returncode == 1, done.stderr
        cls.url = html.as_uri()
        cls.findings = json.loads(data.read_text())["findings"]
        cls.rules = sorted({finding["rule"] for finding in cls.findings})
        assert len(cls.findings) >= 7 and len(cls.rules) >= 4, cls.rules

    def page(self, width=1200, height=900, **options):
        page = chromium.Page(self.url, width, height, **options)
        self.addCleanup(page.__exit__)
        return page.__enter__()

    def assertSees(self, page, findings):
        seen = {article["id"]: article for article in page.value(VISIBLE)}
        self.assertEqual(sorted(seen), sorted(finding["fingerprint"] for finding in findings))
        for finding in findings:
            text = seen[finding["fingerprint"]]["text"]
            self.assertIn(finding["message"], text)
            self.assertIn(f"{finding['file']}:{finding['line']}", text)
            for step in finding["evidence"]:
                self.assertIn(step["message"], text)
                self.assertIn(f"{step['file']}:{step['line']}", text)
            code = (SOURCE / finding["file"]).read_text().splitlines()[finding["line"] - 1]
            self.assertIn(code.strip(), text)

    def test_every_finding_with_its_steps_offline(self):
        page = self.page()
        self.assertSees(page, self.findings)
        self.assertEqual(page.requests, [self.url], "the page asks for something else")
        steps = page.value("[...document.querySelectorAll('article ol')].map(e => getComputedStyle(e).listStyleType)")
        self.assertTrue(steps and set(steps) == {"decimal"}, steps)

    def test_without_script(self):
        self.assertSees(self.page(script=False), self.findings)

    def test_filter_by_rule(self):
        page = self.page()
        first, second = self.rules[:2]
        page.click(f"button[data-rule='{first}']")
        self.assertSees(page, [f for f in self.findings if f["rule"] == first])
        page.click(f"button[data-rule='{second}']")
        chosen = [f for f in self.findings if f["rule"] in (first, second)]
        self.assertSees(page, chosen)
        self.assertEqual(page.value("document.querySelector('#shown').innerText"), f"{len(chosen)} of {len(self.findings)} shown")
        page.click(f"button[data-rule='{first}']")
        page.click(f"button[data-rule='{second}']")
        self.assertSees(page, self.findings)

    def test_group_by_rule(self):
        page = self.page()
        titles = "[...document.querySelectorAll('section.group h2')].filter(e => e.offsetParent).map(e => e.innerText)"
        self.assertEqual(page.value(titles), sorted({finding["file"] for finding in self.findings}))
        choose = "(() => {{ const s = document.querySelector('select'); s.value = '{}'; s.dispatchEvent(new Event('change')); }})()"
        page.value(choose.format("rule"))
        self.assertEqual(page.value(titles), self.rules)
        self.assertSees(page, self.findings)
        wrong = page.value("[...document.querySelectorAll('article')].filter(e => e.parentElement.firstChild.innerText !== e.dataset.rule).length")
        self.assertEqual(wrong, 0)
        page.click(f"button[data-rule='{self.rules[0]}']")
        self.assertEqual(page.value(titles), self.rules[:1])
        page.value(choose.format("file"))
        self.assertSees(page, [f for f in self.findings if f["rule"] == self.rules[0]])

    def test_search(self):
        page = self.page()
        page.click("input[type=search]")
        wanted = self.findings[0]
        page.type(wanted["message"])
        self.assertIn(wanted["fingerprint"], [article["id"] for article in page.value(VISIBLE)])
        self.assertLess(len(page.value(VISIBLE)), len(self.findings))
        page.type(" and this is nowhere")
        self.assertEqual(page.value(VISIBLE), [])
        self.assertEqual(page.value("[...document.querySelectorAll('section.group')].filter(e => e.offsetParent).length"), 0, "empty files")

    def test_on_a_phone(self):
        page = self.page(width=360, height=740, phone=True)
        self.assertSees(page, self.findings)
        self.assertLessEqual(page.value("document.documentElement.scrollWidth"), 360, "must be moved sideways")
        self.assertEqual(page.value("innerWidth"), 360, "is shrunk to fit")
        wide = page.value("[...document.querySelectorAll('article, header, h2, h3, #filters, .cure')]"
                          ".filter(e => e.getBoundingClientRect().right > 360.5).length")
        self.assertEqual(wide, 0, "elements stick out")
        bar = page.value("document.querySelector('#filters').getBoundingClientRect().height")
        self.assertLess(bar, 740 / 4, "the filters hide the findings")
        small = page.value("[...document.querySelectorAll('article *')].map(e => parseFloat(getComputedStyle(e).fontSize)).reduce((a, b) => Math.min(a, b))")
        self.assertGreaterEqual(small, 11)
        page.click(f"button[data-rule='{self.rules[-1]}']")
        self.assertSees(page, [f for f in self.findings if f["rule"] == self.rules[-1]])

    def test_rule_pages_are_inside(self):
        page = self.page()
        for rule in self.rules:
            self.assertIn(rule, page.value(f"document.getElementById({json.dumps(rule)}).innerText"))
        targets = page.value("[...document.querySelectorAll('article a')].map(e => e.getAttribute('href'))")
        self.assertTrue(targets and all(page.value(f"!!document.querySelector({json.dumps(target)})") for target in targets))


if __name__ == "__main__":
    unittest.main(verbosity=2)
