"""Copies of a whole database, taken while others go on using it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from dialects.sqlite.thread import Thread
from qb.errors import CannotOpen

Progress = Callable[[int, int], object]
"""Told how many pages are left, and how many there are."""


def copied(thread: Thread, target: sqlite3.Connection, pages: int, progress: Progress | None) -> None:
    """Copy the database as it is at this moment over that of another connection, `pages` at a time."""
    raw = thread.raw
    call = thread.running

    def after_step(status: int, remaining: int, total: int) -> None:
        if call is not None and call.is_cancelled:
            raise sqlite3.OperationalError("interrupted")
        if progress is not None:
            thread.loop.call_soon_threadsafe(progress, remaining, total)

    alone = not raw.in_transaction
    if alone:
        raw.execute("BEGIN")  # otherwise each write of another process would start it again
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    try:
        raw.backup(target, pages=pages, progress=after_step)
    finally:
        if alone:
            raw.rollback()


def copied_to(thread: Thread, path: Path, pages: int, progress: Progress | None) -> None:
    """Copy the database to a file. It is there as a whole, or as it was before."""
    if not path.parent.is_dir():
        raise CannotOpen(f"{path} cannot be written: there is no folder {path.parent}")
    is_new = not path.exists()
    try:
        with closing(sqlite3.connect(path)) as target:
            copied(thread, target, pages, progress)
    except BaseException:
        if is_new:
            path.unlink(missing_ok=True)
        raise


def as_bytes(thread: Thread) -> bytes:
    """The file that the database would be."""
    return thread.raw.serialize()


def from_bytes(thread: Thread, data: bytes) -> None:
    """Replace the database, which is in memory, by that of a file's bytes."""
    file = bytearray(data)
    if file[18:20] == b"\2\2":
        file[18:20] = b"\1\1"  # WAL is nothing that memory has
    thread.raw.deserialize(bytes(file))
    thread.raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
