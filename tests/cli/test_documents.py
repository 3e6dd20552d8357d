"""`qb documents`: what it says of documents in a folder, and how it exits."""

from __future__ import annotations

import asyncio
import importlib
import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Command

NOTES = """
from contextlib import asynccontextmanager
from dataclasses import dataclass

from qb import Database, col
from qb.documents import Collection, DocumentTable, FolderKV, Outbox

@dataclass
class Note:
    title: str

class NoteRow(DocumentTable, name="notes"):
    title = col.text()

notes = Collection(NoteRow, Note)

@asynccontextmanager
async def open_notes():
    async with Database.connect("sqlite:///notes.db") as db:
        yield notes.on(db, FolderKV("kv"))

@asynccontextmanager
async def open_something():
    yield 7

def not_a_manager():
    return 7

async def fill():
    async with Database.connect("sqlite:///notes.db") as db:
        await db.create_tables(NoteRow, Outbox)
        await notes.on(db, FolderKV("kv")).put(Note("a"), id="a")
"""
OPENING = "music.notes:open_notes"


@pytest.fixture
def filled(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a document."""
    (project / "music" / "notes.py").write_text(NOTES)
    monkeypatch.syspath_prepend(project)
    asyncio.run(importlib.import_module("music.notes").fill())
    return project


def test_nothing_differs(qb: Command, filled: Path) -> None:
    done = qb("documents", "sync", OPENING)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 documents were compared\n", "")
    done = qb("documents", "repair", OPENING)
    assert (done.returncode, done.stdout) == (0, "removed 0 objects, and 0 documents that had expired\n")
    assert json.loads(qb("documents", "repair", OPENING, "--json").stdout) == {"removed": 0, "expired": 0}


def test_what_differs_is_told_and_mended(qb: Command, filled: Path) -> None:
    raw = sqlite3.connect(filled / "notes.db")
    raw.execute("DELETE FROM notes")
    raw.commit()
    raw.close()
    done = qb("documents", "sync", OPENING)
    assert (done.returncode, done.stdout) == (1, "0 documents were compared\nadopted: a\n")
    done = qb("documents", "sync", OPENING, "--mend")
    assert (done.returncode, done.stdout) == (0, "1 documents were compared\nadopted: a\n")
    done = qb("documents", "sync", OPENING, "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert (found.pop("checked"), set(map(tuple, found.values()))) == (1, {()})


def test_what_cannot_be_mended_is_told_again(qb: Command, filled: Path) -> None:
    for path in filled.joinpath("kv").rglob("*.json"):
        path.unlink()
    for options in ((), ("--mend",)):
        done = qb("documents", "sync", OPENING, *options)
        assert (done.returncode, done.stdout) == (1, "1 documents were compared\nmissing: a\n")


@pytest.mark.parametrize(
    ("opening", "code", "message"),
    [
        ("music.notes", 2, "MODULE:FUNCTION is, for example, myapp.notes:open_notes, not music.notes"),
        ("music.other:open_notes", 1, "music.other cannot be imported"),
        ("music.notes:open", 1, "music.notes has no function open"),
        ("music.notes:not_a_manager", 1, "music.notes:not_a_manager is no async context manager"),
        ("music.notes:open_something", 1, "music.notes:open_something gives int, not documents"),
    ],
)
def test_what_cannot_be_opened(qb: Command, filled: Path, opening: str, code: int, message: str) -> None:
    done = qb("documents", "sync", opening)
    assert done.returncode == code
    assert message in done.stderr
