# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The installed runtime serves programs of both compilers, whichever of them built it, with and without AddressSanitizer."""

import pathlib
import unittest

from installed import Installed, run

PROGRAM = pathlib.Path(__file__).parent / "program"


class Runtime(Installed):
    def build_and_run(self, compiler, flags):
        build, done = self.configure_project(PROGRAM, compiler, f"-DCMAKE_CXX_FLAGS={flags}")
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run("cmake", "--build", build)
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run("timeout", "60", build / "program")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_gcc(self):
        self.build_and_run("g++-12", "-O0")

    def test_clang(self):
        self.build_and_run("clang++-22", "-O2")

    def test_clang_with_sanitizer(self):
        self.build_and_run("clang++-22", "-O1 -fsanitize=address")


if __name__ == "__main__":
    unittest.main()
