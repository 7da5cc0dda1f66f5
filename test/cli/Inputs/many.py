# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""many.py FOLDER COUNT FILE: a database of COUNT entries, FILE and files with next to nothing in them (few in truth: each has many names)."""
import json
import pathlib
import shutil
import sys

folder, count = pathlib.Path(sys.argv[1]).absolute(), int(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
(folder / ".clang-tidy").write_text("{}\n")
shutil.copy(pathlib.Path(__file__).with_name("task.hpp"), folder)
shutil.copy(sys.argv[3], folder)
(folder / "small.cpp").write_text("int small(int a) { return a + 1; }\n")
for number in range(count // 1000):
    (folder / f"d{number}").symlink_to(folder, target_is_directory=True)
names = [f"d{number // 1000}/small{number % 1000}.cpp" for number in range(count - 1)]
for number in range(1000):
    (folder / f"small{number}.cpp").symlink_to(folder / "small.cpp")
(folder / "compile_commands.json").write_text(json.dumps([
    {"directory": str(folder), "file": name, "command": f"g++ -std=c++20 -DNUMBER={n} -c {name} -o {n}.o"}
    for n, name in enumerate([*names[: count // 2], pathlib.Path(sys.argv[3]).name, *names[count // 2:]])]))
