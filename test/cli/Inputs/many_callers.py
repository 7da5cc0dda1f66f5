# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A unit whose coroutines all call one helper that sleeps."""
import pathlib

print((pathlib.Path(__file__).parent / "task.hpp").read_text())
print("#include <unistd.h>\nvoid read_all() { usleep(1000); }")
for name in "abcde":
    print(f"Task {name}() {{\n  read_all();\n  co_await save(1);\n}}")
