# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""database.py FOLDER FILE… [-- FLAGS…]: copies the files (with task.hpp) there and writes their compile_commands.json."""
import json
import pathlib
import shutil
import sys

folder, *rest = sys.argv[1:]
files, flags = (rest[:rest.index("--")], rest[rest.index("--") + 1:]) if "--" in rest else (rest, [])
folder = pathlib.Path(folder).absolute()
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
shutil.copy(pathlib.Path(__file__).with_name("task.hpp"), folder)
for file in files:
    shutil.copy(file, folder)
entries = [{"directory": str(folder), "file": pathlib.Path(file).name,
            "arguments": ["c++", "-std=c++20", *flags, "-c", pathlib.Path(file).name]} for file in files]
(folder / "compile_commands.json").write_text(json.dumps(entries))
(folder / ".clang-tidy").write_text("{}\n")  # a project of its own: the configuration of the one around it is not for it
