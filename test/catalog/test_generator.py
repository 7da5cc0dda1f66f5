# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# rulegen as a program: what it writes compiles and is what the fixture says, twice the same, and stale pages are named.
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
FIXTURE = SOURCE / "test/catalog/fixtures/project"
RULEGEN = BUILD / "bin/rulegen"
CLANG = shutil.which("clang++-22") or "clang++"

CONDITIONS = r"""
#include <fcntl.h>
#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>
#include <cstring>
static bool fd_blocking(int) { return true; }
static bool regular_file(int) { return false; }
static bool contended(pthread_mutex_t *) { return true; }
static bool flag(unsigned long value, unsigned long bit) { return value & bit; }
#define COROGUARD_INTERPOSE(function, result, parameters, arguments, header) \
  static int rows_##function parameters { int held = 0; (void)&::function;
#define COROGUARD_BLOCKING_ROW(function, index, category, condition, when, reason, instead) \
  if (condition && std::strlen(category) && std::strlen(reason)) held |= 1 << index;
#define COROGUARD_INTERPOSE_END(function) return held; }
#include "Interposers.gen.inc"
int main() {
  pthread_mutex_t mutex;
  char byte;
  return rows_read(0, &byte, 0) == 1 && rows_read(0, &byte, O_NONBLOCK) == 0 && rows_pthread_mutex_lock(&mutex) == 1 ? 0 : 1;
}
"""

COROUTINE = """#include <coroutine>
namespace vendor::acme::db { int query(); }
#include "task.hpp"
task in_coroutine() {
  vendor::acme::db::query();
  co_return;
}
int elsewhere() { return vendor::acme::db::query(); }
"""

TASK = """#pragma once
struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
"""


def rulegen(*arguments):
    return subprocess.run([RULEGEN, *arguments], capture_output=True, text=True)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class Project(unittest.TestCase):
    """A temporary copy of the fixture and a place to generate into."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def generate(self, root=FIXTURE, out="gen"):
        result = rulegen("generate", f"--root={root}", f"--out={self.folder / out}")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return self.folder / out

    def copy(self):
        root = self.folder / "project"
        shutil.copytree(FIXTURE, root)
        return root


class Generator(Project):
    def test_same_bytes_wherever_the_project_lies(self):
        self.assertEqual(contents(self.generate()), contents(self.generate(self.copy(), "other")))

    def test_unchanged_files_are_left_alone(self):
        out = self.generate()
        for path in out.rglob("*"):
            os.utime(path, (1, 1))
        self.generate()
        self.assertEqual({path.stat().st_mtime for path in out.rglob("*") if path.is_file()}, {1})

    def test_a_changed_message_changes_only_what_shows_it(self):
        root = self.copy()
        before = contents(self.generate(root))
        rule = root / "rules/quiet-rule/rule.yaml"
        rule.write_text(rule.read_text().replace("is declarative", "needs no code"))
        after = contents(self.generate(root))
        changed = {name for name in after if before.get(name) != after[name]}
        self.assertEqual(changed, {"Catalogue.gen.cpp", "RuleParts.gen.cpp", "RuntimeRules.gen.inc", "rules/quiet-rule/Rule.gen.h"})

    def test_rules_without_code_are_not_registered(self):
        registry = (self.generate() / "Rules.gen.cpp").read_text()
        self.assertIn('registerCheck<rules::SampleCallCheck>("async-sample-call")', registry)
        self.assertNotIn("quiet", registry)

    def test_options_and_messages(self):
        header = (self.generate() / "rules/sample-call/Rule.gen.h").read_text()
        for line in (
            "namespace coroguard::rules::sample_call {",
            'std::vector<std::string> categories = {"sleep", "wait"};',
            "std::vector<std::string> functions = {};",
            "bool followCalls = true;",
            "int depth = 5;",
            'std::string prefix = "async_";',
            'std::string mode = "loud";',
            "std::string direct(llvm::StringRef callee, llvm::StringRef function);",
            "std::string plain();",
        ):
            self.assertIn(line, header)

    def test_hooks_compile_and_evaluate_their_conditions(self):
        out = self.generate()
        program = self.folder / "hooks.cpp"
        program.write_text(CONDITIONS)
        subprocess.run([CLANG, "-std=c++20", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-unused-function", f"-I{out}",
                        program, "-o", self.folder / "hooks"], check=True)
        self.assertEqual(subprocess.run([self.folder / "hooks"]).returncode, 0)

    def test_tables_need_no_constructor(self):
        out = self.generate()
        llvm = subprocess.run(["llvm-config-22", "--includedir"], capture_output=True, text=True, check=True).stdout.strip()
        assembly = subprocess.run(
            [CLANG, "-std=c++20", "-O1", "-S", "-o", "-", f"-I{SOURCE}", f"-I{out}", "-isystem", llvm, out / "Catalogue.gen.cpp"],
            capture_output=True, text=True, check=True).stdout
        self.assertNotIn("_GLOBAL__sub_I", assembly)

    def test_stock_clang_tidy_runs_the_custom_checks(self):
        shutil.copy(self.generate() / "custom-checks.yaml", self.folder / ".clang-tidy")
        with (self.folder / ".clang-tidy").open("a") as config:
            config.write("Checks: '-*,custom-async-*'\n")
        (self.folder / "a.cpp").write_text(COROUTINE)
        (self.folder / "task.hpp").write_text(TASK)
        result = subprocess.run(["clang-tidy-22", "--experimental-custom-checks", self.folder / "a.cpp", "--", "-std=c++20"],
                                capture_output=True, text=True)
        found = [line.split("a.cpp:")[1] for line in result.stdout.splitlines() if "warning:" in line]
        self.assertEqual(found, ["5:3: warning: a call that a test made up; do something else. [custom-async-sample-call]"])

    def test_data_for_other_tools(self):
        out = self.generate()
        labels = json.loads((out / "codechecker-labels.json").read_text())
        self.assertEqual(labels["analyzer"], "clang-tidy")
        self.assertIn("profile:default", labels["labels"]["async-sample-call"])
        self.assertNotIn("profile:default", labels["labels"]["async-quiet-rule"])
        options = json.loads((out / "options.schema.json").read_text())["properties"]
        self.assertEqual(options["async-sample-call.Mode"]["enum"], ["loud", "mild"])
        self.assertRegex("sleep;disk", options["async-sample-call.Categories"]["pattern"])
        self.assertNotRegex("slep", options["async-sample-call.Categories"]["pattern"])

    def test_every_mistake_of_every_file_is_said_at_once(self):
        root = self.copy()
        (root / "rules/models/acme.yaml").write_text("library: acme\nnmae: x\n")
        (root / "rules/quiet-rule/rule.yaml").write_text("id: async-other\n")
        result = rulegen("generate", f"--root={root}", f"--out={self.folder / 'gen'}")
        self.assertEqual(result.returncode, 1)
        self.assertIn("rules/models/acme.yaml:2:1: unknown key 'nmae' of a model file; did you mean 'name'?", result.stderr)
        self.assertIn("must be 'async-quiet-rule', not 'async-other'", result.stderr)
        self.assertIn("missing key 'summary' of a rule", result.stderr)
        self.assertFalse((self.folder / "gen").exists(), "nothing is written from a broken catalogue")

    def test_usage(self):
        for arguments in ([], ["generate"], ["docs"], ["generate", "--root=."], ["generate", "--rot=."]):
            result = rulegen(*arguments)
            self.assertEqual(result.returncode, 2)
            self.assertIn("usage: rulegen generate", result.stderr)
        self.assertEqual(rulegen("docs", "--root=no-such-folder").returncode, 1)


class Documents(Project):
    def docs(self, root, *arguments):
        return rulegen("docs", f"--root={root}", *arguments)

    def test_marked_blocks_are_filled_and_stay_fresh(self):
        root = self.copy()
        page = root / "README.md"
        page.write_text("# Acme\n\n<!-- gen:rules -->\nold\n<!-- /gen -->\n\nafter\n")
        stale = self.docs(root, "--check")
        self.assertEqual(stale.returncode, 1)
        self.assertIn("README.md:4: not up to date", stale.stderr)
        self.assertIn("docs/reference/rules.md: missing", stale.stderr)
        self.assertEqual(self.docs(root).returncode, 0)
        self.assertEqual(
            page.read_text(),
            "# Acme\n\n<!-- gen:rules -->\n| rule | finds | profile | fix |\n|---|---|---|---|\n"
            "| [`async-sample-call`](rules/sample-call/README.md) | a call that a test made up | default | safe |\n"
            "| [`async-quiet-rule`](rules/quiet-rule/README.md) | a rule without code | strict |  |\n"
            "<!-- /gen -->\n\nafter\n")
        self.assertEqual(self.docs(root, "--check").returncode, 0)

    def test_a_rules_own_page(self):
        root = self.copy()
        page = root / "rules/sample-call/README.md"
        page.write_text("# x\n<!-- gen:rule -->\n<!-- /gen -->\n")
        self.assertEqual(self.docs(root).returncode, 0)
        self.assertIn("`async-sample-call`: warning, default profile, high precision, safe fix, stable since 0.1.", page.read_text())
        self.assertIn("Related: [`quiet-rule`](../quiet-rule/README.md).", page.read_text())

    def test_broken_markers(self):
        root = self.copy()
        page = root / "README.md"
        for text, problem in (
            ("<!-- gen:ruls -->\n<!-- /gen -->\n", "README.md:1:1: unknown block 'gen:ruls'; did you mean 'rules'?"),
            ("a\n<!-- gen:rules -->\n", "README.md:2:1: the block 'gen:rules' is not closed; end it with <!-- /gen -->"),
            ("<!-- gen:rule -->\n<!-- /gen -->\n", "README.md:1:1: nothing to show for 'gen:rule' in this page"),
        ):
            page.write_text(text)
            result = self.docs(root)
            self.assertEqual((result.returncode, result.stderr.strip()), (1, problem))
            self.assertEqual(page.read_text(), text)

    def test_pages_nothing_generates_any_more(self):
        root = self.copy()
        self.assertEqual(self.docs(root).returncode, 0)
        (root / "docs/reference/old.md").write_text("<!-- Generated by rulegen from rules/. -->\nold\n")
        (root / "docs/reference/own.md").write_text("written by people\n")
        self.assertIn("docs/reference/old.md: nothing generates it; delete it", self.docs(root, "--check").stderr)


class Schemas(unittest.TestCase):
    def check(self, schema, files, root=SOURCE):
        import jsonschema
        import yaml

        validator = jsonschema.Draft7Validator(json.loads((SOURCE / "rules/schema" / schema).read_text()))
        for path in files:
            # As JSON, so that what YAML reads as a date is a text.
            document = json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))
            errors = [f"{path.relative_to(root)}: {list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(document)]
            self.assertEqual(errors, [])

    def test_rules_follow_their_schema(self):
        self.check("rule.schema.json", [*SOURCE.glob("rules/*/rule.yaml"), *FIXTURE.glob("rules/*/rule.yaml")])

    def test_models_follow_their_schema(self):
        self.check("model.schema.json", [*SOURCE.glob("rules/models/*.yaml"), *FIXTURE.glob("rules/models/*.yaml"),
                                         SOURCE / "test/catalog/fixtures/user/db.yaml"])

    def test_schemas_refuse_what_the_parser_refuses(self):
        import jsonschema

        schema = json.loads((SOURCE / "rules/schema/model.schema.json").read_text())
        for wrong in ({"libary": "a"}, {"library": "a", "types": [{"type": "t"}]}, {"library": "a", "cures": {"slep": "x"}},
                      {"library": "a", "types": [{"type": "t", "role": "tsk"}]}):
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(wrong, schema)


if __name__ == "__main__":
    unittest.main()
