# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The files for CI services: they are well-formed, and what they run does what they promise."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import yaml

SOURCE = pathlib.Path(os.environ["COROGUARD_SOURCE"])
BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
PACKAGE = SOURCE / "checker/package"


class Services(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coroguard-services")).resolve()
        self.addCleanup(shutil.rmtree, self.folder)
        subprocess.run(["python3", SOURCE / "test/cli/Inputs/database.py", self.folder, SOURCE / "test/cli/Inputs/dropped.cpp"], check=True)
        self.git("init", "-q", ".")

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True, text=True,
                              env=dict(os.environ, GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b"))

    def run_in(self, command, **variables):
        environment = dict(os.environ, PATH=f"{BUILD / 'bin'}:{os.environ['PATH']}", **variables)
        return subprocess.run(command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def action(self, **inputs):
        """Runs the action's step as GitHub would: its inputs by way of the expressions in `env`."""
        action = yaml.safe_load((PACKAGE / "github/action.yml").read_text())
        step = action["runs"]["steps"][0]
        values = {name: inputs.pop(name.replace("-", "_"), entry["default"]) for name, entry in action["inputs"].items()}
        self.assertFalse(inputs)
        variables = {}
        for name, expression in step["env"].items():
            self.assertRegex(expression, r"^\$\{\{ inputs\.[a-z-]+ \}\}$")
            variables[name] = values[expression[len("${{ inputs."):-len(" }}")]]
        output = self.folder / "output"
        output.write_text("")
        done = self.run_in(["bash", "-e", "-c", step["run"]], GITHUB_ACTION_PATH=str(PACKAGE / "github"), GITHUB_OUTPUT=str(output),
                           GITHUB_WORKSPACE=str(self.folder), **variables)
        return done, output.read_text().strip()

    def test_the_action_reports_findings_and_lets_the_job_go_on(self):
        done, output = self.action()
        self.assertEqual((done.returncode, output), (0, "status=1"), done.stderr)
        self.assertIn("::warning file=dropped.cpp,line=4", done.stdout)
        results = json.loads((self.folder / "coroguard.sarif").read_text())["runs"][0]["results"]
        self.assertEqual([result["ruleId"] for result in results], ["async-unawaited-task"])

    def test_the_action_can_fail_on_findings(self):
        done, output = self.action(fail_on_findings="true")
        self.assertEqual((done.returncode, output), (1, "status=1"))

    def test_the_action_always_fails_when_it_could_not_look(self):
        done, output = self.action(build="nowhere")
        self.assertEqual((done.returncode, output), (2, "status=2"))

    def test_the_actions_options(self):
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")
        done, output = self.action(options="--diff HEAD --profile strict", paths="dropped.cpp")
        self.assertEqual((done.returncode, output), (0, "status=0"), done.stderr)
        done, _ = self.action(paths="$(touch hacked) ;touch hacked")
        self.assertEqual(done.returncode, 2)
        self.assertFalse((self.folder / "hacked").exists())

    def test_the_workflow_uses_the_action(self):
        workflow = yaml.safe_load((PACKAGE / "github/workflow.yml").read_text())
        (use,) = [step["uses"] for step in workflow["jobs"]["coroguard"]["steps"] if step.get("uses", "").startswith("./")]
        self.assertTrue((SOURCE / use.removeprefix("./.coroguard-tool/") / "action.yml").is_file(), use)

    def test_the_gitlab_job(self):
        job = yaml.safe_load((PACKAGE / "gitlab/coroguard.yml").read_text())["coroguard"]
        done = self.run_in(["bash", "-e", "-c", "cmake() { :; }\n" + "\n".join(job["script"])], **job["variables"])
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads((self.folder / job["artifacts"]["reports"]["codequality"]).read_text())
        self.assertEqual([entry["check_name"] for entry in report], ["async-unawaited-task"])

    def test_the_pre_commit_hook(self):
        (hook,) = yaml.safe_load((SOURCE / ".pre-commit-hooks.yaml").read_text())
        done = self.run_in([*hook["entry"].split(), "-p", ".", "dropped.cpp"])
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex("a/b.cpp", hook["files"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
