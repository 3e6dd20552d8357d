"""Runs the commands in Markdown documents, in a folder of their own, and compares what they say.

A block of `console` has commands after `$` and their output below, where `…` stands for any text. A block of `diff`
with the path of a file (```diff music/schema.py) changes that file: each run of `-` lines into the `+` lines.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r"^```(?P<kind>console|diff)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
QB = (sys.executable, "-m", "qb")
LEFT_ALONE = frozenset({"pip"})
"""Commands that are for readers only."""


class Command(NamedTuple):
    """A command, and what it says."""

    line: int
    text: str
    output: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text, comments=True)


def run(document: Path, folder: Path) -> int:
    """Do what a document shows, in this folder. How many commands were run."""
    text = document.read_text(encoding="utf-8")
    count = 0
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start("text")) + 1
        if block["kind"] == "diff":
            if block["file"]:
                change(folder / block["file"], block["text"])
            continue
        for command in commands(block["text"], line):
            if command.words[0] not in LEFT_ALONE:
                said = output(command, folder)
                assert fits(command.output, said), f"{document.name}:{command.line}: {command.text}\n{said}"
                count += 1
    return count


def commands(text: str, line: int) -> Iterator[Command]:
    """The commands of a block; `line` is the number of its first line."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        typed, _, shown = part.partition("\n")
        yield Command(line, typed, shown)
        line += part.count("\n")


def output(command: Command, folder: Path) -> str:
    """What a command says, with nobody at a terminal."""
    name, *words = command.words
    assert name == "qb", f"nobody runs {name}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), str(folder)]), "COLUMNS": "200"}
    done = subprocess.run(
        [*QB, *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


def fits(expected: str, said: str) -> bool:
    """Whether a command says what a document shows, wherever lines are broken."""
    parts = [re.escape(" ".join(part.split())) for part in expected.split("…")]
    return re.fullmatch(r"\s*.*?\s*".join(parts), " ".join(said.split())) is not None


def change(path: Path, difference: str) -> None:
    """Change a file as a diff without line numbers says."""
    text = path.read_text(encoding="utf-8")
    old = ""
    for sign, lines in groupby(difference.splitlines(keepends=True), lambda line: line[0]):
        part = "".join([line[1:] for line in lines])
        if sign == "-":
            old = part
            continue
        assert sign == "+", f"{path.name}: a diff here has no other lines: {part}"
        assert text.count(old) == 1, f"{path.name} has not, or not only once: {old}"
        text = text.replace(old, part)
    path.write_text(text, encoding="utf-8")
