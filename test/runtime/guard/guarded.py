# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs programs under the guard and reads what it says.
import json
import os
import subprocess
import tempfile

BUILD = os.environ["COROGUARD_BUILD"]
PROGRAMS = os.environ["COROGUARD_PROGRAMS"]
SOURCE = os.environ["COROGUARD_SOURCE"]
RUN = os.path.join(BUILD, "bin", "coroguard-run")
REPORT = os.path.join(BUILD, "bin", "coroguard-report")
GUARD = os.path.join(BUILD, "lib", "libcoroguard-guard.so")


def program(name):
    return os.path.join(PROGRAMS, name)


class Result:
    def __init__(self, status, out, err, findings):
        self.status, self.out, self.err, self.findings = status, out, err, findings

    def calls(self):
        return [f for f in self.findings if f["kind"] == "call"]

    def stalls(self):
        return [f for f in self.findings if f["kind"] == "stall"]


def run(command, options=(), environment=None, quiet=True):
    """Runs `command` under the guard; every finding, whatever the format people see."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "findings.jsonl")
        words = [RUN, *options, *(["-q"] if quiet else []), "--report", "jsonl=" + path, "--", *command]
        env = dict(os.environ, **(environment or {}))
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", env=env, timeout=60)
        findings = []
        if os.path.exists(path):
            with open(path) as lines:
                findings = [json.loads(line) for line in lines]
        return Result(done.returncode, done.stdout, done.stderr, findings)
