# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The installed runtime serves programs of both compilers, whichever of them built it, with and without AddressSanitizer."""

import os
import pathlib
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["COROGUARD_BUILD"])
PROGRAM = pathlib.Path(__file__).parent / "program"


def run(*command):
    return subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240)


class Runtime(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name).resolve()
        cls.prefix = cls.root / "prefix"
        done = run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        assert done.returncode == 0, done.stdout

    def build_and_run(self, compiler, flags):
        build = self.root / self.id()
        done = run("cmake", "-G", "Ninja", "-S", PROGRAM, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                   f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_FLAGS={flags}")
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
