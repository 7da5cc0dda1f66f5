# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""SARIF of a real run and of the golden files: every field code-scanning services require, and nothing the standard does not know.

With COROGUARD_SARIF_SCHEMA=FILE the standard's own schema is used, too.
"""

import json
import os
import pathlib
import subprocess
import unittest

import jsonschema

HERE = pathlib.Path(__file__).parent
SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])


def schemas():
    yield json.loads((HERE / "sarif.schema.json").read_text())
    if official := os.environ.get("COROGUARD_SARIF_SCHEMA"):
        yield json.loads(pathlib.Path(official).read_text())


class Sarif(unittest.TestCase):
    def assert_valid(self, log):
        for schema in schemas():
            validator = jsonschema.validators.validator_for(schema)(schema)
            problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(log)]
            self.assertEqual(problems, [])

    def test_golden_files(self):
        for name in ("findings.sarif", "clean.sarif"):
            with self.subTest(name):
                self.assert_valid(json.loads((HERE / "golden" / name).read_text()))

    def test_run_over_the_example(self):
        path = "docs/examples/quotes/wrong/service.cpp"
        done = subprocess.run([BUILD / "bin/coroguard", "check", "--format", "sarif", path, "--", "-std=c++20"], cwd=SOURCE,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        log = json.loads(done.stdout)
        self.assert_valid(log)
        (run,) = log["runs"]
        rules = run["tool"]["driver"]["rules"]
        self.assertEqual([rule["id"] for rule in rules], sorted(rule["id"] for rule in rules))
        self.assertTrue(run["results"])
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            location = result["locations"][0]["physicalLocation"]
            self.assertEqual(location["artifactLocation"], {"uri": path, "uriBaseId": "%SRCROOT%"})
        fingerprints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
        self.assertEqual(len(fingerprints), len(set(fingerprints)))


if __name__ == "__main__":
    unittest.main()
