# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads the parts of our Markdown files that tests look at: code blocks, links, headings."""

import re
import subprocess
from dataclasses import dataclass

FENCE = re.compile(r"^```(\w*)(?: (\w+))?\s*$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*?)\s*$")


@dataclass
class Block:
    language: str
    line: int  # of the opening fence
    text: str
    before: str  # the last line of text in front of it
    kind: str = ""  # what stands behind the language


def files(source):
    """Every Markdown file git knows or could add."""
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=source,
                           capture_output=True, text=True)
    if names.returncode == 0:
        return sorted(path for path in map(source.joinpath, set(names.stdout.split())) if path.exists())
    return sorted(path for path in source.rglob("*.md") if "build" not in path.relative_to(source).parts)


def blocks(text):
    found, inside, before = [], None, ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if inside is not None:
            if line.strip() == "```":
                found.append(inside)
                inside = None
            else:
                inside.text += line + "\n"
        elif fence:
            inside = Block(fence[1], number, "", before, fence[2] or "")
        elif line.strip():
            before = line.strip()
    return found


def prose(text):
    """(line number, line) outside code blocks."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            yield number, line


def links(text):
    for number, line in prose(text):
        for target in LINK.findall(re.sub(r"`[^`]*`", "``", line)):
            yield number, target


def anchors(text):
    """The anchors GitHub gives to the headings."""
    for _, line in prose(text):
        heading = HEADING.match(line)
        if heading:
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            yield re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
