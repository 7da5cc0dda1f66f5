# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""completions.py BASH ZSH FISH MAN: every command and long option of the help is in each of them; shells and roff can read them."""
import pathlib
import re
import shutil
import subprocess
import sys

bash, zsh, fish, man = sys.argv[1:]


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


commands = re.findall(r"^  ([a-z]+) ", output("coroguard", "--help").split("Subcommands:")[1].split("Examples:")[0], re.M)
assert {"check", "init", "suppress", "completion", "man"} <= set(commands), commands
texts = {file: pathlib.Path(file).read_text() for file in (bash, zsh, fish, man)}
texts[man] = texts[man].replace("\\-", "-")
for command in commands:
    options = []
    if command not in ("run", "report"):  # programs of their own
        options = re.findall(r"^  (?:-\w,)?(--[a-z-]+)", output("coroguard", command, "--help"), re.M)
    for file, text in texts.items():
        assert re.search(rf"\b{command}\b", text), f"{file}: no command {command}"
        for option in options:
            wanted = f"-l {option[2:]}" if file == fish else option
            assert wanted in text, f"{file}: {command} has no {wanted}"

for program, *arguments in (("zsh", "-n", zsh), ("fish", "--no-execute", fish)):
    if shutil.which(program):
        subprocess.run([program, *arguments], check=True)
if shutil.which("groff"):
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", man], capture_output=True, text=True, check=True)
    assert not done.stderr, done.stderr
