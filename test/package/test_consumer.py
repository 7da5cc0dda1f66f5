# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The installed package, as a project of somebody else sees it."""

import pathlib
import shutil
import unittest

from installed import Installed, run

CONSUMER = pathlib.Path(__file__).parent / "consumer"


class Consumer(Installed):
    def configure(self, *options, compiler="clang++-22"):
        return self.configure_project(CONSUMER, compiler, *options)

    def test_findings_while_building(self):
        build, done = self.configure()
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run("cmake", "--build", build)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("[async-blocking-call]", done.stdout)

    def test_gcc_compile_lines(self):
        build, done = self.configure("-DCMAKE_CXX_FLAGS=-Wduplicated-cond", compiler="g++-12")
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run("cmake", "--build", build)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("[async-blocking-call]", done.stdout)
        self.assertNotIn("unknown warning option", done.stdout)

    def test_findings_can_fail_the_build(self):
        build, done = self.configure("-DLINT_OPTIONS=WARNINGS_AS_ERRORS")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotEqual(run("cmake", "--build", build).returncode, 0)

    def test_rules_can_be_chosen(self):
        build, done = self.configure("-DLINT_OPTIONS=CHECKS;-*,async-unawaited-task")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("async-", run("cmake", "--build", build).stdout)

    def test_the_projects_own_clang_tidy_is_kept(self):
        stock = shutil.which("clang-tidy-22")
        build, done = self.configure(f"-DCMAKE_CXX_CLANG_TIDY={stock};--checks=async-*,modernize-use-trailing-return-type")
        self.assertEqual(done.returncode, 0, done.stdout)
        output = run("cmake", "--build", build).stdout
        self.assertIn("[async-blocking-call]", output)
        self.assertIn("[modernize-use-trailing-return-type]", output)

    def test_a_clang_tidy_in_which_the_rules_cannot_run_stops_the_configuration(self):
        _, done = self.configure("-DCMAKE_CXX_CLANG_TIDY=/bin/true")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the rules do not run in this clang-tidy", " ".join(done.stdout.split()))

    def test_target_that_reports(self):
        build, done = self.configure()
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run("cmake", "--build", build, "--target", "service-coroguard")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("async-blocking-call", done.stdout)

    def test_unknown_component(self):
        _, done = self.configure("-DCOMPONENTS=linter")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no component 'linter'", done.stdout)

    def test_pages_and_plugin_are_installed(self):
        for name in ("bin/coroguard", "bin/coroguard-clangd", "share/coroguard/rules/unawaited-task/README.md"):
            self.assertTrue((self.prefix / name).is_file(), name)
        self.assertTrue(list(self.prefix.glob("lib*/**/libcoroguard-tidy.so")))
        for name in ("man/man1/coroguard.1", "bash-completion/completions/coroguard", "zsh/site-functions/_coroguard",
                     "fish/vendor_completions.d/coroguard.fish", "coroguard/bazel/coroguard.bzl", "coroguard/github/check.sh"):
            self.assertTrue((self.prefix / "share" / name).is_file(), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
