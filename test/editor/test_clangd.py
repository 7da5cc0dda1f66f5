# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""coroguard-clangd in a real session: what an editor gets when somebody opens a file."""

import os
import pathlib
import tempfile
import unittest
import urllib.parse

from language_client import LanguageClient, apply_edits

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
CANARY = (SOURCE / "checker/plugin/canary.cpp").read_text()
BLOCKING = """#include <chrono>
#include <coroutine>
#include <stddef.h>
#include <thread>
struct Task {
  struct promise_type {
    Task get_return_object();
    std::suspend_always initial_suspend() noexcept;
    std::suspend_always final_suspend() noexcept;
    void return_void();
    void unhandled_exception();
  };
};
void settle() { std::this_thread::sleep_for(std::chrono::seconds(1)); }
Task session() {
  settle();
  co_return;
}
"""


class Clangd(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.write("compile_flags.txt", "-std=c++20\n")

    def write(self, name, text):
        path = self.root / name
        path.write_text(text)
        return path

    def session(self, *arguments):
        # No configuration of the person who runs the tests.
        os.environ["XDG_CONFIG_HOME"] = str(self.root / "config")
        return LanguageClient([BUILD / "bin/coroguard-clangd", "--background-index=false", *arguments], self.root)

    def ours(self, path, rule="async-unawaited-task"):
        """What the rule says about the file. Others may have something to say about these small programs, too."""
        with self.session() as client:
            return [d for d in client.open(path) if d.get("code") == rule]

    def test_finding_without_configuration(self):
        path = self.write("canary.cpp", CANARY)
        line = next(n for n, text in enumerate(CANARY.splitlines()) if "// warn:" in text)
        (found,) = self.ours(path)
        self.assertEqual(found["code"], "async-unawaited-task")
        self.assertEqual(found["source"], "coroguard")
        self.assertEqual(found["range"]["start"]["line"], line)
        self.assertIn("canary", found["message"])

    def test_link_leads_to_our_page(self):
        (found,) = self.ours(self.write("canary.cpp", CANARY))
        address = urllib.parse.urlparse(found["codeDescription"]["href"])
        self.assertTrue(address.path.endswith("/rules/unawaited-task/README.md"), address)
        if address.scheme == "file":
            self.assertTrue(pathlib.Path(address.path).is_file(), address.path)

    def test_quick_fix(self):
        path = self.write("canary.cpp", CANARY)
        with self.session() as client:
            (found,) = [d for d in client.open(path) if d.get("code") == "async-unawaited-task"]
            actions = [a for a in client.quick_fixes(path, found) if a.get("edit")]
        self.assertTrue(actions, "no quick fix was offered")
        fixed = apply_edits(CANARY, actions[0]["edit"]["changes"][path.as_uri()])
        self.assertEqual(fixed, CANARY.replace("  canary(); //", "  co_await canary(); //"))

    def test_evidence_is_related_information(self):
        path = self.write("blocking.cpp", BLOCKING)
        (found,) = self.ours(path, "async-blocking-call")
        steps = found["relatedInformation"]
        sleep = next(n for n, text in enumerate(BLOCKING.splitlines()) if "sleep_for" in text)
        self.assertIn(sleep, [step["location"]["range"]["start"]["line"] for step in steps])

    def test_configuration_that_does_not_speak_of_us_leaves_us_on(self):
        self.write(".clang-tidy", "Checks: '-*,modernize-use-override'\n")
        self.assertEqual(len(self.ours(self.write("canary.cpp", CANARY))), 1)

    def test_configuration_can_turn_us_off(self):
        self.write(".clang-tidy", "Checks: '-async-*'\n")
        self.assertEqual(self.ours(self.write("canary.cpp", CANARY)), [])

    def test_stock_checks_still_run(self):
        self.write(".clang-tidy", "Checks: 'modernize-use-nullptr'\n")
        path = self.write("stock.cpp", "int *p = 0;\n")
        with self.session() as client:
            self.assertIn("modernize-use-nullptr", [d.get("code") for d in client.open(path)])

    def test_refactorings_are_there(self):
        path = self.write("sum.cpp", "int sum() { return 1 + 2; }\n")
        with self.session() as client:
            client.open(path)
            actions = client.request("textDocument/codeAction", {
                "textDocument": {"uri": path.as_uri()}, "context": {"diagnostics": []},
                "range": {"start": {"line": 0, "character": 19}, "end": {"line": 0, "character": 24}}})
        self.assertIn("Extract subexpression to variable", [a["title"] for a in actions])


if __name__ == "__main__":
    unittest.main(verbosity=2)
