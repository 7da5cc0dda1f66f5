#!/usr/bin/env python3
# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the marked tests of rules: rules/*/tests/*.cpp and the `cpp` blocks of rules/*/README.md.

    rule_tests.py [--build DIR] [--hosts] [RULE | FILE]...

A finding must stand on a line that ends in a marker, and each marker must be met by one finding:

    f();  // warn: "part of the message"             the folder's own rule
    f();  // warn: [async-other] "part" [..] "part"  another rule; several findings on one line
    f();  // ok                                      silence, said for the reader
    g();  // note: "part"                            a step of some finding's evidence points here (not strict)
    // fixed: co_await f();                          the line above after its safe fix

The first lines of a file may say `// flags: …`, `// options: async-x.Name=value async-y.Name=value` and `// profile: strict`.
A file looks at the folder's own rule and at those its markers name; one called clean-*.cpp at every rule of its profile. All safe
fixes of a file are applied to a copy, which must compile and no longer have the findings that were fixed.

With --hosts the markers do not matter: every file is given to coroguard check, to clang-tidy with the plugin, and to
coroguard-clang-tidy, and all must say the same at the same places.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("COROGUARD_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
DEFAULT_FLAGS = "-std=c++20 -Itest/support/mock"
SETTING = re.compile(r"^// (flags|options|profile): *(.*?) *$")
WARN = re.compile(r"//.*?\bwarn:(.*)$")
EXPECTED = re.compile(r'(?:\[(async-[\w-]+)\]\s*)?"((?:[^"\\]|\\.)*)"')
NOTE = re.compile(r"//.*?\bnote:\s*(\".*)$")
FIXED = re.compile(r"^\s*// fixed: (.*)$")
MARKER = re.compile(r"\s*//.*?\b(?:warn|note):.*$")
TIDY = re.compile(r"^(?P<file>/[^:]+):(?P<line>\d+):(?P<column>\d+): (?:warning|error): (?P<message>.*) "
                  r"\[(?P<rule>async-[\w-]+)[^\]]*\]$")


@dataclasses.dataclass
class Case:
    """One file to check, and what its markers say."""
    path: pathlib.Path         # what is parsed
    shown: str                 # for messages: the file, or the page and its block
    first_line: int            # of the shown file that line 1 of `path` is
    rule: str
    lines: list
    flags: str = DEFAULT_FLAGS
    options: tuple = ()
    profile: str = "default"
    warns: list = dataclasses.field(default_factory=list)   # (line, rule, text)
    notes: list = dataclasses.field(default_factory=list)   # (line, text)
    fixed: dict = dataclasses.field(default_factory=dict)   # line -> text
    failures: list = dataclasses.field(default_factory=list)

    def fail(self, line, *text):
        self.failures.append((line, text))

    @property
    def every_rule(self):
        return self.path.name.startswith("clean-")

    @property
    def judged(self):
        return {self.rule} | {rule for _, rule, _ in self.warns}


def unquoted(text):
    return text.replace('\\"', '"').replace("\\\\", "\\")


def read_markers(case):
    for number, line in enumerate(case.lines, 1):
        setting = SETTING.match(line)
        if setting and number <= 6:
            value = setting[2]
            if setting[1] == "options":
                case.options += tuple(re.split(r"\s+(?=async-)", value))
            else:
                setattr(case, setting[1], value)
        warn, note, fixed = WARN.search(line), NOTE.search(line), FIXED.match(line)
        if warn:
            expected = EXPECTED.findall(warn[1])
            if not expected:
                case.fail(number, "! a marker without a text: write // warn: \"part of the message\"")
            case.warns += [(number, rule or case.rule, unquoted(text)) for rule, text in expected]
        elif note:
            case.notes += [(number, unquoted(text)) for _, text in EXPECTED.findall(note[1])]
        if fixed:
            above = number - 1
            while above in case.fixed or FIXED.match(case.lines[above - 1]):
                above -= 1
            case.fixed[above] = fixed[1]
    return case


def page_blocks(page):
    """(line of the first code line, code) of each ```cpp block."""
    start, code = None, []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if start is None and re.match(r"```cpp\s*$", line):
            start, code = number + 1, []
        elif start is not None and line.startswith("```"):
            yield start, code
            start = None
        elif start is not None:
            code.append(line)


def collect(folder, scratch):
    """The cases of one rule folder; page examples become files in `scratch`."""
    rule = f"async-{folder.name}"
    for path in sorted(folder.glob("tests/*.cpp")):
        yield read_markers(Case(path, str(path.relative_to(SOURCE)), 1, rule, path.read_text().splitlines()))
    page = folder / "README.md"
    for start, code in page_blocks(page) if page.exists() else ():
        path = scratch / f"{folder.name}-README-{start}.cpp"
        path.write_text("\n".join(code) + "\n")
        yield read_markers(Case(path, str(page.relative_to(SOURCE)), start, rule, code))


class Checker:
    """`coroguard check` over many files at once."""

    def __init__(self, build, scratch):
        self.program, self.scratch, self.runs = build / "bin/coroguard", scratch, 0
        rules = json.loads(subprocess.run([self.program, "rules", "--format", "json"], capture_output=True, check=True).stdout)
        self.strict = {rule["id"] for rule in rules if rule["profile"] == "strict"}
        self.known = {rule["id"] for rule in rules}

    def globs(self, case):
        """The rules of the profile, and the strict ones that the case is about."""
        return ",".join(["async-*", *sorted(case.judged & self.strict)])

    def findings(self, cases, path_of=lambda case: case.path):
        """{case path: [findings]} and {case path: [compile errors]}."""
        groups = collections.defaultdict(list)
        for case in cases:
            groups[case.profile, case.options, self.globs(case)].append(case)
        found, errors = collections.defaultdict(list), collections.defaultdict(list)
        for (profile, options, rules), members in groups.items():
            self.runs += 1
            folder = self.scratch / f"run{self.runs}"
            folder.mkdir()
            entries = [{"directory": str(SOURCE), "file": str(path_of(case)),
                        "command": f"clang++ {case.flags} -I{case.path.parent} -c {path_of(case)}"} for case in members]
            (folder / "compile_commands.json").write_text(json.dumps(entries))
            command = [self.program, "check", "-p", folder, "--root", "/", "--format", "json", "--quiet", "--profile", profile,
                       "--rules", rules, "--config", "{}"]
            for option in options:
                command += ["--set", option]
            done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True)
            if not done.stdout.startswith("{"):
                sys.exit(f"coroguard could not run the tests of {', '.join(case.shown for case in members)}:\n{done.stderr}")
            report = json.loads(done.stdout)
            for finding in report["findings"]:
                found["/" + finding["file"].lstrip("/")].append(finding)
            for problem in report["problems"]:
                errors["/" + problem.get("unit", "").lstrip("/")].append(problem)
        return found, errors


def judge(case, findings, errors):
    """Compares markers and findings, both ways."""
    for problem in errors:
        place = problem.get("place", {})
        same = "/" + place.get("file", "").lstrip("/") == os.path.realpath(case.path)
        case.fail(place.get("line", 0) if same else 0, f"! {problem['message']}")
    missing = list(case.warns)
    for finding in findings:
        match = next((w for w in missing if w[0] == finding["line"] and w[1] == finding["rule"] and w[2] in finding["message"]), None)
        if match:
            missing.remove(match)
        elif case.every_rule or finding["rule"] in case.judged:
            case.fail(finding["line"], f"+ [{finding['rule']}] {finding['message']}")
    for line, rule, text in missing:
        case.fail(line, f'- [{rule}] "{text}"')
    steps = [(step["line"], step["message"]) for f in findings for step in f["evidence"]]
    for line, text in case.notes:
        if not any(at == line and text in message for at, message in steps):
            case.fail(line, f'- a step "{text}"')


def safe_edits(findings):
    edits = {(e["offset"], e["length"], e["replacement"]) for f in findings for x in f["fixes"] if x["kind"] == "safe" for e in x["edits"]}
    last, result = -1, []
    for offset, length, text in sorted(edits):
        if offset >= last:  # of overlapping fixes the first is applied
            result.append((offset, length, text))
            last = offset + length
    return result


def applied(text, edits):
    for offset, length, replacement in sorted(edits, reverse=True):
        text = text[:offset] + replacement.encode() + text[offset + length:]
    return text


def judge_fixed_lines(case, findings):
    text = case.path.read_bytes()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for line, expected in case.fixed.items():
        begin, end = starts[line - 1], starts[line]
        here = [e for e in safe_edits([f for f in findings if f["line"] == line]) if begin <= e[0] and e[0] + e[1] <= end]
        got = applied(text[begin:end], [(o - begin, n, t) for o, n, t in here]).decode().rstrip("\n")
        got = "\n".join(MARKER.sub("", part) for part in got.split("\n"))
        if got.strip() != expected.strip():
            case.fail(line, f"- fixed: {expected.strip()}", f"+ fixed: {got.strip()}" if here else "+ no safe fix on this line")


def judge_fixed_files(cases, found, checker):
    """Applies all safe fixes and checks the copies: they compile, and what was fixed is gone."""
    copies = {}
    for case in cases:
        findings = [f for f in found[os.path.realpath(case.path)] if any(x["kind"] == "safe" for x in f["fixes"])]
        here = [f for f in findings if all("/" + e["file"].lstrip("/") == os.path.realpath(case.path) for x in f["fixes"] for e in x["edits"])]
        if not here or case.failures:
            continue
        folder = checker.scratch / f"fixed{len(copies)}"
        folder.mkdir()
        copies[case.shown, case.first_line] = folder / case.path.name
        copies[case.shown, case.first_line].write_bytes(applied(case.path.read_bytes(), safe_edits(here)))
    path_of = lambda case: copies[case.shown, case.first_line]
    fixed = [case for case in cases if (case.shown, case.first_line) in copies]
    again, errors = checker.findings(fixed, path_of)
    for case in fixed:
        for problem in errors[os.path.realpath(path_of(case))]:
            text = path_of(case).read_text().splitlines()
            line = problem.get("place", {}).get("line", 0)
            case.fail(0, f"! after its safe fixes: {problem['message']}", *([f"  {text[line - 1].strip()}"] if 0 < line <= len(text) else []))
        for finding in again[os.path.realpath(path_of(case))]:
            if any(x["kind"] == "safe" for x in finding["fixes"]):
                line = path_of(case).read_text().splitlines()[finding["line"] - 1]
                case.fail(0, f"! still there after its safe fix: [{finding['rule']}] {finding['message']}", f"  {line.strip()}")


def tidy_findings(host, case, checker):
    """{(rule, line, column, message)} as a clang-tidy host says them about the file itself."""
    options = {"Profile": case.profile, **dict(option.split("=", 1) for option in case.options)}
    config = json.dumps({"CheckOptions": options})
    done = subprocess.run([*map(str, host), f"--checks=-*,{checker.globs(case)}", f"--config={config}", str(case.path), "--",
                           *case.flags.split(), f"-I{case.path.parent}"], cwd=SOURCE, capture_output=True, text=True)
    matches = filter(None, map(TIDY.match, done.stdout.splitlines()))
    return {(m["rule"], int(m["line"]), int(m["column"]), m["message"]) for m in matches
            if os.path.realpath(m["file"]) == os.path.realpath(case.path)}


def judge_hosts(cases, found, checker, build):
    stock = shutil.which("clang-tidy-22") or "/usr/lib/llvm-22/bin/clang-tidy"
    hosts = {"plugin": [stock, f"--load={build / 'lib/libcoroguard-tidy.so'}"], "coroguard-clang-tidy": [build / "bin/coroguard-clang-tidy"]}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {(case.shown, case.first_line, name): pool.submit(tidy_findings, host, case, checker)
                for case in cases for name, host in hosts.items()}
        for case in cases:
            ours = {(f["rule"], f["line"], f["column"], f["message"] + ("; " + f["cure"] if f.get("cure") else ""))
                    for f in found[os.path.realpath(case.path)]}
            for name in hosts:
                theirs = jobs[case.shown, case.first_line, name].result()
                for rule, line, column, message in sorted(ours - theirs):
                    case.fail(line, f"- {name} does not say at column {column}: [{rule}] {message}")
                for rule, line, column, message in sorted(theirs - ours):
                    case.fail(line, f"+ only {name} says at column {column}: [{rule}] {message}")


def show(case):
    print(f"\n{case.shown}")
    by_line = collections.defaultdict(list)
    for line, text in case.failures:
        by_line[line] += text
    for line, texts in sorted(by_line.items()):
        if line:
            print(f"{line + case.first_line - 1:6} | {case.lines[line - 1].strip() if line <= len(case.lines) else ''}")
        for text in texts:
            print(f"       {text}")


def folders_and_files(names):
    """Rule folders to look at, and the files that are wanted of them (none: all)."""
    if not names:
        return sorted(p.parent for p in SOURCE.glob("rules/*/rule.yaml")), set()
    folders, files = [], set()
    for name in names:
        path = pathlib.Path(name)
        if path.suffix == ".cpp":
            files.add(path.resolve())
            folders.append(path.resolve().parent.parent)
        else:
            folder = SOURCE / "rules" / name  # `destructor` is no rule, `async-destructor` is a folder
            folders.append(folder if folder.is_dir() else SOURCE / "rules" / name.removeprefix("async-"))
        if not folders[-1].is_dir():
            sys.exit(f"there is no rule folder '{folders[-1]}'")
    return folders, files


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog="The head of this file explains the markers.")
    parser.add_argument("--build", default=os.environ.get("COROGUARD_BUILD", SOURCE / "build"), type=pathlib.Path)
    parser.add_argument("--hosts", action="store_true", help="compare coroguard check with clang-tidy instead")
    parser.add_argument("names", nargs="*", metavar="RULE|FILE")
    arguments = parser.parse_args()
    folders, files = folders_and_files(arguments.names)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        checker = Checker(arguments.build.resolve(), scratch)
        cases = [case for folder in folders for case in collect(folder, scratch) if not files or case.path in files]
        for case in cases:
            if case.rule not in checker.known:
                case.fail(0, f"! there is no rule '{case.rule}' in this build")
        runnable = [case for case in cases if case.rule in checker.known]
        found, errors = checker.findings(runnable)
        if arguments.hosts:
            judge_hosts(runnable, found, checker, arguments.build.resolve())
        else:
            for case in runnable:
                real = os.path.realpath(case.path)
                judge(case, found[real], errors[real])
                judge_fixed_lines(case, found[real])
            judge_fixed_files(runnable, found, checker)
    failed = [case for case in cases if case.failures]
    for case in failed:
        show(case)
    markers = sum(len(case.warns) for case in cases)
    print(f"\n{len(cases)} files, {markers} expected findings, {len(failed)} files failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
