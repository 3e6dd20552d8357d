"""Runs mypy over the typed cases, and reads what they expect.

A case is a comment at the end of a line:

    reveal_type(q)                  # R: tuple[str, int]      the revealed type, qb's module names left out
    Album.id == "x"                 # E: Album.id is int      an error whose message holds this text
    Album.id == "x"                 # E[qb-type]: …           … and has this code

Every error and every revealed type must be expected, and every expectation met.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parent.parent.parent
RECORDER = Path(__file__).parent / "recorder.py"
SCHEMA = "schema.py"
"""The module that the cases import: when only they change, it comes from mypy's cache."""

EXPECTATION = re.compile(r"#\s*(R|E)(?:\[([\w-]+)\])?:\s*(.*?)\s*(?=#\s*(?:R|E)(?:\[[\w-]+\])?:|$)")
OUTPUT = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): (?P<kind>error|note): (?P<text>.*?)(?:  \[(?P<code>[\w-]+)\])?$")
REVEALED = re.compile(r'Revealed type is "(.*)"$')
TRIES = 5
FIELDS = re.compile(r"TypedDict\(\{([^{}]*)\}\)")


class Expected(NamedTuple):
    """One expectation beside a line."""

    file: str
    line: int
    kind: str
    text: str
    code: str | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.kind}"


class Reported(NamedTuple):
    """One thing that mypy said."""

    kind: str
    text: str
    code: str | None


class Said(NamedTuple):
    """The words of one of the plugin's messages, and its form: these without the names that were put in."""

    message: str
    text: str
    form: str


NOT_KNOWN_YET = Reported("R", "Any", None)


def expectations() -> list[Expected]:
    """All cases, in the order of files and lines."""
    found = []
    for path in sorted(CASES.glob("*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for kind, code, text in EXPECTATION.findall(line):
                found.append(Expected(path.name, number, kind, text, code or None))
    return found


class Report:
    """What one run of mypy said, by file and line."""

    def __init__(self, output: str) -> None:
        self.output = output
        self.lines: dict[tuple[str, int], list[Reported]] = defaultdict(list)
        for line in output.splitlines():
            match = OUTPUT.match(line)
            if match is None:
                continue
            revealed = REVEALED.search(match["text"])
            place = self.lines[match["file"], int(match["line"])]
            if revealed:
                said = Reported("R", plain(revealed[1]), None)
            elif match["kind"] == "error":
                said = Reported("E", match["text"], match["code"])
            else:
                continue
            # What the daemon has to come back to it says twice, and reveals as Any at first.
            if revealed and NOT_KNOWN_YET in place:
                place.remove(NOT_KNOWN_YET)
            if said not in place:
                place.append(said)

    def meets(self, expected: Expected) -> bool:
        """Whether the run said what a case expects."""
        return any(
            reported.kind == expected.kind
            and (
                reported.text == plain(expected.text)
                if expected.kind == "R"
                else expected.text in reported.text and expected.code in (None, reported.code)
            )
            for reported in self.lines[expected.file, expected.line]
        )

    def contradiction(self, expected: Expected) -> str:
        """What a case expects, and what the run said instead."""
        said = "\n".join(map(str, self.lines[expected.file, expected.line])) or "nothing"
        return f"{expected}: expected {expected.text!r} [{expected.code}]\nmypy said:\n{said}\n"

    def surprises(self, cases: list[Expected]) -> list[str]:
        """What the run said and no case expects."""
        counts: dict[tuple[str, int, str], int] = defaultdict(int)
        for case in cases:
            counts[case.file, case.line, case.kind] += 1
        return [
            f"{file}:{line}: {reported.kind}: {reported.text}  [{reported.code}]"
            for (file, line), said in sorted(self.lines.items())
            for kind in "RE"
            for reported in [item for item in said if item.kind == kind][counts[file, line, kind] :]
        ]


def plain(type_text: str) -> str:
    """A revealed type as people read it: no module names of qb and of the cases, keys in a stable order, and no word
    of their being read-only.
    """
    text = re.sub(r"(?<=')=(?=: )", "", type_text)
    text = re.sub(r"\b(?:qb(?:\.\w+)*|schema|datetime|decimal|uuid|builtins|enum)\.(?=\w)", "", text)
    for module in [path.stem for path in CASES.glob("*.py")]:
        text = re.sub(rf"\b{module}\.(?=[A-Z])", "", text)
    return FIELDS.sub(lambda match: "TypedDict({" + ", ".join(sorted(match[1].split(", "))) + "})", text)


def finished(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """A run of mypy. It gives its workers three seconds to start, which are too few on a busy machine: then it is run
    again.
    """
    tries = 0
    while True:
        tries += 1
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        if tries == TRIES or "Failed to establish connection with worker" not in done.stdout:
            return done


class Project:
    """A copy of the cases with mypy's cache beside it."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.folder = folder
        self.python = python
        for path in CASES.glob("*.py"):
            shutil.copy(path, folder / path.name)
        (folder / "mypy.ini").write_text(
            f"[mypy]\nstrict = True\nplugins = {RECORDER}\nshow_traceback = True\nwarn_unused_ignores = True\n"
            f"python_executable = {sys.executable}\n"  # which has the packages, whatever Python runs mypy
        )

    def mypy(self, *options: str) -> Report:
        """One run of mypy, with whatever cache there is."""
        return self._run("mypy", *options, ".")

    def daemon(self) -> Report:
        """One run in mypy's daemon, which is started when it is not there."""
        return self._run("mypy.dmypy", "run", "--", ".")

    def said(self) -> list[Said]:
        """What the messages of the plugin said, in all runs."""
        lines = (self.folder / "said.jsonl").read_text(encoding="utf-8").splitlines()
        return [Said(*json.loads(line)) for line in lines]

    def stop_daemon(self) -> None:
        """End the daemon."""
        self._run("mypy.dmypy", "stop")

    def touch_cases(self) -> None:
        """Change every file but the schema, so that it is checked again."""
        for path in self.folder.glob("*.py"):
            if path.name != SCHEMA:
                path.write_text(path.read_text() + "\n# changed\n")

    def _run(self, module: str, *arguments: str) -> Report:
        command = [self.python, "-m", module, *arguments]
        done = finished(command, self.folder, os.environ | {"PYTHONPATH": str(ROOT)})  # for mypy to find the plugin
        return Report(done.stdout + done.stderr)
