"""What depends on an edit is checked again: from mypy's cache, in its daemon and in its parallel workers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.typing.harness import Project, Report, Reported, finished

SCHEMA = """\
from qb import Table, col

class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()

class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
    title = col.text()
    plays = col.integer()
"""
HELPERS = """\
from schema import Album, Artist
from qb import Query, inferred, select

@inferred
def titles() -> Query:
    return select(Album.title)

by_artist = select(Artist.name, Album.title).join(Album, on=Album.artist_id == Artist.id)
"""
PROGRAM = """\
from helpers import by_artist, titles
from schema import Album, Artist
from qb import Database, NewRow, Row, delete, insert, select

async def show(db: Database, album: Row[Album]) -> None:
    (await db.fetch_one(titles())).title.upper()
    select(Album.title).where(Album.plays == 5).compile("sqlite")
    await db.execute(insert(Artist).values(name="Nina"))
    album.plays + 1
    (await db.fetch_one(by_artist)).title.upper()
    await db.execute(delete(Album))

def add(new: NewRow[Artist]) -> None: ...

add({"name": "Nina"})
"""
CONFIGURATION = """\
[mypy]
show_traceback = True
plugins = qb_mypy.plugin

[qb_mypy]
disable = every-row
"""


class Edit(NamedTuple):
    """A line that becomes another one, and what is wrong then, by file and line."""

    file: str
    before: str
    after: str
    wrong: dict[str, str]


RENAMED = '"Album" has no column "title"; it has id, artist_id, label, plays'
EDITS = (
    Edit(
        "schema.py",
        "plays = col.integer()",
        "plays = col.text()",
        {
            "program.py:7": "Album.plays is str, but the value is int: they cannot be compared",
            "program.py:9": 'Unsupported operand types for + ("str" and "int")',
        },
    ),
    Edit("schema.py", "plays = col.text()", "plays = col.integer()", {}),
    Edit(
        "schema.py",
        "title = col.text()",
        "title = col.text().nullable()",
        {
            "program.py:6": 'Item "None" of "str | None" has no attribute "upper"',
            "program.py:10": 'Item "None" of "str | None" has no attribute "upper"',
        },
    ),
    Edit(
        "schema.py",
        "title = col.text().nullable()",
        "label = col.text()",
        {"helpers.py:6": RENAMED, "helpers.py:8": RENAMED, "program.py:7": RENAMED},
    ),
    Edit("schema.py", "label = col.text()", "title = col.text()", {}),
    Edit(
        "helpers.py",
        "return select(Album.title)",
        'return select(Album.id.as_("title"))',
        {"program.py:6": '"int" has no attribute "upper"'},
    ),
    Edit(
        "helpers.py",
        "by_artist = select(Artist.name, Album.title).join(",
        "by_artist = select(Artist.name, Album.title).left_join(",
        {
            "program.py:6": '"int" has no attribute "upper"',
            "program.py:10": 'Item "None" of "str | None" has no attribute "upper"',
        },
    ),
    Edit("helpers.py", ".left_join(", ".join(", {"program.py:6": '"int" has no attribute "upper"'}),
    Edit("helpers.py", 'Album.id.as_("title")', "Album.title", {}),
    Edit(
        "schema.py",
        "    name = col.text()\n",
        "    name = col.text()\n    country = col.text()\n",
        {
            "program.py:8": 'Missing named argument "country"',
            "program.py:15": 'Expected TypedDict keys ("name", "country") but found only key "name"',
        },
    ),
    Edit("schema.py", "    country = col.text()\n", "    country = col.text().nullable()\n", {}),
    Edit(
        "schema.py",
        "class Album(Table, name=",
        "class Record(Table, name=",
        {
            "helpers.py:1": 'Module "schema" has no attribute "Album"',
            "program.py:2": 'Module "schema" has no attribute "Album"',
        },
    ),
    Edit("schema.py", "class Record(Table, name=", "class Album(Table, name=", {}),
)


class Checked:
    """Three modules that mypy checks again after every edit."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.folder = folder
        self.command = [sys.executable, "-m", *command, "."]
        for name, text in {"schema.py": SCHEMA, "helpers.py": HELPERS, "program.py": PROGRAM}.items():
            (folder / name).write_text(text)
        (folder / "mypy.ini").write_text(CONFIGURATION)
        self.clock = int(time.time())

    def edit(self, edit: Edit) -> None:
        path = self.folder / edit.file
        text = path.read_text()
        assert edit.before in text
        path.write_text(text.replace(edit.before, edit.after, 1))
        self.clock += 2  # mypy compares sizes and whole seconds
        os.utime(path, (self.clock, self.clock))

    def errors(self) -> dict[str, str]:
        """What mypy says, by file and line."""
        done = finished(self.command, self.folder)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        found = re.findall(r"^(\w+\.py:\d+): error: (.*?)  \[[\w-]+\]$", done.stdout, re.MULTILINE)
        return dict(found)

    def check_all(self) -> None:
        """Make all edits, one after the other."""
        assert self.errors() == {}
        for edit in EDITS:
            self.edit(edit)
            errors = self.errors()
            assert set(errors) == set(edit.wrong), f"{edit}\nmypy says {errors}"
            assert all(errors[place].startswith(edit.wrong[place]) for place in errors), f"{edit}\nmypy says {errors}"


@pytest.mark.parametrize("workers", [0, 2])
def test_the_cache(workers: int, tmp_path: Path) -> None:
    Checked(tmp_path, "mypy", f"--num-workers={workers}").check_all()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Checked]:
    yield Checked(tmp_path, "mypy.dmypy", "run", "--")
    subprocess.run([sys.executable, "-m", "mypy.dmypy", "stop"], cwd=tmp_path, capture_output=True, check=False)


def test_the_daemon(daemon: Checked) -> None:
    daemon.check_all()


def test_workers_say_what_one_process_says(project: Project, cold: Report) -> None:
    workers = project.mypy("--num-workers=2", "--cache-dir=.workers")
    assert said_in(cold)
    assert said_in(workers) == said_in(cold)


def said_in(report: Report) -> dict[tuple[str, int], set[Reported]]:
    return {place: set(reported) for place, reported in report.lines.items() if reported}
